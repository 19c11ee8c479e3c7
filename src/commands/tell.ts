import type { Place, RejectReason, Summary } from '../summary.ts';
import { gapText } from './gap-text.ts';
import type { Plan } from './plan.ts';
import { bytesText, countText } from './quantities.ts';

/** One and several of each kind of damage. */
const REASONS: Readonly<Record<RejectReason, readonly [string, string]>> = {
  torn: ['piece of an event (torn)', 'pieces of events (torn)'],
  'not-json': ['line that is not JSON (not-json)', 'lines that are not JSON (not-json)'],
  'not-audit': [
    'line that is JSON but no audit event (not-audit)',
    'lines that are JSON but no audit events (not-audit)',
  ],
  'too-long': ['line above the maximum record size (too-long)', 'lines above the maximum record size (too-long)'],
  'nul-hole': ['hole of NUL bytes (nul-hole)', 'holes of NUL bytes (nul-hole)'],
};

/**
 * What the run says on standard error when it is over: the headline (what was found), what was read, and everything that
 * was not as it should be. Quiet leaves only the errors.
 * @param headline for example `12 findings`, or `no finding`; what was read is added to it.
 */
export function tellSummary(plan: Plan, headline: string, unit: 'request' | 'event'): void {
  const { terminal, summary, quiet } = plan;
  const tell = (line: string): void => {
    if (!quiet) terminal.tell(line);
  };
  tell(`${headline} in ${readText(plan, unit)}`);
  for (const note of summary.notes) tell(`note: ${note}`);
  for (const gap of summary.gaps.first) tell(`note: ${gapText(gap, plan.clock)}`);
  const further = summary.gaps.count - summary.gaps.first.length;
  if (further > 0) tell(`note: ${countText(further, 'gap')} more between generations`);
  if (summary.received > 0 && summary.requests === 0) {
    tell(
      'note: every event is of the stage RequestReceived, which decides nothing: the audit policy leaves out the later stages',
    );
  }
  if (summary.untimed > 0 && plan.bounded) {
    tell(
      `note: ${countText(summary.untimed, 'event')} without a time that can be read ${summary.untimed === 1 ? 'lies' : 'lie'} outside --since and --until`,
    );
  }
  if (summary.forgottenBursts > 0) {
    tell(
      `note: ${countText(summary.forgottenBursts, 'group')} of bursts forgotten for want of room: a burst among them may be missing`,
    );
  }
  if (summary.excepted > 0)
    tell(`note: ${countText(summary.excepted, 'match', 'matches')} left out by exceptions of ${plan.config.path}`);
  for (const line of damageTexts(summary)) tell(line);
  for (const line of failureTexts(summary)) terminal.tell(line);
  for (const error of summary.inputErrors) terminal.tellError(error);
}

/** A line for each kind of damage. */
export function damageTexts({ rejects }: Summary): string[] {
  return [...rejects].map(
    ([reason, { count, bytes, first }]) =>
      `damage: ${count.toLocaleString('en-US')} ${REASONS[reason][count === 1 ? 0 : 1]}, ${bytesText(bytes)}, first at ${placeText(first)}`,
  );
}

/** A line for each expression that failed. */
export function failureTexts({ failures }: Summary): string[] {
  return [...failures].map(
    ([name, { count, message, first }]) =>
      `error: ${name} failed on ${countText(count, 'event')}, first at ${placeText(first)}: ${message}`,
  );
}

/** 2 where an input failed, or is damaged or lacks a generation under --strict; else the status given. */
export function exitStatus(plan: Plan, status: 0 | 1): 0 | 1 | 2 {
  const { summary, strict } = plan;
  return summary.inputErrors.length > 0 || (strict && (summary.rejects.size > 0 || summary.gaps.certain > 0))
    ? 2
    : status;
}

function readText({ summary, clock }: Plan, unit: 'request' | 'event'): string {
  const { selected, requests, firstTime, lastTime, events } = summary;
  const counted = unit === 'request' ? requests : selected;
  const parts = [countText(counted, unit)];
  if (unit === 'request' && selected !== counted) parts[0] += ` (${countText(selected, 'event')})`;
  if (selected !== events) parts[0] += `, selected from ${countText(events, 'event')}`;
  if (firstTime !== undefined && lastTime !== undefined) parts.push(clock.span(firstTime, lastTime));
  parts.push(`${bytesText(summary.bytes)} read`);
  return parts.join(', ');
}

function placeText({ path, offset, label }: Place): string {
  return `${label === undefined ? '' : `${label} `}${path}:${offset}`;
}

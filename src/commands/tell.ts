import {
  damageTexts,
  failureTexts,
  forgottenBurstsTexts,
  receivedOnlyTexts,
  unjudgedTexts,
} from '../sinks/damage-text.ts';
import { gapText } from '../sinks/gap-text.ts';
import { bytesText, countText } from '../sinks/quantities.ts';
import type { Plan } from './plan.ts';

/**
 * What the run says on standard error when it is over: the headline (what was found), what was read, and everything that
 * was not as it should be. Quiet leaves only the errors, which damage is where the run is strict.
 * @param headline for example `12 findings`, or `no finding`.
 * @param read what was read, by default as {@link readText} tells it.
 */
export function tellSummary(
  plan: Plan,
  headline: string,
  unit: 'request' | 'event',
  read: string = readText(plan, unit),
): void {
  const { terminal, summary, quiet, strict } = plan;
  const tell = (line: string): void => {
    if (!quiet) terminal.tell(line);
  };
  tell(`${headline} in ${read}`);
  for (const note of summary.notes) tell(`note: ${note}`);
  for (const gap of summary.gaps.first)
    if (!quiet || (strict && gap.missing !== undefined)) terminal.tell(`note: ${gapText(gap, plan.clock)}`);
  const further = summary.gaps.count - summary.gaps.first.length;
  if (further > 0) tell(`note: ${countText(further, 'gap')} more between generations`);
  for (const text of receivedOnlyTexts(summary)) tell(`note: ${text}`);
  if (summary.untimed > 0 && plan.bounded) {
    tell(
      `note: ${countText(summary.untimed, 'event')} without a time that can be read ${summary.untimed === 1 ? 'lies' : 'lie'} outside --since and --until`,
    );
  }
  for (const text of forgottenBurstsTexts(summary)) tell(`note: ${text}`);
  if (summary.excepted > 0)
    tell(`note: ${countText(summary.excepted, 'match', 'matches')} left out by exceptions of ${plan.config.path}`);
  for (const text of unjudgedTexts(summary)) tell(`note: ${text}`);
  for (const line of damageTexts(summary)) if (!quiet || strict) terminal.tell(`damage: ${line}`);
  for (const line of failureTexts(summary)) terminal.tell(`error: ${line}`);
  for (const error of summary.inputErrors) terminal.tellError(error);
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

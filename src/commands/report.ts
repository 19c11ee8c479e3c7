import type { Detector } from '../detect/detector.ts';
import type { FindingGroup } from '../detect/groups.ts';
import { InputError, UsageError } from '../errors.ts';
import { formatTime, parseTime } from '../event/time.ts';
import { createActivity } from '../report/activity.ts';
import { ENDED, nameOf } from '../report/blind-spots.ts';
import { readFrom, remember, sinceLast } from '../report/borders.ts';
import { buildReport } from '../report/build.ts';
import { businessHoursText, createBusinessHours } from '../report/business-hours.ts';
import { collect } from '../report/collect.ts';
import { createDigests } from '../report/digests.ts';
import { type Commands, createFindings, type Findings } from '../report/findings.ts';
import { type Known, openKnown } from '../report/known.ts';
import type { BlindSpot, Report } from '../report/model.ts';
import { createTimeline } from '../report/timeline.ts';
import { createWindow, type LogTimes, type ReportWindow } from '../report/window.ts';
import { createZone, offsetOf } from '../report/zone.ts';
import { judgeRequests } from '../scan.ts';
import { bytesText, countText, numberText } from '../sinks/quantities.ts';
import { type Arguments, text, texts } from './arguments.ts';
import { parseBound } from './bounds.ts';
import { failStatus, headline } from './detect.ts';
import { acquireLock } from './lock.ts';
import { nextStep } from './next-steps.ts';
import { SELECTORS } from './option-table.ts';
import { isReaderGone } from './output-file.ts';
import { createPlan, type Plan } from './plan.ts';
import { prepareDetectors } from './prepare-detectors.ts';
import { checkOutputs, chooseOutputs, writeReport } from './report-output.ts';
import { exitStatus, tellSummary } from './tell.ts';

/** `auditscan report [paths..]`: what happened, as a page, as Markdown or as JSON. Gives the exit status. */
export async function report(args: Arguments, version: string): Promise<number> {
  const path = text(args.known);
  if (path === '') throw new UsageError('--known names no file');
  if (args.since === 'last' && path === undefined)
    throw new UsageError('--since last needs --known, the file that remembers the last report');
  if (args['fail-on-new'] !== undefined && path === undefined)
    throw new UsageError('--fail-on-new needs --known, the file that remembers what reports told');
  if (path === undefined) return makeReport(args, version, undefined, undefined);
  const lock = await acquireLock(path, '--known');
  try {
    return await makeReport(args, version, await openKnown(path), () => lock.check());
  } finally {
    await lock.release();
  }
}

/** @param beforeSave asks whether the file of known findings is still ours. */
async function makeReport(
  args: Arguments,
  version: string,
  known: Known | undefined,
  beforeSave: (() => Promise<void>) | undefined,
): Promise<number> {
  const now = Date.now();
  const outputs = chooseOutputs(args, process.stdout.isTTY === true);
  const sinceLastOf = args.since === 'last' && known ? sinceLast(known) : undefined;
  const bound = (name: 'since' | 'until'): number | undefined =>
    text(args[name]) === undefined ? undefined : parseBound(name, String(args[name]), now);
  const from = sinceLastOf ? undefined : bound('since');
  const until = bound('until');
  if (from !== undefined && until !== undefined && from > until) throw new UsageError('--since is later than --until');
  const plan = await createPlan({ ...args, since: undefined, until: undefined, output: undefined }, texts(args.paths), {
    unattended: true,
    since: sinceLastOf && known ? readFrom(known) : () => from,
  });
  const { summary, reading, config } = plan;
  await checkOutputs(outputs, text(args.known), reading.sources, texts(args.paths));
  if (known?.isFirst) summary.notes.push('no earlier report is known: every finding is new');
  const prepared = await prepareDetectors(args, config, (note) => summary.notes.push(note));

  const window = createWindow(reading.sources, {
    since: sinceLastOf ?? from,
    until,
    now: now * 1000,
    select: (event) => reading.select?.(event, undefined) ?? true,
  });
  const timezone = text(args.timezone) ?? 'UTC';
  const { businessHours } = config;
  const zone = createZone(timezone);
  const activity = createActivity(zone, businessHours && createBusinessHours(businessHours));
  const timeline = createTimeline(offsetOf(zone, now * 1000));
  const findings = createFindings(known, prepared.detectors);
  const digests = createDigests();

  const judged = judgeRequests({
    ...reading,
    ...prepared,
    select: window.select,
    onRead: (bytes, position, source) => {
      reading.onRead?.(bytes, position, source);
      digests.read(bytes, position, source);
    },
  });
  await collect(judged, { window, findings, activity, timeline });
  const end = Math.min(now * 1000, until ?? Number.POSITIVE_INFINITY);
  refuseNothing(plan, window, { now: now * 1000, end });

  const isRead = (log: string): boolean =>
    reading.sources.every((source) => (source.log ?? source.path) !== log || digests.isRead(source));
  if (known) remember(known, window, isRead);
  const document = buildReport({
    ...{ now: now * 1000, version, timezone, clock: plan.clock, summary, window, end },
    sinceLast: sinceLastOf !== undefined,
    selection: selectionOf(args),
    configuration: config.path ?? null,
    ...{ detectors: prepared.detectors, findings, activity, timeline, digests },
    commandsOf: createCommands(prepared.detectors, texts(args.paths)),
    title: text(args.label) === undefined ? 'Audit report' : `Audit report: ${args.label}`,
    businessHours: businessHours && businessHoursText(businessHours),
    forgottenFindings: known?.forgotten ?? 0,
  });
  const status = Math.max(
    failStatus(findings.bySeverity, args['fail-on']),
    failStatus(findings.newBySeverity, args['fail-on-new']),
  ) as 0 | 1;
  try {
    await writeReport(document, outputs, plan.terminal);
  } catch (error) {
    // Whoever read it has gone, and may not have read it all: it counts as not told.
    if (isReaderGone(error)) return status;
    throw error;
  }
  await beforeSave?.();
  await known?.save();
  tellReport(plan, document, findings.bySeverity);
  for (const { path } of outputs) if (path !== undefined && !plan.quiet) plan.terminal.tell(`wrote ${path}`);
  return plan.strict && document.blindSpots.some(isPartial) ? 2 : exitStatus(plan, status);
}

/** A log of which a part of the window is missing. */
function isPartial({ kind }: BlindSpot): boolean {
  return kind === 'start' || kind === 'end' || kind === 'late';
}

/** How to go on from a finding: its raw events, and what its detector names. */
function createCommands(detectors: readonly Detector[], paths: readonly string[]): (group: FindingGroup) => Commands {
  const templates = new Map(detectors.map(({ id, file }) => [id, file.next]));
  return (group) => {
    const template = templates.get(group.finding.detector);
    return {
      show: nextStep('auditscan show <id>', group, paths, true) ?? '',
      next: (template && nextStep(template, group, paths, true)) ?? null,
    };
  };
}

/** As every command does, but with the counts of the window, which are those of the report. */
function tellReport(plan: Plan, report: Report, bySeverity: Findings['bySeverity']): void {
  const { totals, window, blindSpots, otherFindings } = report;
  const { requests, events, newFindings } = totals;
  const fresh = newFindings === null ? '' : `, ${numberText(newFindings)} new,`;
  const read = [`${countText(requests, 'request')}${events === requests ? '' : ` (${countText(events, 'event')})`}`];
  const [first, last] = [parseTime(window.first), parseTime(window.last)];
  if (first !== undefined && last !== undefined) read.push(plan.clock.span(first, last));
  read.push(`${bytesText(plan.summary.bytes)} read`);
  tellSummary(plan, `${headline(bySeverity)}${fresh}`, 'request', read.join(', '));
  // Of what the report could not show, what the summary does not tell.
  for (const spot of blindSpots) {
    const isTold = plan.quiet ? plan.strict && isPartial(spot) : isPartial(spot) || spot.kind === 'selection';
    if (isTold) plan.terminal.tell(`note: ${spot.text}`);
  }
  if (otherFindings > 0 && !plan.quiet)
    plan.terminal.tell(
      `note: ${countText(otherFindings, 'finding')} more than a report holds; detect -o jsonl gives all`,
    );
}

/**
 * A log without an event in the window, because it is empty, ended long before, or began after, would make a page that says
 * all is well.
 * @param moments the end of the window and the time of the report, microseconds since the epoch.
 * @throws {InputError}
 */
function refuseNothing(
  { summary, clock, terminal }: Plan,
  { logs }: ReportWindow,
  { now, end }: { readonly now: number; readonly end: number },
): void {
  if (logs.some(({ events }) => events > 0)) return;
  // One that goes on from before the window until behind it, or until just now, was silent.
  const wasSilent = logs.some(
    ({ first, last, since }) =>
      first !== undefined &&
      last !== undefined &&
      since !== undefined &&
      first <= since &&
      last > Math.min(end, now - ENDED),
  );
  if (wasSilent && summary.inputErrors.length === 0) return;
  for (const error of summary.inputErrors) terminal.tellError(error);
  throw new InputError(`no report: ${whyNothing(logs, end, (time) => clock.text(formatTime(time)))}`);
}

function whyNothing(logs: readonly LogTimes[], end: number, at: (time: number) => string): string {
  const dated = logs.filter(({ last }) => last !== undefined).sort((a, b) => (b.last ?? 0) - (a.last ?? 0));
  const latest = dated[0];
  if (latest?.last === undefined)
    return `there is no audit event in ${logs.length === 1 ? logs[0]?.path : countText(logs.length, 'log')}`;
  if (latest.first !== undefined && latest.first > end)
    return `nothing was logged in the window: ${nameOf(latest)} begins at ${at(latest.first)}`;
  return `nothing was logged in the window: ${nameOf(latest)} ends at ${at(latest.last)}`;
}

/** What leaves out events or findings, as it was typed. */
function selectionOf(args: Arguments): string[] {
  const names = [...SELECTORS.filter((name) => name !== 'since' && name !== 'until'), 'detector', 'severity'] as const;
  return names.flatMap((name) => {
    const value = args[name];
    if (value === undefined || value === false) return [];
    return value === true ? [`--${name}`] : [value].flat().map((one) => `--${name} ${one}`);
  });
}

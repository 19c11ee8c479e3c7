import { createEngine } from '../detect/engine.ts';
import type { Finding, Severity } from '../detect/finding.ts';
import type { FindingGroup } from '../detect/groups.ts';
import { createRepeats } from '../detect/repeats.ts';
import { silenceFinding } from '../detect/silence.ts';
import { createRequestFolder } from '../event/requests.ts';
import { scan } from '../scan.ts';
import { isHumanForm } from '../sinks/registry.ts';
import type { Row } from '../sinks/types.ts';
import { placeOf } from '../sources/labels.ts';
import { type Arguments, text } from './arguments.ts';
import { failStatus, headline } from './detect.ts';
import { findingColumns, findingRow } from './finding-row.ts';
import { openLive } from './live.ts';
import { isReaderGone } from './output-file.ts';
import type { Plan } from './plan.ts';
import type { Prepared } from './prepare-detectors.ts';
import type { Silence } from './silence.ts';
import { exitStatus, tellSummary } from './tell.ts';

/** Milliseconds from one row of a group of findings to the next: the first at once, its repeats together. */
const REPEAT = 60_000;

/** `auditscan detect --follow`, or `--state`: findings as they happen, from where the reading stopped. */
export async function detectLive(args: Arguments, plan: Plan, prepared: Prepared): Promise<number> {
  const { summary, clock, form } = plan;
  const folder = createRequestFolder();
  const engine = createEngine(prepared.detectors, prepared.exceptions, summary, { live: true });
  const isLimited = isHumanForm(form);
  const repeats = createRepeats({ interval: REPEAT });
  const sink = await plan.openSink(findingColumns(form, plan.terminal.width));
  const bySeverity = new Map<Severity, number>();

  const count = ({ severity }: Finding): void => {
    bySeverity.set(severity, (bySeverity.get(severity) ?? 0) + 1);
  };
  const status = (): 0 | 1 => failStatus(bySeverity, args['fail-on']);

  /** Whether there was something to write. */
  const write = async (rows: readonly Row[]): Promise<boolean> => {
    if (rows.length === 0) return false;
    await sink.write(rows);
    await sink.flush();
    return true;
  };
  const give = async (findings: readonly Finding[]): Promise<boolean> => {
    const now = Date.now();
    const rows: Row[] = [];
    for (const finding of findings) {
      count(finding);
      const group = isLimited ? repeats.add(finding, now) : undefined;
      if (group || !isLimited) rows.push(findingRow(finding, clock, group));
    }
    return write(rows);
  };
  const giveSilences = async (silences: readonly Silence[]): Promise<boolean> => {
    const { silence } = prepared;
    if (silence === undefined) return false;
    const begun = silences.filter(({ isOver }) => !isOver);
    return give(await Promise.all(begun.map((told) => findingOf(told, text(args.label), silence))));
  };
  /**
   * What a killed run held back, which found it for its table and told nobody: it belongs to this run. A form for programs has
   * no row for a group; it gives the finding that stands for the group, with count and times of all, as that of a burst.
   */
  const takeOver = async (): Promise<void> => {
    for (const { group } of repeats.snapshot().pending) count(group.finding);
    if (!isLimited) await write(repeats.flush(Date.now()).map((group) => findingRow(asOne(group), clock)));
  };

  const live = await openLive(args, plan, {
    command: 'detect',
    status,
    parts: { requests: folder, windows: engine, repeats },
    async onTick(now, silences) {
      const told = await giveSilences(silences);
      const due = repeats.due(now).map((group) => findingRow(group.finding, clock, group));
      return (await write(due)) || told;
    },
  });
  try {
    await takeOver();
    const reading = { ...plan.reading, lines: live.lines, folder };
    for await (const findings of scan({ ...reading, ...prepared, engine })) await give(findings);
    await write(repeats.flush(Date.now()).map((group) => findingRow(group.finding, clock, group)));
    // A heading without rows would stand in a file for each run that had nothing to say.
    if (bySeverity.size > 0 || form === 'json') await sink.end();
    await live.commit();
  } catch (error) {
    // A clean end; what was found until then was found nevertheless.
    if (isReaderGone(error)) return status();
    throw error;
  } finally {
    await live.close();
  }
  tellSummary(plan, headline(bySeverity), 'request');
  return exitStatus(plan, status());
}

/** A group as one finding. */
function asOne({ finding, count, first, last }: FindingGroup): Finding {
  return count === finding.count ? finding : { ...finding, count, first, last };
}

/** @param node what the user calls all logs of the run; what else tells several apart depends on what they are. */
async function findingOf({ log, lasted }: Silence, node: string | undefined, severity: Severity): Promise<Finding> {
  const { path, label } = log.set;
  const { offset = 0, lastTime, marker } = log.last() ?? {};
  const place = path === '-' ? path : await placeOf(path);
  const silent = { path: place, node, lastTime, marker, silence: lasted * 1000 };
  return silenceFinding({ path, label, offset }, silent, severity);
}

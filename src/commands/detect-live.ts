import { createEngine } from '../detect/engine.ts';
import type { Finding, Severity } from '../detect/finding.ts';
import { createRepeats } from '../detect/repeats.ts';
import { silenceFinding } from '../detect/silence.ts';
import { createRequestFolder } from '../event/requests.ts';
import { scan } from '../scan.ts';
import { isHumanForm } from '../sinks/registry.ts';
import type { Row } from '../sinks/types.ts';
import { type Arguments, text } from './arguments.ts';
import { headline, reaches } from './detect.ts';
import { findingColumns, findingRow } from './finding-row.ts';
import { openLive, type Part } from './live.ts';
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
  const repeats = isHumanForm(form) ? createRepeats({ interval: REPEAT }) : undefined;
  const sink = await plan.openSink(findingColumns(form, plan.terminal.width));
  const bySeverity = new Map<Severity, number>();

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
      bySeverity.set(finding.severity, (bySeverity.get(finding.severity) ?? 0) + 1);
      const group = repeats?.add(finding, now);
      if (group || !repeats) rows.push(findingRow(finding, clock, group));
    }
    return write(rows);
  };
  const giveSilences = async (silences: readonly Silence[]): Promise<boolean> => {
    const { silence } = prepared;
    return (
      silence !== undefined && give(silences.filter(({ isOver }) => !isOver).map((told) => findingOf(told, silence)))
    );
  };

  const parts: Record<string, Part> = { requests: folder, windows: engine };
  if (repeats) parts.repeats = repeats;
  const live = await openLive(args, plan, {
    command: 'detect',
    parts,
    async onTick(now, silences) {
      const told = await giveSilences(silences);
      const due = (repeats?.due(now) ?? []).map((group) => findingRow(group.finding, clock, group));
      return (await write(due)) || told;
    },
  });
  try {
    const reading = { ...plan.reading, lines: live.lines, folder };
    for await (const findings of scan({ ...reading, ...prepared, engine })) await give(findings);
    await write((repeats?.flush(Date.now()) ?? []).map((group) => findingRow(group.finding, clock, group)));
    // A heading without rows would stand in a file for each run that had nothing to say.
    if (bySeverity.size > 0 || form === 'json') await sink.end();
    await live.commit();
  } finally {
    await live.close();
  }
  tellSummary(plan, headline(bySeverity), 'request');
  return exitStatus(plan, reaches(bySeverity, text(args['fail-on']) as Severity | undefined) ? 1 : 0);
}

function findingOf({ log, lasted }: Silence, severity: Severity): Finding {
  const last = log.last();
  const { path, label } = log.set;
  return silenceFinding({ path, label, offset: last?.offset ?? 0 }, last?.lastTime, lasted * 1000, severity);
}

import type { Detector, WindowDefinition } from '../detect/detector.ts';
import type { Finding } from '../detect/finding.ts';
import { findingId } from '../detect/make-finding.ts';
import { groupOf, windowId } from '../detect/windows.ts';
import { UsageError } from '../errors.ts';
import { requestHash } from '../event/requests.ts';
import { eventTime, parseTime } from '../event/time.ts';
import type { EventRecord } from '../event/types.ts';
import { toBoolean } from '../expression/boolean.ts';
import type { CompiledExpression } from '../expression/compile.ts';
import { readEvents, scan } from '../scan.ts';
import { countText } from '../sinks/quantities.ts';
import { createSummary } from '../summary.ts';
import { type Arguments, texts } from './arguments.ts';
import { createPlan, type Plan } from './plan.ts';
import { prepareDetectors } from './prepare-detectors.ts';
import { exitStatus, tellSummary } from './tell.ts';

/** A finding's id, or enough of its beginning. */
const FINDING_ID = /^[0-9a-f]{8,64}$/;

type Wanted = (record: EventRecord) => boolean | Promise<boolean>;

/** `auditscan show ID|AUDIT-ID [paths..]`: the raw events behind a finding, or of an auditID, every stage of them. */
export async function show(args: Arguments): Promise<number> {
  const id = String(args.id);
  if (id === '') throw new UsageError('show needs the id of a finding or an auditID');
  const plan = await createPlan(args, texts(args.paths), { defaultForm: 'jsonl' });
  const wanted = await createWanted(id, args, plan);
  const sink = await plan.openSink(undefined);
  let shown = 0;
  for await (const records of readEvents(plan.reading)) {
    const rows = [];
    for (const record of records) {
      if (await wanted(record)) rows.push({ cells: {}, json: () => record.text });
    }
    shown += rows.length;
    await sink.write(rows);
  }
  await sink.end();
  if (shown === 0)
    plan.summary.inputErrors.push(`there is no event, and no finding of these detectors, with the id ${id}`);
  tellSummary(plan, shown === 0 ? 'no event' : countText(shown, 'event'), 'event');
  return exitStatus(plan, 0);
}

/**
 * Whether an event belongs to the id: by its auditID, by its request under any detector, or by a window of a detector.
 * Ids of windows do not follow from one event; they are looked for by running the detectors with windows first, which
 * needs an input that can be read twice.
 */
async function createWanted(id: string, args: Arguments, plan: Plan): Promise<Wanted> {
  const byAuditId: Wanted = ({ event }) => event.auditID === id;
  if (!FINDING_ID.test(id)) return byAuditId;
  const { detectors } = await prepareDetectors(args, plan.config, () => {});
  const burst = await findBurst(
    id,
    detectors.filter(({ window }) => window),
    plan,
  );
  if (burst) return burst;
  const ids = detectors.filter(({ window }) => !window).map((detector) => detector.id);
  return (record) => {
    if (record.event.auditID === id) return true;
    const hash = requestHash(record);
    return ids.some((detector) => findingId(detector, hash).startsWith(id));
  };
}

/** The finding of a window, looked for by running the detectors that have one. */
async function findBurst(id: string, detectors: readonly Detector[], plan: Plan): Promise<Wanted | undefined> {
  if (detectors.length === 0 || plan.reading.sources.some(({ path }) => path === '-')) return undefined;
  for await (const findings of scan({ ...plan.reading, summary: createSummary(), onRead: undefined, detectors })) {
    const burst = findings.find((finding) => finding.id.startsWith(id));
    const detector = detectors.find((candidate) => candidate.id === burst?.detector);
    if (burst && detector?.window) return inBurst(detector, detector.window, burst);
  }
  return undefined;
}

/** Events of the burst's time that its detector matches and whose group gives the burst's id. */
function inBurst(detector: Detector, window: WindowDefinition, burst: Finding): Wanted {
  const first = parseTime(burst.first) ?? 0;
  const last = parseTime(burst.last) ?? 0;
  return async ({ event }) => {
    const time = eventTime(event) ?? 0;
    if (time < first || time > last) return false;
    const ask = (expression: CompiledExpression): Promise<unknown> => expression.evaluate(event).catch(() => undefined);
    if (!toBoolean(await ask(detector.match))) return false;
    return windowId(detector.id, await groupOf(window, ask), first, window.within) === burst.id;
  };
}

/** The pipeline: sources, framing, events, requests, detectors. The only file that joins the stages. */

import type { Detector } from './detect/detector.ts';
import { createEngine, type Engine } from './detect/engine.ts';
import type { Exception } from './detect/exceptions.ts';
import type { Finding } from './detect/finding.ts';
import { InputError } from './errors.ts';
import { decodeLine } from './event/events.ts';
import { stageTime } from './event/line-time.ts';
import { createRequestFolder, type RequestFolder } from './event/requests.ts';
import { eventTime } from './event/time.ts';
import type { AuditEvent, EventRecord } from './event/types.ts';
import type { LineBatch } from './follow/log.ts';
import { splitLines } from './framing/lines.ts';
import { createGapWatch } from './sources/gaps.ts';
import { openSource } from './sources/open.ts';
import type { Source } from './sources/types.ts';
import { countTime, type Summary } from './summary.ts';

/** Above what any API server writes as one line by default (its files rotate at 100 MB). */
export const DEFAULT_MAX_RECORD_SIZE = 128 * 1024 * 1024;

/** Whether an event is wanted; no source is given where lines were given. */
export type Select = (event: AuditEvent, source: Source | undefined) => boolean;

export interface ReadOptions {
  readonly sources: readonly Source[];
  /** Lines to read before the sources: those of a log that is followed. */
  readonly lines?: AsyncIterable<LineBatch> | undefined;
  /** Counters of the run; filled while reading. */
  readonly summary: Summary;
  /** Bytes of one line above which it is skipped and counted. */
  readonly maxRecordSize?: number | undefined;
  /** Events that it refuses are read and counted, and nothing more; asked for each in the order of the log. */
  readonly select?: Select | undefined;
  /** Shown what is read of each source. */
  readonly onRead?: ((bytes: Buffer, position: number, source: Source) => void) | undefined;
  /** Brings the stages of requests together; one that was used before goes on where it stands. */
  readonly folder?: RequestFolder | undefined;
}

export interface ScanOptions extends ReadOptions {
  readonly detectors: readonly Detector[];
  readonly exceptions?: readonly Exception[];
  /** An engine of these detectors; one that was used before goes on where it stands. */
  readonly engine?: Engine | undefined;
}

/**
 * The selected events of all sources, source after source, in the order of the log. Batches belong to the consumer. A
 * source that fails midway is noted in the summary, and the next one is read.
 */
export async function* readEvents(options: ReadOptions): AsyncIterable<EventRecord[]> {
  const { sources, summary, maxRecordSize = DEFAULT_MAX_RECORD_SIZE } = options;
  for await (const batch of options.lines ?? []) {
    const selected = selectFrom(decodeBatch(batch, summary), options);
    if (selected.length > 0) yield selected;
  }
  const gaps = createGapWatch(summary);
  for (const source of sources) {
    const { label } = source;
    summary.files += 1;
    gaps.begin(source);
    try {
      const { path, chunks } = await openSource(source, (bytes, at) => options.onRead?.(bytes, at, source));
      for await (const lines of splitLines(chunks, { path, label, maxRecordSize }, summary)) {
        const decoded = decodeBatch({ path, label, lines }, summary);
        gaps.read(stageTime(decoded[0]?.event), stageTime(decoded.at(-1)?.event));
        const selected = selectFrom(decoded, options, source);
        if (selected.length > 0) yield selected;
      }
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      summary.inputErrors.push(error.message);
    }
    gaps.end();
  }
  // Of what is new in a log it says nothing.
  if (!options.lines && summary.events === 0 && summary.rejects.size > 0) {
    summary.inputErrors.push(
      'nothing of what was read is an audit event; an audit log has one JSON event on each line',
    );
  }
}

function decodeBatch({ path, label, lines }: LineBatch, summary: Summary): EventRecord[] {
  const decoded: EventRecord[] = [];
  for (const line of lines) decodeLine(line, { path, label }, summary, decoded);
  return decoded;
}

function selectFrom(
  records: readonly EventRecord[],
  { summary, select = () => true }: ReadOptions,
  source?: Source,
): EventRecord[] {
  const selected = records.filter(({ event }) => {
    const time = eventTime(event);
    if (time === undefined) summary.untimed += 1;
    const wanted = select(event, source);
    if (wanted) countTime(summary, time);
    return wanted;
  });
  summary.selected += selected.length;
  return selected;
}

/** As {@link readEvents}, but each request once: by its final stage, or by the first one that decides. */
export async function* readRequests(options: ReadOptions): AsyncIterable<EventRecord[]> {
  const { summary, folder = createRequestFolder() } = options;
  for await (const records of readEvents(options)) {
    const deciding: EventRecord[] = [];
    for (const record of records) {
      const role = folder.role(record);
      if (role === 'received') summary.received += 1;
      if (role === 'decides') deciding.push(record);
    }
    summary.requests += deciding.length;
    if (deciding.length > 0) yield deciding;
  }
}

/** A request, by the event that decides it, and what was found when it was judged. */
export interface Judged {
  /** Undefined at the end, for the findings of windows that were still open. */
  readonly record: EventRecord | undefined;
  readonly findings: readonly Finding[];
}

/** Every request, judged by all detectors. */
export async function* judgeRequests(options: ScanOptions): AsyncIterable<Judged[]> {
  const { detectors, exceptions = [], summary } = options;
  const { engine = createEngine(detectors, exceptions, summary) } = options;
  for await (const records of readRequests(options)) {
    const judged: Judged[] = [];
    for (const record of records) judged.push({ record, findings: await engine.judge(record) });
    yield judged;
  }
  yield [{ record: undefined, findings: engine.finish() }];
}

/** The findings of all detectors over all requests, as they come; those of windows when the window is over. */
export async function* scan(options: ScanOptions): AsyncIterable<Finding[]> {
  for await (const judged of judgeRequests(options)) {
    const found = judged.flatMap(({ findings }) => findings);
    if (found.length > 0) yield found;
  }
}

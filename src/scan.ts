/** The pipeline: sources, framing, events, requests, detectors. The only file that joins the stages. */

import type { Detector } from './detect/detector.ts';
import { createEngine } from './detect/engine.ts';
import type { Exception } from './detect/exceptions.ts';
import type { Finding } from './detect/finding.ts';
import { InputError } from './errors.ts';
import { decodeLine } from './event/events.ts';
import { createRequestFolder } from './event/requests.ts';
import { eventTime } from './event/time.ts';
import type { AuditEvent, EventRecord } from './event/types.ts';
import { splitLines } from './framing/lines.ts';
import { readSource } from './sources/read.ts';
import type { Source } from './sources/types.ts';
import { countTime, type Summary } from './summary.ts';

/** Above what any API server writes as one line by default (its files rotate at 100 MB). */
export const DEFAULT_MAX_RECORD_SIZE = 128 * 1024 * 1024;

export interface ReadOptions {
  readonly sources: readonly Source[];
  /** Counters of the run; filled while reading. */
  readonly summary: Summary;
  /** Bytes of one line above which it is skipped and counted. */
  readonly maxRecordSize?: number | undefined;
  /** Events that it refuses are read and counted, and nothing more. */
  readonly select?: ((event: AuditEvent) => boolean) | undefined;
  /** Told the bytes as they come from disk, before decompression. */
  readonly onRead?: ((bytes: number) => void) | undefined;
}

export interface ScanOptions extends ReadOptions {
  readonly detectors: readonly Detector[];
  readonly exceptions?: readonly Exception[];
}

/**
 * The selected events of all sources, source after source, in the order of the log. Batches belong to the consumer. A
 * source that fails midway is noted in the summary, and the next one is read.
 */
export async function* readEvents(options: ReadOptions): AsyncIterable<EventRecord[]> {
  const { sources, summary, select = () => true, maxRecordSize = DEFAULT_MAX_RECORD_SIZE } = options;
  for (const source of sources) {
    const { path, label } = source;
    summary.files += 1;
    try {
      for await (const lines of splitLines(
        readSource(source, options.onRead),
        { path, label, maxRecordSize },
        summary,
      )) {
        const decoded: EventRecord[] = [];
        for (const line of lines) decodeLine(line, { path, label }, summary, decoded);
        const selected = decoded.filter((record) => {
          const time = eventTime(record.event);
          if (time === undefined) summary.untimed += 1;
          const wanted = select(record.event);
          if (wanted) countTime(summary, time);
          return wanted;
        });
        summary.selected += selected.length;
        if (selected.length > 0) yield selected;
      }
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      summary.inputErrors.push(error.message);
    }
  }
  if (summary.events === 0 && summary.rejects.size > 0) {
    summary.inputErrors.push(
      'nothing of what was read is an audit event; an audit log has one JSON event on each line',
    );
  }
}

/** As {@link readEvents}, but each request once: by its final stage, or by the first one that decides. */
export async function* readRequests(options: ReadOptions): AsyncIterable<EventRecord[]> {
  const { summary } = options;
  const folder = createRequestFolder();
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

/** The findings of all detectors over all requests, as they come; those of windows when the window is over. */
export async function* scan(options: ScanOptions): AsyncIterable<Finding[]> {
  const engine = createEngine(options.detectors, options.exceptions ?? [], options.summary);
  for await (const records of readRequests(options)) {
    const findings: Finding[] = [];
    for (const record of records) for (const finding of await engine.judge(record)) findings.push(finding);
    if (findings.length > 0) yield findings;
  }
  const last = engine.finish();
  if (last.length > 0) yield last;
}

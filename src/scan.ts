/** The pipeline: sources, framing, events, requests, detectors. The only file that joins the stages. */

import { randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Detector } from './detect/detector.ts';
import { countUndecided, createEngine, type Engine } from './detect/engine.ts';
import type { Exception } from './detect/exceptions.ts';
import type { Finding } from './detect/finding.ts';
import { ACTOR_FIELDS, createTriage, REQUEST_FIELDS, type Unjudged } from './detect/triage.ts';
import { InputError } from './errors.ts';
import { decodeLine } from './event/events.ts';
import { fieldsOf, unionOf } from './event/head.ts';
import { lineTime, stageTime } from './event/line-time.ts';
import { createRequestKeys } from './event/request-key.ts';
import { createFolding, createRequestFolder, type RequestFolder, standingOf } from './event/requests.ts';
import { eventTime } from './event/time.ts';
import type { AuditEvent, EventRecord } from './event/types.ts';
import type { LineBatch } from './follow/log.ts';
import { createSplitter, type FramingOptions, type Line, splitLines } from './framing/lines.ts';
import { DEEP_LINE, mayParse } from './framing/objects.ts';
import type { Piece } from './pool/piece.ts';
import { openPool } from './pool/pool.ts';
import { readPlain } from './pool/read-plain.ts';
import { readStream } from './pool/read-stream.ts';
import { createSift, type HeadCounter, type HeadSelection, plainEnds } from './pool/sift.ts';
import { bytesText } from './sinks/quantities.ts';
import { createGapWatch, type GapWatch } from './sources/gaps.ts';
import { type Opened, openSource, type PlainParts } from './sources/open.ts';
import { type SeekThresholds, seekTime } from './sources/seek.ts';
import type { OnRead, Source } from './sources/types.ts';
import { countTime, type Place, type Summary } from './summary.ts';

/** Above what any API server writes as one line by default (its files rotate at 100 MB). */
export const DEFAULT_MAX_RECORD_SIZE = 128 * 1024 * 1024;

/** Whether an event is wanted; no source is given where lines were given. */
export interface Select {
  (event: AuditEvent, source: Source | undefined): boolean;
  /** The same, as it can be asked of heads; where it is not given, every event is parsed. */
  readonly heads?: HeadSelection | undefined;
}

export type { HeadCounter, HeadSelection } from './pool/sift.ts';

/**
 * How logs are read:
 * - `wasm`: by the heads of their events, as WebAssembly walks them; what no detector matches by its head is counted, unparsed;
 * - `js`: the same in TypeScript;
 * - `plain`: every line is parsed.
 */
export type ReaderName = 'wasm' | 'js' | 'plain';

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

export interface ScanOptions extends ReadOptions, HeadOptions {
  readonly detectors: readonly Detector[];
  readonly exceptions?: readonly Exception[];
  /** An engine of these detectors; one that was used before goes on where it stands. */
  readonly engine?: Engine | undefined;
}

/** How events are read, where not all of them must be. */
export interface HeadOptions {
  /** `wasm`, if it is not given. What cannot be asked of heads is parsed, whatever is asked for. */
  readonly reader?: ReaderName | undefined;
  /** Threads that read, beside this one; 1, the default, for none. */
  readonly jobs?: number | undefined;
  /** Bytes of a file that a thread reads at once. */
  readonly blockSize?: number | undefined;
  /** When the start of a time is looked for in a file, and how; see {@link SeekThresholds}. */
  readonly seek?: Partial<SeekThresholds> | undefined;
}

/**
 * The selected events of all sources, source after source, in the order of the log. Batches belong to the consumer. A
 * source that fails midway is noted in the summary, and the next one is read.
 */
export async function* readEvents(options: ReadOptions): AsyncIterable<EventRecord[]> {
  const { summary, maxRecordSize = DEFAULT_MAX_RECORD_SIZE } = options;
  for await (const batch of options.lines ?? []) {
    const selected = selectFrom(decodeBatch(batch, summary), options);
    if (selected.length > 0) yield selected;
  }
  yield* readSources(options, async function* ({ path, chunks }, source, gaps) {
    const { label } = source;
    for await (const lines of splitLines(chunks, { path, label, maxRecordSize }, summary)) {
      const decoded = decodeBatch({ path, label, lines }, summary);
      gaps.read(stageTime(decoded[0]?.event), stageTime(decoded.at(-1)?.event));
      const selected = selectFrom(decoded, options, source);
      if (selected.length > 0) yield selected;
    }
  });
}

type ReadSource<T> = (opened: Opened, source: Source, gaps: GapWatch) => AsyncIterable<T>;

/** What each source gives, one after the other; what is wrong with one goes into the summary. */
async function* readSources<T>(options: ReadOptions, read: ReadSource<T>): AsyncIterable<T> {
  const { summary } = options;
  const gaps = createGapWatch(summary);
  for (const source of options.sources) {
    summary.files += 1;
    gaps.begin(source);
    try {
      yield* read(await openSource(source, (bytes, at) => options.onRead?.(bytes, at, source)), source, gaps);
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
    const deciding = decidingOf(records, folder, summary);
    summary.requests += deciding.length;
    if (deciding.length > 0) yield deciding;
  }
}

function decidingOf(
  records: readonly EventRecord[],
  folder: Pick<RequestFolder, 'role'>,
  summary: Summary,
): EventRecord[] {
  return records.filter((record) => {
    const role = folder.role(record);
    if (role === 'received') summary.received += 1;
    return role === 'decides';
  });
}

/** A request, by the event that decides it, and what was found when it was judged. */
export interface Judged {
  /** Undefined at the end, for the findings of windows that were still open. */
  readonly record: EventRecord | undefined;
  readonly findings: readonly Finding[];
}

/** Milliseconds for which everything else may have to wait. */
const TURN = 5;

/** Every request, judged by all detectors. */
export function judgeRequests(options: ScanOptions): AsyncIterable<Judged[]> {
  return judge(readRequests(options), options);
}

async function* judge(requests: AsyncIterable<OpenRequest[]>, options: ScanOptions): AsyncIterable<Judged[]> {
  const { detectors, exceptions = [], summary } = options;
  const { engine = createEngine(detectors, exceptions, summary) } = options;
  let turned = Date.now();
  for await (const records of requests) {
    const judged: Judged[] = [];
    for (const request of records) {
      // What is interpreted may take long: signals and timers have their turn meanwhile.
      if (Date.now() - turned > TURN) {
        await setImmediate();
        turned = Date.now();
      }
      if (!('unjudged' in request)) judged.push({ record: request, findings: await engine.judge(request) });
      else for (const { id, undecided } of request.unjudged) countUndecided(id, undecided, request.place, summary);
    }
    yield judged;
  }
  yield [{ record: undefined, findings: engine.finish() }];
}

/** The findings of all detectors over all requests, as they come; those of windows when the window is over. */
export async function* scan(options: ScanOptions): AsyncIterable<Finding[]> {
  const { reader = 'wasm', lines, folder, select } = options;
  const heads = select ? select.heads : EVERYTHING;
  const isByHeads = reader !== 'plain' && !lines && !folder && heads && areOfHeads(heads.reads);
  const keys = [REQUEST_FIELDS | unionOf(heads?.reads ?? []), ACTOR_FIELDS] as const;
  const requests = isByHeads
    ? readByHeads(options, { reader, selection: heads, unit: 'request', keys, detectors: options.detectors })
    : readRequests(options);
  for await (const judged of judge(requests, options)) {
    const found = judged.flatMap(({ findings }) => findings);
    if (found.length > 0) yield found;
  }
}

const areOfHeads = (paths: readonly (readonly string[])[]): boolean => paths.every((path) => fieldsOf(path) !== 0);

const EVERYTHING: HeadSelection = { reads: [], matches: () => true };

/** A request that must be judged, or one that nothing matches, but that some detectors could not judge. */
type OpenRequest = EventRecord | { readonly unjudged: readonly Unjudged[]; readonly place: Place };

interface ByHeads {
  readonly reader: 'wasm' | 'js';
  readonly selection: HeadSelection;
  readonly unit: 'event' | 'request';
  /** The fields of the two keys: see {@link Skim.configure}. */
  readonly keys: readonly [number, number];
  readonly detectors: readonly Detector[];
  readonly counter?: HeadCounter | undefined;
}

/** What cannot be told by heads, of events or of requests; all else is counted. */
async function* readByHeads(
  options: ReadOptions & HeadOptions,
  { reader, selection, unit, keys, detectors, counter }: ByHeads,
): AsyncIterable<OpenRequest[]> {
  const { summary, maxRecordSize = DEFAULT_MAX_RECORD_SIZE } = options;
  const triage = createTriage(detectors);
  const folding = createFolding<number>();
  const seeds = [randomInt32(), randomInt32()] as const;
  const requestKeys = createRequestKeys(seeds);
  const folder: Pick<RequestFolder, 'role'> = {
    role: ({ event }) =>
      folding.role(standingOf(event), () => (event.auditID ? requestKeys.ofEvent(event) : undefined)),
  };
  const fields = keys[0] | keys[1];
  // What may be nested too deep for a parser is an event in no engine.
  const sift = createSift({
    ...{ triage, selection, folding, requestKeys, summary, fields, unit, counter },
    ...{ large: DEEP_LINE, mayParse },
  });
  const { blockSize = BLOCK_SIZE, jobs = 1 } = options;
  const limits = { largest: maxRecordSize, large: DEEP_LINE };
  const pool = await openPool({ engine: reader, jobs, blockSize, keys, seeds, limits });

  /** In the order of the log: what must be judged of a piece, and all that was parsed of it. */
  const take = (piece: Piece, framing: FramingOptions, source: Source) => {
    const { path, label } = framing;
    const parsed: EventRecord[] = [];
    const open: OpenRequest[] = [];
    const takeLine = (line: Line): void => {
      const before = parsed.length;
      decodeLine(line, { path, label }, summary, parsed);
      const selected = selectFrom(parsed.slice(before), options, source);
      const decisive = unit === 'event' ? selected : decidingOf(selected, folder, summary);
      if (unit === 'request') summary.requests += decisive.length;
      open.push(...decisive);
    };
    if (piece.kind === 'rows') {
      sift(piece, {
        line: (bytes, offset, size) => takeLine({ bytes, offset, size, terminated: true }),
        // The framing of lines knows what to do with an empty one, and with one that is too long.
        other(bytes, offset) {
          for (const line of createSplitter(framing, summary, offset).add(bytes)) takeLine(line);
        },
        unjudged: (unjudged, offset) => open.push({ unjudged, place: { path, label, offset } }),
      });
    } else for (const line of piece.lines) takeLine(line);
    return { parsed, open };
  };

  let set: string | undefined;
  /** Where to begin in a file: in a set, only the first one that is read holds anything from before. */
  const startIn = async (path: string, plain: PlainParts, source: Source): Promise<number> => {
    const isFirst = set === undefined || source.generation?.set !== set;
    if (!isFirst || selection.since === undefined) return 0;
    const from = await seekStart(plain, selection.since, options);
    if (from > 0) summary.notes.push(`${path}: its first ${bytesText(from)} are from before --since and were not read`);
    return from;
  };

  try {
    yield* readSources(options, async function* ({ path, chunks, plain }, source, gaps) {
      const framing = { path, label: source.label, maxRecordSize };
      const onRead: OnRead = (bytes, at) => options.onRead?.(bytes, at, source);
      const from = plain ? await startIn(path, plain, source) : 0;
      set = source.generation?.set;
      const pieces = plain
        ? readPlain(plain, { skimmers: await pool.skimmers(), blockSize, from, onRead }, framing, summary)
        : readStream(chunks, pool.reader(), blockSize, framing, summary);
      for await (const piece of pieces) {
        const { parsed, open } = take(piece, framing, source);
        if (source.generation) gaps.read(...timesOf(piece, parsed));
        if (open.length > 0) yield open;
      }
    });
  } finally {
    await pool.close();
  }
}

/** When the first and the last event of a piece were written. */
function timesOf(piece: Piece, parsed: readonly EventRecord[]): [first: number | undefined, last: number | undefined] {
  const ends = [parsed[0], parsed.at(-1)].flatMap((record) =>
    record ? [{ offset: record.place.offset, time: stageTime(record.event) }] : [],
  );
  const written = [...(piece.kind === 'rows' ? plainEnds(piece) : []), ...ends].sort((a, b) => a.offset - b.offset);
  return [written[0]?.time, written.at(-1)?.time];
}

/** Where to begin so that no event from then on is missed. */
function seekStart(plain: PlainParts, since: number, { seek }: HeadOptions): Promise<number> {
  const { size } = plain;
  return seekTime({ size, read: plain.read }, since, { timeOfLine: lineTime, thresholds: seek });
}

const randomInt32 = (): number => randomBytes(4).readInt32LE();

export interface CountOptions extends ReadOptions, HeadOptions {
  readonly unit: 'event' | 'request';
  /** The fields of heads that the counter asks for; undefined where it needs whole events. */
  readonly reads: readonly (readonly string[])[] | undefined;
  readonly counter: HeadCounter;
}

/** As {@link readEvents} or {@link readRequests}, without what the counter has counted by heads. */
export async function* readUncounted(options: CountOptions): AsyncIterable<EventRecord[]> {
  const { reader = 'wasm', unit, lines, select, reads, counter } = options;
  const heads = select ? select.heads : EVERYTHING;
  const asked = [...(reads ?? []), ...(heads?.reads ?? [])];
  if (reader === 'plain' || lines || !heads || !reads || !areOfHeads(asked)) {
    yield* unit === 'event' ? readEvents(options) : readRequests(options);
    return;
  }
  const fields = REQUEST_FIELDS | unionOf(asked);
  const keys = [fields & ~ACTOR_FIELDS, fields & ACTOR_FIELDS] as const;
  for await (const records of readByHeads(options, { reader, selection: heads, unit, keys, detectors: [], counter }))
    yield records.flatMap((record) => ('unjudged' in record ? [] : [record]));
}

/** Bytes of a file that are read at once: they stay in a processor's cache while they are skimmed. */
const BLOCK_SIZE = 2 * 1024 * 1024;

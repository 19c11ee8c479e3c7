import { ACTOR_FIELDS, type Kind, REQUEST_FIELDS, type Triage, type Unjudged } from '../detect/triage.ts';
import { type Row, readHead, readRequest, readStageTime } from '../event/head.ts';
import { type RequestFolder, type Role, roleAlone } from '../event/requests.ts';
import { parseTime } from '../event/time.ts';
import type { AuditEvent } from '../event/types.ts';
import { once } from '../expression/once.ts';
import * as layout from '../sieve/layout.ts';
import type { Place, Summary } from '../summary.ts';
import type { RowPiece } from './piece.ts';

/** What is wanted of events, as it can be asked of their heads. */
export interface HeadSelection {
  /** The fields that it asks for. */
  readonly reads: readonly (readonly string[])[];
  /** Undefined where the head does not tell; the time is not asked for. */
  matches(head: AuditEvent): boolean | undefined;
  /** Bounds of an event's own time, microseconds since the epoch, both included. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
}

export interface SiftOptions {
  readonly triage: Triage;
  readonly selection: HeadSelection;
  readonly folder: RequestFolder;
  readonly summary: Summary;
  /** Bytes of a line above which it is parsed, whatever it is. */
  readonly largest: number;
  /** The fields of both keys. */
  readonly fields: number;
}

/** What is known of all events with the same first key. */
interface RequestKind extends Kind {
  /** Undefined where other stages of the request must be asked for. */
  readonly role: Role | undefined;
  /** By the second key. */
  readonly pairs: Map<number, Pair>;
}

/** What is known of all events with the same keys. */
interface Pair {
  readonly kind: Kind;
  /** Undefined where each event must be asked. */
  readonly isSelected: boolean | undefined;
}

/** What the numbers of keys mean in one memory. */
interface Known {
  readonly era: number;
  /** Undefined for what is no audit event. */
  readonly requests: (RequestKind | undefined)[];
  readonly actors: Kind[];
  pairs: number;
}

/** Takes what has to be looked at more closely, in the order of the log. */
export interface Taker {
  /** A line that is to be parsed, without its end; the bytes are good for the call. `size` is with its end. */
  line(bytes: Buffer, place: Place, size: number): void;
  /** As {@link Taker.line}, of which nothing is known, with its end. */
  other(bytes: Buffer, place: Place): void;
  /** A request that some detectors could not judge, and that no other matches. */
  unjudged(unjudged: readonly Unjudged[], place: Place): void;
}

/** Counts the events of which their rows tell enough, and gives the lines of all others. */
export type Sift = (piece: RowPiece, origin: Omit<Place, 'offset'>, take: Taker) => void;

/** Pairs of keys that are remembered; beyond, all are forgotten and learnt anew. */
const MAX_PAIRS = 1 << 18;

export function createSift({ triage, selection, folder, summary, largest, fields }: SiftOptions): Sift {
  const memories = new Map<ArrayBufferLike, Known>();
  const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = selection;
  const { matches } = selection;

  const knownOf = ({ memory, rows }: RowPiece): Known => {
    let known = memories.get(memory.buffer);
    if (known?.era !== rows.era || known.pairs > MAX_PAIRS) {
      known = { era: rows.era, requests: [], actors: [], pairs: 0 };
      memories.set(memory.buffer, known);
    }
    return known;
  };

  const learnRequest = ({ requests }: Known, first: number, row: Row): RequestKind | undefined => {
    const head = readHead(row, REQUEST_FIELDS);
    const kind = head && { ...triage.kindOfRequest(head), role: roleAlone(head), pairs: new Map<number, Pair>() };
    requests[first] = kind;
    return kind;
  };

  const learnPair = (known: Known, request: RequestKind, second: number, row: Row): Pair => {
    let actor = known.actors[second];
    if (!actor) {
      const head = readHead({ ...row }, ACTOR_FIELDS | KIND_FIELDS);
      actor = head ? triage.kindOfActor(head) : request;
      known.actors[second] = actor;
    }
    const head = once(() => readHead(row, fields));
    const whole = selection.reads.length > 0 ? head() : undefined;
    const isSelected = whole ? matches(whole) : selection.reads.length === 0 ? true : undefined;
    const pair: Pair = { kind: triage.kindOfBoth(request, actor, head), isSelected };
    request.pairs.set(second, pair);
    known.pairs += 1;
    return pair;
  };

  return (piece, origin, take) => {
    const { memory, rows: block } = piece;
    const rows = new Int32Array(memory.buffer, memory.byteOffset + block.rows, block.count * layout.ROW);
    const times = new Float64Array(memory.buffer, memory.byteOffset + block.rows, (block.count * layout.ROW) / 2);
    const known = knownOf(piece);
    const row = { bytes: memory, rows, at: 0 };
    let earliest = Number.POSITIVE_INFINITY;
    let latest = Number.NEGATIVE_INFINITY;

    for (let at = 0; at < rows.length; at += layout.ROW) {
      const start = rows[at + layout.START] ?? 0;
      const end = rows[at + layout.END] ?? 0;
      const size = end + 1 - start;
      const offset = start + block.shift;
      if (rows[at + layout.PLAIN] === 0 || size > largest) {
        take.other(memory.subarray(start, end + 1), { ...origin, offset });
        continue;
      }
      row.at = at;
      const first = rows[at + layout.FIRST_KEY] ?? 0;
      const second = rows[at + layout.SECOND_KEY] ?? 0;
      const request = known.requests[first] ?? learnRequest(known, first, row);
      const pair = request && (request.pairs.get(second) ?? learnPair(known, request, second, row));
      const time = times[(at + layout.TIME) / 2] ?? Number.NaN;
      const isInTime = time >= since && time <= until;
      const isWanted = isInTime && pair?.isSelected !== false;
      // What was only received is not judged.
      const isJudged = isWanted && request?.role !== 'received';
      const unjudged = !pair || !isJudged ? NOTHING : triage.look(pair.kind, row);
      if (!pair || unjudged === undefined || (isInTime && pair.isSelected === undefined)) {
        summary.bytes += size;
        take.line(memory.subarray(start, end), { ...origin, offset }, size);
        continue;
      }
      summary.bytes += size;
      summary.events += 1;
      summary.eventBytes += size;
      if (!isWanted) continue;
      summary.selected += 1;
      if (time < earliest) earliest = time;
      if (time > latest) latest = time;
      let role = request?.role;
      if (role === undefined || (role === 'decides' && folder.hasUnusual()))
        role = folder.role({ event: readRequest(row), text: '', place: { ...origin, offset } });
      if (role === 'received') summary.received += 1;
      else if (role === 'decides') {
        summary.requests += 1;
        if (unjudged.length > 0) take.unjudged(unjudged, { ...origin, offset });
      }
    }
    if (latest >= earliest) {
      if (summary.firstTime === undefined || earliest < summary.firstTime) summary.firstTime = earliest;
      if (summary.lastTime === undefined || latest > summary.lastTime) summary.lastTime = latest;
    }
  };
}

const NOTHING: readonly Unjudged[] = [];
/** Without these, nothing is an audit event. */
const KIND_FIELDS = (1 << layout.KIND) | (1 << layout.API_VERSION) | (1 << layout.VERB);

/** The times at which the first and the last plain line of a piece were written. */
export function stageTimes({ memory, rows: block }: RowPiece): [first: number | undefined, last: number | undefined] {
  const rows = new Int32Array(memory.buffer, memory.byteOffset + block.rows, block.count * layout.ROW);
  const timeAt = (at: number): number | undefined =>
    rows[at + layout.PLAIN] === 0 ? undefined : parseTime(readStageTime({ bytes: memory, rows, at }));
  let first: number | undefined;
  for (let at = 0; at < rows.length && first === undefined; at += layout.ROW) first = timeAt(at);
  let last: number | undefined;
  for (let at = rows.length - layout.ROW; at >= 0 && last === undefined; at -= layout.ROW) last = timeAt(at);
  return [first, last];
}

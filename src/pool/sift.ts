import { ACTOR_FIELDS, type Kind, type Pair, type Triage, type Unjudged } from '../detect/triage.ts';
import { hasAuditId, type Row, readHead, readStageTime } from '../event/head.ts';
import type { RequestKeys } from '../event/request-key.ts';
import { type Folding, type Role, roleAlone } from '../event/requests.ts';
import { parseTime } from '../event/time.ts';
import type { AuditEvent } from '../event/types.ts';
import { once } from '../expression/once.ts';
import * as groups from '../sieve/groups.ts';
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
  readonly folding: Folding<number>;
  readonly requestKeys: RequestKeys;
  readonly summary: Summary;
  /** Bytes of a line above which it is parsed, whatever it is. */
  readonly largest: number;
  /** The fields of both keys. */
  readonly fields: number;
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

/** What is known of all events with the same keys; undefined for what is no audit event. */
interface Known {
  /** As much of each of them as the keys tell. */
  readonly head: AuditEvent;
  readonly pair: Pair;
  /** Undefined where each event must be asked. */
  readonly isSelected: boolean | undefined;
  /** Undefined where other stages of the request must be asked for. */
  readonly role: Role | undefined;
  /** Whether each event must be looked at, for whatever reason. */
  readonly isOpen: boolean;
  /** Whether other events than those of long-running requests may be its twin. */
  readonly isUnusual: boolean;
}

/** What the numbers of keys mean in one memory. */
interface Era {
  readonly era: number;
  readonly requests: Kind[];
  readonly actors: Kind[];
  /** By the number of the pair; null for what is no audit event. */
  readonly pairs: (Known | null)[];
}

/** Without these, nothing is an audit event. */
const EVENT_FIELDS = (1 << layout.KIND) | (1 << layout.API_VERSION) | (1 << layout.VERB);

export function createSift(options: SiftOptions): Sift {
  const { triage, selection, folding, requestKeys, summary, largest, fields } = options;
  const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = selection;
  const eras = new Map<ArrayBufferLike, Era>();

  const eraOf = ({ memory, rows }: RowPiece): Era => {
    let known = eras.get(memory.buffer);
    if (known?.era !== rows.era) {
      known = { era: rows.era, requests: [], actors: [], pairs: [] };
      eras.set(memory.buffer, known);
    }
    return known;
  };

  /** Of what each row of a pair says: of its request, of its actor, and where that leaves something open, of both. */
  const learn = ({ requests, actors }: Era, row: Row): Known | null => {
    const first = row.rows[row.at + layout.FIRST_KEY] ?? 0;
    const second = row.rows[row.at + layout.SECOND_KEY] ?? 0;
    const head = readHead(row, fields & ~ACTOR_FIELDS);
    if (!head) return null;
    const request = requests[first] ?? triage.kindOfRequest(head);
    requests[first] = request;
    let actor = actors[second];
    if (!actor) {
      const asked = readHead(row, ACTOR_FIELDS | EVENT_FIELDS);
      if (!asked) return null;
      actor = triage.kindOfActor(asked);
      actors[second] = actor;
    }
    const whole = once(() => readHead(row, fields));
    const pair = triage.pairOf(request, actor, whole);
    const asked = selection.reads.length > 0 ? whole() : head;
    const isSelected = asked && selection.matches(asked);
    const role = roleAlone(head);
    const isJudged = role !== 'received' && pair.bodied.open.length > 0;
    return {
      head: { ...head, auditID: 'known' },
      ...{ pair, isSelected, role },
      isOpen: isSelected === undefined || (isSelected && (isJudged || role === undefined)),
      isUnusual: head.stage === 'ResponseStarted' && roleAlone({ ...head, stage: 'ResponseComplete' }) === 'decides',
    };
  };

  const count = (role: Role | undefined, events: number, earliest: number, latest: number): void => {
    summary.selected += events;
    if (summary.firstTime === undefined || earliest < summary.firstTime) summary.firstTime = earliest;
    if (summary.lastTime === undefined || latest > summary.lastTime) summary.lastTime = latest;
    if (role === 'received') summary.received += events;
    else if (role === 'decides') summary.requests += events;
  };

  /** An event that must be looked at. */
  const look = (known: Known | null, row: Row, time: number, place: Place, take: Taker): void => {
    const start = row.rows[row.at + layout.START] ?? 0;
    const end = row.rows[row.at + layout.END] ?? 0;
    const size = end + 1 - start;
    if (size > largest) {
      take.other(row.bytes.subarray(start, end + 1), place);
      return;
    }
    const isInTime = time >= since && time <= until;
    const mustAsk = known === null || (isInTime && known.isSelected === undefined);
    const isWanted = isInTime && known?.isSelected === true;
    const isJudged = !mustAsk && isWanted && known.role !== 'received';
    const unjudged = isJudged ? triage.look(known.pair, row) : NOTHING;
    summary.bytes += size;
    if (mustAsk || unjudged === undefined) {
      take.line(row.bytes.subarray(start, end), place, size);
      return;
    }
    summary.events += 1;
    summary.eventBytes += size;
    if (!isWanted) return;
    const role = hasAuditId(row) ? folding.role(known.head, () => requestKeys.ofRow(row)) : (known.role ?? 'decides');
    count(role, 1, time, time);
    if (role === 'decides' && unjudged.length > 0) take.unjudged(unjudged, place);
  };

  return (piece, origin, take) => {
    const { memory, rows: block } = piece;
    const at = memory.byteOffset;
    const rows = new Int32Array(memory.buffer, at + block.rows, block.count * layout.ROW);
    const times = new Float64Array(memory.buffer, at + block.rows, (block.count * layout.ROW) / 2);
    const pairs = new Int32Array(memory.buffer, at + block.pairs, block.count);
    const grouped = new Float64Array(memory.buffer, at + block.groups, block.groupCount * groups.GROUP);
    const era = eraOf(piece);
    const row = { bytes: memory, rows, at: 0 };
    let counted = 0;
    let isUnusual = folding.hasUnusual();
    for (let group = 0; group < grouped.length; group += groups.GROUP) {
      const pair = grouped[group + groups.PAIR] ?? 0;
      let known = era.pairs[pair];
      if (known === undefined) {
        row.at = (grouped[group + groups.FIRST_ROW] ?? 0) * layout.ROW;
        known = learn(era, row);
        era.pairs[pair] = known;
      }
      if (known?.isUnusual) isUnusual = true;
    }

    /** Pairs whose rows must be looked at one by one. */
    const open = new Set<number>();
    for (let group = 0; group < grouped.length; group += groups.GROUP) {
      const pair = grouped[group + groups.PAIR] ?? 0;
      const events = grouped[group + groups.COUNT] ?? 0;
      const bytes = grouped[group + groups.BYTES] ?? 0;
      const earliest = grouped[group + groups.EARLIEST] ?? 0;
      const latest = grouped[group + groups.LATEST] ?? 0;
      const known = era.pairs[pair];
      const isBefore = latest < since || earliest > until;
      const isWithin = earliest >= since && latest <= until;
      const mayBeTwin = isUnusual && known?.role === 'decides';
      if (
        !known ||
        bytes > largest ||
        (!isBefore && (known.isOpen || mayBeTwin || !(isWithin || known.isSelected === false)))
      ) {
        open.add(pair);
        continue;
      }
      counted += events;
      summary.bytes += bytes;
      summary.events += events;
      summary.eventBytes += bytes;
      if (isWithin && known.isSelected) count(known.role, events, earliest, latest);
    }
    if (counted === block.count) return;

    for (let index = 0; index < pairs.length; index++) {
      const pair = pairs[index] ?? groups.NO_PAIR;
      if (pair !== groups.NO_PAIR && !open.has(pair)) continue;
      row.at = index * layout.ROW;
      const start = rows[row.at + layout.START] ?? 0;
      const place = { ...origin, offset: start + block.shift };
      if (pair === groups.NO_PAIR) take.other(memory.subarray(start, (rows[row.at + layout.END] ?? 0) + 1), place);
      else look(era.pairs[pair] ?? null, row, times[(row.at + layout.TIME) / 2] ?? Number.NaN, place, take);
    }
  };
}

const NOTHING: readonly Unjudged[] = [];

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

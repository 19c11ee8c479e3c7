import { ACTOR_FIELDS, type Actor, type Kind, type Pair, type Triage, type Unjudged } from '../detect/triage.ts';
import { hasAuditId, type Row, readHead, readStageTime } from '../event/head.ts';
import { stageTime } from '../event/line-time.ts';
import type { RequestKeys } from '../event/request-key.ts';
import { type Folding, opensUnusual, type Role, type Standing, standingOf } from '../event/requests.ts';
import type { AuditEvent } from '../event/types.ts';
import { once } from '../expression/once.ts';
import * as layout from '../sieve/layout.ts';
import type { Contains } from '../sieve/load.ts';
import type { Summary } from '../summary.ts';
import * as groups from './groups.ts';
import { setWay, type Ways } from './groups.ts';
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

/** Counts events by what their heads say. */
export interface HeadCounter {
  /** The group of all events with such a head; undefined where each whole event must be asked. */
  groupOf(head: AuditEvent): number | undefined;
  add(group: number, events: number): void;
}

export interface SiftOptions {
  /** Each event by itself, or each request once. */
  readonly unit: 'event' | 'request';
  /** Counts whatever is selected. */
  readonly counter?: HeadCounter | undefined;
  readonly triage: Triage;
  readonly selection: HeadSelection;
  readonly folding: Folding<number>;
  readonly requestKeys: RequestKeys;
  readonly summary: Summary;
  /** The fields of both keys. */
  readonly fields: number;
  /** Bytes of a line above which {@link mayParse} is asked whether its head may be relied on. */
  readonly large: number;
  readonly mayParse: (bytes: Buffer) => boolean;
}

/** Takes what has to be looked at more closely, in the order of the log. */
export interface Taker {
  /** A line that is to be parsed, without its end; the bytes are good for the call. `size` is with its end. */
  line(bytes: Buffer, offset: number, size: number): void;
  /** As {@link Taker.line}, of which nothing is known, with its end. */
  other(bytes: Buffer, offset: number): void;
  /** A request that some detectors could not judge, and that no other matches. */
  unjudged(unjudged: readonly Unjudged[], offset: number): void;
}

/** Counts the events of which their rows tell enough, and gives the lines of all others. */
export type Sift = (piece: RowPiece, take: Taker) => void;

/** What is known of all events with the same first key. */
interface KnownRequest {
  readonly kind: Kind;
  readonly standing: Standing;
}

/** What is known of all events with the same keys. */
interface Known {
  readonly request: KnownRequest;
  readonly pair: Pair;
  /** Undefined where each event must be asked. */
  readonly isSelected: boolean | undefined;
  /** Whether a detector may match, or be unable to judge; or whether the event is wanted at all is to be asked of it. */
  readonly isOpen: boolean;
  /** What they are counted as, where they are. */
  readonly group: number | undefined;
}

/** What the numbers of keys mean in one memory. */
interface Era {
  readonly era: number;
  /** Null for what is no audit event. */
  readonly requests: (KnownRequest | null)[];
  readonly actors: (Actor | null)[];
  /** By the number of the pair; null as well. */
  readonly pairs: (Known | null)[];
}

/** Without these, nothing is an audit event. */
const EVENT_FIELDS = (1 << layout.KIND) | (1 << layout.API_VERSION) | (1 << layout.VERB);

export function createSift(options: SiftOptions): Sift {
  const { triage, selection, folding, requestKeys, summary, fields, large, mayParse, unit, counter } = options;
  const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = selection;
  const isBounded = selection.since !== undefined || selection.until !== undefined;
  const eras = new Map<ArrayBufferLike, Era>();

  const eraOf = ({ memory, rows }: RowPiece): Era => {
    let known = eras.get(memory.buffer);
    if (known?.era !== rows.era) {
      known = { era: rows.era, requests: [], actors: [], pairs: [] };
      eras.set(memory.buffer, known);
    }
    return known;
  };

  const learnRequest = (row: Row): KnownRequest | null => {
    const head = readHead(row, fields & ~ACTOR_FIELDS);
    if (!head) return null;
    return { kind: triage.kindOfRequest(head), standing: unit === 'event' ? EACH : standingOf(head) };
  };

  /** Of its request, of its actor, and where that leaves something open, of both. */
  const learn = ({ requests, actors }: Era, row: Row): Known | null => {
    // What stood there says nothing any more.
    if (row.rows[row.at + layout.PLAIN] === groups.WITH_REQUEST_KEY) return null;
    const first = row.rows[row.at + layout.FIRST_KEY] as number;
    const second = row.rows[row.at + layout.SECOND_KEY] as number;
    let request = requests[first];
    if (request === undefined) {
      request = learnRequest(row);
      requests[first] = request;
    }
    let actor = actors[second];
    if (actor === undefined) {
      actor = readHead(row, ACTOR_FIELDS | EVENT_FIELDS) ? new Map() : null;
      actors[second] = actor;
    }
    if (!request || !actor) return null;
    const head = once(() => readHead(row, fields));
    const pair = triage.pairOf(request.kind, actor, head);
    const whole = selection.reads.length > 0 || counter ? head() : undefined;
    const matched = selection.reads.length === 0 || (whole && selection.matches(whole));
    const group = counter && whole && matched ? counter.groupOf(whole) : undefined;
    // What is counted by no head is to be asked as a whole.
    const isSelected = counter && matched && group === undefined ? undefined : matched;
    const isJudged = request.standing.alone !== 'received' && pair.bodied.open.length > 0;
    return { request, pair, group, isSelected, isOpen: isSelected === undefined || (isSelected && isJudged) };
  };

  const count = (
    role: Role | undefined,
    group: number | undefined,
    events: number,
    earliest: number,
    latest: number,
  ): void => {
    summary.selected += events;
    if (summary.firstTime === undefined || earliest < summary.firstTime) summary.firstTime = earliest;
    if (summary.lastTime === undefined || latest > summary.lastTime) summary.lastTime = latest;
    if (role === 'decides' && group !== undefined) counter?.add(group, events);
    if (unit === 'event') return;
    if (role === 'received') summary.received += events;
    else if (role === 'decides') summary.requests += events;
  };

  const keyOf = (row: Row): number =>
    row.rows[row.at + layout.PLAIN] === groups.WITH_REQUEST_KEY
      ? groups.requestKeyOf(row.rows, row.at)
      : requestKeys.ofRow(row);

  /** An event that must be looked at. */
  const look = (known: Known | null, row: Row, time: number, contains: Contains, offset: number, take: Taker): void => {
    const start = row.rows[row.at + layout.START] ?? 0;
    const end = row.rows[row.at + layout.END] ?? 0;
    const size = end + 1 - start;
    if (size > large && !mayParse(row.bytes.subarray(start, end))) {
      take.other(row.bytes.subarray(start, end + 1), offset);
      return;
    }
    const isInTime = time >= since && time <= until;
    const mustAsk = known === null || (isInTime && known.isSelected === undefined);
    const isWanted = isInTime && known?.isSelected === true;
    const isJudged = !mustAsk && isWanted && known.request.standing.alone !== 'received';
    const unjudged = isJudged ? triage.look(known.pair, row, contains) : NOTHING;
    summary.bytes += size;
    if (mustAsk || unjudged === undefined) {
      take.line(row.bytes.subarray(start, end), offset, size);
      return;
    }
    summary.events += 1;
    summary.eventBytes += size;
    if (!isWanted) return;
    const role = folding.role(known.request.standing, () => (hasAuditId(row) ? keyOf(row) : undefined));
    count(role, known.group, 1, time, time);
    if (role === 'decides' && unjudged.length > 0) take.unjudged(unjudged, offset);
  };

  /** Learns what all events of a pair have in common, and says how they are to be counted. */
  const knownOf = (era: Era, pair: number, row: Row, ways: Ways): Known | null => {
    const known = era.pairs[pair];
    if (known !== undefined) return known;
    const learnt = learn(era, row);
    era.pairs[pair] = learnt;
    // With bounds, each event's time must be asked; and where each pair is counted by itself, they are no sum.
    const way = learnt ? wayOf(learnt) : groups.OPEN;
    if (way === groups.FOLDS || !(isBounded || counter)) setWay(ways, era.era, pair, way);
    return learnt;
  };

  return (piece, take) => {
    const { memory, rows: block, ways, contains } = piece;
    const at = memory.byteOffset;
    const rows = new Int32Array(memory.buffer, at + block.rows, block.count * layout.ROW);
    const times = new Float64Array(memory.buffer, at + block.rows, (block.count * layout.ROW) / 2);
    const pairs = new Int32Array(memory.buffer, at + block.pairs, block.count);
    const visits = new Int32Array(memory.buffer, at + block.visits, block.visitCount);
    const end = groups.GROUPS + block.groupCount * groups.GROUP;
    const grouped = new Float64Array(memory.buffer, at + block.groups, end);
    const era = eraOf(piece);
    const row = { bytes: memory, rows, at: 0 };

    let isUnusual = folding.hasUnusual();
    for (let group = groups.GROUPS; group < end; group += groups.GROUP) {
      row.at = (grouped[group + groups.FIRST_ROW] as number) * layout.ROW;
      const request = knownOf(era, grouped[group + groups.PAIR] as number, row, ways)?.request;
      if (!request || opensUnusual(request.standing)) isUnusual = true;
    }
    // What is only seen when it is parsed may be the start of such a request.
    for (let index = 0; index < visits.length && !isUnusual; index++)
      if (pairs[visits[index] as number] === groups.NO_PAIR) isUnusual = true;

    const visit = (index: number): void => {
      row.at = index * layout.ROW;
      const pair = pairs[index] as number;
      const start = rows[row.at + layout.START] as number;
      const offset = start + block.shift;
      if (pair === groups.NO_PAIR)
        take.other(memory.subarray(start, (rows[row.at + layout.END] as number) + 1), offset);
      else look(era.pairs[pair] ?? null, row, times[(row.at + layout.TIME) / 2] as number, contains, offset, take);
    };

    // Any event may be the twin of another.
    if (isUnusual && unit === 'request') {
      for (let index = 0; index < block.count; index++) visit(index);
      return;
    }
    const add = (way: number, from: number, group?: number): void => {
      const events = grouped[from + groups.EVENTS] as number;
      if (events === 0) return;
      const bytes = grouped[from + groups.BYTES] as number;
      summary.bytes += bytes;
      summary.events += events;
      summary.eventBytes += bytes;
      if (way === groups.UNSELECTED) return;
      const role = way === groups.DECIDES ? 'decides' : 'received';
      const earliest = grouped[from + groups.EARLIEST] as number;
      count(role, group, events, earliest, grouped[from + groups.LATEST] as number);
    };
    for (let way = groups.DECIDES; way <= groups.UNSELECTED; way++) add(way, groups.totalsAt(way));

    /** Pairs that were learnt just now, and need not be looked at. */
    const closed = new Set<number>();
    for (let group = groups.GROUPS; group < end; group += groups.GROUP) {
      const pair = grouped[group + groups.PAIR] as number;
      const known = era.pairs[pair];
      if (!known) continue;
      const earliest = grouped[group + groups.EARLIEST] as number;
      const latest = grouped[group + groups.LATEST] as number;
      const isOutside = latest < since || earliest > until;
      // One of them may be too large to be relied on.
      if ((grouped[group + groups.BYTES] as number) > large) continue;
      const way = isOutside ? groups.UNSELECTED : wayOf(known);
      if (way === groups.OPEN || way === groups.FOLDS) continue;
      if (way !== groups.UNSELECTED && !(earliest >= since && latest <= until)) continue;
      add(way, group, known.group);
      closed.add(pair);
    }
    for (let index = 0; index < visits.length; index++) {
      const visited = visits[index] as number;
      if (!closed.has(pairs[visited] as number)) visit(visited);
    }
  };
}

function wayOf({ isOpen, isSelected, request: { standing } }: Known): number {
  if (isSelected === false) return groups.UNSELECTED;
  if (isOpen) return groups.OPEN;
  if (standing.alone === undefined) return groups.FOLDS;
  return standing.alone === 'received' ? groups.RECEIVED : groups.DECIDES;
}

const NOTHING: readonly Unjudged[] = [];
/** Of events that are counted each by itself. */
const EACH: Standing = { alone: 'decides', isStart: false, isLong: false };

/** When a line was written, microseconds since the epoch, and where it stands. */
export interface WrittenAt {
  readonly offset: number;
  readonly time: number | undefined;
}

/** The first and the last plain line of a piece; undefined where it has none. */
export function plainEnds({ memory, rows: block }: RowPiece): readonly WrittenAt[] {
  const rows = new Int32Array(memory.buffer, memory.byteOffset + block.rows, block.count * layout.ROW);
  const isPlain = (at: number): boolean => rows[at + layout.PLAIN] !== 0;
  const written = (at: number): WrittenAt => ({
    offset: (rows[at + layout.START] as number) + block.shift,
    time: stageTime({ stageTimestamp: readStageTime({ bytes: memory, rows, at }) ?? null }),
  });
  let first = 0;
  while (first < rows.length && !isPlain(first)) first += layout.ROW;
  if (first >= rows.length) return [];
  let last = rows.length - layout.ROW;
  while (!isPlain(last)) last -= layout.ROW;
  return [written(first), written(last)];
}

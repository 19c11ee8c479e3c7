import type { RequestKeys } from '../event/request-key.ts';
import * as layout from '../sieve/layout.ts';

/**
 * Rows of one block brought together, before another thread looks at them: those of pairs of keys of which it has said how to
 * count them, and groups of those with the same two keys. All of it is 64-bit floats: first the totals of each way of counting,
 * then the groups.
 */

/** How the rows of a pair are counted. Those of all others are looked at one by one. */
export const OPEN = 0;
export const DECIDES = 1;
export const RECEIVED = 2;
export const UNSELECTED = 3;
/** As deciding, if the request's other stages say so: for these a key is made of each request. */
export const FOLDS = 4;

export const EVENTS = 0;
/** Bytes of lines, with their ends. */
export const BYTES = 1;
/** The earliest and the latest time of them. */
export const EARLIEST = 2;
export const LATEST = 3;
const TOTAL = 4;

/** Where the totals of a way of counting begin. */
export const totalsAt = (way: number): number => (way - 1) * TOTAL;
/** Where the groups begin. */
export const GROUPS = UNSELECTED * TOTAL;

/** A group has what a total has, the number of its pair, and the index of its first row. */
export const PAIR = 4;
export const FIRST_ROW = 5;
export const GROUP = 6;

/** Of a row that is not plain, or too long, in the place of its pair. */
export const NO_PAIR = -1;

/** In the place of 1 in a row's {@link layout.PLAIN}: its two keys are the two halves of its request's. */
export const WITH_REQUEST_KEY = 2;

/** Pairs that can be told apart; where there are more, all are forgotten. */
export const MAX_PAIRS = 1 << 18;

/**
 * How rows are to be counted, by the number of their pair, as both threads see it; each with the era that it is said of, so that
 * what comes too late is not believed.
 */
export type Ways = Int32Array<SharedArrayBuffer>;

export const createWays = (): Ways => new Int32Array(new SharedArrayBuffer(4 * MAX_PAIRS));

const WAY_BITS = 3;

export function setWay(ways: Ways, era: number, pair: number, way: number): void {
  if (pair < MAX_PAIRS) ways[pair] = (era << WAY_BITS) | way;
}

/** Where the parts of a block's result lie in the memory. */
export interface GroupPlaces {
  /** The rows. */
  readonly rows: number;
  /** The number of each row's pair, and the rows that are to be looked at, by their indexes: 32-bit integers. */
  readonly pairs: number;
  readonly visits: number;
  /** Totals and groups; a multiple of 8. */
  readonly groups: number;
}

export interface Grouped {
  readonly groupCount: number;
  readonly visitCount: number;
}

/** Numbers pairs of keys, and counts rows by them. */
export interface Grouping {
  /** Pairs that have numbers. */
  size(): number;
  /** Forgets all numbers. */
  forget(era: number): void;
  group(places: GroupPlaces, count: number): Grouped;
}

/** Bytes of lines, with their ends. */
export interface LineLimits {
  /** Above it, a row is taken for one that is not plain. */
  readonly largest: number;
  /** Above it, the line is looked at in any case. */
  readonly large: number;
}

export function createGrouping(
  memory: Uint8Array,
  ways: Ways,
  requestKeys: RequestKeys,
  { largest, large }: LineLimits,
): Grouping {
  const { buffer, byteOffset } = memory;
  const bytes = Buffer.from(buffer, byteOffset, memory.byteLength);
  /** Numbers by the second key, by the first one. */
  let numbers: Map<number, number>[] = [];
  let size = 0;
  let era = 0;
  /** Of each pair, the place of the group that it has in this block, where it has one. */
  const groupOf = new Int32Array(2 * MAX_PAIRS);
  const blockOf = new Int32Array(2 * MAX_PAIRS);
  let block = 0;

  const numberOf = (first: number, second: number): number => {
    let bySecond = numbers[first];
    if (!bySecond) {
      bySecond = new Map();
      numbers[first] = bySecond;
    }
    let number = bySecond.get(second);
    if (number === undefined) {
      number = size++;
      bySecond.set(second, number);
    }
    return number;
  };

  return {
    size: () => size,
    forget(next) {
      numbers = [];
      size = 0;
      era = next;
      blockOf.fill(0);
      block = 0;
    },
    group(places, count) {
      const rows = new Int32Array(buffer, byteOffset + places.rows, count * layout.ROW);
      const times = new Float64Array(buffer, byteOffset + places.rows, (count * layout.ROW) / 2);
      const pairs = new Int32Array(buffer, byteOffset + places.pairs, count);
      const visits = new Int32Array(buffer, byteOffset + places.visits, count);
      const groups = new Float64Array(buffer, byteOffset + places.groups, GROUPS + count * GROUP);
      for (let way = DECIDES; way <= UNSELECTED; way++) begin(groups, totalsAt(way));
      let end = GROUPS;
      let visitCount = 0;
      block += 1;
      for (let row = 0, at = 0; row < count; row++, at += layout.ROW) {
        const size = (rows[at + layout.END] as number) + 1 - (rows[at + layout.START] as number);
        if (rows[at + layout.PLAIN] === 0 || size > largest) {
          pairs[row] = NO_PAIR;
          visits[visitCount++] = row;
          continue;
        }
        const pair = numberOf(rows[at + layout.FIRST_KEY] as number, rows[at + layout.SECOND_KEY] as number);
        const time = times[(at + layout.TIME) / 2] as number;
        pairs[row] = pair;
        const said = pair < MAX_PAIRS ? (ways[pair] as number) : 0;
        const way = said >> WAY_BITS === era && size <= large ? said & ((1 << WAY_BITS) - 1) : OPEN;
        if (way !== OPEN && way !== FOLDS) {
          add(groups, totalsAt(way), size, time);
          continue;
        }
        visits[visitCount++] = row;
        if (way === FOLDS) {
          const key = requestKeys.ofRow({ bytes, rows, at });
          rows[at + layout.PLAIN] = WITH_REQUEST_KEY;
          rows[at + layout.FIRST_KEY] = (key % TWO_32) | 0;
          rows[at + layout.SECOND_KEY] = Math.floor(key / TWO_32);
        }
        if (blockOf[pair] !== block) {
          blockOf[pair] = block;
          groupOf[pair] = end;
          begin(groups, end);
          groups[end + PAIR] = pair;
          groups[end + FIRST_ROW] = row;
          end += GROUP;
        }
        add(groups, groupOf[pair] as number, size, time);
      }
      return { groupCount: (end - GROUPS) / GROUP, visitCount };
    },
  };
}

const TWO_32 = 0x100000000;

/** The request's key of a row that has one. */
export function requestKeyOf(rows: Int32Array, at: number): number {
  return (rows[at + layout.SECOND_KEY] as number) * TWO_32 + ((rows[at + layout.FIRST_KEY] as number) >>> 0);
}

function begin(groups: Float64Array, at: number): void {
  groups[at + EVENTS] = 0;
  groups[at + BYTES] = 0;
  groups[at + EARLIEST] = Number.POSITIVE_INFINITY;
  groups[at + LATEST] = Number.NEGATIVE_INFINITY;
}

function add(groups: Float64Array, at: number, size: number, time: number): void {
  groups[at + EVENTS] = (groups[at + EVENTS] as number) + 1;
  groups[at + BYTES] = (groups[at + BYTES] as number) + size;
  if (time < (groups[at + EARLIEST] as number)) groups[at + EARLIEST] = time;
  if (time > (groups[at + LATEST] as number)) groups[at + LATEST] = time;
}

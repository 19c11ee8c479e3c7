import * as layout from './layout.ts';

/**
 * Rows of one block with the same two keys, brought together: most of a log can be counted by them. A group is so many 64-bit
 * floats.
 */
export const GROUP = 6;
/** The number of its pair of keys. */
export const PAIR = 0;
export const COUNT = 1;
/** Bytes of its lines, with their ends. */
export const BYTES = 2;
/** The earliest and the latest time of its lines. */
export const EARLIEST = 3;
export const LATEST = 4;
/** Index of its first row. */
export const FIRST_ROW = 5;

/** Of a row that is not plain, in the place of its pair. */
export const NO_PAIR = -1;

/** Numbers pairs of keys, and groups rows by them. */
export interface Grouping {
  /** Pairs that have numbers. */
  size(): number;
  /** Forgets all numbers. */
  forget(): void;
  /**
   * Gives the number of groups that it wrote.
   * @param rows place of the rows in the memory.
   * @param pairs place of the number of each row's pair, a 32-bit integer each.
   * @param groups place of the groups; a multiple of 8.
   */
  group(rows: number, count: number, pairs: number, groups: number): number;
}

export function createGrouping(memory: Uint8Array): Grouping {
  const { buffer, byteOffset } = memory;
  /** Numbers by the second key, by the first one. */
  let numbers: Map<number, number>[] = [];
  let size = 0;
  /** Of each pair, the group that it has in this block, where it has one. */
  let groupOf = new Int32Array(1024);
  let blockOf = new Int32Array(1024);
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
      if (number >= groupOf.length) {
        groupOf = grown(groupOf);
        blockOf = grown(blockOf);
      }
    }
    return number;
  };

  return {
    size: () => size,
    forget() {
      numbers = [];
      size = 0;
      block = 0;
      blockOf.fill(0);
    },
    group(rowsAt, count, pairsAt, groupsAt) {
      const rows = new Int32Array(buffer, byteOffset + rowsAt, count * layout.ROW);
      const times = new Float64Array(buffer, byteOffset + rowsAt, (count * layout.ROW) / 2);
      const pairs = new Int32Array(buffer, byteOffset + pairsAt, count);
      const groups = new Float64Array(buffer, byteOffset + groupsAt, count * GROUP);
      let found = 0;
      block += 1;
      for (let row = 0, at = 0; row < count; row++, at += layout.ROW) {
        if (rows[at + layout.PLAIN] === 0) {
          pairs[row] = NO_PAIR;
          continue;
        }
        const pair = numberOf(rows[at + layout.FIRST_KEY] ?? 0, rows[at + layout.SECOND_KEY] ?? 0);
        const bytes = (rows[at + layout.END] ?? 0) + 1 - (rows[at + layout.START] ?? 0);
        const time = times[(at + layout.TIME) / 2] ?? 0;
        pairs[row] = pair;
        if (blockOf[pair] !== block) {
          blockOf[pair] = block;
          groupOf[pair] = found;
          const group = GROUP * found++;
          groups[group + PAIR] = pair;
          groups[group + COUNT] = 1;
          groups[group + BYTES] = bytes;
          groups[group + EARLIEST] = time;
          groups[group + LATEST] = time;
          groups[group + FIRST_ROW] = row;
          continue;
        }
        const group = GROUP * (groupOf[pair] ?? 0);
        groups[group + COUNT] = (groups[group + COUNT] ?? 0) + 1;
        groups[group + BYTES] = (groups[group + BYTES] ?? 0) + bytes;
        if (time < (groups[group + EARLIEST] ?? 0)) groups[group + EARLIEST] = time;
        if (time > (groups[group + LATEST] ?? 0)) groups[group + LATEST] = time;
      }
      return found;
    },
  };
}

function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * array.length);
  larger.set(array);
  return larger;
}

import { readSync } from 'node:fs';
import { createRequestKeys } from '../event/request-key.ts';
import { DONE, KEYS_FULL, ROW, ROWS_FULL } from '../sieve/layout.ts';
import { createSkim, type SkimMemory, type SkimModule } from '../sieve/load.ts';
import { createGrouping, createWays, GROUP, GROUPS, type LineLimits, MAX_PAIRS, type Ways } from './groups.ts';

/** What a reader of blocks is made for. */
export interface BlockOptions {
  readonly module: SkimModule;
  /** Bytes of a file that are read at once. */
  readonly blockSize: number;
  /** Fields of the two keys of each line: see {@link Skim.configure}. */
  readonly keys: readonly [number, number];
  /** See {@link createRequestKeys}. */
  readonly seeds: readonly [number, number];
  readonly limits: LineLimits;
}

/** Where a block lies. */
export interface BlockPlace {
  /** An open descriptor; it is the process's, whatever thread reads. */
  readonly file: number;
  readonly offset: number;
  readonly length: number;
}

/** Rows of lines that lie in a memory. */
export interface BlockRows {
  /** Place of the first row, a multiple of 8, and how many there are. */
  readonly rows: number;
  readonly count: number;
  /** See {@link GroupPlaces} and {@link Grouped}. */
  readonly pairs: number;
  readonly visits: number;
  readonly groups: number;
  readonly groupCount: number;
  readonly visitCount: number;
  /** What to add to a place in the memory to have it in the stream. */
  readonly shift: number;
  /** Bytes of the stream from the first row's line to the end of the last one's. */
  readonly begin: number;
  readonly end: number;
  /**
   * - `done`: every line that begins in the block has its row;
   * - `more`: there was no room for all; {@link BlockReader.resume} at `end` gives the next ones;
   * - `stopped`: at `end` is a line that is not whole here, or has a NUL; it is for the framing of lines to read, and
   *   `resume` behind it goes on, where that is in this block.
   */
  readonly state: 'done' | 'more' | 'stopped';
  /** Bytes of the stream up to which `resume` can go on. */
  readonly limit: number;
  /** The numbers of keys and of pairs mean the same in all rows of one reader with the same era. */
  readonly era: number;
}

/**
 * Reads blocks of files, and skims the lines that begin in them. Some blocks are held at once, in slots: the rows of one are
 * good until another is read into it.
 */
export interface BlockReader {
  readonly memory: Uint8Array;
  /** The same, for another thread. */
  readonly shared: SkimMemory;
  readonly ways: Ways;
  /** @throws an error of the system. */
  read(slot: number, place: BlockPlace): BlockRows;
  /**
   * Takes in bytes of a stream, a line's beginning first; as {@link BlockReader.read} otherwise.
   * @param offset of the first of them in the stream.
   * @param parts together at most {@link BlockOptions.blockSize} and {@link OVERLAP}.
   */
  load(slot: number, offset: number, parts: readonly Uint8Array[]): BlockRows;
  /** Goes on in the block that a slot holds, at this byte of the stream, where a line begins. */
  resume(slot: number, at: number): BlockRows;
}

/** With two, a thread waits for whoever judges what it read, and that one for it; a fourth gains nothing. */
export const SLOTS = 3;
const NEWLINE = 0x0a;
/** Bytes that are read at once to find the end of a block's last line. */
const PIECE = 16 * 1024;
/** A last line may be so long; a longer one is read by the framing of lines. */
export const OVERLAP = 1536 * 1024;
/** What a skim wants to have behind a block. */
const MARGIN = 64;
/** Bytes of a block for each row: events are longer, and where lines are shorter the rows come in turns. */
const BYTES_PER_ROW = 256;

export function createBlockReader({ module, blockSize, keys, seeds, limits }: BlockOptions): BlockReader {
  const capacity = align(blockSize + 1 + OVERLAP + MARGIN);
  const room = Math.max(16, Math.ceil(blockSize / BYTES_PER_ROW));
  const rowsSize = align(room * ROW * 4);
  const pairsSize = align(room * 4);
  const slotSize = capacity + rowsSize + 2 * pairsSize + align((GROUPS + room * GROUP) * 8);
  const skim = createSkim(module, SLOTS * slotSize);
  const { memory } = skim;
  skim.configure(...keys);
  const ways = createWays();
  const grouping = createGrouping(memory, ways, createRequestKeys(seeds), limits);
  let era = 0;
  /** Of each slot: what to add to a place in the memory, and the place behind what it holds. */
  const held = Array.from({ length: SLOTS }, () => ({ shift: 0, to: 0 }));
  const bytesAt = (slot: number): number => skim.reserved + slot * slotSize;

  const readAt = (file: number, place: number, length: number, offset: number): number => {
    let got = 0;
    while (got < length) {
      const bytes = readSync(file, memory, place + got, length - got, offset + got);
      if (bytes === 0) break;
      got += bytes;
    }
    return got;
  };

  const run = (slot: number, from: number): BlockRows => {
    const { shift, to } = held[slot] ?? { shift: 0, to: 0 };
    const rows = bytesAt(slot) + capacity;
    const pairs = rows + rowsSize;
    const visits = pairs + pairsSize;
    const groups = visits + pairsSize;
    const forget = (): void => {
      era += 1;
      skim.forget();
      grouping.forget(era);
    };
    if (grouping.size() > MAX_PAIRS - room) forget();
    let { count, position, status } = skim.skim(from, to, rows, room);
    // Nothing was given yet that means the old numbers.
    if (status === KEYS_FULL && count === 0) {
      forget();
      ({ count, position, status } = skim.skim(from, to, rows, room));
    }
    const grouped = grouping.group({ rows, pairs, visits, groups }, count);
    const isMore = status === ROWS_FULL || status === KEYS_FULL;
    const isDone = status === DONE && position === to;
    return {
      ...grouped,
      ...{ rows, count, pairs, visits, groups, shift, era },
      begin: from + shift,
      end: position + shift,
      limit: to + shift,
      state: isMore ? 'more' : isDone ? 'done' : 'stopped',
    };
  };

  return {
    memory,
    shared: skim.shared,
    ways,
    read(slot, { file, offset, length }) {
      const at = bytesAt(slot);
      // The byte before tells whether a line begins with the first.
      const start = Math.max(0, offset - 1);
      const wanted = offset + length - start;
      let to = at + readAt(file, at, wanted, start);
      let from = at;
      if (offset > 0) {
        const newline = memory.subarray(at, to).indexOf(NEWLINE);
        from = newline < 0 ? to : at + newline + 1;
      }
      // The last line goes on behind the block.
      let isOpen = from < to && to === at + wanted && memory[to - 1] !== NEWLINE;
      while (isOpen && to < at + wanted + OVERLAP) {
        const got = readAt(file, to, Math.min(PIECE, at + wanted + OVERLAP - to), start + to - at);
        const newline = memory.subarray(to, to + got).indexOf(NEWLINE);
        isOpen = newline < 0 && got > 0;
        to += newline < 0 ? got : newline + 1;
      }
      held[slot] = { shift: start - at, to };
      return run(slot, from);
    },
    load(slot, offset, parts) {
      const at = bytesAt(slot);
      let to = at;
      for (const part of parts) {
        memory.set(part, to);
        to += part.length;
      }
      held[slot] = { shift: offset - at, to };
      return run(slot, at);
    },
    resume: (slot, at) => run(slot, at - (held[slot]?.shift ?? 0)),
  };
}

function align(size: number): number {
  return Math.ceil(size / 64) * 64;
}

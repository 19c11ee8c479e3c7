import * as layout from './layout.ts';
import { createHead } from './twin-head.ts';
import { createKeys, type KeyLimits } from './twin-keys.ts';
import { NEWLINE } from './twin-text.ts';
import type { Skim } from './types.ts';

const NUL = 0x00;

const LIMITS: KeyLimits = { count: 65_536, bytes: 16 * 1024 * 1024 };

/**
 * A skim in plain TypeScript: what the WebAssembly one is compared with, and what stands in for it where there is no
 * WebAssembly. It needs no memory of its own.
 *
 * Of several reasons to end before a line a NUL in it counts first, then that its row has no room, then that a key of it
 * has none. The line then leaves neither row nor key. One with a key that would not fit even by itself is not plain, for
 * no forgetting would help.
 * @param limits of each of the two dictionaries of keys.
 */
export function createTwin(memory: Uint8Array, limits: KeyLimits = LIMITS): Skim {
  const bytes = Buffer.from(memory.buffer, memory.byteOffset, memory.byteLength);
  const view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength);
  const head = createHead(memory);
  const first = createKeys(bytes, limits);
  const second = createKeys(bytes, limits);

  /** Numbers the keys of the line that was read, if there is room for both of them. */
  const numberKeys = (firstKey: string, secondKey: string): boolean => {
    if (!first.hasRoom(firstKey) || !second.hasRoom(secondKey)) return false;
    head.row[layout.FIRST_KEY] = first.numberOf(firstKey);
    head.row[layout.SECOND_KEY] = second.numberOf(secondKey);
    return true;
  };

  /** Whether a line got a row. */
  const readLine = (start: number, newline: number, at: number): boolean => {
    const isPlain = head.read(start, newline);
    const firstKey = isPlain ? first.textOf(head.row) : '';
    const secondKey = isPlain ? second.textOf(head.row) : '';
    const mayFit = Math.max(firstKey.length, secondKey.length) <= limits.bytes;
    if (!isPlain || !mayFit) head.row.fill(0);
    else if (numberKeys(firstKey, secondKey)) head.row[layout.PLAIN] = 1;
    else return false;
    head.row[layout.START] = start;
    head.row[layout.END] = newline;
    for (let index = 0; index < layout.ROW; index++) view.setInt32(at + 4 * index, head.row[index] ?? 0, true);
    if (head.row[layout.PLAIN] === 1) view.setFloat64(at + 4 * layout.TIME, head.time(), true);
    return true;
  };

  return {
    memory,
    reserved: 0,
    configure(firstFields, secondFields) {
      first.configure(firstFields);
      second.configure(secondFields);
    },
    forget() {
      first.forget();
      second.forget();
    },
    skim(from, to, rows, room) {
      const block = bytes.subarray(from, to);
      const nul = block.indexOf(NUL);
      const hole = nul < 0 ? Number.POSITIVE_INFINITY : from + nul;
      let position = from;
      for (let count = 0; ; count++) {
        const newline = from + block.indexOf(NEWLINE, position - from);
        const isWhole = newline >= position;
        if (hole < (isWhole ? newline : to)) return { count, position, status: layout.NUL_BYTE };
        if (!isWhole) return { count, position, status: layout.DONE };
        if (count >= room) return { count, position, status: layout.ROWS_FULL };
        const hasRow = readLine(position, newline, rows + 4 * layout.ROW * count);
        if (!hasRow) return { count, position, status: layout.KEYS_FULL };
        position = newline + 1;
      }
    },
  };
}

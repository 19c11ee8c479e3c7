// The skim in WebAssembly: see Skim in ../types.ts for what it gives, and ../layout.ts for how.

import { DONE, END, FIRST_KEY, KEYS_FULL, NUL_BYTE, PLAIN, RECEIVED, ROW, ROWS_FULL, SECOND_KEY, START, TIME } from '../layout';
import { chooseFields, dropFirstKey, firstKey, forgetKeys, NO_ROOM, RESERVED, secondKey, TOO_LONG } from './dictionary';
import { readEvent } from './head';
import { beginRow, row, startOf } from './row';
import { readTime } from './time';

export function reserved(): i32 {
  return <i32>RESERVED;
}

export function configure(first: u32, second: u32, random: u64): void {
  chooseFields(first, second, random);
}

export function forget(): void {
  forgetKeys();
}

let stopped: usize = 0;
let status: i32 = DONE;

/** Place of the first line without a row, after a skim. */
export function getPosition(): i32 {
  return <i32>stopped;
}

export function getStatus(): i32 {
  return status;
}

const NEWLINE: u8 = 0x0a;
const RETURN: u8 = 0x0d;

/** Gives the number of rows. */
export function skim(from: i32, to: i32, rows: i32, room: i32): i32 {
  // A line end behind the block, for as long as this takes: so that nothing runs out of it.
  const behind = v128.load(to);
  store<u8>(to, NEWLINE);
  const count = skimLines(from, to, rows, room);
  v128.store(to, behind);
  return count;
}

function skimLines(from: usize, to: usize, rows: usize, room: i32): i32 {
  let p = from;
  let count = 0;
  status = DONE;
  while (p < to) {
    if (count == room) {
      const end = endOfLine(p);
      if (load<u8>(end) != NEWLINE) status = NUL_BYTE;
      else if (end != to) status = ROWS_FULL;
      break;
    }
    beginRow(rows + <usize>count * ROW * 4);
    let end = readEvent(p);
    if (end && load<u8>(end) == RETURN) end++;
    let isPlain = end && load<u8>(end) == NEWLINE;
    if (!isPlain) {
      end = endOfLine(p);
      if (load<u8>(end) != NEWLINE) {
        status = NUL_BYTE;
        break;
      }
      beginRow(row);
    }
    if (end == to) break;
    if (isPlain) {
      const first = firstKey();
      const second = first < 0 ? first : secondKey();
      if (second < 0) dropFirstKey();
      if (second == NO_ROOM) {
        status = KEYS_FULL;
        break;
      }
      if (second == TOO_LONG) {
        isPlain = false;
        beginRow(row);
      } else fillIn(first, second);
    }
    store<u32>(row + (START << 2), <u32>p);
    store<u32>(row + (END << 2), <u32>end);
    p = end + 1;
    count++;
  }
  stopped = p;
  return count;
}

function fillIn(first: i32, second: i32): void {
  store<u32>(row + (PLAIN << 2), 1);
  store<i32>(row + (FIRST_KEY << 2), first);
  store<i32>(row + (SECOND_KEY << 2), second);
  store<f64>(row + (TIME << 2), <f64>readTime(startOf(RECEIVED) + 1));
}

/** The place of the next line end, or of the NUL before it. */
function endOfLine(start: usize): usize {
  let p = start;
  while (true) {
    const mask = i8x16.bitmask(i8x16.le_u(v128.load(p), i8x16.splat(NEWLINE)));
    if (mask == 0) {
      p += 16;
      continue;
    }
    for (let rest = mask; rest; rest &= rest - 1) {
      const byte = load<u8>(p + ctz(rest));
      if (byte == NEWLINE || byte == 0) return p + ctz(rest);
    }
    p += 16;
  }
}

/**
 * Whether a text that was put at {@link needlePlace} stands in these bytes.
 * @param rare where in it two bytes stand that are seldom: only where both are found, all of it is compared.
 */
export function contains(from: i32, to: i32, length: i32, rare: i32, other: i32): bool {
  const rareBytes = i8x16.splat(load<u8>(NEEDLE + rare));
  const otherBytes = i8x16.splat(load<u8>(NEEDLE + other));
  const end = <usize>(to - length + 1);
  for (let p = <usize>from; p < end; p += 16) {
    const found = v128.and(i8x16.eq(v128.load(p + rare), rareBytes), i8x16.eq(v128.load(p + other), otherBytes));
    for (let mask = i8x16.bitmask(found); mask; mask &= mask - 1) {
      const at = p + ctz(mask);
      if (at < end && isNeedle(at, length)) return true;
    }
  }
  return false;
}

/** Where the text that is looked for must stand, and how long it may be. */
const NEEDLE: usize = 256;
const MAX_NEEDLE = 512;

export function needlePlace(): i32 {
  return <i32>NEEDLE;
}

export function maxNeedle(): i32 {
  return MAX_NEEDLE;
}

function isNeedle(at: usize, length: usize): bool {
  for (let i: usize = 0; i < length; i++) if (load<u8>(at + i) != load<u8>(NEEDLE + i)) return false;
  return true;
}

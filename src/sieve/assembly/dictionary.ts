// Two dictionaries of keys: a key is the values of some fields as they stand in the line, and gets the next number when it
// is seen first. Whole keys are compared: who writes a log cannot make two of them look the same.

import { lengthOf, startOf } from './row';

/** Keys of one dictionary, and bytes of all its keys. */
const MAX_KEYS: u32 = 65_536;
const MAX_BYTES: usize = 16 * 1024 * 1024;

const SLOTS: u32 = 2 * MAX_KEYS;
/** A slot is a hash and the place of the entry, 0 where it is free. */
const SLOTS_SIZE: usize = <usize>SLOTS * 8;
/** An entry is a number, a length and the key, up to a multiple of 16; room for one key too many. */
const ENTRIES_SIZE: usize = 2 * MAX_BYTES + <usize>MAX_KEYS * 48;

const FIRST: usize = 1024;
const DICTIONARY_SIZE: usize = SLOTS_SIZE + ENTRIES_SIZE;

/** Bytes at the memory's start that are the dictionaries'. */
export const RESERVED: usize = FIRST + 2 * DICTIONARY_SIZE;

/** Of each dictionary: its fields, and what is in it. */
let firstFields: u32 = 0;
let secondFields: u32 = 0;
let firstCount: u32 = 0;
let secondCount: u32 = 0;
let firstBytes: usize = 0;
let secondBytes: usize = 0;
let firstTop: usize = FIRST + SLOTS_SIZE;
let secondTop: usize = FIRST + DICTIONARY_SIZE + SLOTS_SIZE;
/** Chosen by the caller at random, so that nobody can make keys that fall into one slot. */
let seed: u64 = 0;

export function chooseFields(first: u32, second: u32, random: u64): void {
  firstFields = first;
  secondFields = second;
  seed = random | 1;
  forgetKeys();
}

export function forgetKeys(): void {
  if (firstCount) memory.fill(FIRST, 0, SLOTS_SIZE);
  if (secondCount) memory.fill(FIRST + DICTIONARY_SIZE, 0, SLOTS_SIZE);
  firstCount = 0;
  secondCount = 0;
  firstBytes = 0;
  secondBytes = 0;
  firstTop = FIRST + SLOTS_SIZE;
  secondTop = FIRST + DICTIONARY_SIZE + SLOTS_SIZE;
}

/** There is no room for the key; or there never will be, for it is longer than all keys together may be. */
export const NO_ROOM = -1;
export const TOO_LONG = -2;

/** The slot that the last {@link firstKey} took; 0 where the key was known. */
let taken: usize = 0;

/** The key's number in the first dictionary, or one of {@link NO_ROOM} and {@link TOO_LONG}. */
export function firstKey(): i32 {
  taken = 0;
  const size = write(firstFields, firstTop, MAX_BYTES);
  if (size < 0 || <usize>size > MAX_BYTES) return TOO_LONG;
  const known = find(FIRST, firstTop, size);
  if (known >= 0) return known;
  if (firstCount == MAX_KEYS || firstBytes + size > MAX_BYTES) return NO_ROOM;
  keep(firstTop, size, firstCount);
  taken = slot;
  firstBytes += size;
  firstTop += 8 + ((<usize>size + 31) & ~15);
  return firstCount++;
}

/** Takes back what the last {@link firstKey} added: its line gets no row. */
export function dropFirstKey(): void {
  if (!taken) return;
  const entry = <usize>load<u32>(taken, 4);
  firstBytes -= load<i32>(entry, 4);
  firstTop = entry;
  firstCount--;
  store<u64>(taken, 0);
}

/** As {@link firstKey}, of the second. */
export function secondKey(): i32 {
  const size = write(secondFields, secondTop, MAX_BYTES);
  if (size < 0 || <usize>size > MAX_BYTES) return TOO_LONG;
  const known = find(FIRST + DICTIONARY_SIZE, secondTop, size);
  if (known >= 0) return known;
  if (secondCount == MAX_KEYS || secondBytes + size > MAX_BYTES) return NO_ROOM;
  keep(secondTop, size, secondCount);
  secondBytes += size;
  secondTop += 8 + ((<usize>size + 31) & ~15);
  return secondCount++;
}

let hash: u64 = 0;
let slot: usize = 0;

/** Writes the key behind all entries, zeros behind it; gives its length. */
function write(fields: u32, entry: usize, room: usize): i32 {
  const start = entry + 8;
  let p = start;
  for (let rest = fields; rest; rest &= rest - 1) {
    const field = ctz(rest);
    const length = lengthOf(field);
    if (p + length - start > room) return -1;
    let from = startOf(field);
    // A value's end is overwritten by the next one.
    for (let to = p; to < p + length; to += 16) {
      v128.store(to, v128.load(from));
      from += 16;
    }
    p += length;
    store<u8>(p, 0x0a);
    p++;
  }
  v128.store(p, i64x2.splat(0));
  return <i32>(p - start);
}

/** The number of the key that was written at `entry`, if it is known; `slot` is where it is, or belongs. */
function find(slots: usize, entry: usize, size: i32): i32 {
  const start = entry + 8;
  // Two at once, for a multiplication waits for the one before.
  let a = seed;
  let b = ~seed;
  for (let p = start; p < start + <usize>size; p += 16) {
    a = (rotl(a, 23) ^ load<u64>(p)) * seed;
    b = (rotl(b, 41) ^ load<u64>(p, 8)) * seed;
  }
  let h = (a ^ rotl(b, 32)) * seed;
  h ^= h >> 32;
  hash = h;
  let index = <u32>h & (SLOTS - 1);
  while (true) {
    slot = slots + (<usize>index << 3);
    const known = <usize>load<u32>(slot, 4);
    if (!known) return -1;
    if (load<u32>(slot) == <u32>(h >> 32) && load<i32>(known, 4) == size && isSame(known + 8, start, size)) return load<i32>(known);
    index = (index + 1) & (SLOTS - 1);
  }
}

function isSame(a: usize, b: usize, size: i32): bool {
  for (let i: usize = 0; i < <usize>size; i += 16) {
    // Behind both there are zeros.
    if (v128.any_true(v128.xor(v128.load(a + i), v128.load(b + i)))) return false;
  }
  return true;
}

function keep(entry: usize, size: i32, number: u32): void {
  store<u32>(entry, number);
  store<i32>(entry, size, 4);
  store<u32>(slot, <u32>(hash >> 32));
  store<u32>(slot, <u32>entry, 4);
}

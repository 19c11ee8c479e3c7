// Tokens of JSON: texts, and values that nobody asks for. Each function gives the place behind what it read, or 0 where
// that is not plain. A line end stands behind every block, so that none of them runs out of it.

import { _JSONATA, EAM_QUOTE, OUTER_WRA, PPER_QUOTE, TUPLE_STR } from './keys';

export const QUOTE: u8 = 0x22;
export const BACKSLASH: u8 = 0x5c;
export const COMMA: u8 = 0x2c;
export const COLON: u8 = 0x3a;
export const OPEN: u8 = 0x7b;
export const CLOSE: u8 = 0x7d;
export const OPEN_BRACKET: u8 = 0x5b;
export const CLOSE_BRACKET: u8 = 0x5d;
const SPACE: u8 = 0x20;
const TAB: u8 = 0x09;

/** Whether the last text was printable ASCII without an escape. */
export let isClean: bool = true;

/** The place of the closing quote. */
export function endOfText(start: usize): usize {
  isClean = true;
  const first = load<u8>(start);
  if ((first == 0x5f || first == 0x6f || first == 0x74) && isReserved(start)) return 0;
  let p = start;
  while (true) {
    const bytes = v128.load(p);
    // One more, so that 0x7f is negative as all above it are.
    const unprintable = i8x16.lt_s(i8x16.add(bytes, i8x16.splat(1)), i8x16.splat(0x21));
    const quotes = i8x16.eq(bytes, i8x16.splat(QUOTE));
    const escapes = i8x16.eq(bytes, i8x16.splat(BACKSLASH));
    const mask = i8x16.bitmask(v128.or(v128.or(quotes, escapes), unprintable));
    if (mask == 0) {
      p += 16;
      continue;
    }
    p += ctz(mask);
    const byte = load<u8>(p);
    if (byte == QUOTE) return p;
    if (byte < SPACE) return 0;
    isClean = false;
    if (byte == BACKSLASH) {
      p = endOfEscape(p);
      if (!p) return 0;
    } else p++;
  }
}

/** What jsonata takes for marks of its own, as a text that begins at this place. */
export function isReserved(start: usize): bool {
  const begin = load<u64>(start);
  if (begin == _JSONATA) return load<u8>(start + 8) == 0x5f;
  if (begin == OUTER_WRA) return load<u32>(start + 8) == 0x72657070 && load<u8>(start + 12) == QUOTE;
  return begin == TUPLE_STR && load<u32>(start + 8) == <u32>EAM_QUOTE;
}

function endOfEscape(start: usize): usize {
  switch (load<u8>(start + 1)) {
    case 0x22:
    case 0x5c:
    case 0x2f:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return start + 2;
    case 0x75:
      for (let p = start + 2; p < start + 6; p++) if (!isHexDigit(load<u8>(p))) return 0;
      return saysPrintable(start) ? 0 : start + 6;
    default:
      return 0;
  }
}

function isHexDigit(byte: u8): bool {
  return byte - 0x30 < 10 || (byte | 0x20) - 0x61 < 6;
}

/** Whether `\u00..` is an escape of a printable character that Go does not escape: not `&`, `<`, `>`. */
export function saysPrintable(start: usize): bool {
  if (load<u32>(start) != 0x3030755c) return false;
  const high = load<u8>(start + 4);
  const low = load<u8>(start + 5) | 0x20;
  if (high - 0x32 > 5) return false;
  return !((high == 0x32 && low == 0x36) || (high == 0x33 && (low == 0x63 || low == 0x65)));
}

@inline
export function skipBlanks(start: usize): usize {
  let p = start;
  while (true) {
    const byte = load<u8>(p);
    if (byte != SPACE && byte != TAB) return p;
    p++;
  }
}

/** Any value, unread but for its texts: of what is nested, only braces and brackets are counted. */
export function endOfValue(start: usize): usize {
  const byte = load<u8>(start);
  if (byte == QUOTE) {
    const end = endOfText(start + 1);
    return end ? end + 1 : 0;
  }
  return byte == OPEN || byte == OPEN_BRACKET ? endOfNested(start) : endOfScalar(start);
}

function endOfScalar(start: usize): usize {
  let p = start;
  while (true) {
    const byte = load<u8>(p);
    const isPart = (byte | 0x20) - 0x61 < 26 || byte - 0x30 < 10 || byte == 0x2b || byte == 0x2d || byte == 0x2e;
    if (!isPart) return p > start ? p : 0;
    p++;
  }
}

function endOfNested(start: usize): usize {
  let depth = 0;
  let p = start;
  while (true) {
    const bytes = v128.load(p);
    const lower = v128.or(bytes, i8x16.splat(0x20));
    const brackets = v128.or(i8x16.eq(lower, i8x16.splat(OPEN)), i8x16.eq(lower, i8x16.splat(CLOSE)));
    const others = v128.or(i8x16.eq(bytes, i8x16.splat(QUOTE)), i8x16.lt_s(i8x16.add(bytes, i8x16.splat(1)), i8x16.splat(0x21)));
    const mask = i8x16.bitmask(v128.or(brackets, others));
    if (mask == 0) {
      p += 16;
      continue;
    }
    p += ctz(mask);
    const byte = load<u8>(p);
    if (byte == QUOTE) {
      const end = endOfText(p + 1);
      if (!end) return 0;
      p = end + 1;
      continue;
    }
    p++;
    if (byte == OPEN || byte == OPEN_BRACKET) depth++;
    else if (byte == CLOSE || byte == CLOSE_BRACKET) {
      if (--depth == 0) return p;
    } else if (byte != TAB) return 0;
  }
}

/** An array of texts. */
export function endOfTexts(start: usize): usize {
  if (load<u8>(start) != OPEN_BRACKET) return 0;
  let p = skipBlanks(start + 1);
  if (load<u8>(p) == CLOSE_BRACKET) return p + 1;
  while (true) {
    if (load<u8>(p) != QUOTE) return 0;
    p = endOfText(p + 1);
    if (!p) return 0;
    p = skipBlanks(p + 1);
    const byte = load<u8>(p);
    if (byte == CLOSE_BRACKET) return p + 1;
    if (byte != COMMA) return 0;
    p = skipBlanks(p + 1);
  }
}

/** An object whose values are texts, without a blank between its tokens. */
export function endOfTightTextMap(start: usize): usize {
  if (load<u8>(start) != OPEN) return 0;
  let p = start + 1;
  if (load<u8>(p) == CLOSE) return p + 1;
  while (true) {
    if (load<u8>(p) != QUOTE) return 0;
    const keyEnd = endOfText(p + 1);
    if (!keyEnd || (!isClean && hasEscape(p + 1, keyEnd)) || load<u16>(keyEnd + 1) != 0x223a) return 0;
    p = endOfText(keyEnd + 3);
    if (!p) return 0;
    const byte = load<u8>(p + 1);
    p += 2;
    if (byte == CLOSE) return p;
    if (byte != COMMA) return 0;
  }
}

/** An object whose values are texts. */
export function endOfTextMap(start: usize): usize {
  if (load<u8>(start) != OPEN) return 0;
  let p = skipBlanks(start + 1);
  if (load<u8>(p) == CLOSE) return p + 1;
  while (true) {
    p = toValue(p);
    if (!p || load<u8>(p) != QUOTE) return 0;
    p = endOfText(p + 1);
    if (!p) return 0;
    p = skipBlanks(p + 1);
    const byte = load<u8>(p);
    if (byte == CLOSE) return p + 1;
    if (byte != COMMA) return 0;
    p = skipBlanks(p + 1);
  }
}

function hasEscape(start: usize, end: usize): bool {
  for (let p = start; p < end; p++) if (load<u8>(p) == BACKSLASH) return true;
  return false;
}

/** The key that {@link toValue} read last: the place of its first character, and its length. */
export let key: usize = 0;
export let keyLength: usize = 0;

/** Reads a key without escapes and its colon; the place of the value. */
@inline
export function toValue(start: usize): usize {
  if (load<u8>(start) != QUOTE) return 0;
  const end = endOfText(start + 1);
  if (!end || (!isClean && hasEscape(start + 1, end))) return 0;
  key = start + 1;
  keyLength = end - key;
  let p = end + 1;
  // As nearly all events are written.
  if (load<u8>(p) != COLON) {
    p = skipBlanks(p);
    if (load<u8>(p) != COLON) return 0;
  }
  p++;
  return load<u8>(p) <= SPACE ? skipBlanks(p) : p;
}

/**
 * Tokens of a line: each function takes the place where one begins and gives the place behind it, {@link NOT_PLAIN} where
 * the token is not plain. No loop runs over the line's end, for its `\n` belongs to no token.
 */

export const NOT_PLAIN = -1;

export const TAB = 0x09;
export const NEWLINE = 0x0a;
export const CARRIAGE_RETURN = 0x0d;
export const SPACE = 0x20;
export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const ZERO = 0x30;
export const NINE = 0x39;
export const COLON = 0x3a;
export const OPEN_BRACKET = 0x5b;
export const BACKSLASH = 0x5c;
export const CLOSE_BRACKET = 0x5d;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;
const LAST_PRINTABLE = 0x7e;

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Whether these bytes stand at a place. */
export function holds(memory: Uint8Array, at: number, bytes: Uint8Array): boolean {
  for (let index = 0; index < bytes.length; index++) if (memory[at + index] !== bytes[index]) return false;
  return true;
}

const JSONATA = ascii('_jsonata_');
const OUTER_WRAPPER = ascii('outerWrapper"');
const TUPLE_STREAM = ascii('tupleStream"');

/** Whether a reserved key stands behind a quote. */
export function saysReserved(memory: Uint8Array, at: number): boolean {
  switch (memory[at]) {
    case 0x5f:
      return holds(memory, at, JSONATA);
    case 0x6f:
      return holds(memory, at, OUTER_WRAPPER);
    case 0x74:
      return holds(memory, at, TUPLE_STREAM);
    default:
      return false;
  }
}

const UNICODE = ascii('\\u00');

/** Whether a backslash begins the escape of a printable character that Go does not escape: all but `&`, `<` and `>`. */
export function escapesPrintable(memory: Uint8Array, at: number): boolean {
  if (!holds(memory, at, UNICODE)) return false;
  const high = memory[at + 4] ?? NEWLINE;
  const low = memory[at + 5] ?? NEWLINE;
  if (high < 0x32 || high > 0x37) return false;
  if (high === 0x32) return low !== 0x36;
  return high !== 0x33 || ((low | 0x20) !== 0x63 && (low | 0x20) !== 0x65);
}

export function skipBlanks(memory: Uint8Array, at: number): number {
  let place = at;
  while (memory[place] === SPACE || memory[place] === TAB) place++;
  return place;
}

export function skipNothing(_: Uint8Array, at: number): number {
  return at;
}

/** Letters that an escape may be of, besides the `u` of a code unit. */
const ESCAPES = ascii('"\\/bfnrt');
const HEX_DIGITS = ascii('0123456789abcdefABCDEF');

/** An escape that JSON knows: what a reader takes out of a plain line is to be read without errors. */
function skipEscape(memory: Uint8Array, at: number): number {
  const letter = memory[at + 1] ?? NEWLINE;
  if (ESCAPES.includes(letter)) return at + 2;
  if (letter !== 0x75 || escapesPrintable(memory, at)) return NOT_PLAIN;
  for (let place = at + 2; place < at + 6; place++)
    if (!HEX_DIGITS.includes(memory[place] ?? NEWLINE)) return NOT_PLAIN;
  return at + 6;
}

/** Any text, with its quotes. */
export function skipText(memory: Uint8Array, at: number): number {
  if (memory[at] !== QUOTE || saysReserved(memory, at + 1)) return NOT_PLAIN;
  let place = at + 1;
  for (;;) {
    const byte = memory[place] ?? NEWLINE;
    if (byte === QUOTE) return place + 1;
    if (byte < SPACE) return NOT_PLAIN;
    place = byte === BACKSLASH ? skipEscape(memory, place) : place + 1;
    if (place === NOT_PLAIN) return NOT_PLAIN;
  }
}

/** A text of printable ASCII without a backslash. */
export function skipClean(memory: Uint8Array, at: number): number {
  if (memory[at] !== QUOTE || saysReserved(memory, at + 1)) return NOT_PLAIN;
  for (let place = at + 1; ; place++) {
    const byte = memory[place] ?? NEWLINE;
    if (byte === QUOTE) return place + 1;
    if (byte < SPACE || byte > LAST_PRINTABLE || byte === BACKSLASH) return NOT_PLAIN;
  }
}

/** A key: a text without escapes. */
export function skipKey(memory: Uint8Array, at: number): number {
  if (memory[at] !== QUOTE || saysReserved(memory, at + 1)) return NOT_PLAIN;
  for (let place = at + 1; ; place++) {
    const byte = memory[place] ?? NEWLINE;
    if (byte === QUOTE) return place + 1;
    if (byte < SPACE || byte === BACKSLASH) return NOT_PLAIN;
  }
}

/** An array of texts. */
export function skipTexts(memory: Uint8Array, at: number): number {
  if (memory[at] !== OPEN_BRACKET) return NOT_PLAIN;
  let place = skipBlanks(memory, at + 1);
  if (memory[place] === CLOSE_BRACKET) return place + 1;
  for (;;) {
    place = skipText(memory, place);
    if (place === NOT_PLAIN) return NOT_PLAIN;
    place = skipBlanks(memory, place);
    if (memory[place] === CLOSE_BRACKET) return place + 1;
    if (memory[place] !== COMMA) return NOT_PLAIN;
    place = skipBlanks(memory, place + 1);
  }
}

/**
 * An object whose values are texts.
 * @param skipGap what may stand between its tokens: {@link skipBlanks}, {@link skipNothing}.
 */
export function skipTextMap(memory: Uint8Array, at: number, skipGap: typeof skipBlanks): number {
  if (memory[at] !== OPEN_BRACE) return NOT_PLAIN;
  let place = skipGap(memory, at + 1);
  if (memory[place] === CLOSE_BRACE) return place + 1;
  for (;;) {
    place = skipKey(memory, place);
    if (place === NOT_PLAIN) return NOT_PLAIN;
    place = skipGap(memory, place);
    if (memory[place] !== COLON) return NOT_PLAIN;
    place = skipText(memory, skipGap(memory, place + 1));
    if (place === NOT_PLAIN) return NOT_PLAIN;
    place = skipGap(memory, place);
    if (memory[place] === CLOSE_BRACE) return place + 1;
    if (memory[place] !== COMMA) return NOT_PLAIN;
    place = skipGap(memory, place + 1);
  }
}

/** An HTTP status: one to nine digits, the first of them no zero. */
export function skipCode(memory: Uint8Array, at: number): number {
  let place = at;
  while (isDigit(memory[place])) place++;
  return memory[at] === ZERO || place === at || place > at + 9 ? NOT_PLAIN : place;
}

export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}

function isPrintable(byte: number | undefined): boolean {
  return byte !== undefined && byte > SPACE && byte <= LAST_PRINTABLE;
}

/** Bytes of numbers, `true`, `false` and `null`, and the like of them. */
const SCALAR = new Uint8Array(256);
for (const byte of ascii('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-.')) SCALAR[byte] = 1;

function skipScalar(memory: Uint8Array, at: number): number {
  let place = at;
  while (SCALAR[memory[place] ?? NEWLINE] === 1) place++;
  return place === at ? NOT_PLAIN : place;
}

/**
 * A value that nobody asks for: a text, a scalar, or whatever stands from a brace or bracket to where as many were closed
 * as opened. That they are of one kind, and what stands between commas and colons, is left to a parser.
 */
export function skipValue(memory: Uint8Array, at: number): number {
  let place = at;
  let depth = 0;
  do {
    switch (memory[place]) {
      case OPEN_BRACE:
      case OPEN_BRACKET:
        depth++;
        place++;
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        if (depth === 0) return NOT_PLAIN;
        depth--;
        place++;
        break;
      case COMMA:
      case COLON:
      case SPACE:
      case TAB:
        if (depth === 0) return NOT_PLAIN;
        place++;
        break;
      case QUOTE:
        place = skipText(memory, place);
        break;
      default:
        place = depth > 0 && isPrintable(memory[place]) ? place + 1 : skipScalar(memory, place);
    }
    if (place === NOT_PLAIN) return NOT_PLAIN;
  } while (depth > 0);
  return place;
}

/**
 * Finds whole JSON objects in bytes that are not whole JSON: half a line with the next event glued to it, two events
 * without a line end between them. Only quotes, backslashes and braces are looked at; whether the piece is JSON is for
 * the parser to say. Each function reads every byte at most once.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** Where the object that starts at `start` ends (the place after its brace); -1 when it does not start there or end. */
export function endOfObject(bytes: Buffer, start: number, end: number): number {
  if (bytes[start] !== OPEN) return -1;
  let depth = 0;
  let inString = false;
  for (let i = start; i < end; i++) {
    const byte = bytes[i];
    if (inString) {
      if (byte === BACKSLASH) i++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === OPEN) depth++;
    else if (byte === CLOSE && --depth === 0) return i + 1;
  }
  return -1;
}

/**
 * Where the object that ends before `end` starts; -1 when none ends there. Read backwards, so that nothing before the
 * object matters: in valid JSON an escaped quote stands only inside a string, and says so by its backslashes.
 */
export function startOfObject(bytes: Buffer, start: number, end: number): number {
  if (bytes[end - 1] !== CLOSE) return -1;
  let depth = 0;
  let inString = false;
  for (let i = end - 1; i >= start; i--) {
    const byte = bytes[i];
    if (byte === QUOTE) {
      let before = i;
      while (before > start && bytes[before - 1] === BACKSLASH) before--;
      if ((i - before) % 2 === 0) inString = !inString;
      i = before;
    } else if (inString) {
    } else if (byte === CLOSE) depth++;
    else if (byte === OPEN && --depth === 0) return i;
  }
  return -1;
}

/** Deeper than the API server decodes, so that no event of its is. */
const MAX_DEPTH = 10_000;

/** Lines above this size are looked at before they are parsed: nesting costs a parser fifty times its bytes. */
export const DEEP_LINE = 1024 * 1024;

/** Whether a line may be given to a parser: it is small, or not nested deeper than any event. */
export function mayParse(bytes: Buffer): boolean {
  return bytes.length <= DEEP_LINE || !isTooDeep(bytes);
}

/** Whether brackets and braces are nested deeper than any event's. */
export function isTooDeep(bytes: Buffer): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (inString) {
      if (byte === BACKSLASH) i++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === OPEN || byte === OPEN_BRACKET) {
      if (++depth > MAX_DEPTH) return true;
    } else if (byte === CLOSE || byte === CLOSE_BRACKET) depth--;
  }
  return false;
}

/**
 * Whether what stands at `at` is a value of the object that begins at `start`, though that one never ends: the text between
 * them is JSON as soon as a value and the missing brackets are added. A body can hold an object that looks like an event.
 */
export function isValueOf(bytes: Buffer, start: number, at: number): boolean {
  const closers: string[] = [];
  let inString = false;
  for (let i = start; i < at; i++) {
    const byte = bytes[i];
    if (inString) {
      if (byte === BACKSLASH) i++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === OPEN) closers.push('}');
    else if (byte === OPEN_BRACKET) closers.push(']');
    else if (byte === CLOSE || byte === CLOSE_BRACKET) closers.pop();
  }
  if (inString || closers.length === 0 || closers.length > MAX_DEPTH) return false;
  try {
    JSON.parse(`${bytes.toString('latin1', start, at)}null${closers.reverse().join('')}`);
    return true;
  } catch {
    return false;
  }
}

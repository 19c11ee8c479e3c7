/**
 * Finds whole JSON objects in bytes that are not whole JSON: half a line with the next event glued to it, two events
 * without a line end between them. Only quotes, backslashes and braces are looked at; whether the piece is JSON is for
 * the parser to say. Each function reads every byte at most once.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;

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

/** What leaves the sandbox, and what is made into text in it: measured first, for a small value can be a huge text. */

import { tooDeep, tooLong } from './limit.ts';

/** Levels. The main thread's stack has room to read some 2,000 of what the worker's has room to write. */
const MAX_DEPTH = 500;
/** Characters of any number, `true` or `null`, with its comma: near enough. */
const SCALAR_LENGTH = 8;

/**
 * The value as plain data, as `JSON.stringify` sees it: without functions, and without the hidden properties of jsonata's
 * sequences. Infinity stays what it is.
 * @throws {EvaluationError} when it is nested too deep, or longer as JSON than so many characters. Parts that occur more
 * than once count each time, for whoever prints the value writes them each time.
 */
export function plainCopy(value: unknown, maxLength: number): unknown {
  if (isFunction(value)) return undefined;
  if (typeof value !== 'object' && typeof value !== 'string') return value;
  measure(value, { left: maxLength, maxLength, what: 'its value is', indent: 0, lengthOf: (text) => text.length }, 0);
  return copy(value);
}

/**
 * To be asked before `JSON.stringify` is: when it has made a text that is too long, it is too late.
 * @throws {EvaluationError} when the text would be longer than so many characters.
 */
export function checkTextLength(value: unknown, maxLength: number, indent: number): void {
  measure(value, { left: maxLength, maxLength, what: 'it made a text', indent, lengthOf: escapedLength }, 0);
}

/** What is left of the characters allowed; counted down while a value is walked. */
interface Room {
  left: number;
  readonly maxLength: number;
  readonly what: string;
  readonly indent: number;
  lengthOf(text: string): number;
}

function measure(value: unknown, room: Room, depth: number): void {
  room.left -= room.indent * depth + (typeof value === 'string' ? room.lengthOf(value) + 3 : SCALAR_LENGTH);
  if (room.left < 0) throw tooLong(room.what, room.maxLength);
  if (typeof value !== 'object' || value === null || isFunction(value)) return;
  if (depth >= MAX_DEPTH) throw tooDeep(MAX_DEPTH);
  if (Array.isArray(value)) {
    for (const item of value) measure(item, room, depth + 1);
    return;
  }
  for (const key of Object.keys(value)) {
    room.left -= room.lengthOf(key) + 3;
    measure((value as Record<string, unknown>)[key], room, depth + 1);
  }
}

/** As JSON, at most: an error that quotes an error that quotes an error doubles its backslashes each time. */
function escapedLength(text: string): number {
  let length = text.length;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 0x22 || code === 0x5c) length += 1;
    else if (code < 0x20 || (code >= 0xd800 && code < 0xe000)) length += 5;
  }
  return length;
}

function copy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => (isFunction(item) ? null : copy(item)));
  const plain: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const field = (value as Record<string, unknown>)[key];
    if (isFunction(field)) continue;
    if (key !== '__proto__') plain[key] = copy(field);
    // A log may hold that one, and to assign it would do something else.
    else
      Object.defineProperty(plain, key, { value: copy(field), enumerable: true, configurable: true, writable: true });
  }
  return plain;
}

/** jsonata's own are objects with a mark; no event has one, for {@link decodeEvent} renames such keys. */
function isFunction(value: unknown): boolean {
  if (typeof value === 'function') return true;
  if (typeof value !== 'object' || value === null) return false;
  return '_jsonata_lambda' in value || '_jsonata_function' in value;
}

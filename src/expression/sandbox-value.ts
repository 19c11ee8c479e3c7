/** What leaves the sandbox, and what is made into text in it: measured first, for a small value can be a huge text. */

import { EvaluationError } from './failure.ts';

/** The code of a failure that a limit of the sandbox raised. */
export const LIMIT = 'limit';

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
  measure(value, { left: maxLength, what: 'its value is', maxLength, indent: 0 }, 0);
  return copy(value);
}

/**
 * Nothing, where `JSON.stringify` may be called: V8 makes the text first and would then not be able to hold it.
 * @throws {EvaluationError} when the text would be longer than so many characters.
 */
export function checkTextLength(value: unknown, maxLength: number, indent: number): void {
  if (typeof value !== 'object' || isFunction(value)) return;
  measure(value, { left: maxLength, what: 'it made a text', maxLength, indent }, 0);
}

/** How much room is left; counted down while a value is walked. */
interface Room {
  left: number;
  readonly maxLength: number;
  readonly indent: number;
  readonly what: string;
}

function measure(value: unknown, room: Room, depth: number): void {
  room.left -= room.indent * depth + (typeof value === 'string' ? value.length + 3 : SCALAR_LENGTH);
  if (room.left < 0) throw tooLong(room.what, room.maxLength);
  if (typeof value !== 'object' || value === null || isFunction(value)) return;
  if (depth >= MAX_DEPTH) throw new EvaluationError(LIMIT, `its value is nested deeper than ${MAX_DEPTH} levels`);
  if (Array.isArray(value)) {
    for (const item of value) measure(item, room, depth + 1);
    return;
  }
  for (const key of Object.keys(value)) {
    room.left -= key.length + 3;
    measure((value as Record<string, unknown>)[key], room, depth + 1);
  }
}

function copy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => (isFunction(item) ? null : copy(item)));
  // Not by assignment: a log may hold a key `__proto__`.
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, field]) => (isFunction(field) ? [] : [[key, copy(field)]])),
  );
}

/** jsonata's own are objects with a mark; no event has one, for {@link decodeEvent} renames such keys. */
function isFunction(value: unknown): boolean {
  if (typeof value === 'function') return true;
  if (typeof value !== 'object' || value === null) return false;
  return '_jsonata_lambda' in value || '_jsonata_function' in value;
}

export function tooLong(what: string, maxLength: number): EvaluationError {
  return new EvaluationError(LIMIT, `${what} longer than ${maxLength.toLocaleString('en-US')} characters`);
}

/**
 * What keeps jsonata within the worker's memory. V8 ends a worker whose heap grows past its limit little by little; an
 * allocation that goes past it by more than 16 MB ends the whole process, and nothing can catch that. So nothing large may
 * be made here: no long text, no long list, and nothing else of size without asking first whether there is room.
 *
 * All of it changes objects of this thread alone: jsonata's functions, and the two of JavaScript's that its operator `&` and
 * `$string` are made of.
 */

import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import jsonata from 'jsonata';
import { MAX_SEQUENCE } from '../run/budget.ts';
import { JSONATA_FUNCTIONS } from '../tree/names.ts';
import { maxTextLength, neededMore, tooLong } from './limit.ts';
import { checkTextLength } from './value.ts';

const MIB = 1024 * 1024;
/** What a function may take for each character, or item, of its arguments: lists are grown by half, and copied meanwhile. */
const BYTES_EACH = 24;
/** Below this nobody asks whether there is room: V8 allows that much beyond its limit. */
const SMALL = 4 * MIB;
/** Widths that a picture of a date asks for. */
const WIDE = /\d{7}/;

type Implementation = (this: unknown, ...args: unknown[]) => unknown;

/** A function of jsonata's, as its variable's value. */
interface Definition {
  implementation: Implementation;
}

/** To be called once, in the worker, before anything is evaluated. */
export async function guardEngine(memory: number): Promise<void> {
  const longest = maxTextLength(memory);
  guardOperators(longest);
  for (const name of JSONATA_FUNCTIONS) {
    const definition = (await jsonata(`$${name}`).evaluate(undefined)) as Definition;
    definition.implementation = guarded(name, definition.implementation, memory);
  }
}

function guardOperators(longest: number): void {
  const { concat } = String.prototype;
  String.prototype.concat = function (...parts) {
    return checkText(concat.apply(this, parts), longest);
  };
  const stringify = JSON.stringify as (value: unknown, replacer?: unknown, space?: unknown) => string;
  JSON.stringify = (value: unknown, replacer?: unknown, space?: unknown): string => {
    checkTextLength(value, longest, typeof space === 'number' ? space : 0);
    return stringify(value, replacer, space);
  };
}

function guarded(name: string, run: Implementation, memory: number): Implementation {
  const longest = maxTextLength(memory);
  const check = (result: unknown): unknown => {
    if (typeof result === 'string') return checkText(result, longest);
    if (Array.isArray(result) && result.length > MAX_SEQUENCE) throw tooLong('it made a list', MAX_SEQUENCE, 'items');
    return result;
  };
  const guard: Implementation = function (...args) {
    const made = madeAtOnce(name, args);
    if (made > longest) throw tooLong('it made a text', longest);
    reserve(args.reduce<number>((sum, arg) => sum + sizeOf(arg), made) * BYTES_EACH, memory);
    const result = run.apply(this, args);
    return result instanceof Promise ? result.then(check) : check(result);
  };
  // jsonata looks at how many parameters a function has, and for `$pad(?, 10)` at their names.
  Object.defineProperty(guard, 'length', { value: run.length });
  guard.toString = () => run.toString();
  return guard;
}

function sizeOf(value: unknown): number {
  return typeof value === 'string' || Array.isArray(value) ? value.length : 0;
}

function checkText(text: string, longest: number): string {
  if (text.length > longest) throw tooLong('it made a text', longest);
  return text;
}

/** Characters that a function makes of few before anybody could look at them; the result of any other can be looked at. */
function madeAtOnce(name: string, [first, second, third]: readonly unknown[]): number {
  switch (name) {
    case 'pad':
      return typeof second === 'number' ? Math.abs(second) * Math.max(1, sizeOf(third)) : 0;
    case 'fromMillis':
      return typeof second === 'string' && WIDE.test(second) ? Number.POSITIVE_INFINITY : 0;
    case 'join':
      return Array.isArray(first) ? first.reduce<number>((sum, text) => sum + sizeOf(text) + sizeOf(second), 0) : 0;
    default:
      return 0;
  }
}

/** @throws {EvaluationError} when there is no room for so many bytes, even after what is garbage was thrown away. */
function reserve(bytes: number, memory: number): void {
  if (bytes < SMALL || hasRoom(bytes, memory)) return;
  collectGarbage();
  if (!hasRoom(bytes, memory)) throw neededMore(memory);
}

/** Node keeps long texts that came out of base64 outside of the heap, where V8's own limit does not see them. */
function hasRoom(bytes: number, memory: number): boolean {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory + bytes <= memory * MIB;
}

let gc: (() => void) | undefined;

/** The only way to have V8 do it that needs no option on the command line. */
function collectGarbage(): void {
  if (!gc) {
    setFlagsFromString('--expose-gc');
    gc = runInNewContext('gc') as () => void;
  }
  gc();
}

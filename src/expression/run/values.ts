/**
 * jsonata 2.2.2's values and what its operators do with them, one for one: what it does on odd values (a number beyond all
 * bounds, an array with a single item) is what an event's author may count on being overlooked.
 */

import { failure } from '../failure.ts';
import type { Arithmetic, Comparison, Operator } from '../tree/node.ts';
import { MAX_SEQUENCE, spend, spendText } from './budget.ts';

/** Values that a path gathered: unlike an array of the event, one of a single item is that item. */
export interface Sequence extends Array<unknown> {
  sequence?: true;
  keepSingleton?: boolean;
  /** Made by an array constructor: one item, not flattened into others. */
  cons?: true;
  /** Around an input that is an array. */
  outerWrapper?: true;
}

export function createSequence(...items: readonly unknown[]): Sequence {
  const sequence: Sequence = [...items];
  sequence.sequence = true;
  return sequence;
}

export function isSequence(value: unknown): value is Sequence {
  return Array.isArray(value) && (value as Sequence).sequence === true;
}

/** Every value is passed through this when its node is done. */
export function unwrap(value: unknown, keepsArray: boolean): unknown {
  if (!isSequence(value)) return value;
  if (keepsArray) value.keepSingleton = true;
  if (value.length === 0) return undefined;
  return value.length === 1 && !value.keepSingleton ? value[0] : value;
}

export function push(sequence: unknown[], value: unknown): void {
  spend(1);
  if (sequence.length >= MAX_SEQUENCE) throw failure('D2015', { value: MAX_SEQUENCE });
  sequence.push(value);
}

/** A number that can be reckoned with; one beyond all bounds (1e999) is an error, as soon as anybody asks. */
export function isNumeric(value: unknown): value is number {
  if (typeof value !== 'number' || Number.isNaN(value)) return false;
  if (!Number.isFinite(value)) throw failure('D1001', { value: String(value) });
  return true;
}

export function isArrayOfNumbers(value: unknown): value is number[] {
  // Every item is asked, as jsonata does, for one of them may be an error.
  if (!Array.isArray(value)) return false;
  spend(value.length / 16);
  return value.filter((item) => !isNumeric(item)).length === 0;
}

/** `$boolean`; undefined for nothing. */
export function boolean(value: unknown): boolean | undefined {
  switch (typeof value) {
    case 'undefined':
      return undefined;
    case 'string':
      return value.length > 0;
    case 'boolean':
      return value;
    case 'number':
      return isNumeric(value) && value !== 0;
    case 'object':
      if (value === null) return false;
      if (!Array.isArray(value)) return hasKeys(value);
      return booleanOfArray(value);
    default:
      return false;
  }
}

/** An array of one is what its item is; of several, every one is asked, for one of them may be an error. */
function booleanOfArray(array: readonly unknown[]): boolean | undefined {
  let value: unknown = array;
  while (Array.isArray(value) && value.length === 1) value = value[0];
  if (!Array.isArray(value)) return boolean(value);
  let isAny = false;
  for (const item of leaves(value)) if (boolean(item)) isAny = true;
  return isAny;
}

/** Without making a list of them, for a client chooses how many there are. */
function hasKeys(value: object): boolean {
  for (const key in value) if (Object.hasOwn(value, key)) return true;
  return false;
}

export function isTrue(value: unknown): boolean {
  return boolean(value) ?? false;
}

/** The value of a field, of each item of an array. */
export function lookup(input: unknown, key: string): unknown {
  if (Array.isArray(input)) return lookupEach(input, key);
  if (typeof input !== 'object' || input === null || !Object.hasOwn(input, key)) return undefined;
  return (input as Record<string, unknown>)[key];
}

function lookupEach(items: readonly unknown[], key: string): Sequence {
  const result = createSequence();
  for (const item of leaves(items)) {
    const found = lookup(item, key);
    if (Array.isArray(found)) for (const value of found) push(result, value);
    else if (found !== undefined) push(result, found);
  }
  return result;
}

/** The items of arrays in arrays, in their order; without recursion, for a client nests as deep as it likes. */
export function* leaves(items: readonly unknown[]): Generator<unknown> {
  const open = [{ items, next: 0 }];
  for (let level = open.at(-1); level; level = open.at(-1)) {
    if (level.next === level.items.length) {
      open.pop();
      continue;
    }
    spend(1);
    const item = level.items[level.next++];
    if (Array.isArray(item)) open.push({ items: item, next: 0 });
    else yield item;
  }
}

export function append(first: unknown, second: unknown): unknown {
  if (first === undefined) return second;
  if (second === undefined) return first;
  const left = Array.isArray(first) ? first : [first];
  const right = Array.isArray(second) ? second : [second];
  const size = left.length + right.length;
  spend(size);
  if (size > MAX_SEQUENCE) throw failure('D2015', { value: size });
  return left.concat(right);
}

export function isDeepEqual(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) && Array.isArray(right)) {
    if (left.length !== right.length) return false;
    spend(left.length);
    return left.every((item, index) => isDeepEqual(item, right[index]));
  }
  // A sequence has marks of its own among its keys; nothing of the event is like one.
  if (isSequence(left) || isSequence(right)) return false;
  const leftKeys = Object.getOwnPropertyNames(left).sort();
  const rightKeys = Object.getOwnPropertyNames(right).sort();
  if (leftKeys.length !== rightKeys.length || leftKeys.some((key, index) => key !== rightKeys[index])) return false;
  spend(8 * leftKeys.length);
  return leftKeys.every((key) =>
    isDeepEqual((left as Record<string, unknown>)[key], (right as Record<string, unknown>)[key]),
  );
}

function isEqual(left: unknown, right: unknown, operator: '=' | '!='): boolean {
  if (left === undefined || right === undefined) return false;
  return isDeepEqual(left, right) === (operator === '=');
}

function compare(left: unknown, right: unknown, token: Exclude<Comparison, '=' | '!='>): boolean | undefined {
  if (!isComparable(left) || !isComparable(right)) {
    const value = typeof left === 'string' || typeof left === 'number' ? right : left;
    throw failure('T2010', { token, value });
  }
  if (left === undefined || right === undefined) return undefined;
  if (typeof left !== typeof right) throw failure('T2009', { token, value: left, value2: right });
  switch (token) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
  }
}

function isComparable(value: unknown): value is string | number | undefined {
  return value === undefined || typeof value === 'string' || typeof value === 'number';
}

function includes(left: unknown, right: unknown): boolean {
  if (left === undefined || right === undefined) return false;
  if (!Array.isArray(right)) return right === left;
  spend(right.length / 16);
  // Not Array.includes, to which NaN is equal to itself.
  return right.indexOf(left) >= 0;
}

function calculate(left: unknown, right: unknown, token: Arithmetic): number | undefined {
  if (left !== undefined && !isNumeric(left)) throw failure('T2001', { token, value: left });
  if (right !== undefined && !isNumeric(right)) throw failure('T2002', { token, value: right });
  if (left === undefined || right === undefined) return undefined;
  switch (token) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
  }
}

const MAX_RANGE = 1e7;

function range(from: unknown, to: unknown): unknown {
  if (from !== undefined && !Number.isInteger(from)) throw failure('T2003', { value: from });
  if (to !== undefined && !Number.isInteger(to)) throw failure('T2004', { value: to });
  if (typeof from !== 'number' || typeof to !== 'number' || from > to) return undefined;
  const size = to - from + 1;
  if (size > MAX_RANGE) throw failure('D2014', { value: size });
  if (size > MAX_SEQUENCE) throw failure('D2015', { value: size });
  spend(size);
  const result: Sequence = Array.from({ length: size }, (_, index) => from + index);
  result.sequence = true;
  return result;
}

function concatenate(left: unknown, right: unknown): string {
  return spendText((left === undefined ? '' : toText(left)) + (right === undefined ? '' : toText(right)));
}

/** `$string` of something. */
export function toText(value: unknown, indent = 0): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'function') return '';
  if (typeof value === 'number' && !Number.isFinite(value)) throw failure('D3001', { value: String(value) });
  const whole = Array.isArray(value) && (value as Sequence).outerWrapper ? (value[0] as unknown) : value;
  const text = JSON.stringify(whole, rounded, indent);
  return spendText(text);
}

/** Numbers with a fraction have 15 digits, so that 0.1 + 0.2 reads as 0.3. */
function rounded(_key: string, value: unknown): unknown {
  if (typeof value === 'function') return '';
  if (!isNumeric(value) || Number.isInteger(value)) return value;
  return Number(value.toPrecision(15));
}

/** What an operator makes of its two sides; `and` and `or`, which may leave out the right one, are not among them. */
export function operation(operator: Exclude<Operator, 'and' | 'or'>): (left: unknown, right: unknown) => unknown {
  switch (operator) {
    case '=':
    case '!=':
      return (left, right) => isEqual(left, right, operator);
    case 'in':
      return includes;
    case '&':
      return concatenate;
    case '..':
      return range;
    case '<':
    case '<=':
    case '>':
    case '>=':
      return (left, right) => compare(left, right, operator);
    default:
      return (left, right) => calculate(left, right, operator);
  }
}

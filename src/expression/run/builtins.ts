/**
 * The functions of jsonata 2.2.2 that compiled expressions call, one for one. Those that take functions, pictures or the
 * time of day are left to the interpreter, and so is `$pad`, whose result can be as long as it likes.
 */

import { failure } from '../failure.ts';
import { spend, spendReading, spendText } from './budget.ts';
import { type Matcher, matches } from './matcher.ts';
import { createSignature, type Signature } from './signature.ts';
import { append, boolean, createSequence, isDeepEqual, isNumeric, isSequence, lookup, push, toText } from './values.ts';

export interface Builtin {
  readonly signature: Signature;
  /** Of arguments that the signature let through. */
  run(...args: readonly never[]): unknown;
}

/** Steps of the budget that a key of an object, an object of one or a piece of a text costs to make. */
const MAKING = 8;

type Items = readonly unknown[];
type Tree = Readonly<Record<string, unknown>>;

/** Of nothing, most functions make nothing. */
function ofText<T>(run: (text: string) => T): (text: string | undefined) => T | undefined {
  return (text) => (text === undefined ? undefined : run(text));
}

function ofNumber(run: (value: number) => number): (value: number | undefined) => number | undefined {
  return (value) => (value === undefined ? undefined : run(value));
}

function ofNumbers(run: (values: readonly number[]) => number | undefined) {
  return (values: readonly number[] | undefined): number | undefined => {
    if (values === undefined) return undefined;
    spend(values.length);
    return run(values);
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const DEFINITIONS: Readonly<Record<string, readonly [signature: string, run: (...args: never[]) => unknown]>> = {
  // Booleans, types
  boolean: ['<x-:b>', boolean],
  not: ['<x-:b>', not],
  exists: ['<x:b>', (value: unknown) => value !== undefined],
  type: ['<x:s>', typeName],

  // Numbers
  count: ['<a:n>', (items: Items | undefined) => items?.length ?? 0],
  sum: ['<a<n>:n>', ofNumbers(sum)],
  average: ['<a<n>:n>', ofNumbers((values) => (values.length > 0 ? sum(values) / values.length : undefined))],
  max: ['<a<n>:n>', ofNumbers((values) => extreme(values, Math.max))],
  min: ['<a<n>:n>', ofNumbers((values) => extreme(values, Math.min))],
  number: ['<(nsb)-:n>', toNumber],
  abs: ['<n-:n>', ofNumber(Math.abs)],
  floor: ['<n-:n>', ofNumber(Math.floor)],
  ceil: ['<n-:n>', ofNumber(Math.ceil)],
  sqrt: ['<n-:n>', ofNumber(squareRoot)],
  power: ['<n-n:n>', power],
  round: ['<n-n?:n>', round],

  // Texts
  string: [
    '<x-b?:s>',
    (value: unknown, pretty?: boolean) => (value === undefined ? undefined : toText(value, pretty ? 2 : 0)),
  ],
  length: ['<s-:n>', ofText((text) => characters(text).length)],
  lowercase: ['<s-:s>', ofText((text) => spendText(text.toLowerCase()))],
  uppercase: ['<s-:s>', ofText((text) => spendText(text.toUpperCase()))],
  trim: ['<s-:s>', ofText((text) => spendText(text.replace(/[ \t\n\r]+/g, ' ').replace(/^ | $/g, '')))],
  substring: ['<s-nn?:s>', substring],
  substringBefore: ['<s-s:s>', (text: string | undefined, mark: string) => part(text, mark, (at) => [0, at])],
  substringAfter: ['<s-s:s>', (text: string | undefined, mark: string) => part(text, mark, (at) => [at + mark.length])],
  contains: ['<s-(sf):b>', contains],
  match: ['<s-f<s:o>n?:a<o>>', match],
  replace: ['<s-(sf)(sf)n?:s>', replace],
  split: ['<s-(sf)n?:a<s>>', split],
  join: ['<a<s>s?:s>', join],
  base64encode: ['<s-:s>', ofText((text) => spendText(Buffer.from(text, 'binary').toString('base64')))],
  base64decode: ['<s-:s>', ofText((text) => spendText(Buffer.from(text, 'base64').toString('binary')))],
  encodeUrl: ['<s-:s>', coder('encodeUrl', encodeURI)],
  encodeUrlComponent: ['<s-:s>', coder('encodeUrlComponent', encodeURIComponent)],
  decodeUrl: ['<s-:s>', coder('decodeUrl', decodeURI)],
  decodeUrlComponent: ['<s-:s>', coder('decodeUrlComponent', decodeURIComponent)],

  // Arrays and objects
  append: ['<xx:a>', append],
  distinct: ['<x:x>', distinct],
  reverse: ['<a:a>', reverse],
  keys: ['<x-:a<s>>', keys],
  lookup: ['<x-s:x>', (input: unknown, key: string | undefined) => lookup(input, String(key))],
  merge: ['<a<o>:o>', merge],
  spread: ['<x-:a<o>>', spread],
};

/** By name, without the `$`. */
export const builtins: Readonly<Record<string, Builtin>> = Object.fromEntries(
  Object.entries(DEFINITIONS).map(([name, [signature, run]]) => [
    name,
    { signature: createSignature(signature, name), run },
  ]),
);

export function not(value: unknown): boolean | undefined {
  return value === undefined ? undefined : !boolean(value);
}

function typeName(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (value === null) return 'null';
  if (isNumeric(value)) return 'number';
  if (typeof value === 'string' || typeof value === 'boolean') return typeof value;
  if (Array.isArray(value)) return 'array';
  return typeof value === 'function' ? 'function' : 'object';
}

function extreme(values: readonly number[], choose: (a: number, b: number) => number): number | undefined {
  return values.length > 0 ? values.reduce((a, b) => choose(a, b)) : undefined;
}

function toNumber(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  const text = String(value);
  if (/^-?[0-9]+(\.[0-9]+)?([Ee][-+]?[0-9]+)?$/.test(text) && Number.isFinite(Number(text)))
    return Number.parseFloat(text);
  // As in jsonata, the anchors bind to the first and the last alternative alone.
  if (/^(0[xX][0-9A-Fa-f]+)|(0[oO][0-7]+)|(0[bB][0-1]+)$/.test(text)) return Number(text);
  throw failure('D3030', { value });
}

function squareRoot(value: number): number {
  if (value < 0) throw failure('D3060', { value });
  return Math.sqrt(value);
}

function power(value: number | undefined, exponent: number | undefined): number | undefined {
  if (value === undefined) return undefined;
  const result = value ** (exponent as number);
  if (!Number.isFinite(result)) throw failure('D3061', { value, exp: exponent });
  return result;
}

/** Half goes to the even neighbour. The decimal point is moved in the text, for a factor of ten is not exact. */
function round(value: number | undefined, precision: number | undefined): number | undefined {
  if (value === undefined) return undefined;
  const shift = (number: number, by: number): number => {
    const [digits, exponent] = number.toString().split('e');
    return Number(`${digits}e${exponent ? Number(exponent) + by : by}`);
  };
  const shifted = precision ? shift(value, precision) : value;
  let result = Math.round(shifted);
  if (Math.abs(result - shifted) === 0.5 && Math.abs(result % 2) === 1) result -= 1;
  if (precision) result = shift(result, -precision);
  return Object.is(result, -0) ? 0 : result;
}

/** By code points, as jsonata counts. */
function characters(text: string): string[] {
  spend(text.length);
  return Array.from(text);
}

function substring(text: string | undefined, start: number, length?: number): string | undefined {
  if (text === undefined) return undefined;
  const all = characters(text);
  const from = all.length + start < 0 ? 0 : start;
  if (length === undefined) return all.slice(from).join('');
  if (length <= 0) return '';
  return all.slice(from, from >= 0 ? from + length : all.length + from + length).join('');
}

function part(text: string | undefined, mark: string, range: (at: number) => [number, number?]): string | undefined {
  if (text === undefined) return undefined;
  // What is missing is looked for as `undefined`, the word.
  const at = text.indexOf(String(mark));
  return at < 0 ? text : text.slice(...range(at));
}

function contains(text: string | undefined, token: string | Matcher | undefined): boolean | undefined {
  if (text === undefined || token === undefined) return undefined;
  spendReading(text.length);
  return typeof token === 'string' ? text.includes(token) : token(text) !== undefined;
}

function match(text: string | undefined, matcher: Matcher, limit?: number): unknown {
  if (text === undefined) return undefined;
  if (limit !== undefined && limit < 0) throw failure('D3040', { value: limit });
  const result = createSequence();
  for (const { match, start, groups } of matches(matcher, text, limit)) push(result, { match, index: start, groups });
  return result;
}

function replace(
  text: string | undefined,
  pattern: string | Matcher,
  replacement: string,
  limit?: number,
): string | undefined {
  if (text === undefined) return undefined;
  if (pattern === '') throw failure('D3010', { value: pattern });
  if (limit !== undefined && limit < 0) throw failure('D3011', { value: limit });
  if (limit !== undefined && !(limit > 0)) return text;
  const pieces: string[] = [];
  let position = 0;
  const put = (until: number, piece: string): void => {
    spend(1);
    pieces.push(spendText(text.slice(position, until)), spendText(piece));
  };
  if (typeof pattern === 'string') {
    let at = text.indexOf(pattern);
    for (let count = 0; at >= 0 && (limit === undefined || count < limit); count++) {
      // What is missing becomes the word.
      put(at, String(replacement));
      position = at + pattern.length;
      at = text.indexOf(pattern, position);
    }
  } else {
    for (const { match, start, groups } of matches(pattern, text, limit)) {
      put(start, substitute(replacement, match, groups));
      position = start + match.length;
    }
  }
  return pieces.join('') + text.slice(position);
}

/** The replacement with `$1` and so on filled in; `$$` is a dollar. Of several digits, as many as there are groups for. */
function substitute(replacement: string, match: string, groups: readonly (string | undefined)[]): string {
  let result = '';
  let position = 0;
  let dollar = replacement.indexOf('$');
  while (dollar !== -1 && position < replacement.length) {
    result += replacement.slice(position, dollar);
    position = dollar + 1;
    const next = replacement.charAt(position);
    if (next === '$' || next === '0') {
      result += next === '$' ? '$' : match;
      position++;
    } else {
      const digits = groups.length === 0 ? 1 : Math.floor(Math.log(groups.length) * Math.LOG10E) + 1;
      let group = Number.parseInt(replacement.slice(position, position + digits), 10);
      if (digits > 1 && group > groups.length) {
        group = Number.parseInt(replacement.slice(position, position + digits - 1), 10);
      }
      if (Number.isNaN(group)) {
        result += '$';
      } else {
        result += groups[group - 1] ?? '';
        position += group.toString().length;
      }
    }
    dollar = replacement.indexOf('$', position);
  }
  return result + replacement.slice(position);
}

function join(texts: readonly string[] | undefined, separator = ''): string | undefined {
  if (texts === undefined) return undefined;
  spend(texts.length);
  return spendText(texts.join(separator));
}

function split(text: string | undefined, separator: string | Matcher, limit?: number): unknown {
  if (text === undefined) return undefined;
  if (limit !== undefined && limit < 0) throw failure('D3020', { value: limit });
  spend(text.length);
  if (limit !== undefined && !(limit > 0)) return [];
  if (typeof separator === 'string') return pieces(text.split(separator, limit));
  const found: string[] = [];
  let position = 0;
  for (const { start, end } of matches(separator, text, limit)) {
    found.push(text.slice(position, start));
    position = end;
  }
  if (limit === undefined || found.length < limit) found.push(text.slice(position));
  return pieces(found);
}

function pieces(texts: readonly string[]): readonly string[] {
  spend(MAKING * texts.length);
  return texts;
}

function coder(token: string, code: (text: string) => string): (text: string | undefined) => string | undefined {
  return ofText((text) => {
    try {
      return spendText(code(text));
    } catch (error) {
      if (error instanceof URIError) throw failure('D3140', { token, value: text });
      throw error;
    }
  });
}

function distinct(value: unknown): unknown {
  if (!Array.isArray(value) || value.length <= 1) return value;
  const result: unknown[] = isSequence(value) ? createSequence() : [];
  for (const item of value) {
    spend(result.length);
    if (!result.some((known) => isDeepEqual(item, known))) result.push(item);
  }
  return result;
}

function reverse(items: Items | undefined): unknown {
  if (items === undefined || items.length <= 1) return items;
  spend(items.length);
  return [...items].reverse();
}

function keys(value: unknown): unknown {
  const found = new Set<string>();
  collectKeys(value, found);
  const result = createSequence();
  for (const key of inOrder(found)) push(result, key);
  return result;
}

function collectKeys(value: unknown, found: Set<string>): void {
  spend(1);
  if (Array.isArray(value)) for (const item of value) collectKeys(item, found);
  else if (typeof value === 'object' && value !== null) {
    for (const key of Object.keys(value)) {
      spend(MAKING);
      found.add(key);
    }
  }
}

/** As the keys of one object are ordered: those that are numbers first. */
function inOrder(names: ReadonlySet<string>): string[] {
  const all = Object.create(null) as Record<string, true>;
  for (const name of names) all[name] = true;
  return Object.keys(all);
}

function merge(objects: readonly Tree[] | undefined): Tree | undefined {
  if (objects === undefined) return undefined;
  const result = Object.create(null) as Record<string, unknown>;
  for (const object of objects) {
    for (const [key, value] of Object.entries(object)) {
      spend(MAKING);
      result[key] = value;
    }
  }
  return result;
}

function spread(value: unknown): unknown {
  if (Array.isArray(value)) {
    const result: unknown[] = value.length === 0 ? createSequence() : [];
    for (const item of value) {
      const parts = spread(item);
      if (Array.isArray(parts)) for (const part of parts) push(result, part);
      else push(result, parts);
    }
    return result;
  }
  if (typeof value !== 'object' || value === null) return value;
  const result = createSequence();
  for (const [key, item] of Object.entries(value)) {
    spend(MAKING);
    const single = Object.create(null) as Record<string, unknown>;
    single[key] = item;
    push(result, single);
  }
  return result;
}

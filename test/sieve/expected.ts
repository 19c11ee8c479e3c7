import { expect } from 'vitest';
import { decodeEvent } from '../../src/event/decode.ts';
import { eventTime } from '../../src/event/time.ts';
import { PLANTED } from '../../src/event/types.ts';
import { FIELD_NAMES, FIELDS, type Row } from './skimming.ts';

type Tree = Readonly<Record<string, unknown>>;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const valueAt = (root: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((value, key) => (value as Tree | undefined)?.[key], root);

/** The keys of a JSON object as they are written, in the order in which they stand. */
function topKeys(text: string): string[] {
  const keys: string[] = [];
  let depth = 0;
  for (const { 0: token, 1: colon } of text.matchAll(/"(?:[^"\\]|\\.)*"(?=(\s*:)?)|[{}[\]]/gs)) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    else if (depth === 1 && colon) keys.push(token);
  }
  return keys;
}

const BETWEEN = new Set(['"requestObject"', '"responseObject"', '"requestReceivedTimestamp"']);

/** Whether nothing but bodies stands where a skim takes everything for bodies. */
function hasOnlyBodies(text: string): boolean {
  const top = topKeys(text);
  const first = top.findIndex((key) => key === '"requestObject"' || key === '"responseObject"');
  const last = top.lastIndexOf('"requestReceivedTimestamp"');
  return top.slice(first, last).every((key) => BETWEEN.has(key));
}

/**
 * Holds what a plain row says against what a parser makes of its line. Whether it could: the line is JSON, and its bodies
 * are nothing but bodies.
 */
export function expectParsed(row: Row, line: Buffer): boolean {
  const text = line.toString();
  const value = parse(text);
  if (value === undefined || (row.hasBody && !hasOnlyBodies(text))) return false;
  for (const field of FIELD_NAMES) {
    const expected = valueAt(value, FIELDS[field][1]);
    const raw = row.raw(field)?.toString();
    if (field === 'objectRef') expect(raw, text).toBe(expected === undefined ? undefined : '{');
    else expect(raw === undefined ? undefined : JSON.parse(raw), `${field} of ${text}`).toEqual(expected);
  }
  expectDecoded(row, text);
  return true;
}

function expectDecoded(row: Row, text: string): void {
  const times = { requestReceivedTimestamp: JSON.parse(row.raw('received')?.toString() ?? 'null') };
  expect(row.time, text).toBe(eventTime(times));
  const event = decodeEvent(JSON.parse(text), text);
  if (!event) return;
  expect(row.time, text).toBe(eventTime(event));
  expect(event[PLANTED], text).toBeUndefined();
  // Decoding has changed no type: what it vouches for is as it was written.
  expect(event.user?.groups, text).toEqual(valueAt(JSON.parse(text), ['user', 'groups']));
  expect(event.responseStatus?.code, text).toEqual(valueAt(JSON.parse(text), ['responseStatus', 'code']));
}

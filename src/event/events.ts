import type { Line } from '../framing/lines.ts';
import { endOfObject, isValueOf, mayParse, startOfObject } from '../framing/objects.ts';
import { countReject, type Place, type RejectReason, type Summary } from '../summary.ts';
import { decodeEvent } from './decode.ts';
import type { EventRecord } from './types.ts';

/** What only an audit event has in it: tells a torn event from a line of something else. */
const MARKS = ['audit.k8s.io/', '"auditID"', '"requestReceivedTimestamp"', '"stageTimestamp"', '"requestURI"'];
/** How JSON can begin. */
const MAY_BE_JSON = /^\s*[[{"\-\dtfn]/;
const SPACE = new Set([0x20, 0x09, 0x0d]);

/**
 * The events of a line: one, as a rule. From a line that is damaged every whole event is taken, those that stand at its
 * start, those that stand at its end (half a line with the next event glued to it), and one between torn pieces; what is
 * left is a counted reject.
 */
export function decodeLine(line: Line, origin: Omit<Place, 'offset'>, summary: Summary, into: EventRecord[]): void {
  const { offset, size } = line;
  // A carriage return belongs to the line's end, not to the event.
  const bytes = line.bytes.at(-1) === 0x0d ? line.bytes.subarray(0, -1) : line.bytes;
  if (!mayParse(bytes)) {
    countReject(summary, 'not-audit', { ...origin, offset }, size);
    return;
  }
  const text = bytes.toString('utf8');
  // An exception for each line of a foreign log would cost more than all the rest.
  const value = MAY_BE_JSON.test(text) ? parse(text) : undefined;
  if (value !== undefined) {
    const event = decodeEvent(value, text);
    if (event) {
      summary.events += 1;
      summary.eventBytes += size;
      into.push({ event, text, place: { ...origin, offset } });
    } else {
      countReject(summary, 'not-audit', { ...origin, offset }, size);
    }
    return;
  }
  salvage(line, origin, summary, into);
}

function salvage(line: Line, origin: Omit<Place, 'offset'>, summary: Summary, into: EventRecord[]): void {
  const { bytes } = line;
  let start = 0;
  let end = bytes.length;
  let size = line.size;
  const take = (from: number, to: number): EventRecord | undefined => {
    const text = bytes.toString('utf8', from, to);
    const event = decodeEvent(parse(text), text);
    if (!event) return undefined;
    summary.events += 1;
    summary.eventBytes += to - from;
    size -= to - from;
    return { event, text, place: { ...origin, offset: line.offset + from } };
  };

  for (;;) {
    start = skipSpace(bytes, start, end);
    const to = endOfObject(bytes, start, end);
    const record = to < 0 ? undefined : take(start, to);
    if (!record) break;
    into.push(record);
    start = to;
  }
  const glued: EventRecord[] = [];
  for (;;) {
    while (end > start && SPACE.has(bytes[end - 1] ?? 0)) end--;
    const from = startOfObject(bytes, start, end);
    const record = from < 0 ? undefined : take(from, end);
    if (!record) break;
    glued.push(record);
    end = from;
  }
  const between = wholeEventBetween(bytes, start, end, take);
  if (between) into.push(between);
  for (const record of glued.reverse()) into.push(record);
  if (start < end) countReject(summary, reason(line, start, end), { ...origin, offset: line.offset + start }, size);
  else summary.emptyBytes += size;
}

/** As Go writes an event's beginning. */
const BEGINNING = Buffer.from('{"kind":"Event","apiVersion":"audit.k8s.io/');
/** Beginnings that are tried in one line: each that is none costs a walk to the line's end. */
const MAX_TRIES = 16;

/**
 * An event with torn pieces on both sides, as two processes leave it that write one file; not one that a body of the torn
 * event before it holds.
 */
function wholeEventBetween(
  bytes: Buffer,
  start: number,
  end: number,
  take: (from: number, to: number) => EventRecord | undefined,
): EventRecord | undefined {
  let from = start;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    from = bytes.indexOf(BEGINNING, from + 1);
    if (from < 0 || from >= end) return undefined;
    if (isValueOf(bytes, start, from)) continue;
    const to = endOfObject(bytes, from, end);
    const record = to < 0 ? undefined : take(from, to);
    if (record) return record;
  }
  return undefined;
}

/** A line that breaks off, or that holds a part of an event, is torn; anything else was never JSON. */
function reason(line: Line, start: number, end: number): RejectReason {
  const rest = line.bytes.subarray(start, end);
  const brokenOff = !line.terminated && rest[0] === 0x7b;
  return brokenOff || MARKS.some((mark) => rest.includes(mark)) ? 'torn' : 'not-json';
}

function skipSpace(bytes: Buffer, start: number, end: number): number {
  let position = start;
  while (position < end && SPACE.has(bytes[position] ?? 0)) position++;
  return position;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

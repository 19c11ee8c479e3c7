/**
 * What goes wrong with whole lines: torn, glued, holes, foreign ones.
 *
 * A middle that is lost is left out, unless another `"auditID":` stands behind it: in a body the skim does not look, and
 * takes such a line for the event that its head and its end say; in a head it is made only when asked for.
 */

import type { Dice } from './dice.ts';

/** A line without its end. */
export interface Written {
  readonly bytes: Buffer;
  /** Where its first body begins; undefined where it has none. */
  readonly body: number | undefined;
}

const NEWLINE = Buffer.from('\n');
const ID = Buffer.from('"auditID":');
const EVENT = Buffer.from('{"kind":"Event"');

/** A place to cut a line. Not where an event in a body begins: what follows would be a good head, and a good end. */
function cutIn({ bytes }: Written, dice: Dice, to = bytes.length): number {
  const at = dice.between(0, to);
  return at > 0 && isEvent(bytes, at) ? at + 1 : at;
}

function isEvent(bytes: Buffer, at: number): boolean {
  return bytes.subarray(at, at + EVENT.length).equals(EVENT);
}

const hole = (dice: Dice): Buffer => Buffer.alloc(dice.pick([1, 1, 2, 7, 100, 4_095, 4_096, 4_097, 9_000]));

type Damage = (line: Written, other: Written, dice: Dice) => Buffer[];

/** Each gives what stands in the place of a line, without the end of its last piece. */
const DAMAGES: readonly Damage[] = [
  // Half a line, the other half on the next one.
  (line, _, dice) => {
    const at = cutIn(line, dice);
    return [line.bytes.subarray(0, at), NEWLINE, line.bytes.subarray(at)];
  },
  (line, _, dice) => [line.bytes.subarray(0, cutIn(line, dice))],
  (line, _, dice) => [line.bytes.subarray(cutIn(line, dice))],
  // Half a line with the next event glued to it; and two events.
  (line, other, dice) => (other.bytes.includes(ID) ? [line.bytes.subarray(0, cutIn(line, dice)), other.bytes] : []),
  (line, other) => (other.bytes.includes(ID) ? [line.bytes, other.bytes] : []),
  (line, other, dice) =>
    other.bytes.includes(ID) ? [line.bytes, Buffer.from(dice.pick([',', ' ', '\t', '\r', '}'])), other.bytes] : [],
  (line, other, dice) => [line.bytes, other.bytes.subarray(0, cutIn(other, dice))],
  // A lost middle, with the other's id behind it.
  (line, other, dice) => {
    const rest = other.bytes.subarray(cutIn(other, dice));
    return rest.includes(ID) ? [line.bytes.subarray(0, cutIn(line, dice)), rest] : [];
  },
  (line, _, dice) => {
    const at = cutIn(line, dice);
    return [line.bytes.subarray(0, at), hole(dice), line.bytes.subarray(at)];
  },
  (line, _, dice) => [hole(dice), line.bytes],
  (line, _, dice) => [line.bytes, hole(dice)],
  (line, _, dice) => [line.bytes.subarray(0, cutIn(line, dice)), hole(dice)],
  // A broken end, a broken beginning.
  (line, _, dice) => [line.bytes, Buffer.from(dice.pick(ENDS))],
  (line, _, dice) => [Buffer.from(dice.pick(BEGINNINGS)), line.bytes],
  (line, _, dice) => [line.bytes.subarray(0, -dice.between(1, 4))],
];

/** A lost middle that begins in the head; where quotes and braces match, only a parser sees it. */
const lostMiddle: Damage = (line, other, dice) => {
  const head = line.bytes.subarray(0, cutIn(line, dice, line.body ?? line.bytes.length));
  return [head, other.bytes.subarray(cutIn(other, dice))];
};

const ENDS = [
  ' ',
  '\t',
  '  ',
  '\r',
  '\r\r',
  ',',
  '}',
  '{}',
  ']',
  'x',
  '\u00a0',
  '"',
  '\\',
  '}}',
  ' }',
  '\v',
  '{"a":1}',
];
const BEGINNINGS = [
  ' ',
  '\t',
  '\r',
  ',',
  '{',
  '[',
  '}',
  'x',
  '\u00a0',
  '\ufeff',
  '"',
  'master-0 ',
  '2026-01-01T00:00:00Z ',
];

export function damage(line: Written, other: Written, dice: Dice, withUnchecked: boolean): Buffer {
  return Buffer.concat(dice.pick(withUnchecked ? [...DAMAGES, lostMiddle] : DAMAGES)(line, other, dice));
}

const FOREIGN: readonly string[] = [
  ...[
    '',
    '',
    ' ',
    '\t \r',
    '\r',
    'klog line: E1122 12:00:00.000000 1 server.go:1] "auditID" x',
    '[Truncated...]',
    '\u001b[31mred',
  ],
  ...[
    '{}',
    '[]',
    '{',
    '}',
    '""',
    '"a"',
    '1',
    '-1',
    'null',
    'true',
    'nul',
    '{"a":1}',
    '{"kind":"Event"}',
    '[{"kind":"Event"}]',
  ],
  ...[
    '{"kind":"Pod","metadata":{"name":"x"}}',
    '{"kind":"Event","apiVersion":"v1","metadata":{"name":"x"},"reason":"Pulled"}',
  ],
  ...['{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[{"level":"Metadata","auditID":"a","verb":"get"}]}'],
  ...[
    '{"kind":"Event","apiVersion":"audit.k8s.io/v1"}',
    '{"verb":"get","auditID":"x"}',
    '{"verb":"get"}',
    '{"auditID":"x"}',
  ],
  ...[
    '{"log":"{\\"kind\\":\\"Event\\",\\"auditID\\":\\"x\\"}\\n","stream":"stdout"}',
    '<html>',
    'a,b,c',
    '\ufeff',
    '# comment',
  ],
  ...[
    '2026-11-22T01:57:40Z AUDIT: id="x" stage="RequestReceived" ip="::1" method="GET" user="maria"',
    '[[[[[[[[',
    '{"a":"',
  ],
  `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
];

/** A line that is no event, or is empty. */
export function foreign(dice: Dice): Buffer {
  return Buffer.from(dice.pick(FOREIGN));
}

/** Holes at or near the borders of blocks of this size. */
export function holesAtBorders(log: Buffer, size: number, dice: Dice): Buffer {
  const parts: Buffer[] = [];
  let from = 0;
  for (let border = size; border < log.length; border += size * dice.between(1, 8)) {
    const at = Math.max(from, Math.min(log.length, border + dice.between(-3, 3)));
    if (isEvent(log, at)) continue;
    parts.push(log.subarray(from, at), hole(dice));
    from = at;
  }
  return Buffer.concat([...parts, log.subarray(from)]);
}

import { below, oddLine, pick, plainLine, type Random } from './random-event.ts';

/** Bytes that mean something to JSON or to a reader of lines, and those beside the borders of what a text may hold. */
const BYTES = [...Buffer.from('""""\\\\{}[],: \t\r0129-+.eZT_uota/;\'|'), 0x01, 0x1f, 0x7e, 0x7f, 0x80, 0xc3, 0xff];

const FRAGMENTS = [
  ...['"auditID":', '"auditID":"x",', 'auditID', '"verb":"x",', ',"user":{}', '"code":200,', '"username":"x",'],
  ...['"_jsonata_', '_jsonata_', '"_jsonata_function":1,', '"outerWrapper":', '"tupleStream"', 'outerWrapper"'],
  ...['\\u0041', '\\u0026', '\\u003C', '\\u003e', '\\u003d', '\\u007F', '\\u0080', '\\\\u0041', '\\u00', '\\"', '\\\\'],
  ...[',"requestReceivedTimestamp":"2024-02-29T23:59:59.999999Z"', '"requestReceivedTimestamp":"', '"stageTimestamp":'],
  ...[',"requestObject":{}', ',"responseObject":null', '"annotations":{},', ',"annotations":{"a":"b"}', '"x":1,'],
  ...[
    'null',
    '{}',
    '[]',
    '""',
    '""""',
    ',,',
    '}}',
    '{{',
    '[[',
    ']]',
    '\r',
    '\r\r',
    '  ',
    '\t',
    '\ufeff',
    'é',
    'é',
    '0',
    '-',
  ],
];

const KEYS = [
  ...[
    'kind',
    'apiVersion',
    'level',
    'auditID',
    'stage',
    'requestURI',
    'verb',
    'user',
    'username',
    'groups',
    'sourceIPs',
  ],
  ...['impersonatedUser', 'userAgent', 'objectRef', 'resource', 'name', 'responseStatus', 'code', 'metadata', 'extra'],
  ...['requestObject', 'responseObject', 'requestReceivedTimestamp', 'stageTimestamp', 'annotations'],
];
const TIMES = ['requestReceivedTimestamp', 'stageTimestamp'];
const BORDERS = ['"requestObject"', '"responseObject"', '"requestReceivedTimestamp"', '"annotations"', '"user"'];
const STRUCTURE = new Set(Buffer.from('"{}[],:\\'));

/** A place in a line where a change is likely to matter. */
function randomPlace(random: Random, line: Buffer): number {
  const near = (text: string, before: number, behind: number): number => {
    const at = line.lastIndexOf(text, below(random, line.length + 1));
    return at < 0 ? below(random, line.length + 1) : at - before + below(random, text.length + before + behind);
  };
  const structural = (): number => {
    const from = below(random, line.length + 1);
    const at = line.subarray(from).findIndex((byte) => STRUCTURE.has(byte));
    return at < 0 ? line.length : from + at + below(random, 3) - 1;
  };
  const ways = [
    () => below(random, line.length + 1),
    structural,
    structural,
    () => near(`"${pick(random, KEYS)}"`, 1, 4),
    () => near(pick(random, TIMES), 0, 34),
    () => near(pick(random, BORDERS), 6, 3),
    () => pick(random, [0, 1, line.length - 2, line.length - 1, line.length]),
  ];
  return Math.min(line.length, Math.max(0, pick(random, ways)()));
}

/** The line with the bytes between two places taken out and others put there. */
function replace(line: Buffer, from: number, to: number, bytes: Buffer | readonly number[] | string): Buffer {
  const middle = typeof bytes === 'string' ? Buffer.from(bytes) : Buffer.from(bytes);
  return Buffer.concat([line.subarray(0, from), middle, line.subarray(Math.max(from, to))]);
}

/** Changes a line once. */
export function damage(random: Random, line: Buffer): Buffer {
  const at = randomPlace(random, line);
  const from = Math.min(at, randomPlace(random, line));
  const to = Math.min(line.length, random() < 0.5 ? from + below(random, 40) : randomPlace(random, line));
  const slice = line.subarray(from, Math.max(from, to));
  const changes = [
    () => replace(line, at, at + 1, [(line[at] ?? 0) ^ (1 << below(random, 8))]),
    () => replace(line, at, at + 1, [pick(random, BYTES)]),
    () => replace(line, at, at, [pick(random, BYTES)]),
    () => replace(line, at, at + 1 + below(random, 3), ''),
    () => replace(line, at, at, pick(random, FRAGMENTS)),
    () => replace(line, at, at + below(random, 8), pick(random, FRAGMENTS)),
    () => replace(line, from, to, ''),
    () => replace(line, at, at, slice),
    () => replace(line, from, to, line.subarray(at, at + below(random, 60))),
    () => insertEntry(random, line),
    () => changeTime(random, line),
    () => glue(random, line),
    () => line.subarray(0, at),
    () => line.subarray(at),
  ];
  return pick(random, changes)();
}

/** An entry of the event once more, or a new one, between two others: the line stays JSON more often than not. */
function insertEntry(random: Random, line: Buffer): Buffer {
  const at = line.lastIndexOf(',"', below(random, line.length + 1));
  if (at < 0) return line;
  const values = [
    '"x"',
    '1',
    'null',
    '{}',
    '[]',
    '["a"]',
    '{"a":"b"}',
    '{"username":"a","code":1}',
    ' "x" ',
    '{"a":["\\""]}',
  ];
  return replace(line, at, at, `,"${pick(random, [...KEYS, 'x', '_jsonata_', 'x\\"'])}":${pick(random, values)}`);
}

/** Digits of a time one after the other: months, days and hours that are none, and those that just are. */
function changeTime(random: Random, line: Buffer): Buffer {
  const key = line.lastIndexOf(`"${pick(random, TIMES)}":"`);
  if (key < 0) return line;
  const at = line.indexOf(':', key) + 2;
  const times = ['2024-02-29', '2023-02-29', '2100-02-29', '2000-02-29', '1969-12-31', '1970-01-01', '9999-12-31'];
  const others = ['2024-13-01', '2024-00-10', '2024-04-31', '2024-12-00', '0001-01-01', '2024-06-30'];
  if (random() < 0.5) return replace(line, at, at + 10, pick(random, [...times, ...others]));
  return replace(line, at + 11, at + 19, pick(random, ['24:00:00', '23:59:59', '23:60:00', '00:00:60', '00:00:00']));
}

/** Two torn events in one line. */
function glue(random: Random, line: Buffer): Buffer {
  const other = Buffer.from(plainLine(random));
  const start = random() < 0.5 ? 0 : randomPlace(random, other);
  return Buffer.concat([line.subarray(0, randomPlace(random, line)), other.subarray(start)]);
}

function hostileLine(random: Random): Buffer {
  const kind = random();
  if (kind < 0.5) return Buffer.from(plainLine(random));
  if (kind < 0.65) return Buffer.from(oddLine(random));
  if (kind < 0.68)
    return Buffer.from(pick(random, ['', ' ', '\r', '\t \r', '{}', '[]', '{', '}', 'klog line', 'null', '"']));
  let line = Buffer.from(kind < 0.9 ? plainLine(random) : oddLine(random));
  const changes = random() < 0.7 ? 1 : 1 + below(random, 4);
  for (let count = 0; count < changes; count++) line = Buffer.from(damage(random, line));
  return line;
}

/**
 * Lines of audit events, about half of them plain, the others strange or damaged where it is likely to matter. Some blocks
 * hold NULs, and some end within a line. The same for the same numbers.
 */
export function hostileBlock(random: () => number): Buffer {
  const ends = random() < 0.1 ? ['\n', '\r\n', '\r\n', '\r\r\n', ' \n'] : ['\n'];
  const lines = Array.from({ length: 1 + below(random, 12) }, () => [
    hostileLine(random),
    Buffer.from(pick(random, ends)),
  ]);
  let block: Buffer = Buffer.concat(lines.flat());
  if (random() < 0.3) block = Buffer.concat([block, hostileLine(random)]);
  if (random() < 0.1) block = Buffer.from(block.subarray(0, below(random, block.length + 1)));
  if (random() < 0.05) {
    const at = below(random, block.length + 1);
    block = replace(block, at, at + below(random, 2), Buffer.alloc(1 + below(random, 3)));
  }
  return block;
}

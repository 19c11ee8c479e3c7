import { auditFields } from '../audit-event.ts';

/** Numbers from 0 to below 1. */
export type Random = () => number;

/** The same numbers for the same seed (mulberry32). */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export const below = (random: Random, limit: number): number => Math.floor(random() * limit);

export function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[below(random, items.length)];
  if (item === undefined) throw new Error('nothing to pick');
  return item;
}

const LETTERS = ['a', 'b-', 'node', ':', '/v1/', '.', 'x'.repeat(13), 'system:', ' ', '0', ''];
/** Inside of a JSON text, as Go or a re-encoder may write it. */
const ODD = [
  '\\"',
  '\\\\',
  '\\n',
  '\\t',
  '\\u0026',
  '\\u003c',
  '\\u003E',
  'é',
  '日本',
  '😀',
  '\\u00e9',
  '\\u2028',
  '{',
  '}',
  ',',
  ']',
];
const ODDER = [...ODD, '\\/', '\u007f', '\\ud83d', '\\u0000'];
/** Of these a plain line has none. */
const FORBIDDEN = ['\\u0041', '\\u005F', '\\\\u0041', '\u0001', '\t', '\\"_jsonata_', '\\u007f'];

export function randomText(random: Random, pieces: readonly string[] = LETTERS): string {
  const length = random() < 0.05 ? 60 : below(random, 6);
  return `"${Array.from({ length }, () => pick(random, pieces)).join('')}"`;
}

const oddText = (random: Random): string => randomText(random, [...LETTERS, ...ODDER]);

const NAMES = [
  'kind',
  'auditID',
  'verb',
  'user',
  'metadata',
  'requestReceivedTimestamp',
  'stageTimestamp',
  'data',
  'a b',
];

/** Any JSON value; its keys are often those of an event. */
export function randomValue(random: Random, depth = 3): string {
  const kind = below(random, depth > 0 ? 6 : 3);
  const length = below(random, 4);
  if (kind === 0) return pick(random, ['0', '-1.5e+10', 'true', 'false', 'null', '12345678901234567890']);
  if (kind < 3) return oddText(random);
  if (kind === 3) return `[${Array.from({ length }, () => randomValue(random, depth - 1)).join(',')}]`;
  const entry = (): string => {
    const key = random() < 0.2 ? oddText(random) : `"${pick(random, NAMES)}"`;
    // An auditID in a body is what glued events look like: not so often.
    return `${key === '"auditID"' && random() < 0.8 ? '"uid"' : key}:${randomValue(random, depth - 1)}`;
  };
  return `{${Array.from({ length }, entry).join(',')}}`;
}

/** What a body may hold to be taken for something else. */
const DECOYS = [
  '{"requestReceivedTimestamp":"2020-01-01T00:00:00.000000Z","stageTimestamp":"2020-01-01T00:00:00.000000Z"}',
  '{"x":"\\"requestReceivedTimestamp\\":\\"2020-01-01T00:00:00.000000Z\\",\\"stageTimestamp\\":\\"\\""}',
  '{"x\\"requestReceivedTimestamp":"2020-01-01T00:00:00.000000Z","stageTimestamp":"2020"}',
  '{"annotations":{"a":"b"},"verb":"delete","user":{"username":"eve"}}',
  '{"kind":"Event","apiVersion":"audit.k8s.io/v1","verb":"delete"}',
  '"}"',
  '"{\\"auditID\\":\\"1\\"}"',
  'null',
];
const RESERVED = [
  '"_jsonata_lambda"',
  '"outerWrapper"',
  '"tupleStream"',
  '"outerWrappers"',
  '"_jsonata"',
  '"tupleStream2"',
];

export function randomTime(random: Random): string {
  const text = new Date(below(random, 4_102_444_800_000)).toISOString();
  return `"${text.replace('Z', `${String(below(random, 1000)).padStart(3, '0')}Z`)}"`;
}

type Entry = readonly [key: string, value: string];

const object = (entries: readonly Entry[]): string =>
  `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`;

/** Some of these, in their order. */
const some = (random: Random, likely: number, entries: readonly Entry[]): Entry[] =>
  entries.filter(() => random() < likely);

const texts = (random: Random): string =>
  `[${Array.from({ length: below(random, 4) }, () => oddText(random)).join(',')}]`;

/** The entries of an event that is plain, in Go's order. */
function plainEntries(random: Random): Entry[] {
  const hasBody = random() < 0.4;
  const user = some(random, 0.7, [
    ['username', randomText(random)],
    ['uid', randomValue(random, 1)],
    ['groups', texts(random)],
    ['extra', randomValue(random)],
  ]);
  const reference = some(random, 0.6, [
    ['resource', randomText(random)],
    ['namespace', oddText(random)],
    ['name', oddText(random)],
    ['uid', randomText(random)],
    ['apiGroup', randomText(random)],
    ['apiVersion', randomText(random)],
    ['resourceVersion', randomText(random)],
    ['subresource', randomText(random)],
  ]);
  const status = some(random, 0.7, [
    ['metadata', '{}'],
    ['status', oddText(random)],
    ['code', pick(random, ['200', '7', '404', '123456789'])],
  ]);
  const body = (): string => (random() < 0.3 ? pick(random, DECOYS) : randomValue(random));
  const between = some(random, 0.8, [
    ['sourceIPs', texts(random)],
    ['userAgent', randomText(random)],
  ]);
  const impersonated = some(random, 0.1, [
    [
      'impersonatedUser',
      object(
        some(random, 0.7, [
          ['username', randomText(random)],
          ['groups', texts(random)],
        ]),
      ),
    ],
  ]);
  const annotations = some(random, 0.7, [
    [
      'annotations',
      object(
        some(random, 0.6, [
          ['a.io/b', oddText(random)],
          ['', '""'],
          ['requestObject', '"{}"'],
        ]),
      ),
    ],
  ]);
  return [
    ['kind', '"Event"'],
    ['apiVersion', '"audit.k8s.io/v1"'],
    ['level', randomText(random)],
    ['auditID', randomText(random)],
    ['stage', randomText(random)],
    ['requestURI', oddText(random)],
    ['verb', randomText(random)],
    ['user', object(user)],
    ...impersonated,
    ...between,
    ...(hasBody || random() < 0.8 ? ([['objectRef', object(reference)]] as const) : []),
    ...(hasBody || random() < 0.8 ? ([['responseStatus', object(status)]] as const) : []),
    ...(hasBody
      ? some(random, 0.7, [
          ['requestObject', body()],
          ['responseObject', body()],
        ])
      : []),
    ['requestReceivedTimestamp', randomTime(random)],
    ['stageTimestamp', randomTime(random)],
    ...annotations,
  ];
}

/** An event as the API server may have written it; nearly always plain. */
export function plainLine(random: Random): string {
  if (random() < 0.1) return JSON.stringify(auditFields());
  return object(plainEntries(random));
}

/** An event as somebody else may have written it: in any order, with blanks, keys twice, other types, reserved keys. */
export function oddLine(random: Random): string {
  const entries = plainEntries(random);
  const oddities = 1 + below(random, 2);
  for (let count = 0; count < oddities; count++) {
    const at = below(random, entries.length);
    const [key, value] = entries[at] ?? ['', '""'];
    const other = below(random, entries.length);
    const changes = [
      () => entries.splice(other, 0, ...entries.splice(at, 1)),
      () => entries.sort(() => random() - 0.5),
      () => entries.splice(at, 1),
      () => entries.splice(other, 0, [key, random() < 0.5 ? value : randomValue(random)]),
      () => entries.splice(other, 0, [pick(random, ['x', '', 'extra', 'Kind', 'timestamp']), randomValue(random)]),
      () => entries.splice(at, 1, [key, pick(random, ['null', '1', '{}', '[]', '""', '[1]', '0', '007', '1.5'])]),
      () => entries.splice(at, 1, [key, randomText(random, [...LETTERS, ...FORBIDDEN])]),
      () => entries.splice(at, 1, [key, `{${pick(random, RESERVED)}:${pick(random, RESERVED)}}`]),
      () => entries.splice(at, 1, [key, `${value.slice(0, -1)},"username":"x","code":5,"name":""}`]),
    ];
    pick(random, changes)();
  }
  const line = object(entries);
  return random() < 0.3 ? withBlanks(random, line) : line;
}

/** With blanks between some tokens, and in texts where nobody looks that closely. */
function withBlanks(random: Random, line: string): string {
  const blank = (): string => (random() < 0.1 ? pick(random, [' ', '\t', '  ', ' \t ']) : '');
  return line.replace(/(?<=")[:,]|[:,](?=["{[])|(?<=[}\]])[,}]/g, (token) => blank() + token + blank());
}

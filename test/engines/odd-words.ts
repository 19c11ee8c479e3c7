/** Texts and values that stand where nobody expects them. */

import type { Json } from './json-text.ts';

/** Stands for a byte that is no UTF-8; see {@link bytesOf}. */
const BAD_BYTE = '\ue0ff';

/** The bytes of a text. */
export function bytesOf(text: string): Buffer {
  const pieces = text.split(BAD_BYTE);
  return Buffer.concat(
    pieces.flatMap((piece, index) => (index === 0 ? [Buffer.from(piece)] : [Buffer.of(0xff), Buffer.from(piece)])),
  );
}

/** For names, agents, addresses, whatever a client chooses. */
export const ODD_TEXTS: readonly string[] = [
  ...[
    '',
    ' ',
    'ünï',
    '漢字',
    '😀',
    'a\u202eb',
    '\u2066x\u2069',
    'bell\u0007',
    'esc\u001b[2J',
    'tab\tnew\nline',
    '\x7f',
    '\x80',
  ],
  ...[
    '\ud800',
    '\udfff lone',
    '\u2028',
    '<script>&',
    '"quoted"',
    'back\\slash',
    'ends\\',
    '\\"',
    '\\\\"',
    '/',
    '\\u0041',
  ],
  ...['{"verb":"delete"}', '","verb":"delete","x":"', '"auditID":"x"', '"requestObject":{', '}', '}}', ']', '{', '['],
  ...['"requestReceivedTimestamp":"2020-01-01T00:00:00.000000Z"', 'x'.repeat(300), 'système', `bad${BAD_BYTE}byte`],
  ...['__proto__', 'constructor', 'toString', 'null', 'prod', 'secrets', 'system:masters', 'planted:x', '0', '\ufeff'],
];

/** Longer than most blocks of the tests; no key of a table. */
export const HUGE = 'very-long-'.repeat(7_000);

export const RESERVED: readonly string[] = [
  ...['_jsonata_function', '_jsonata_lambda', '_jsonata_', 'outerWrapper', 'tupleStream'],
  ...['outerWrapper2', 'xouterWrapper', 'x_jsonata_', 'OuterWrapper', '_JSONATA_function', 'tuplestream', '_jsonata'],
];

/** Keys of an event, and what a reader could take for them. */
export const HEAD_KEYS: readonly string[] = [
  ...['kind', 'apiVersion', 'level', 'auditID', 'stage', 'requestURI', 'verb', 'user', 'impersonatedUser', 'sourceIPs'],
  ...['userAgent', 'objectRef', 'responseStatus', 'requestReceivedTimestamp', 'stageTimestamp', 'annotations'],
];
export const ODD_KEYS: readonly string[] = [
  ...HEAD_KEYS,
  ...['Verb', 'verb ', 'VERB', 'userAgents', 'timestamp', 'metadata', 'code', 'username', 'groups', 'resource', 'name'],
  ...[
    '',
    '__proto__',
    'constructor',
    'toString',
    'ünï',
    'items',
    'authenticationMetadata',
    'a"b',
    'a\\',
    'requestObjec',
  ],
];

/** For a field of any type. */
export const ODD_VALUES: readonly Json[] = [
  ...[
    null,
    true,
    false,
    0,
    -1,
    200,
    1.5,
    403,
    '',
    'secrets',
    'get',
    '403',
    [],
    [null],
    ['a', 1],
    ['x'],
    [[]],
    [['dev']],
  ],
  { pairs: [] },
  { pairs: [['verb', 'get']] },
  { pairs: [['username', 'maria']] },
  ...['-0', '4e2', '403.0', '4.03E+2', '1e999', '12345678901234567890', '123456789', '1234567890', '200 '].map(
    (raw) => ({ raw }),
  ),
  ...['[ ]', '{ }', '[ "a" ,\t"b" ]', '"\\/api\\/v1"', '"\\b\\f\\n\\r\\t"', '"\\ud83d\\ude00"', '"\\uD800"'].map(
    (raw) => ({ raw }),
  ),
];

const raw = (...texts: readonly string[]): Json[] => texts.map((text) => ({ raw: text }));

/** No JSON, which its quotes and braces say: only for heads, for the skim does not look into bodies. */
export const BROKEN: readonly Json[] = raw(
  ...[
    '"x',
    'x"',
    '"a\u0001b"',
    '"a\tb"',
    '"\\"',
    '[',
    '{',
    ']',
    '}',
    '"a",',
    '["a"]]',
    '{}}',
    '{"a":{}',
    '[["a"]',
    '{"a":"}',
  ],
);

/** No JSON, which a walk that skips values need not see: only where a value of one type must stand. */
export const NO_VALUES: readonly Json[] = raw(
  ...[
    '01',
    '0403',
    '+1',
    '.5',
    '1.',
    '1e',
    'tru',
    'nul',
    'NaN',
    'undefined',
    "'x'",
    '[1,]',
    '[,]',
    '["a" "b"]',
    '{"a"}',
    '{"a":}',
  ],
  ...[
    '{a:1}',
    '{"a":1,}',
    '',
    '"a""b"',
    '1 2',
    '--1',
    '{"a":1 "b":2}',
    '/* */1',
    '\ufeff1',
    '\u00a01',
    '\u000b1',
    '\f1',
  ],
);

/** Texts with an escape that JSON does not have. */
export const NO_TEXTS: readonly Json[] = raw(
  '"\\x41"',
  '"\\u12"',
  '"\\u00zz"',
  '"\\u00 1"',
  '"\\"a"',
  '"a\\ b"',
  '"\\8"',
);

/** Impossible dates, other ways to write a time, and the borders of what Go writes. */
export const TIMES: readonly Json[] = [
  ...[
    '2026-02-29T10:00:00.000000Z',
    '2024-02-29T10:00:00.000000Z',
    '2100-02-29T00:00:00.000000Z',
    '2000-02-29T00:00:00.000000Z',
  ],
  ...[
    '2026-02-30T10:00:00.000000Z',
    '2026-04-31T10:00:00.000000Z',
    '2026-00-10T10:00:00.000000Z',
    '2026-13-01T10:00:00.000000Z',
  ],
  ...[
    '2026-01-00T10:00:00.000000Z',
    '2026-01-32T10:00:00.000000Z',
    '2026-02-22T24:00:00.000000Z',
    '2026-02-22T23:59:59.999999Z',
  ],
  ...[
    '2026-02-22T24:00:00.000001Z',
    '2026-02-22T10:60:00.000000Z',
    '2026-02-22T10:00:60.000000Z',
    '2026-02-22T25:00:00.000000Z',
  ],
  ...[
    '1969-12-31T23:59:59.999999Z',
    '1970-01-01T00:00:00.000000Z',
    '1970-01-01T00:00:00.000001Z',
    '0001-01-01T00:00:00Z',
  ],
  ...[
    '0001-01-01T00:00:00.000000Z',
    '0000-01-01T00:00:00.000000Z',
    '9999-12-31T23:59:59.999999Z',
    '2255-06-05T23:47:34.740993Z',
  ],
  ...['2026-02-22T10:15:30Z', '2026-02-22T10:15:30.1Z', '2026-02-22T10:15:30.123Z', '2026-02-22T10:15:30.123456789Z'],
  ...[
    '2026-02-22T10:15:30.000000z',
    '2026-02-22t10:15:30.000000Z',
    '2026-02-22 10:15:30.000000Z',
    '2026-02-22T10:15:30,000000Z',
  ],
  ...[
    '2026-02-22T10:15:30.000000+02:00',
    '2026-02-22T10:15:30.000000-0700',
    '2026-02-22T10:15:30.000000',
    '2026-2-22T10:15:30Z',
  ],
  ...[
    '2026-02-22T10:15:30.00000Z',
    '2026-02-22T10:15:30.0000000Z',
    ' 2026-02-22T10:15:30.000000Z',
    '2026-02-22T10:15:30.000000Z ',
  ],
  ...[
    '+2026-02-22T10:15:30.000000Z',
    '20260222T101530Z',
    '2026-02-22',
    '1771755330',
    '',
    'now',
    '２026-02-22T10:15:30.000000Z',
  ],
  ...[
    '2026-02-22T10:15:30.00000/Z',
    '2026-02-22T10:15:30.00000:Z',
    '202/-02-22T10:15:30.000000Z',
    '2026:02:22T10:15:30.000000Z',
  ],
  ...[
    '2026-02-22T1:15:30.0000000Z',
    '2026-02-22T10:15:30.-00000Z',
    '2026-02-22T10:15:30.+00001Z',
    '2026-02-22T 9:15:30.000000Z',
  ],
  ...[null, 0, 1771755330, true, [], { pairs: [] }, { raw: '"2026-02-22T10\\u003a15:30.000000Z"' }],
];

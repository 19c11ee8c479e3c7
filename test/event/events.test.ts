import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeLine } from '../../src/event/events.ts';
import type { EventRecord } from '../../src/event/types.ts';
import { createSummary, type RejectReason, type Summary } from '../../src/summary.ts';
import { auditFields, auditLine } from '../audit-event.ts';

interface Decoded {
  readonly records: EventRecord[];
  readonly texts: string[];
  readonly summary: Summary;
  readonly rejects: Partial<Record<RejectReason, number>>;
}

/** Decodes a line that stands at offset 1000, and checks that each of its bytes is counted, and in one place. */
function decode(line: string | Buffer, terminated = true): Decoded {
  const bytes = Buffer.from(line);
  const summary = createSummary();
  const records: EventRecord[] = [];
  const size = bytes.length + (terminated ? 1 : 0);
  decodeLine({ bytes, offset: 1_000, size, terminated }, { path: 'audit.log', label: 'node-1' }, summary, records);
  const rejects = [...summary.rejects.values()].reduce((sum, reject) => sum + reject.bytes, 0);
  expect(summary.eventBytes + summary.emptyBytes + rejects).toBe(size);
  expect(summary.events).toBe(records.length);
  for (const { text, place } of records) {
    const start = place.offset - 1_000;
    if (!text.includes('\ufffd'))
      expect(bytes.toString('utf8', start, start + Buffer.byteLength(text)), 'the text at the offset').toBe(text);
  }
  return {
    records,
    texts: records.map(({ text }) => text),
    summary,
    rejects: Object.fromEntries([...summary.rejects].map(([reason, { count }]) => [reason, count])),
  };
}

/** Full of what could confuse a reader that looks at bytes. */
const tricky = auditLine({
  auditID: 'first',
  userAgent: 'a "quoted" {brace} \\ back\\\\slash } ünï 漢 \u{1f600} "',
  requestObject: { a: [{}, { b: '}' }], '{"': '\\"', '': null, n: 1e-7 },
});
const plain = auditLine({ auditID: 'second' });
const decoy = auditLine({ auditID: 'decoy' });

describe('a whole line', () => {
  it('is one event, with its text, place and label', () => {
    const { records, summary } = decode(tricky);
    expect(records).toMatchObject([
      { text: tricky, event: { auditID: 'first' }, place: { path: 'audit.log', offset: 1_000, label: 'node-1' } },
    ]);
    expect(summary.eventBytes).toBe(Buffer.byteLength(tricky) + 1);
  });

  it('is read with a carriage return, blanks around it, and without an end', () => {
    for (const line of [`${plain}\r`, `  ${plain}\t`]) expect(decode(line).summary.events).toBe(1);
    expect(decode(plain, false).summary.events).toBe(1);
  });

  it('has the same text, and so the same id of its findings, with CRLF and with LF', () => {
    expect(decode(`${plain}\r`).texts).toEqual([plain]);
    expect(decode(`${plain}\r${plain}\r`).texts).toEqual([plain, plain]);
  });

  it.each<[string, RejectReason]>([
    ['I1122 10:15:30.000000 1 httplog.go:132] "HTTP" verb="GET" URI="/healthz"', 'not-json'],
    ['{"kind":"Pod","apiVersion":"v1"}', 'not-audit'],
    ['[]', 'not-audit'],
    ['null', 'not-audit'],
    ['"text"', 'not-audit'],
    ['5', 'not-audit'],
    [plain.slice(0, -1), 'torn'],
    [plain.slice(5), 'torn'],
    ['{"a":', 'not-json'],
    ['{', 'not-json'],
    ['}', 'not-json'],
    ['\u0007', 'not-json'],
  ])('%j is a reject: %s', (line, reason) => {
    expect(decode(line)).toMatchObject({ records: [], rejects: { [reason]: 1 } });
  });

  it('that breaks off at the end of the file is torn, however little of it is there', () => {
    for (let length = 1; length < plain.length; length++)
      expect(decode(plain.slice(0, length), false)).toMatchObject({ records: [], rejects: { torn: 1 } });
  });

  it('with bytes that are no UTF-8 is still an event', () => {
    const bytes = Buffer.from(auditLine({ userAgent: 'XX' }));
    bytes.fill(0xff, bytes.indexOf('XX'), bytes.indexOf('XX') + 2);
    expect(decode(bytes).records[0]?.event.userAgent).toBe('\ufffd\ufffd');
  });
});

describe('two events in a line', () => {
  it.each(['', ' ', '\t\r '])('with %j between them are two events', (between) => {
    const { texts, rejects } = decode(`${tricky}${between}${plain}`);
    expect(texts).toEqual([tricky, plain]);
    expect(rejects).toEqual({});
  });

  it('and more are as many, in their order', () => {
    const many = Array.from({ length: 2_000 }, (_, index) => auditLine({ auditID: String(index) }));
    expect(decode(many.join('')).texts).toEqual(many);
    expect(decode(`half"}${many.join('')}`).texts).toEqual(many);
  });
});

describe('a torn event', () => {
  it('at every cut leaves the whole event behind it', () => {
    const bytes = Buffer.from(tricky);
    for (let at = 0; at <= bytes.length; at++) {
      const { texts, rejects } = decode(Buffer.concat([bytes.subarray(0, at), Buffer.from(plain)]));
      expect(texts, `cut at ${at}`).toEqual(at === bytes.length ? [tricky, plain] : [plain]);
      if (at > 0 && at < bytes.length) expect(Object.values(rejects)).toEqual([1]);
    }
  });

  it('at every cut leaves the whole event before it', () => {
    const bytes = Buffer.from(tricky);
    for (let at = 1; at < bytes.length; at++) {
      const { texts } = decode(Buffer.concat([Buffer.from(plain), bytes.subarray(0, at)]));
      expect(texts, `cut at ${at}`).toEqual([plain]);
    }
  });

  it('whose start is missing leaves the whole events on both sides', () => {
    const bytes = Buffer.from(tricky);
    for (let at = 1; at < bytes.length; at++) {
      const { texts } = decode(Buffer.concat([Buffer.from(plain), bytes.subarray(at), Buffer.from(plain)]));
      expect(texts, `cut at ${at}`).toEqual([plain, plain]);
    }
  });

  it('on both sides leaves the whole event between, in the order of the log', () => {
    for (const at of [40, 200, 401]) {
      const [before, behind] = [tricky.slice(0, at), tricky.slice(0, at + 30)];
      expect(decode(`${before}${plain}${behind}`).texts, `cut at ${at}`).toEqual([plain]);
      expect(decode(`${before}${plain}${behind}${decoy}`).texts, `cut at ${at}`).toEqual([plain, decoy]);
    }
  });

  it('is counted where it stands', () => {
    const { summary } = decode(`${plain}${plain.slice(0, 200)}${tricky}`);
    expect(summary.rejects.get('torn')).toEqual({
      count: 1,
      bytes: 201,
      first: { path: 'audit.log', offset: 1_000 + plain.length, label: 'node-1' },
    });
  });
});

describe('an event planted inside an event', () => {
  const planted = auditLine({
    auditID: 'host',
    userAgent: decoy,
    requestObject: { kind: 'Event', apiVersion: 'v1', message: decoy, decoy: JSON.parse(decoy) as unknown },
  });

  it('is never taken from a whole line', () => {
    expect(decode(planted).texts).toEqual([planted]);
    expect(decode(`${planted}${planted}`).texts).toEqual([planted, planted]);
  });

  it('is never taken from a line of something else', () => {
    expect(decode(JSON.stringify({ log: decoy, nested: auditFields() }))).toMatchObject({
      records: [],
      rejects: { 'not-audit': 1 },
    });
  });

  it('is never taken out of a string, wherever the line is cut', () => {
    const host = auditLine({ auditID: 'host', userAgent: `}${decoy}`, requestObject: { message: `{${decoy}}` } });
    for (let at = 1; at < host.length; at++)
      expect(decode(`${host.slice(0, at)}${plain}`).texts, `cut at ${at}`).toEqual([plain]);
  });

  it('is never taken out of the body of a torn event; only directly behind it nobody can tell', () => {
    const host = auditLine({ auditID: 'host', requestObject: { spec: { a: JSON.parse(decoy) as unknown, b: 1 } } });
    const end = host.indexOf(decoy) + decoy.length;
    for (let at = 1; at < host.length; at++) {
      if (at === end) continue;
      expect(decode(`${host.slice(0, at)}${plain}`).texts, `cut at ${at}`).toEqual([plain]);
      expect(decode(host.slice(0, at), false).texts, `cut at ${at}`).toEqual([]);
    }
  });

  it('never keeps the whole event behind it from being read', () => {
    for (let at = 1; at < planted.length; at++)
      expect(decode(`${planted.slice(0, at)}${plain}`).texts.at(-1), `cut at ${at}`).toBe(plain);
  });
});

describe('random damage', () => {
  const rubbish = fc
    .array(
      fc.oneof(
        fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
        fc.constantFrom('{', '}', '"', '\\', '{"a":"', '\\"', '[', ',', ' ').map((text) => Buffer.from(text)),
        fc.nat({ max: tricky.length }).map((at) => Buffer.from(tricky.slice(0, at))),
        fc.nat({ max: tricky.length }).map((at) => Buffer.from(tricky.slice(at))),
      ),
      { maxLength: 6 },
    )
    .map((pieces) => Buffer.concat(pieces));

  it('before and behind whole events takes none of them away', () => {
    fc.assert(
      fc.property(rubbish, fc.boolean(), (damage, terminated) => {
        const idsOf = (...pieces: Buffer[]) =>
          decode(Buffer.concat(pieces), terminated).records.map(({ event }) => event.auditID);
        const [whole, other] = [Buffer.from(plain), Buffer.from(decoy)];
        expect(idsOf(damage, whole).at(-1)).toBe('second');
        expect(idsOf(whole, damage)[0]).toBe('second');
        const ids = idsOf(whole, damage, other);
        expect([ids[0], ids.at(-1)]).toEqual(['second', 'decoy']);
      }),
      { numRuns: 500 },
    );
  });

  it('alone is no exception and loses no byte', () => {
    fc.assert(fc.property(rubbish, fc.boolean(), (damage, terminated) => void decode(damage, terminated)));
  });
});

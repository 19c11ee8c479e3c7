import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRequestKeys } from '../../src/event/request-key.ts';
import * as layout from '../../src/sieve/layout.ts';

const FIELDS = [layout.AUDIT_ID, layout.USERNAME, layout.VERB, layout.REQUEST_URI, layout.RECEIVED];

/** A row of five texts, as they would stand in a line. */
function rowOf(texts: readonly string[], write: (text: string) => string) {
  const raw = texts.map((text) => Buffer.from(write(text)));
  const rows = new Int32Array(layout.ROW);
  let at = 0;
  for (const [index, field] of FIELDS.entries()) {
    const length = raw[index]?.length ?? 0;
    rows.set([at, length], layout.FIELDS + 2 * field);
    at += length;
  }
  return { bytes: Buffer.concat(raw), rows, at: 0 };
}

function eventOf([auditID = '', username = '', verb = '', requestURI = '', received = '']: readonly string[]) {
  return { auditID, user: { username }, verb, requestURI, requestReceivedTimestamp: received };
}

const asGo = (text: string): string =>
  JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
const texts = fc.array(
  fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constant('/a?b=1&c=<d>\u2028\ud83d\ude00')),
  {
    minLength: 5,
    maxLength: 5,
  },
);

describe('the key of a request', () => {
  it('is the same of its event and of its row, however that is written', () => {
    const keys = createRequestKeys([12, -34]);
    fc.assert(
      fc.property(texts, fc.constantFrom(JSON.stringify, asGo), (values, write) => {
        expect(keys.ofRow(rowOf(values, write))).toBe(keys.ofEvent(eventOf(values)));
      }),
    );
  });

  it('is another where any value is, or another beginning', () => {
    const keys = createRequestKeys([12, -34]);
    const values = ['id', 'maria', 'watch', '/api', '2026-02-22T10:15:30.000000Z'];
    const seen = new Set([keys.ofEvent(eventOf(values))]);
    for (let index = 0; index < values.length; index++)
      seen.add(keys.ofEvent(eventOf(values.map((value, at) => (at === index ? `${value}x` : value)))));
    seen.add(keys.ofEvent(eventOf(['idmaria', '', 'watch', '/api', values[4] ?? ''])));
    seen.add(createRequestKeys([12, -35]).ofEvent(eventOf(values)));
    expect(seen.size).toBe(8);
    expect([...seen].every((key) => Number.isSafeInteger(key) && key >= 0)).toBe(true);
  });
});

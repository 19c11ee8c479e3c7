import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEvent } from '../../src/event/decode.ts';
import { maySayReserved, renameReserved } from '../../src/event/neutralise.ts';
import { type AuditEvent, PLANTED } from '../../src/event/types.ts';
import { compileExpression } from '../../src/expression/compile.ts';
import { auditLine } from '../audit-event.ts';

function decode(text: string): AuditEvent {
  const event = decodeEvent(JSON.parse(text), text);
  if (!event) throw new Error('no event');
  return event;
}

const MARKS = ['_jsonata_function', '_jsonata_lambda'];

describe('a key that jsonata takes for its own', () => {
  it.each(MARKS)('%s would hide what stands beside it, and does not', async (key) => {
    const hidden = compileExpression(
      'requestObject.spec[hostPID].name = "x" and $count($keys(requestObject.spec)) = 3',
    );
    const body = { spec: { hostPID: true, name: 'x', [key]: true } };
    const event = decode(auditLine({ requestObject: body }));
    expect(await hidden.evaluate(event)).toBe(true);
    expect(event[PLANTED]).toEqual([key]);
  });

  it.each([...MARKS, '_jsonata_whatever_comes'])('%s is renamed, its value kept', (key) => {
    const value = { a: [{ [key]: { b: 1 } }], other: 2 };
    expect(renameReserved(value)).toEqual([key]);
    expect(value).toEqual({ a: [{ [`planted:${key}`]: { b: 1 } }], other: 2 });
  });

  it('is found however its letters are escaped', () => {
    const escapes = fc.array(fc.constantFrom('plain', 'lower', 'upper'), { minLength: 17, maxLength: 17 });
    fc.assert(
      fc.property(escapes, (ways) => {
        const key = [...'_jsonata_function'].map((letter, index) => {
          const hex = letter.charCodeAt(0).toString(16).padStart(4, '0');
          const way = ways[index];
          return way === 'plain' ? letter : `\\u${way === 'upper' ? hex.toUpperCase() : hex}`;
        });
        const text = auditLine({ requestObject: { KEY: true } }).replace('KEY', key.join(''));
        expect(decode(text)[PLANTED]).toEqual(['_jsonata_function']);
      }),
    );
  });

  it('is found in every part of the event', () => {
    const planted = { _jsonata_lambda: true };
    for (const field of ['user', 'objectRef', 'responseStatus', 'annotations', 'requestObject', 'responseObject', 'x'])
      expect(decode(auditLine({ [field]: planted }))[PLANTED], field).toEqual(['_jsonata_lambda']);
    expect(decode(auditLine(planted))[PLANTED]).toEqual(['_jsonata_lambda']);
  });

  it('is seen neither by an expression nor in JSON once it is counted', async () => {
    const event = decode(auditLine({ requestObject: { _jsonata_function: true } }));
    expect(JSON.stringify(event)).not.toContain('"_jsonata_function"');
    expect(await compileExpression('$keys($)').evaluate(event)).not.toContain('planted');
    expect(await compileExpression('$planted()').evaluate(event)).toEqual(['_jsonata_function']);
  });
});

/** Keys that jsonata 2.2.2 asks of whatever it is given, not only of its own sequences. */
describe.each(['outerWrapper', 'tupleStream', 'sequence', 'keepSingleton', 'cons', 'thunk', 'then', 'x'])(
  'a body with the key %s',
  (key) => {
    it.each([
      ['requestObject.spec[$.hostPID].name'],
      ['requestObject.spec.($.name)'],
      ['requestObject.spec[hostPID][hostNetwork].name'],
      ['(requestObject.spec)[hostPID][hostNetwork].name'],
      ['requestObject.(spec[hostPID]).name'],
      ['requestObject.spec{name: name}.n'],
      ['(requestObject.spec)[0].name'],
      ['requestObject.spec@$s.$s.name'],
      ['requestObject.spec^(name).name'],
      ['$filter(requestObject.spec, $exists).name'],
    ])('is read by %s as one without it', async (expression) => {
      const query = compileExpression(expression);
      const spec = { hostPID: true, hostNetwork: true, name: 'n' };
      const without = await query.evaluate(decode(auditLine({ requestObject: { spec } })));
      for (const value of [true, 1, 'x', {}]) {
        const planted = decode(auditLine({ requestObject: { spec: { ...spec, [key]: value } } }));
        expect(await query.evaluate(planted), JSON.stringify(value)).toEqual(without);
      }
    });
  },
);

describe('an event without such keys', () => {
  it('is left as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (requestObject) => {
        const text = auditLine({ requestObject, userAgent: '\\u005f _jsonata_function' });
        const event = decode(text);
        expect(event).toEqual(JSON.parse(text));
        expect(event[PLANTED]).toBeUndefined();
      }),
    );
  });

  it('is not even walked where its text cannot hold one: Go escapes <, > and & only', () => {
    expect(maySayReserved(auditLine())).toBe(false);
    expect(maySayReserved('{"a":"\\u003cb\\u003e \\u0026 \\u003C \\u2028 \\u0007 \\n"}')).toBe(false);
    expect(maySayReserved('{"_jsonata_x":1}')).toBe(true);
  });

  it('may hold such a text as a value', () => {
    const value = { a: '_jsonata_function', b: ['_jsonata_lambda'] };
    expect(renameReserved(value)).toEqual([]);
    expect(value).toEqual({ a: '_jsonata_function', b: ['_jsonata_lambda'] });
  });
});

it.each([
  ['objects', '{"a":', '}'],
  ['arrays', '[', ']'],
])('100,000 %s deep is not too deep', (_, open, close) => {
  const bottom = '{"_jsonata_function":1}';
  const body = `${open.repeat(100_000)}${bottom}${close.repeat(100_000)}`;
  const text = `{"apiVersion":"audit.k8s.io/v1","requestObject":${body}}`;
  expect(decode(text)[PLANTED]).toEqual(['_jsonata_function']);
});

it('leaves no prototype changed', () => {
  const value = JSON.parse('{"__proto__":{"_jsonata_function":true},"constructor":{"_jsonata_lambda":1}}') as unknown;
  expect(renameReserved(value).sort()).toEqual(['_jsonata_function', '_jsonata_lambda']);
  expect(Object.keys(value as object)).toEqual(['__proto__', 'constructor']);
  expect(({} as Record<string, unknown>)['planted:_jsonata_function']).toBeUndefined();
});

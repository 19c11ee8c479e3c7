import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endOfObject, startOfObject } from '../../src/framing/objects.ts';

const object = fc
  .tuple(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ stringUnit: 'binary' })), fc.boolean())
  .map(([value, pretty]) => Buffer.from(JSON.stringify(value, undefined, pretty ? 1 : 0)));
/** What stands beside an object when lines are torn: pieces of JSON, above all. */
const rubbish = fc
  .array(fc.oneof(fc.constantFrom('{', '}', '"', '\\', '\\"', '{"a":"', '[', 'x'), fc.string()), { maxLength: 8 })
  .map((pieces) => Buffer.from(pieces.join('')));

describe('endOfObject', () => {
  it('finds the end of any object, whatever follows', () => {
    fc.assert(
      fc.property(object, rubbish, (json, after) => {
        expect(endOfObject(Buffer.concat([json, after]), 0, json.length + after.length)).toBe(json.length);
      }),
    );
  });

  it('finds none in a part of an object', () => {
    fc.assert(
      fc.property(object, fc.nat(), (json, at) => {
        expect(endOfObject(json, 0, at % json.length)).toBe(-1);
      }),
    );
  });

  it.each([['[{}]'], ['"{}"'], [' {}'], ['}'], ['']])('starts at a brace only: not in %j', (text) => {
    expect(endOfObject(Buffer.from(text), 0, text.length)).toBe(-1);
  });

  it('looks no further than it may', () => {
    expect(endOfObject(Buffer.from('{"a":1}'), 0, 6)).toBe(-1);
    expect(endOfObject(Buffer.from('{"a":"\\"}'), 0, 9)).toBe(-1);
  });
});

describe('startOfObject', () => {
  it('finds the start of any object, whatever comes before', () => {
    fc.assert(
      fc.property(object, rubbish, (json, before) => {
        const bytes = Buffer.concat([before, json]);
        expect(startOfObject(bytes, 0, bytes.length)).toBe(before.length);
      }),
    );
  });

  it('finds none where the object began before the place it may look at', () => {
    fc.assert(
      fc.property(object, fc.nat(), (json, at) => {
        const start = 1 + (at % json.length);
        const found = startOfObject(json, start, json.length);
        if (found >= 0) expect(() => JSON.parse(json.toString('utf8', found)) as unknown).toThrow();
      }),
    );
  });

  it.each([['{}x'], ['{} '], ['{'], ['']])('ends at a brace only: not in %j', (text) => {
    expect(startOfObject(Buffer.from(text), 0, text.length)).toBe(-1);
  });
});

describe('the work is linear', () => {
  it.each([
    ['backslashes', `{"a":"${'\\'.repeat(20_000)}"}`],
    ['escaped quotes', `{"a":"${'\\"'.repeat(10_000)}"}`],
    ['quotes', `{${'""'.repeat(10_000)}}`],
    ['braces that open', '{'.repeat(20_000)],
    ['braces that close', '}'.repeat(20_000)],
    ['braces in strings', `{"a":"${'{}'.repeat(10_000)}"}`],
  ])('for %s', (_, text) => {
    const bytes = Buffer.from(text);
    let reads = 0;
    const counted = new Proxy(bytes, {
      get(target, key) {
        reads += 1;
        return Reflect.get(target, key) as unknown;
      },
    });
    endOfObject(counted, 0, bytes.length);
    startOfObject(counted, 0, bytes.length);
    expect(reads).toBeLessThanOrEqual(4 * bytes.length);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plain } from '../../src/detect/plain.ts';
import { compileExpression } from '../../src/expression/compile.ts';
import { eventOf } from '../audit-event.ts';

describe('a value as plain data', () => {
  it('is the value itself, where that is data', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        expect(plain(value)).toStrictEqual(value);
      }),
    );
  });

  it('is without functions', () => {
    expect(plain({ a: () => 1, b: [() => 1, 2] })).toStrictEqual({ b: [null, 2] });
    expect(plain(() => 1)).toBeUndefined();
    expect(plain(undefined)).toBeUndefined();
  });

  it.each([
    'user.groups[]',
    'user.groups[$ != ""]',
    '{"a": [user.groups[]], "f": $uppercase}',
    '[$uppercase]',
    '$map(user.groups, $uppercase)',
  ])('can be made of what %s gives, and sent to another thread', async (expression) => {
    const value = plain(await compileExpression(expression).evaluate(eventOf({ user: { groups: ['a', 'b'] } })));
    expect(structuredClone(value)).toStrictEqual(value);
    expect(JSON.parse(JSON.stringify(value))).toStrictEqual(value);
  });

  it.each([
    ['arrays', '[', ']'],
    ['objects', '{"a":', '}'],
  ])('ends where %s go deeper than anybody looks', (_, open, close) => {
    const value = JSON.parse(`${open.repeat(100_000)}1${close.repeat(100_000)}`) as unknown;
    expect(JSON.stringify(plain(value))).toMatch(/…/);
  });

  it('is a copy: the event is not changed by who changes it', () => {
    const value = { a: [{ b: 1 }] };
    const copy = plain(value) as typeof value;
    copy.a.push({ b: 2 });
    expect(value).toEqual({ a: [{ b: 1 }] });
  });

  it('keeps a key that would be a prototype for a key', () => {
    const copy = plain(JSON.parse('{"__proto__":{"polluted":true}}')) as Record<string, unknown>;
    expect(Object.keys(copy)).toEqual(['__proto__']);
    expect(copy.polluted).toBeUndefined();
  });
});

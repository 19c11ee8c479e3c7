import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { refill } from '../../../src/expression/run/budget.ts';
import { createMatcher, matches } from '../../../src/expression/run/matcher.ts';
import { both } from '../both.ts';
import { REGEXES } from '../random-words.ts';

beforeEach(refill);

const all = (pattern: RegExp, text: string, limit?: number): string[] =>
  [...matches(createMatcher(pattern), text, limit)].map(({ match }) => match);

describe('a regex as a function', () => {
  it('gives the first match, its place and its groups', () => {
    expect(createMatcher(/(\w)(\d)?/g)('-a-b1')).toMatchObject({
      match: 'a',
      start: 1,
      end: 2,
      groups: ['a', undefined],
    });
    expect(createMatcher(/x/g)('abc')).toBeUndefined();
  });

  it('begins anew with each text', () => {
    const matcher = createMatcher(/a/g);
    expect(matcher('aa')?.next()?.start).toBe(1);
    expect(matcher('aa')?.start).toBe(0);
    expect(matcher('ba')?.start).toBe(1);
    expect(matcher('b')).toBeUndefined();
    expect(matcher('a')?.start).toBe(0);
  });

  it('goes through two texts at once', () => {
    const matcher = createMatcher(/\w/g);
    const one = matcher('ab');
    const other = matcher('xyz');
    expect([one?.match, other?.match, one?.next()?.match, other?.next()?.match]).toEqual(['a', 'x', 'b', 'y']);
  });

  it.each([
    ['all', undefined, ['1', '2', '3']],
    ['some', 2, ['1', '2']],
    ['some, by a fraction', 1.5, ['1', '2']],
    ['none', 0, []],
    ['more than there are', 9, ['1', '2', '3']],
    ['no number of them', Number.NaN, []],
  ])('gives %s', (_, limit, expected) => {
    expect(all(/\d/g, 'a1b2c3', limit)).toEqual(expected);
  });

  it('may match nothing once', () => {
    expect(all(/^$/g, '')).toEqual(['']);
    expect(all(/x*/g, '')).toEqual(['']);
  });

  it('that matches nothing twice would never end', () => {
    expect(() => all(/x*/g, 'abc')).toThrow(expect.objectContaining({ code: 'D1004' }));
    // As in jsonata, the match behind the last that is asked for is looked for.
    expect(() => all(/x*/g, 'abc', 1)).toThrow(expect.objectContaining({ code: 'D1004' }));
    expect(createMatcher(/x*/g)('abc')?.match).toBe('');
  });

  it('does not backtrack', () => {
    expect(createMatcher(/^(a+)+$/g)(`${'a'.repeat(10_000)}!`)).toBeUndefined();
  });
});

describe.each([
  ['$match(t, #)', '$match(t, #, n)'],
  ['$contains(t, #)', '$contains(t, #) ? $match(t, #)[0].groups'],
  ['$split(t, #)', '$split(t, #, n)'],
  ['$replace(t, #, r)', '$replace(t, #, r, n)'],
])('%s', (plainly, oddly) => {
  it.each(REGEXES)('with %s is that of jsonata', async (regex) => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', 'é', '😀', '-', ':', '/', ' ', '1', '\n', 'S', 'y', '\ud83d'),
    });
    const replacement = fc.string({ unit: fc.constantFrom('$', '0', '1', '2', 'a', '$$', '$11') });
    const limit = fc.constantFrom(0, 1, 2, 5, 1.5, -1, undefined);
    await fc.assert(
      fc.asyncProperty(fc.boolean(), text, replacement, limit, async (isPlain, t, r, n) => {
        await both(
          (isPlain ? plainly : oddly).replaceAll('#', () => regex),
          { t, r, n },
        );
      }),
      { numRuns: 40 },
    );
  });
});

describe('a replacement', () => {
  it.each<[expression: string, value: unknown]>([
    ['$replace("abc", /(b)/, "[$1]")', 'a[b]c'],
    ['$replace("abc", /b/, "[$0]")', 'a[b]c'],
    ['$replace("abc", /b/, "$$")', 'a$c'],
    ['$replace("abc", /b/, "$x")', 'a$xc'],
    ['$replace("abc", /b/, "$")', 'a$c'],
    ['$replace("abc", /b/, "$1")', 'ac'],
    ['$replace("abc", /(x)?b/, "[$1]")', 'a[]c'],
    // Of two digits, as many as there are groups for.
    ['$replace("ab", /(a)(b)/, "$12")', 'a2'],
    ['$replace("abcdefghijk", /(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)/, "$11$1")', 'ka'],
    ['$replace("abc", "b", "$1")', 'a$1c'],
    ['$replace("aaa", "a", "b", 2)', 'bba'],
    ['$replace("aaa", /a/, "b", 2)', 'bba'],
    ['$replace("aaa", "a", "b", 0)', 'aaa'],
    ['$replace("aaa", missing, "b", 0)', 'aaa'],
    ['$replace("aaa", missing, "b")', 'unknown'],
    ['$replace("a", "a", missing)', 'undefined'],
    ['$replace("aaa", "", "b")', 'D3010'],
    ['$replace("aaa", "a", "b", -1)', 'D3011'],
    ['$replace("a", /a/, missing)', 'unknown'],
    ['$replace("a", /b/, missing)', 'a'],
    ['$match("a", /a/, -1)', 'D3040'],
    ['$split("a", /a/, -1)', 'D3020'],
  ])('%s', async (expression, value) => {
    expect(await both(expression)).toEqual(value);
  });
});

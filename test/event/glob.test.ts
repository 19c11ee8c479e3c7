import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { globMatches } from '../../src/event/glob.ts';

/** Says the same, and would not do: it backtracks. */
function asRegExp(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\/]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's');
}

describe('a pattern', () => {
  it.each([
    ['prod', 'prod', true],
    ['prod', 'Prod', false],
    ['prod', 'production', false],
    ['prod*', 'production', true],
    ['*-prod', 'eu-prod', true],
    ['*-prod-*', 'eu-prod-1', true],
    ['*prod*', 'prod', true],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['?', '', false],
    ['*', '', true],
    ['', '', true],
    ['', 'a', false],
    ['**', 'a', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['*.log', 'a.log.log', true],
    ['*?', 'a', true],
    ['a.c', 'abc', false],
    ['[ab]', 'a', false],
    ['[ab]', '[ab]', true],
    ['a\\*', 'a\\x', true],
    ['*', 'two\nlines', true],
    ['a*', '*', false],
  ])('%j of %j: %s', (pattern, text, expected) => {
    expect(globMatches(text, pattern)).toBe(expected);
  });

  it('matches what the same regular expression matches', () => {
    const few = fc.constantFrom('a', 'b', '*', '?', '.', '\n', '[', '\\');
    const texts = fc.oneof(fc.string({ unit: fc.constantFrom('a', 'b', '.', '\n', '*') }), fc.string({ unit: few }));
    fc.assert(
      fc.property(texts, fc.string({ unit: few, maxLength: 12 }), (text, pattern) => {
        expect(globMatches(text, pattern)).toBe(asRegExp(pattern).test(text));
      }),
      { numRuns: 5_000 },
    );
  });

  it('matches itself, and any text with its parts put for the stars', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string().map((text) => text.replaceAll(/[*?]/g, '')),
          { minLength: 1 },
        ),
        (parts) => {
          expect(globMatches(parts.join('-x-'), parts.join('*'))).toBe(true);
        },
      ),
    );
  });

  it.each([
    ['stars that never meet their end', 'a'.repeat(20_000), `${'a*'.repeat(50)}b`],
    ['stars alone', 'a'.repeat(20_000), '*'.repeat(20_000)],
    ['a long tail', 'a'.repeat(20_000), `*${'a'.repeat(100)}b`],
    ['question marks', 'a'.repeat(20_000), `*${'?'.repeat(100)}b`],
  ])('does not backtrack through %s', (_, text, pattern) => {
    let reads = 0;
    // The text's characters are counted as they are read.
    const counted = new Proxy(Object(text) as object, {
      get(target, key) {
        if (key !== 'length') reads += 1;
        return Reflect.get(target, key) as unknown;
      },
    }) as unknown as string;
    globMatches(counted, pattern);
    expect(reads).toBeLessThan(110 * text.length);
  });
});

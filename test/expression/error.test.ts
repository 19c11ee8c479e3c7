import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KnownError } from '../../src/errors.ts';
import { ExpressionError } from '../../src/expression/error.ts';

const shown = (text: string, position: number): string[] =>
  new ExpressionError(text, position, 'no').message.split('\n').slice(1);

describe('the place of an error', () => {
  it.each([
    ['verb = x', 7, ['  verb = x', '         ^']],
    ['verb', 0, ['  verb', '  ^']],
    ['verb', 4, ['  verb', '      ^']],
    ['a\nbc\nd', 3, ['  bc', '   ^']],
    ['a\nbc\nd', 2, ['  bc', '  ^']],
    ['a\nbc\nd', 1, ['  a', '   ^']],
    ['\ta', 1, ['   a', '   ^']],
    ['', 0, ['  ', '  ^']],
    ['\n', 0, ['  ', '  ^']],
    ['\na', 0, ['  ', '  ^']],
    ['\n\n', 1, ['  ', '  ^']],
  ])('in %j at %i has a caret below it', (text, position, lines) => {
    expect(shown(text, position)).toEqual(lines);
  });

  it('in a long line is cut out around it', () => {
    const [line = '', caret = ''] = shown(`${'x'.repeat(500)}HERE${'y'.repeat(500)}`, 500);
    expect(line.slice(caret.indexOf('^'))).toMatch(/^HERE/);
    expect(line.length).toBeLessThan(110);
  });

  it('is pointed at in any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', ' ', '\n', '\t', 'é') }), fc.nat(), (text, at) => {
        const position = at % (text.length + 1);
        const [line = '', caret = '', ...rest] = shown(text, position);
        expect(rest).toEqual([]);
        expect(caret).toMatch(/^ *\^$/);
        const under = text[position] ?? '';
        if (/[aé]/.test(under)) expect(line[caret.indexOf('^')]).toBe(under);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is a known error, and says what is wrong first', () => {
    const error = new ExpressionError('a', 0, 'there is no $b');
    expect(error).toBeInstanceOf(KnownError);
    expect(error).toMatchObject({ name: 'ExpressionError', reason: 'there is no $b', position: 0, expression: 'a' });
    expect(error.message.split('\n')[0]).toBe('there is no $b');
  });
});

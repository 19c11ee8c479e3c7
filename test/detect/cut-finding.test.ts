import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cutText } from '../../src/detect/cut-finding.ts';

it.each([
  ['', 5, ''],
  ['abcde', 5, 'abcde'],
  ['abcdef', 5, 'abcd…'],
  ['abc😀f', 6, 'abc😀f'],
  ['abc😀fg', 5, 'abc…'],
  ['abc😀fg', 6, 'abc😀…'],
])('%j in %d is %j', (text, max, cut) => {
  expect(cutText(text, max)).toBe(cut);
});

it('is never too long, says so where it is cut, and tears no character apart', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 30 }), fc.integer({ min: 2, max: 20 }), (text, max) => {
      const cut = cutText(text, max);
      expect(cut.length).toBeLessThanOrEqual(max);
      expect(cut).not.toMatch(/\p{Surrogate}/u);
      if (text.length <= max) expect(cut).toBe(text);
      else {
        expect(cut.endsWith('…')).toBe(true);
        expect(text.startsWith(cut.slice(0, -1))).toBe(true);
        expect(cut.length).toBeGreaterThanOrEqual(max - 1);
      }
    }),
  );
});

it('leaves halves of characters as they were logged', () => {
  expect(cutText('\ud83d', 5)).toBe('\ud83d');
  expect(cutText('abc\ude00defg', 6)).toBe('abc\ude00d…');
});

import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, it } from 'vitest';
import { forTerminal } from '../../src/sinks/escape.ts';
import { fitWidth, forTerminalWithin } from '../../src/sinks/width.ts';
import { hostileText } from './hostile.ts';

it.each([
  ['prod', 4, 'prod'],
  ['production', 4, 'pro…'],
  ['漢字漢字', 8, '漢字漢字'],
  ['漢字漢字', 7, '漢字漢…'],
  ['漢字漢字', 6, '漢字…'],
  ['🇩🇪🇫🇷', 3, '🇩🇪…'],
  ['e\u0301e\u0301e\u0301', 2, 'e\u0301…'],
  ['漢字', 1, '…'],
  ['a', 0, ''],
  ['', 5, ''],
])('%j in %i columns is %j', (text, width, cut) => expect(fitWidth(text, width)).toBe(cut));

it('is never wider than asked for, and whole where it fits', () => {
  fc.assert(
    fc.property(hostileText, fc.integer({ min: 0, max: 60 }), (raw, width) => {
      const text = forTerminal(raw);
      const cut = fitWidth(text, width);
      expect(stringWidth(cut)).toBeLessThanOrEqual(width);
      if (stringWidth(text) <= width) expect(cut).toBe(text);
      else if (width > 0) expect(cut.endsWith('…') && text.startsWith(cut.slice(0, -1))).toBe(true);
      expect(stringWidth(forTerminalWithin(raw, width))).toBeLessThanOrEqual(width);
    }),
  );
});

it('takes no longer for a megabyte', () => {
  for (const unit of ['a', '漢', '\u0301', '\u001b', '🇩🇪', '\u1100', '\u{e0041}']) {
    const text = `a${unit.repeat(1e6)}`;
    for (let i = 0; i < 20; i++) expect(stringWidth(forTerminalWithin(text, 40))).toBeLessThanOrEqual(40);
  }
});

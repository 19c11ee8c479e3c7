import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesText, countText } from '../../src/sinks/quantities.ts';

describe('bytesText', () => {
  it.each([
    [0, '0 B'],
    [1, '1 B'],
    [999, '999 B'],
    [1000, '1.0 KB'],
    [1049, '1.0 KB'],
    [1050, '1.1 KB'],
    [99_949, '99.9 KB'],
    [99_950, '100 KB'],
    [999_499, '999 KB'],
    [999_500, '1.0 MB'],
    [60_000_324, '60.0 MB'],
    [2.5e9, '2.5 GB'],
    [3e12, '3.0 TB'],
    [5e15, '5000 TB'],
  ])('%d is %s', (bytes, text) => {
    expect(bytesText(bytes)).toBe(text);
  });

  it('never shows a thousand of a unit that has a next one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_000_000_000_000 }), (bytes) => {
        const [number, unit] = bytesText(bytes).split(' ');
        expect(Number(number)).toBeLessThan(1000);
        expect(['B', 'KB', 'MB', 'GB', 'TB']).toContain(unit);
      }),
    );
  });
});

describe('countText', () => {
  it.each([
    [0, '0 events'],
    [1, '1 event'],
    [2, '2 events'],
    [2499, '2,499 events'],
    [1_000_000, '1,000,000 events'],
  ])('%d: %s', (count, text) => {
    expect(countText(count, 'event')).toBe(text);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesText, countText, parseCount, parseSize } from '../../src/commands/quantities.ts';
import { UsageError } from '../../src/errors.ts';

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

describe('parseSize', () => {
  it.each([
    ['1', 1],
    ['512', 512],
    ['512B', 512],
    ['1K', 1024],
    ['64k', 65_536],
    ['64KiB', 65_536],
    ['64kb', 64_000],
    ['128MB', 128_000_000],
    ['128M', 134_217_728],
    ['128MiB', 134_217_728],
    ['1.5K', 1536],
    ['0.25GiB', 268_435_456],
    ['1G', 512 * 1024 * 1024 - 1024],
    ['999999999999', 512 * 1024 * 1024 - 1024],
  ])('%s is %d bytes', (text, bytes) => {
    expect(parseSize('max-record-size', text)).toBe(bytes);
  });

  it.each(['', 'x', '1T', '-1', '+1', '1 000', '1,5K', '1e3', '0x10', '.5K', '5.', 'KiB', 'Infinity', '١'])(
    '%j is none',
    (text) => {
      expect(() => parseSize('max-record-size', text)).toThrow(
        new UsageError(`--max-record-size ${text}: not a size; give bytes, or 64KiB, 128MiB, 1GiB`),
      );
    },
  );

  it.each(['0', '0K', '0.5'])('%s is too small', (text) => {
    expect(() => parseSize('max-record-size', text)).toThrow(
      new UsageError(`--max-record-size ${text}: must be at least one byte`),
    );
  });

  it('takes a blank before the unit', () => {
    expect(parseSize('max-record-size', '64 KiB')).toBe(65_536);
  });
});

describe('parseCount', () => {
  it.each([
    ['0', 0],
    ['7', 7],
    ['007', 7],
    ['999999999', 999_999_999],
  ])('%s is %d', (text, count) => {
    expect(parseCount('limit', text)).toBe(count);
  });

  it.each(['', '-1', '+1', '1.0', '1e3', 'all', ' 1', '1\n', '9999999999', '１'])('%j is none', (text) => {
    expect(() => parseCount('limit', text)).toThrow(new UsageError(`--limit ${text}: not a whole number`));
  });
});

import { describe, expect, it } from 'vitest';
import { parseCount, parseSize } from '../../src/commands/numbers.ts';
import { UsageError } from '../../src/errors.ts';

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

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBound } from '../../src/commands/bounds.ts';
import { UsageError } from '../../src/errors.ts';
import { createClock } from '../../src/sinks/clock.ts';

const NOW = Date.UTC(2026, 1, 22, 10, 15, 30);
const bound = (text: string): string => new Date(parseBound('since', text, NOW) / 1000).toISOString();

describe('parseBound', () => {
  it.each([
    ['0s', '2026-02-22T10:15:30.000Z'],
    ['30s', '2026-02-22T10:15:00.000Z'],
    ['15m', '2026-02-22T10:00:30.000Z'],
    ['24h', '2026-02-21T10:15:30.000Z'],
    ['7d', '2026-02-15T10:15:30.000Z'],
    ['2w', '2026-02-08T10:15:30.000Z'],
    ['90m', '2026-02-22T08:45:30.000Z'],
    ['007d', '2026-02-15T10:15:30.000Z'],
  ])('the age %s', (text, time) => {
    expect(bound(text)).toBe(time);
  });

  it.each([
    ['2026-02-22T10:15:30Z', '2026-02-22T10:15:30.000Z'],
    ['2026-02-22t10:15:30z', '2026-02-22T10:15:30.000Z'],
    ['2026-02-22 10:15:30Z', '2026-02-22T10:15:30.000Z'],
    ['2026-02-22T10:15:30.5Z', '2026-02-22T10:15:30.500Z'],
    ['2026-02-22T10:15:30+05:30', '2026-02-22T04:45:30.000Z'],
    ['2026-02-22T10:15:30-08:00', '2026-02-22T18:15:30.000Z'],
    ['2026-02-22', '2026-02-22T00:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ])('the time %s', (text, time) => {
    expect(bound(text)).toBe(time);
  });

  it('keeps microseconds', () => {
    expect(parseBound('since', '2026-02-22T10:15:30.123456Z', NOW)).toBe(NOW * 1000 + 123_456);
    expect(parseBound('since', '2026-02-22T10:15:30.123456789Z', NOW)).toBe(NOW * 1000 + 123_456);
  });

  it.each([
    '',
    'yesterday',
    'now',
    '15',
    '15 m',
    '-15m',
    '1.5h',
    '1y',
    '15M',
    '1h30m',
    '2026',
    '2026-02',
    '2026-13-01',
    '2026-2-1',
    '2026-02-22T10:15Z',
    '2026-02-22T10:15:30',
    '2026-02-22T25:00:00Z',
    '1771755330',
    '2026-02-22\n',
  ])('%j is no time', (text) => {
    expect(() => parseBound('until', text, NOW)).toThrow(
      new UsageError(`--until ${text}: not a time; give RFC 3339 (2026-02-22T10:15:30Z) or an age (15m, 24h, 7d)`),
    );
  });

  it.each(['2026-02-30', '2026-02-30T00:00:00Z', '2025-02-29', '2026-04-31'])('%s is no date', (text) => {
    expect(() => parseBound('since', text, NOW)).toThrow(UsageError);
  });

  it('reads every instant back that a table prints in UTC', () => {
    const clock = createClock(undefined);
    const instant = fc.date({ min: new Date('1970-01-01'), max: new Date('2200-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(instant, (date) => {
        const text = clock.text(date.toISOString());
        expect(parseBound('since', text, NOW)).toBe(Math.floor(date.getTime() / 1000) * 1_000_000);
      }),
    );
  });
});

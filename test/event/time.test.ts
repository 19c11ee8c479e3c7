import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventTime, formatTime, parseTime, timestamp } from '../../src/event/time.ts';
import { eventOf } from '../audit-event.ts';

const SECOND = Date.UTC(2026, 1, 22, 10, 15, 30) * 1_000;

describe('a time', () => {
  it.each([
    ['2026-02-22T10:15:30Z', 0],
    ['2026-02-22T10:15:30.1Z', 100_000],
    ['2026-02-22T10:15:30.123Z', 123_000],
    ['2026-02-22T10:15:30.123456Z', 123_456],
    ['2026-02-22T10:15:30.000001Z', 1],
    ['2026-02-22T10:15:30.123456789Z', 123_456],
    ['2026-02-22T10:15:30.12345678901234Z', 123_456],
    ['2026-02-22t10:15:30z', 0],
    ['2026-02-22 10:15:30Z', 0],
    ['2026-02-22T11:15:30+01:00', 0],
    ['2026-02-22T10:15:30+00:00', 0],
    ['2026-02-22T10:15:30-00:00', 0],
    ['2026-02-22T04:45:30.5-05:30', 500_000],
    ['2026-02-23T00:15:30+14:00', 0],
    ['2026-02-22T11:15:30+0100', 0],
  ])('%s is read to the microsecond', (text, microseconds) => {
    expect(parseTime(text)).toBe(SECOND + microseconds);
  });

  it.each([
    '',
    'now',
    '2026-02-22',
    '2026-02-22T10:15:30',
    '2026-02-22T10:15Z',
    '2026-02-22T10:15:30.Z',
    '2026-2-22T10:15:30Z',
    '2026-13-22T10:15:30Z',
    '2026-02-22T25:15:30Z',
    '2026-02-22T10:60:30Z',
    ' 2026-02-22T10:15:30Z',
    '2026-02-22T10:15:30Z\n',
    '2026-02-22T10:15:30+01',
    '20260222T101530Z',
    '1771755330',
    undefined,
    null,
  ])('is not read from %j', (text) => {
    expect(parseTime(text)).toBeUndefined();
  });

  it('is not read from what is no text', () => {
    for (const wrong of [5, {}, [], true]) expect(parseTime(wrong as never)).toBeUndefined();
  });

  it('is written in UTC with six digits', () => {
    expect(formatTime(SECOND)).toBe('2026-02-22T10:15:30.000000Z');
    expect(formatTime(SECOND + 7)).toBe('2026-02-22T10:15:30.000007Z');
    expect(formatTime(parseTime('9999-12-31T23:59:59.999999Z') ?? 0)).toMatch(/^9999-12-31T23:59:59/);
    expect(parseTime('9999-12-31T23:59:59-10:00')).toBeUndefined();
    expect(formatTime(-1)).toBe('1969-12-31T23:59:59.999999Z');
    expect(formatTime(0)).toBe('1970-01-01T00:00:00.000000Z');
  });

  it('comes back as it was, to the microsecond', () => {
    // The years for which a double holds microseconds exactly.
    const range = { min: Date.UTC(1686, 0) * 1_000, max: Date.UTC(2255, 0) * 1_000 };
    fc.assert(
      fc.property(fc.integer(range), (microseconds) => {
        const text = formatTime(microseconds);
        expect(text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
        expect(parseTime(text)).toBe(microseconds);
      }),
      { numRuns: 1_000 },
    );
  });

  it('sorts as text as it does as a number', () => {
    const range = fc.integer({ min: 0, max: Date.UTC(2255, 0) * 1_000 });
    fc.assert(
      fc.property(range, range, (a, b) => {
        expect(formatTime(a) < formatTime(b)).toBe(a < b);
      }),
    );
  });

  it('of any year that can be read can be written, as RFC 3339 has it', () => {
    const digits = (count: number, max: number) =>
      fc.integer({ min: 0, max }).map((value) => String(value).padStart(count, '0'));
    const text = fc
      .tuple(digits(4, 9999), digits(2, 12), digits(2, 31), digits(2, 24), digits(2, 59), digits(6, 999_999))
      .map(([year, month, day, hour, minute, micros]) => `${year}-${month}-${day}T${hour}:${minute}:59.${micros}Z`);
    fc.assert(
      fc.property(text, (written) => {
        const time = parseTime(written);
        if (time !== undefined) expect(formatTime(time)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("an event's time", () => {
  it.each([
    [{ requestReceivedTimestamp: '2026-02-22T10:15:30Z', stageTimestamp: '2026-02-22T10:15:31Z' }, 0],
    [{ stageTimestamp: '2026-02-22T10:15:31Z', timestamp: '2026-02-22T10:15:32Z' }, 1_000_000],
    [{ requestReceivedTimestamp: null, stageTimestamp: null, timestamp: '2026-02-22T10:15:32Z' }, 2_000_000],
    [{ requestReceivedTimestamp: '', stageTimestamp: '2026-02-22T10:15:31Z' }, 1_000_000],
  ])('of %j is that of the request, else of the stage', (fields, microseconds) => {
    expect(eventTime(eventOf(fields))).toBe(SECOND + microseconds);
  });

  it('is missing where there is none', () => {
    for (const fields of [{}, { stageTimestamp: null }, { stageTimestamp: '' }]) {
      expect(timestamp(eventOf(fields))).toBeUndefined();
      expect(eventTime(eventOf(fields))).toBeUndefined();
    }
    expect(eventTime(eventOf({ stageTimestamp: 'yesterday' }))).toBeUndefined();
  });

  it("is the first that can be read; Go's zero time is none", () => {
    const stageTimestamp = '2026-02-22T10:15:30Z';
    for (const requestReceivedTimestamp of ['yesterday', '0001-01-01T00:00:00Z', null])
      expect(eventTime(eventOf({ requestReceivedTimestamp, stageTimestamp }))).toBe(SECOND);
  });
});

import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { createClock } from '../../src/sinks/clock.ts';

describe('text', () => {
  it.each([
    [undefined, '2026-02-22T10:15:30.999999Z', '2026-02-22 10:15:30Z'],
    ['UTC', '2026-02-22T10:15:30Z', '2026-02-22 10:15:30Z'],
    [undefined, '2026-02-22T10:15:30+02:00', '2026-02-22 08:15:30Z'],
    ['Europe/Berlin', '2026-02-22T10:15:30Z', '2026-02-22 11:15:30'],
    ['Europe/Berlin', '2026-07-22T10:15:30Z', '2026-07-22 12:15:30'],
    ['Asia/Kolkata', '2026-02-22T20:15:30Z', '2026-02-23 01:45:30'],
    ['America/New_York', '2026-02-22T02:00:00Z', '2026-02-21 21:00:00'],
    ['Asia/Kolkata', '2026-02-22T18:30:00Z', '2026-02-23 00:00:00'],
  ])('in %s of %s', (zone, time, expected) => {
    expect(createClock(zone).text(time)).toBe(expected);
  });

  it.each(['', 'yesterday', '2026-02-22'])('of %j, which is no time, is nothing', (time) => {
    expect(createClock(undefined).text(time)).toBe('');
    expect(createClock('Europe/Berlin').text(time)).toBe('');
  });

  it.each(['', 'Mars/Base', 'Local', '+25:00', 'Europe/Berlin\n'])('there is no time zone %j', (zone) => {
    expect(() => createClock(zone)).toThrow(
      new UsageError(`--timezone ${zone}: there is no such time zone; give an IANA name such as Europe/Berlin`),
    );
  });
});

describe('span', () => {
  const at = (time: string): number => Date.parse(time) * 1000;

  it.each([
    [undefined, '2026-11-17T05:02:00Z', '2026-11-17T10:30:59Z', '2026-11-17 05:02 to 10:30 UTC'],
    [undefined, '2026-11-17T05:02:00Z', '2026-11-17T05:02:59Z', '2026-11-17 05:02 UTC'],
    [undefined, '2026-11-17T23:59:00Z', '2026-11-18T00:01:00Z', '2026-11-17 23:59 to 2026-11-18 00:01 UTC'],
    ['UTC', '2026-11-17T05:02:00Z', '2026-11-17T10:30:00Z', '2026-11-17 05:02 to 10:30 UTC'],
    [
      'Asia/Kolkata',
      '2026-11-17T17:00:00Z',
      '2026-11-17T19:00:00Z',
      '2026-11-17 22:30 to 2026-11-18 00:30 Asia/Kolkata',
    ],
    ['Europe/Berlin', '2026-11-17T23:30:00Z', '2026-11-18T01:00:00Z', '2026-11-18 00:30 to 02:00 Europe/Berlin'],
  ])('in %s from %s to %s', (zone, first, last, expected) => {
    expect(createClock(zone).span(at(first), at(last))).toBe(expected);
  });
});

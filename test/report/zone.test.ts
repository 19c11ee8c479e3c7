import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createZone, type WallTime } from '../../src/report/zone.ts';

const MINUTE = 60_000_000;
const HOUR = 60 * MINUTE;
const ZONES = [
  ...['UTC', 'Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Pacific/Apia'],
  ...['America/New_York', 'Pacific/Kiritimati', 'Etc/GMT+12', 'Africa/Casablanca', 'Asia/Kolkata', 'utc'],
];
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

const zones = new Map(ZONES.map((name) => [name, createZone(name)]));
const walls = new Map(
  ZONES.map((name) => {
    const fields = { weekday: 'short', hour: 'numeric', minute: 'numeric', hourCycle: 'h23' } as const;
    return [name, new Intl.DateTimeFormat('en-US', { timeZone: name, ...fields })];
  }),
);

function ours(zone: string, time: number): WallTime | undefined {
  return zones.get(zone)?.(time);
}

/** What `Intl` says. */
function theirs(zone: string, time: number): WallTime {
  const parts = walls.get(zone)?.formatToParts(Math.floor(time / 1000)) ?? [];
  const part = (name: string): string => parts.find(({ type }) => type === name)?.value ?? '';
  return { day: DAYS.indexOf(part('weekday')), minute: Number(part('hour')) * 60 + Number(part('minute')) };
}

const micro = (text: string): number => Date.parse(text) * 1000;
const text = ({ day, minute }: WallTime): string =>
  `${DAYS[day]} ${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

describe('a zone', () => {
  it.each([
    ['UTC', '1970-01-01T00:00:00Z', 'Thu 00:00'],
    ['UTC', '1969-12-31T23:59:59Z', 'Wed 23:59'],
    ['Asia/Kathmandu', '2026-11-17T18:15:00Z', 'Wed 00:00'],
    ['Asia/Kathmandu', '2026-11-17T18:14:59Z', 'Tue 23:59'],
    // Clocks go forward and back.
    ['Europe/Berlin', '2026-03-29T00:59:59Z', 'Sun 01:59'],
    ['Europe/Berlin', '2026-03-29T01:00:00Z', 'Sun 03:00'],
    ['Europe/Berlin', '2026-10-25T00:59:59Z', 'Sun 02:59'],
    ['Europe/Berlin', '2026-10-25T01:00:00Z', 'Sun 02:00'],
    ['America/St_Johns', '2026-03-08T05:29:59Z', 'Sun 01:59'],
    ['America/St_Johns', '2026-03-08T05:30:00Z', 'Sun 03:00'],
    // By half an hour.
    ['Australia/Lord_Howe', '2026-04-04T14:59:59Z', 'Sun 01:59'],
    ['Australia/Lord_Howe', '2026-04-04T15:00:00Z', 'Sun 01:30'],
    ['Australia/Lord_Howe', '2026-10-03T15:30:00Z', 'Sun 02:30'],
    // A day that never was.
    ['Pacific/Apia', '2011-12-30T09:59:59Z', 'Thu 23:59'],
    ['Pacific/Apia', '2011-12-30T10:00:00Z', 'Sat 00:00'],
  ])('%s at %s shows %s', (zone, time, expected) => {
    expect(text(createZone(zone)(micro(time)))).toBe(expected);
  });

  it('shows what Intl shows, from 2012 to the year 2100', () => {
    const time = fc.integer({ min: micro('2012-01-01T00:00:00Z'), max: micro('2100-01-01T00:00:00Z') });
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), time, (zone, at) => {
        expect(ours(zone, at)).toEqual(theirs(zone, at));
      }),
      { numRuns: 2_000 },
    );
  });

  it('shows what Intl shows around the moments at which clocks change', () => {
    const change = fc.constantFrom(
      ...['2026-03-29T01:00:00Z', '2026-10-25T01:00:00Z', '2026-03-08T05:30:00Z', '2026-11-01T04:30:00Z'],
      ...['2026-04-04T15:00:00Z', '2026-10-03T15:30:00Z', '2020-09-26T14:00:00Z', '2021-04-03T14:00:00Z'],
      ...['2011-12-30T10:00:00Z', '2026-02-15T02:00:00Z', '2026-03-22T02:00:00Z', '2026-03-08T07:00:00Z'],
    );
    const away = fc.oneof(fc.integer({ min: -HOUR, max: HOUR }), fc.constantFrom(-1, 0, 1, -15 * MINUTE, 15 * MINUTE));
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), change, away, (zone, moment, distance) => {
        const at = micro(moment) + distance;
        expect(ours(zone, at)).toEqual(theirs(zone, at));
      }),
      { numRuns: 2_000 },
    );
  });

  it('shows what Intl shows long ago and far ahead', () => {
    const time = fc.oneof(
      fc.integer({ min: micro('1955-01-01T00:00:00Z'), max: -1 }),
      fc
        .integer({ min: Date.parse('2100-01-01T00:00:00Z'), max: Date.parse('9999-12-30T00:00:00Z') })
        .map((ms) => ms * 1e3),
    );
    fc.assert(
      fc.property(fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'Etc/GMT+12'), time, (zone, at) => {
        expect(ours(zone, at)).toEqual(theirs(zone, at));
      }),
      { numRuns: 1_000 },
    );
  });

  it('gives a day and a minute that there are, whatever the time', () => {
    const time = fc.integer({ min: -8_640_000_000_000, max: 8_640_000_000_000 }).map((ms) => ms * 1000);
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), time, (zone, at) => {
        const wall = ours(zone, at);
        expect(DAYS[wall?.day ?? -1]).toBeDefined();
        expect(wall?.minute).toBeGreaterThanOrEqual(0);
        expect(wall?.minute).toBeLessThan(1_440);
      }),
    );
  });

  it('forgets what it was told long ago, and asks again', () => {
    const zone = createZone('Europe/Berlin');
    const start = micro('2026-03-29T01:00:00Z');
    const before = zone(start);
    // A year of quarters of an hour, which is more than it remembers.
    for (let quarter = 0; quarter < 35_040; quarter++) zone(start + quarter * 15 * MINUTE);
    expect(zone(start)).toEqual(before);
    expect(zone(start - 1)).toEqual({ day: 6, minute: 119 });
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BusinessHours,
  businessHoursText,
  createBusinessHours,
  DAYS,
  type Day,
  parseHours,
} from '../../src/report/business-hours.ts';

const WEEK: readonly Day[] = ['mon', 'tue', 'wed', 'thu', 'fri'];
const MINUTE = 60_000_000;
const DAY = 1_440 * MINUTE;
/** A Monday. */
const MONDAY = Date.parse('2026-11-16T00:00:00Z') * 1000;

function hoursOf(hours: string, days: readonly Day[] = WEEK, timezone = 'UTC'): BusinessHours {
  const parsed = parseHours(hours);
  if (!parsed) throw new Error(`no hours: ${hours}`);
  return { timezone, days, ...parsed };
}

/** Of a clock on a day of that week, `tue 17:59:59.999`. */
function micro(text: string): number {
  const [day = '', clock = ''] = text.split(' ');
  const date = new Date(Date.UTC(2026, 10, 16 + DAYS.indexOf(day as Day)));
  return Date.parse(`${date.toISOString().slice(0, 10)}T${clock}Z`) * 1000;
}

describe('parseHours', () => {
  it.each([
    ['08:00-18:00', 480, 1_080],
    ['00:00-24:00', 0, 1_440],
    ['22:00-06:00', 1_320, 360],
    ['23:59-00:00', 1_439, 0],
    ['00:00-00:01', 0, 1],
  ])('reads %s', (text, from, to) => {
    expect(parseHours(text)).toEqual({ from, to });
  });

  it.each([
    ...['', '8:00-18:00', '08:00', '08:00-', '08:00 - 18:00', '08.00-18.00', '08:00–18:00', '08:00-18:00\n'],
    ...['08:60-18:00', '08:00-24:01', '24:00-08:00', '25:00-26:00', '-1:00-18:00', '08:00-18:00-20:00'],
    // Hours of no length are a mistake, be it that all or that nothing was meant.
    ...['08:00-08:00', '00:00-00:00'],
  ])('refuses %j', (text) => {
    expect(parseHours(text)).toBeUndefined();
  });
});

describe('hours of the day', () => {
  it.each([
    ['mon 07:59:59.999', false],
    ['mon 08:00:00', true],
    ['mon 17:59:59.999', true],
    ['mon 18:00:00', false],
    ['fri 12:00:00', true],
    ['sat 12:00:00', false],
    ['sun 12:00:00', false],
  ])('%s: %s', (time, expected) => {
    expect(createBusinessHours(hoursOf('08:00-18:00'))(micro(time))).toBe(expected);
  });

  it('are those of the zone', () => {
    const berlin = createBusinessHours(hoursOf('08:00-18:00', WEEK, 'Europe/Berlin'));
    expect([berlin(micro('mon 06:59:59')), berlin(micro('mon 07:00:00'))]).toEqual([false, true]);
    expect([berlin(micro('mon 16:59:59')), berlin(micro('mon 17:00:00'))]).toEqual([true, false]);
    const apia = createBusinessHours(hoursOf('00:00-24:00', ['tue'], 'Pacific/Apia'));
    expect([apia(micro('mon 10:59:59')), apia(micro('mon 11:00:00'))]).toEqual([false, true]);
  });

  it('go with the clocks when these change', () => {
    const berlin = createBusinessHours(hoursOf('08:00-18:00', DAYS, 'Europe/Berlin'));
    const at = (text: string): boolean => berlin(Date.parse(text) * 1000);
    expect([at('2026-03-28T06:59:59Z'), at('2026-03-28T07:00:00Z')]).toEqual([false, true]);
    expect([at('2026-03-29T05:59:59Z'), at('2026-03-29T06:00:00Z')]).toEqual([false, true]);
  });

  it('of the whole day end with it', () => {
    const whole = createBusinessHours(hoursOf('00:00-24:00', ['wed']));
    const times = ['tue 23:59:59.999', 'wed 00:00:00', 'wed 23:59:59.999', 'thu 00:00:00'];
    expect(times.map((time) => whole(micro(time)))).toEqual([false, true, true, false]);
  });

  it('up to midnight end there', () => {
    const late = createBusinessHours(hoursOf('18:00-00:00', ['wed']));
    const times = ['wed 17:59:59', 'wed 18:00:00', 'wed 23:59:59', 'thu 00:00:00'];
    expect(times.map((time) => late(micro(time)))).toEqual([false, true, true, false]);
  });
});

describe('hours over midnight', () => {
  it('belong to the day on which they begin', () => {
    const night = createBusinessHours(hoursOf('22:00-06:00', ['fri']));
    const times = [
      ...['fri 05:59:59', 'fri 21:59:59', 'fri 22:00:00', 'fri 23:59:59'],
      ...['sat 00:00:00', 'sat 05:59:59', 'sat 06:00:00', 'sat 22:00:00'],
    ];
    expect(times.map((time) => night(micro(time)))).toEqual([false, false, true, true, true, true, false, false]);
  });

  it('go from Sunday on to Monday', () => {
    const night = createBusinessHours(hoursOf('22:00-06:00', ['sun']));
    expect(night(micro('mon 03:00:00'))).toBe(true);
    expect(night(micro('mon 03:00:00') + 7 * DAY)).toBe(true);
    expect(night(micro('tue 03:00:00'))).toBe(false);
  });

  it('are what is left by those between, on every day of all', () => {
    const time = fc.integer({ min: MONDAY - 7 * DAY, max: MONDAY + 14 * DAY });
    fc.assert(
      fc.property(time, fc.constantFrom('UTC', 'Asia/Kathmandu', 'America/St_Johns'), (at, zone) => {
        const day = createBusinessHours(hoursOf('06:15-22:45', DAYS, zone))(at);
        const night = createBusinessHours(hoursOf('22:45-06:15', DAYS, zone))(at);
        expect(night).toBe(!day);
      }),
    );
  });

  it('of each day together are as long as those of the week', () => {
    const days = fc.subarray([...DAYS], { minLength: 1 });
    const clock = fc.tuple(fc.nat(23), fc.constantFrom(0, 15, 30, 45)).map(([hour, minute]) => hour * 60 + minute);
    fc.assert(
      fc.property(days, clock, clock, (chosen, from, to) => {
        fc.pre(from !== to);
        const isWorking = createBusinessHours({ timezone: 'UTC', days: chosen, from, to });
        let quarters = 0;
        for (let quarter = 0; quarter < 7 * 96; quarter++) if (isWorking(MONDAY + quarter * 15 * MINUTE)) quarters += 1;
        const length = to > from ? to - from : to - from + 1_440;
        expect(quarters * 15).toBe(chosen.length * length);
      }),
    );
  });
});

describe('the text', () => {
  it.each<[readonly Day[], string]>([
    [WEEK, 'Mon to Fri'],
    [DAYS, 'Mon to Sun'],
    [['mon', 'tue', 'wed'], 'Mon to Wed'],
    [['mon', 'tue'], 'Mon, Tue'],
    [['sun'], 'Sun'],
    [['fri', 'mon', 'wed'], 'Mon, Wed, Fri'],
    [['mon', 'tue', 'wed', 'sat', 'sun'], 'Mon to Wed, Sat, Sun'],
    [['sun', 'sun', 'mon'], 'Mon, Sun'],
  ])('of %j begins with %s', (days, text) => {
    expect(businessHoursText(hoursOf('08:00-18:00', days))).toBe(`${text}, 08:00 to 18:00, UTC`);
  });

  it('has the hours with two digits, and the zone', () => {
    expect(businessHoursText(hoursOf('00:05-24:00', ['mon'], 'Asia/Kathmandu'))).toBe(
      'Mon, 00:05 to 24:00, Asia/Kathmandu',
    );
    expect(businessHoursText(hoursOf('22:00-06:00', ['sat']))).toBe('Sat, 22:00 to 06:00, UTC');
  });
});

import { UsageError } from '../errors.ts';
import { formatTime, parseTime } from '../event/time.ts';

/** Writes times for people: to the second, in UTC or in a time zone. */
export interface Clock {
  /** Of an RFC 3339 time as findings and events have it; empty for none. */
  text(time: string): string;
  /** The same without year and zone, `11-17 05:02:31`, which the summary below a table tells. */
  shortText(time: string): string;
  /** `2026-11-17 05:02 to 10:30 UTC`; the second date only where it is another day. `word` may stand in the place of `to`. */
  span(first: number, last: number, word?: string): string;
}

/** @throws {UsageError} for a time zone that does not exist. */
export function createClock(timezone: string | undefined): Clock {
  const format = timezone === undefined || timezone === 'UTC' ? undefined : zoned(timezone);
  const local = (microseconds: number): string => {
    if (!format) return formatTime(microseconds).slice(0, 19).replace('T', ' ');
    return format.format(new Date(microseconds / 1000));
  };
  return {
    text(time) {
      const microseconds = parseTime(time);
      if (microseconds === undefined) return '';
      return format ? local(microseconds) : `${local(microseconds)}Z`;
    },
    shortText(time) {
      const microseconds = parseTime(time);
      return microseconds === undefined ? '' : local(microseconds).slice(5);
    },
    span(first, last, word = 'to') {
      const from = local(first).slice(0, 16);
      const to = local(last).slice(0, 16);
      if (from === to) return `${from} ${timezone ?? 'UTC'}`;
      return `${from} ${word} ${from.slice(0, 10) === to.slice(0, 10) ? to.slice(11) : to} ${timezone ?? 'UTC'}`;
    },
  };
}

function zoned(timezone: string): Intl.DateTimeFormat {
  try {
    // Swedish writes dates as ISO 8601 does.
    return new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'medium' });
  } catch {
    throw new UsageError(`--timezone ${timezone}: there is no such time zone; give an IANA name such as Europe/Berlin`);
  }
}

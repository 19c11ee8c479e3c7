import type { AuditEvent } from './types.ts';

/** RFC 3339 as the API server and its re-encoders write it; seconds may be missing a fraction or have up to nine digits. */
const RFC3339 = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?([Zz]|[+-]\d\d:?\d\d)$/;

/** RFC 3339 has years of four digits; an offset from UTC may lead beyond. */
const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** The event's own time as it is written: when the request came in, else the stage's, else v1beta1's `timestamp`. */
export function timestamp(event: AuditEvent): string | undefined {
  return event.requestReceivedTimestamp || event.stageTimestamp || event.timestamp || undefined;
}

/**
 * Microseconds since the epoch of an RFC 3339 time; undefined when the text is none. A double holds them exactly until
 * the year 2255.
 */
export function parseTime(text: string | null | undefined): number | undefined {
  const match = typeof text === 'string' ? RFC3339.exec(text) : null;
  if (!match) return undefined;
  const [, date, clock, fraction = '', zone = 'Z'] = match;
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  const milliseconds = Date.parse(`${date}T${clock}${offset}`);
  if (Number.isNaN(milliseconds) || milliseconds > LATEST || !isDay(date)) return undefined;
  return milliseconds * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6));
}

/** `Date.parse` takes the 30th of February for the 2nd of March. */
function isDay(date = ''): boolean {
  const day = Number(date.slice(8));
  return day <= 28 || new Date(`${date}T00:00:00Z`).getUTCDate() === day;
}

/**
 * Microseconds since the epoch of the event's own time: the first of its times that can be read. Go's zero time, of the
 * year 1, is none.
 */
export function eventTime(event: AuditEvent): number | undefined {
  for (const text of [event.requestReceivedTimestamp, event.stageTimestamp, event.timestamp]) {
    const time = parseTime(text);
    if (time !== undefined && time >= 0) return time;
  }
  return undefined;
}

/** Microseconds since the epoch as the API server writes a MicroTime: UTC, six digits. */
export function formatTime(microseconds: number): string {
  // What is rounded up to the year 10000 stays in this one.
  const milliseconds = Math.min(LATEST, Math.floor(microseconds / 1000));
  // A remainder is exact also where the product would not be.
  const rest = String(((microseconds % 1000) + 1000) % 1000).padStart(3, '0');
  return new Date(milliseconds).toISOString().replace('Z', `${rest}Z`);
}

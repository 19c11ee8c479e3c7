import { UsageError } from '../errors.ts';
import { parseTime } from '../event/time.ts';

const AGE = /^(\d+)(s|m|h|d|w)$/;
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };
const DATE = /^\d{4}-\d\d-\d\d$/;

/**
 * Microseconds since the epoch of what `--since` and `--until` take: RFC 3339, a date (in UTC), or an age.
 * @param now milliseconds since the epoch.
 * @throws {UsageError} for anything else.
 */
export function parseBound(option: string, text: string, now: number): number {
  const age = AGE.exec(text);
  if (age) {
    const then = now - Number(age[1]) * (SECONDS[age[2] ?? ''] ?? 0) * 1000;
    if (then < 0) throw new UsageError(`--${option} ${text}: that is before 1970`);
    return then * 1000;
  }
  // A date is the whole day: from its first moment, up to its last.
  const clock = option === 'until' ? '23:59:59.999999' : '00:00:00';
  const time = parseTime(DATE.test(text) ? `${text}T${clock}Z` : text);
  if (time === undefined) {
    throw new UsageError(
      `--${option} ${text}: not a time; give RFC 3339 (2026-02-22T10:15:30Z) or an age (15m, 24h, 7d)`,
    );
  }
  return time;
}

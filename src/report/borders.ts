/** Where the last report ended in each log, and where the next one begins. */

import type { Known } from './known.ts';
import { LEAD_IN, type ReportWindow } from './window.ts';

/**
 * Microseconds since the epoch from which a log is new: behind the last event that was read. One of the very same moment is
 * found nevertheless, for reading begins before. Undefined for a log that no report has read.
 */
export function sinceLast(known: Known): (log: string) => number | undefined {
  return (log) => {
    const last = known.lastOf(log);
    return last === undefined ? undefined : last + 1;
  };
}

/** From when on a log has to be read for that. */
export function readFrom(known: Known): (log: string) => number | undefined {
  const borderOf = sinceLast(known);
  return (log) => {
    const border = borderOf(log);
    return border === undefined ? undefined : border - LEAD_IN;
  };
}

/**
 * Remembers how far each log was told. A log stays where it was when a part of it could not be read, and when this report
 * began behind the end of the last one: what lies between would be in none.
 * @param isRead whether a log was read to its end.
 */
export function remember(known: Known, { logs, until }: ReportWindow, isRead: (log: string) => boolean): void {
  const borderOf = sinceLast(known);
  for (const { log, since, last } of logs) {
    if (last === undefined || !isRead(log)) continue;
    const border = borderOf(log);
    if (since !== undefined && (border === undefined || since > border)) continue;
    known.setLast(log, Math.max(Math.min(last, until ?? last), known.lastOf(log) ?? 0));
  }
}

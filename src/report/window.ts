import { stageTime } from '../event/line-time.ts';
import { eventTime } from '../event/time.ts';
import type { AuditEvent } from '../event/types.ts';
import type { Source } from '../sources/types.ts';

/**
 * Microseconds before the end of what the last report read. Events of it that were written late are still found there, and
 * a burst that began there is whole; what the last report told already is known by its id.
 */
export const LEAD_IN = 30 * 60 * 1_000_000;

/** What was written to a log, and when; microseconds since the epoch. */
export interface LogTimes {
  readonly log: string;
  /** Name for people. */
  readonly path: string;
  readonly label: string | undefined;
  /** From when on the report asks for it; undefined for all of it. */
  readonly since: number | undefined;
  /** Of all its events that were read, also of those outside of the window; undefined where none has a time. */
  first: number | undefined;
  last: number | undefined;
  /** Events in the window, wanted or not. */
  events: number;
}

export interface WindowOptions {
  /** Microseconds since the epoch of --since; for each log by itself with `--since last`, undefined for one that is new. */
  readonly since: number | ((log: string) => number | undefined) | undefined;
  readonly until: number | undefined;
  /** Which events are wanted, besides that they are in the window. */
  readonly select?: ((event: AuditEvent) => boolean) | undefined;
  /** Microseconds since the epoch. A log's clock may be ahead, ours decides. */
  readonly now: number;
}

/**
 * Which events a report is about: those that were written in its window. By when a request came in, as other commands ask,
 * one that comes in before midnight and ends after it would be in neither of two reports.
 */
export interface ReportWindow {
  /** Whether the event is read at all; asked for each, in the order of the log. */
  select(event: AuditEvent, source: Source | undefined): boolean;
  /** Whether a selected event is from before the window, and only there for what it leads up to. */
  isLeadIn(event: AuditEvent): boolean;
  /** The earliest `since` of all logs, for people; undefined where one is read from its start. */
  readonly since: number | undefined;
  readonly until: number | undefined;
  /** Of the wanted events of the window: the first time, the last, and how many there are. */
  readonly first: number | undefined;
  readonly last: number | undefined;
  readonly events: number;
  /** Events that were left out because they have no time. */
  readonly untimed: number;
  /**
   * With `--since last`, events that were written into a log so late that what comes before them was told already, and that
   * stand behind what was not: they are in no report.
   */
  readonly late: number;
  /** The log of the event that was asked for last. */
  readonly current: LogTimes | undefined;
  readonly logs: readonly LogTimes[];
}

export function createWindow(sources: readonly Source[], options: WindowOptions): ReportWindow {
  const { since, until, now, select: isWanted = () => true } = options;
  const isSinceLast = typeof since === 'function';
  const logs = new Map<string, LogTimes>();
  for (const { path, label, log = path, generation } of sources) {
    if (logs.has(log)) continue;
    const from = typeof since === 'function' ? since(log) : since;
    const name = generation?.set ?? path;
    logs.set(log, { log, path: name, label, since: from, first: undefined, last: undefined, events: 0 });
  }
  const leadIn = new WeakSet<AuditEvent>();
  let first: number | undefined;
  let last: number | undefined;
  let events = 0;
  let untimed = 0;
  let late = 0;
  let current: LogTimes | undefined;

  const placeOf = (time: number | undefined, from: number | undefined): 'before' | 'lead-in' | 'inside' | 'behind' => {
    if (time === undefined) return from === undefined && until === undefined ? 'inside' : 'before';
    if (until !== undefined && time > until) return 'behind';
    if (from === undefined || time >= from) return 'inside';
    return isSinceLast && time >= from - LEAD_IN ? 'lead-in' : 'before';
  };
  return {
    select(event, source) {
      const log = logs.get(source?.log ?? source?.path ?? '');
      current = log;
      const time = stageTime(event) ?? eventTime(event);
      if (time !== undefined && log) {
        log.first = Math.min(time, log.first ?? time);
        log.last = Math.max(Math.min(time, now), log.last ?? 0);
      }
      const place = placeOf(time, log || isSinceLast ? log?.since : since);
      if (time === undefined && place === 'before') untimed += 1;
      if (time !== undefined && place === 'before' && isSinceLast && log && log.events > 0) late += 1;
      if (place === 'inside' && log) log.events += 1;
      if (place === 'before' || place === 'behind' || !isWanted(event)) return false;
      if (place === 'lead-in') {
        leadIn.add(event);
        return true;
      }
      events += 1;
      if (time !== undefined) {
        first = Math.min(time, first ?? time);
        last = Math.max(time, last ?? time);
      }
      return true;
    },
    isLeadIn: (event) => leadIn.has(event),
    get since() {
      const starts = [...logs.values()].map((log) => log.since).filter((time) => time !== undefined);
      return starts.length > 0 && starts.length === logs.size ? Math.min(...starts) : undefined;
    },
    until,
    get first() {
      return first;
    },
    get last() {
      return last;
    },
    get events() {
      return events;
    },
    get untimed() {
      return untimed;
    },
    get late() {
      return late;
    },
    get current() {
      return current;
    },
    logs: [...logs.values()],
  };
}

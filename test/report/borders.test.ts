import { expect, it } from 'vitest';
import { readFrom, remember, sinceLast } from '../../src/report/borders.ts';
import type { Known } from '../../src/report/known.ts';
import { createWindow, LEAD_IN, type LogTimes, type ReportWindow } from '../../src/report/window.ts';

const LAST = 1_000_000 * LEAD_IN;

function knownOf(lasts: Readonly<Record<string, number>>): Known & { readonly lasts: Map<string, number> } {
  const all = new Map(Object.entries(lasts));
  return {
    ...{ has: () => false, add: () => {}, forgotten: 0, isFirst: false, save: async () => {}, lasts: all },
    lastOf: (log) => all.get(log),
    setLast: (log, time) => all.set(log, time),
  };
}

function windowOf(log: Partial<LogTimes>, until?: number): ReportWindow {
  const times = {
    log: 'a',
    path: 'a',
    label: undefined,
    since: undefined,
    first: 1,
    last: LAST + 9,
    events: 1,
    ...log,
  };
  return { ...createWindow([], { since: undefined, until, now: LAST }), logs: [times] };
}

/** How far log `a` counts as told after the report. */
function lastAfter(log: Partial<LogTimes>, { until, isRead = true }: { until?: number; isRead?: boolean } = {}) {
  const known = knownOf({ a: LAST });
  remember(known, windowOf(log, until), () => isRead);
  return known.lasts.get('a');
}

it('a log is new behind the last event that was read, and is read from half an hour before', () => {
  const known = knownOf({ a: LAST });
  expect([sinceLast(known)('a'), sinceLast(known)('b')]).toEqual([LAST + 1, undefined]);
  expect([readFrom(known)('a'), readFrom(known)('b')]).toEqual([LAST + 1 - LEAD_IN, undefined]);
});

it.each<[string, Partial<LogTimes>, number]>([
  ['that went on from it', { since: LAST + 1 }, LAST + 9],
  ['that covers it', { since: LAST - 5 }, LAST + 9],
  ['of the whole log', {}, LAST + 9],
  ['that began behind it, and left a hole', { since: LAST + 2 }, LAST],
  ['that saw nothing so late', { last: LAST - 1 }, LAST],
  ['that saw no event', { last: undefined }, LAST],
])('after a report %s the border is right', (_name, log, last) => {
  expect(lastAfter(log)).toBe(last);
});

it('what lies behind --until is still to be told, and so is all of a log that was not read to its end', () => {
  expect(lastAfter({}, { until: LAST + 4 })).toBe(LAST + 4);
  expect(lastAfter({}, { until: LAST - 4 })).toBe(LAST);
  expect(lastAfter({}, { isRead: false })).toBe(LAST);
});

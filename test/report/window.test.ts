import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTime, parseTime } from '../../src/event/time.ts';
import type { AuditEvent } from '../../src/event/types.ts';
import { createWindow, LEAD_IN, type ReportWindow, type WindowOptions } from '../../src/report/window.ts';
import type { Source } from '../../src/sources/types.ts';
import { eventOf } from '../audit-event.ts';

const MINUTE = 60_000_000;
const NOON = timeOf('2026-11-17T12:00:00Z');
/** Later than all events, but for those of a test. */
const NOW = timeOf('2026-12-01T00:00:00Z');

const A: Source = { path: '/logs/a.log', log: '/logs/a.log', size: 1 };
const B: Source = { path: '/logs/b.log', log: '/logs/b.log', size: 1, label: 'node-b' };

function timeOf(text: string): number {
  const time = parseTime(text);
  if (time === undefined) throw new Error(`no time: ${text}`);
  return time;
}

/** Written at that time; undefined for one without any. */
function written(time: number | undefined, received = time): AuditEvent {
  return eventOf({
    stage: 'ResponseComplete',
    auditID: String(time),
    verb: 'get',
    stageTimestamp: time === undefined ? 'soon' : formatTime(time),
    requestReceivedTimestamp: received === undefined ? null : formatTime(received),
  });
}

function windowOf(options: Partial<WindowOptions>, sources: readonly Source[] = [A]): ReportWindow {
  return createWindow(sources, { since: undefined, until: undefined, now: NOW, ...options });
}

const sinceLast = (times: Readonly<Record<string, number>>) => ({ since: (log: string) => times[log] });

describe('a window', () => {
  it('without bounds has everything', () => {
    const window = windowOf({});
    for (const time of [NOON, 0, NOON + MINUTE, undefined]) expect(window.select(written(time), A)).toBe(true);
    expect(window).toMatchObject({
      ...{ since: undefined, until: undefined, first: 0, last: NOON + MINUTE, events: 4 },
      logs: [{ path: A.path, since: undefined, first: 0, last: NOON + MINUTE, events: 4 }],
    });
  });

  it('has its bounds as well, to the microsecond', () => {
    const window = windowOf({ since: NOON, until: NOON + MINUTE });
    const times = [NOON - 1, NOON, NOON + MINUTE, NOON + MINUTE + 1];
    expect(times.map((time) => window.select(written(time), A))).toEqual([false, true, true, false]);
    expect(window).toMatchObject({ first: NOON, last: NOON + MINUTE, events: 2, since: NOON, until: NOON + MINUTE });
  });

  it('asks when an event was written, and not when its request came in', () => {
    const window = windowOf({ since: NOON, until: NOON + MINUTE });
    expect(window.select(written(NOON + 1, NOON - 90 * MINUTE), A)).toBe(true);
    expect(window.select(written(NOON + 2 * MINUTE, NOON), A)).toBe(false);
  });

  it('asks when a request came in where nothing else is known', () => {
    const event = eventOf({ stage: 'ResponseComplete', auditID: 'a', requestReceivedTimestamp: formatTime(NOON) });
    expect(windowOf({ since: NOON, until: NOON }).select(event, A)).toBe(true);
    expect(windowOf({ since: NOON + 1 }).select(event, A)).toBe(false);
  });

  it('of nothing has no times', () => {
    expect(windowOf({ since: NOON })).toMatchObject({ first: undefined, last: undefined, events: 0, untimed: 0 });
  });

  it('has nothing that leads up to it', () => {
    const window = windowOf({ since: NOON });
    expect(window.select(written(NOON - 1), A)).toBe(false);
    expect(window.isLeadIn(written(NOON - 1))).toBe(false);
  });
});

describe('two windows, the second from the end of the first', () => {
  it('have each event once, also one that came in before midnight and ended after it', () => {
    const midnight = timeOf('2026-11-18T00:00:00Z');
    const windows = [windowOf({ until: midnight - 1 }), windowOf({ since: midnight })];
    const events = [written(midnight + 1, midnight - 1), written(midnight), written(midnight - 1)];
    for (const event of events) expect(windows.filter((window) => window.select(event, A))).toHaveLength(1);
  });

  it('have each event once, of any times', () => {
    const time = fc.integer({ min: -20 * MINUTE, max: 20 * MINUTE }).map((distance) => NOON + distance);
    const took = fc.integer({ min: 0, max: 60 * MINUTE });
    fc.assert(
      fc.property(fc.array(fc.tuple(time, took)), time, (events, border) => {
        const windows = [windowOf({ until: border - 1 }), windowOf({ since: border })];
        for (const [at, long] of events) {
          const event = written(at, at - long);
          expect(windows.filter((window) => window.select(event, A))).toHaveLength(1);
        }
        expect(windows.reduce((sum, window) => sum + window.events, 0)).toBe(events.length);
      }),
    );
  });
});

describe('--since last', () => {
  it('is of each log by itself', () => {
    const window = windowOf(sinceLast({ [A.path]: NOON, [B.path]: NOON + 60 * MINUTE }), [A, B]);
    const event = written(NOON + 15 * MINUTE);
    expect([window.select(event, A), window.select(event, B)]).toEqual([true, false]);
    expect(window.since).toBe(NOON);
    expect(window.logs.map(({ since, events }) => [since, events])).toEqual([
      [NOON, 1],
      [NOON + 60 * MINUTE, 0],
    ]);
  });

  it('is all of a log that is new, and the window then has no start', () => {
    const window = windowOf(sinceLast({ [A.path]: NOON }), [A, B]);
    expect([window.select(written(0), A), window.select(written(0), B)]).toEqual([false, true]);
    expect(window.since).toBeUndefined();
  });

  it('shows what leads up to it, and counts nothing of that', () => {
    const window = windowOf(sinceLast({ [A.path]: NOON }));
    const times = [NOON - LEAD_IN - 1, NOON - LEAD_IN, NOON - 1, NOON];
    const events = times.map((time) => written(time));
    expect(events.map((event) => window.select(event, A))).toEqual([false, true, true, true]);
    expect(events.map((event) => window.isLeadIn(event))).toEqual([false, true, true, false]);
    expect(window).toMatchObject({ first: NOON, last: NOON, events: 1, logs: [{ first: times[0], events: 1 }] });
  });

  it('knows what leads up by the event itself, not by what it says', () => {
    const window = windowOf(sinceLast({ [A.path]: NOON }));
    const [event, same] = [written(NOON - 1), written(NOON - 1)];
    window.select(event, A);
    expect([window.isLeadIn(event), window.isLeadIn(same)]).toEqual([true, false]);
  });

  it('has an end as well', () => {
    const window = windowOf({ ...sinceLast({ [A.path]: NOON }), until: NOON - 1 });
    expect([NOON - 1, NOON].map((time) => window.select(written(time), A))).toEqual([true, false]);
    expect(window.events).toBe(0);
  });
});

describe('a log', () => {
  it('has one row for all its generations, under the name of the set', () => {
    const set = '/logs/audit.log';
    const files = [`${set}.1`, set].map(
      (path): Source => ({ path, log: set, size: 1, generation: { set }, label: 'n' }),
    );
    const window = windowOf({}, files);
    for (const [index, file] of files.entries()) window.select(written(NOON + index), file);
    expect(window.logs).toEqual([
      { log: set, path: set, label: 'n', since: undefined, first: NOON, last: NOON + 1, events: 2 },
    ]);
  });

  it('tells its times also of what is outside of the window, or not wanted', () => {
    const window = windowOf({ since: NOON, until: NOON + MINUTE, select: () => false });
    for (const time of [NOON - MINUTE, NOON, NOON + 5 * MINUTE]) expect(window.select(written(time), A)).toBe(false);
    expect(window.logs).toMatchObject([{ first: NOON - MINUTE, last: NOON + 5 * MINUTE, events: 1 }]);
    expect(window).toMatchObject({ events: 0, first: undefined, last: undefined });
  });

  it('whose clock is ahead was last written now', () => {
    const window = windowOf({ now: NOON });
    expect([NOON - MINUTE, NOON + 90 * MINUTE, NOON - 1].map((time) => window.select(written(time), A))).toEqual([
      ...[true, true, true],
    ]);
    expect(window.logs).toMatchObject([{ first: NOON - MINUTE, last: NOON }]);
    expect(window.last).toBe(NOON + 90 * MINUTE);
  });

  it('without a name of its own goes by its path, and standard input by its dash', () => {
    const sources: Source[] = [
      { path: 'x.log', size: 1 },
      { path: '-', log: '-', size: undefined },
    ];
    const window = windowOf(sinceLast({ 'x.log': NOON, '-': NOON + MINUTE }), sources);
    expect(sources.map((source) => window.select(written(NOON), source))).toEqual([true, true]);
    expect(window.logs.map(({ log, since, events }) => [log, since, events])).toEqual([
      ['x.log', NOON, 1],
      ['-', NOON + MINUTE, 0],
    ]);
  });

  it('may be called __proto__', () => {
    const source: Source = { path: '__proto__', size: 1 };
    const window = windowOf({ since: NOON }, [source]);
    expect([NOON - 1, NOON].map((time) => window.select(written(time), source))).toEqual([false, true]);
  });
});

describe('an event of a source that nobody knows', () => {
  it.each([undefined, B])('is bounded as well: %j', (source) => {
    const window = windowOf({ since: NOON, until: NOON + MINUTE });
    const times = [NOON - 1, NOON, NOON + MINUTE + 1];
    expect(times.map((time) => window.select(written(time), source))).toEqual([false, true, false]);
    expect(window.logs).toMatchObject([{ first: undefined, last: undefined, events: 0 }]);
  });
});

describe('an event without a time', () => {
  it('is in no bounded window, and counted', () => {
    for (const options of [{ since: NOON }, { until: NOON }, sinceLast({ [A.path]: NOON })]) {
      const window = windowOf(options);
      expect(window.select(written(undefined), A)).toBe(false);
      expect(window).toMatchObject({ untimed: 1, events: 0 });
    }
  });

  it('is in a log that is read from its start', () => {
    const window = windowOf(sinceLast({ [A.path]: NOON }), [A, B]);
    expect([window.select(written(undefined), A), window.select(written(undefined), B)]).toEqual([false, true]);
    expect(window).toMatchObject({ events: 1, first: undefined });
  });
});

describe('what is not wanted', () => {
  it('is not given, be it in the window or before', () => {
    const window = windowOf({ ...sinceLast({ [A.path]: NOON }), select: ({ auditID }) => auditID === String(NOON) });
    expect([NOON - 1, NOON, NOON + 1].map((time) => window.select(written(time), A))).toEqual([false, true, false]);
    expect(window).toMatchObject({ events: 1, first: NOON, last: NOON });
  });

  it('is asked of nothing that lies outside', () => {
    const asked: unknown[] = [];
    const window = windowOf({
      ...{ since: NOON, until: NOON },
      select: ({ auditID }) => asked.push(auditID) > 0,
    });
    for (const time of [NOON - 1, NOON, NOON + 1]) window.select(written(time), A);
    expect(asked).toEqual([String(NOON)]);
  });
});

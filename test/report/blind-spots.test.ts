import { describe, expect, it } from 'vitest';
import { formatTime, parseTime } from '../../src/event/time.ts';
import { type BlindSpotSources, blindSpots, ENDED, nameOf } from '../../src/report/blind-spots.ts';
import type { LogTimes, ReportWindow } from '../../src/report/window.ts';
import { createWindow } from '../../src/report/window.ts';
import { createClock } from '../../src/sinks/clock.ts';
import { countFailure, countGap, countReject, createSummary, type Summary } from '../../src/summary.ts';
import { eventOf } from '../audit-event.ts';

const MINUTE = 60_000_000;
const NOON = parseTime('2026-11-17T12:00:00Z') ?? 0;
const END = NOON + 600 * MINUTE;
/** A log begins late, when nothing of it is there for so long. */
const LATE = 10 * MINUTE;
const place = { path: '/logs/a.log', offset: 7 };

type Sources = Partial<Omit<BlindSpotSources, 'summary' | 'window'>> & {
  readonly summary?: (summary: Summary) => void;
  readonly window?: Partial<ReportWindow>;
};

function spots({ summary: fill, window, ...rest }: Sources = {}): { kind: string; text: string }[] {
  const summary = createSummary();
  fill?.(summary);
  return blindSpots({
    ...{
      summary,
      end: END,
      missingBodies: [],
      otherFindings: 0,
      forgottenFindings: 0,
      selection: [],
      clock: createClock(undefined),
    },
    window: {
      ...{ select: () => true, isLeadIn: () => false, since: NOON, until: undefined, first: NOON, last: END },
      ...{ events: 1, untimed: 0, late: 0, current: undefined, logs: [], ...window },
    },
    ...rest,
  });
}

const texts = (sources: Sources, kind: string): string[] =>
  spots(sources)
    .filter((spot) => spot.kind === kind)
    .map(({ text }) => text);

const log = (fields: Partial<LogTimes> = {}): LogTimes => ({
  ...{ log: '/logs/a.log', path: '/logs/a.log', label: undefined, since: NOON, first: NOON, last: END, events: 1 },
  ...fields,
});
const logs = (...fields: readonly Partial<LogTimes>[]): Sources => ({ window: { logs: fields.map(log) } });

describe('blind spots', () => {
  it('are none where all was read', () => {
    expect(spots(logs({}))).toEqual([]);
  });

  it('come worst first', () => {
    const kinds = spots({
      summary: (summary) => {
        summary.received = 2;
        summary.forgottenBursts = 1;
        countReject(summary, 'torn', place, 10);
        countGap(summary, { before: '/a.1', after: '/a', from: NOON, to: NOON + 60 * MINUTE });
        countFailure(summary, 'detector', 'too deep', place);
        summary.inputErrors.push('cannot read /x: permission denied');
      },
      window: { untimed: 1, logs: [log({ first: NOON + 60 * MINUTE, last: NOON + 61 * MINUTE })] },
      missingBodies: [{ resource: 'pods', missing: 1, changes: 1 }],
    }).map(({ kind }) => kind);
    expect(kinds).toEqual(['error', 'failure', 'gap', 'start', 'end', 'damage', 'damage', 'stage', 'level', 'limit']);
  });
});

describe('what was logged and not read', () => {
  it('is an input that failed', () => {
    const errors = ['cannot read /x: permission denied', '/y.gz: damaged gzip data'];
    expect(texts({ summary: ({ inputErrors }) => inputErrors.push(...errors) }, 'error')).toEqual(errors);
  });

  it('is an expression that failed', () => {
    const summary = (counted: Summary): void => {
      countFailure(counted, 'prod-exec', 'too deep', place);
      countFailure(counted, 'prod-exec', 'another', place);
      countFailure(counted, 'pod-exec', 'no number', { ...place, label: 'node-1' });
    };
    expect(texts({ summary }, 'failure')).toEqual([
      'prod-exec failed on 2 events, first at /logs/a.log:7: too deep',
      'pod-exec failed on 1 event, first at node-1 /logs/a.log:7: no number',
    ]);
  });

  it('is damage, by its reason', () => {
    const summary = (counted: Summary): void => {
      countReject(counted, 'torn', place, 300);
      countReject(counted, 'nul-hole', place, 2_000);
      countReject(counted, 'nul-hole', place, 2_000);
    };
    expect(texts({ summary }, 'damage')).toEqual([
      '1 piece of an event (torn), 300 B, first at /logs/a.log:7',
      '2 holes of NUL bytes (nul-hole), 4.0 KB, first at /logs/a.log:7',
    ]);
  });
});

describe('gaps between generations', () => {
  const gaps =
    (count: number) =>
    (summary: Summary): void => {
      for (let index = 0; index < count; index++)
        countGap(summary, { before: '/l/a.log.2', after: '/l/a.log.1', from: NOON, to: NOON + 90 * MINUTE });
    };

  it('are told with their times', () => {
    expect(texts({ summary: gaps(1) }, 'gap')).toEqual([
      'nothing between 2026-11-17 12:00 and 13:30 UTC: a.log.2 ends, a.log.1 begins',
    ]);
  });

  it('are told in the zone of the report', () => {
    expect(texts({ summary: gaps(1), clock: createClock('Asia/Kathmandu') }, 'gap')).toEqual([
      expect.stringContaining('2026-11-17 17:45 and 19:15 Asia/Kathmandu'),
    ]);
  });

  it.each([
    [11, '1 gap more between generations'],
    [12, '2 gaps more between generations'],
  ])('are told up to ten, of %d', (count, text) => {
    const told = texts({ summary: gaps(count) }, 'gap');
    expect(told).toHaveLength(11);
    expect(told.at(-1)).toBe(text);
  });

  it('are told all where there are ten', () => {
    expect(texts({ summary: gaps(10) }, 'gap')).toHaveLength(10);
  });
});

describe('a log that begins late', () => {
  it.each([
    [NOON + LATE, 0],
    [NOON + LATE + 1, 1],
    [NOON - 1, 0],
  ])('is one with nothing in the first ten minutes: %d', (first, count) => {
    expect(texts(logs({ first }), 'start')).toHaveLength(count);
  });

  it('is told by its name, and when', () => {
    expect(texts(logs({ first: NOON + 11 * MINUTE, label: 'node-1' }), 'start')).toEqual([
      'node-1 /logs/a.log begins at 2026-11-17 12:11:00Z: what was logged in the window before is not there',
    ]);
  });

  it('is none that is read from its start, and none without a time', () => {
    expect(texts(logs({ since: undefined, first: END }, { first: undefined }), 'start')).toEqual([]);
  });

  it.each([
    [20, undefined],
    [21, 'and so of 1 further log'],
    [25, 'and so of 5 further logs'],
  ])('is one of twenty that are named, of %d', (count, last) => {
    const late = Array.from({ length: count }, (_, index) => ({ path: `/logs/${index}`, first: END }));
    const told = texts(logs(...late), 'start');
    expect(told).toHaveLength(last === undefined ? 20 : 21);
    if (last !== undefined) expect(told.at(-1)).toBe(last);
    expect(told[19]).toContain('/logs/19 begins');
  });
});

describe('a log that ends early', () => {
  it.each([
    [END - ENDED, 0],
    [END - ENDED - 1, 1],
    [END + 1, 0],
  ])('is one with nothing in the last hour: %d', (last, count) => {
    expect(texts(logs({ last }), 'end')).toHaveLength(count);
  });

  it('is told by its name, and when', () => {
    expect(texts(logs({ last: NOON }), 'end')).toEqual([
      'nothing was logged in /logs/a.log after 2026-11-17 12:00:00Z',
    ]);
  });

  it('may hold no event at all', () => {
    expect(texts(logs({ first: undefined, last: undefined, path: '-' }), 'end')).toEqual([
      '- holds no event with a time',
    ]);
  });

  it('is one of twenty that are named', () => {
    const early = Array.from({ length: 23 }, (_, index) => ({ path: `/logs/${index}`, last: NOON }));
    expect(texts(logs(...early), 'end').at(-1)).toBe('and so of 3 further logs');
  });

  it('is none where nobody said when the window begins', () => {
    expect(texts(logs({ since: undefined, last: NOON }), 'end')).toEqual([]);
  });
});

describe('events without a time', () => {
  it.each([
    [1, '1 event has no time that can be read, and lies outside of the window'],
    [2_000, '2,000 events have no time that can be read, and lie outside of the window'],
  ])('are outside of a window: %d', (untimed, text) => {
    expect(texts({ window: { untimed } }, 'damage')).toEqual([text]);
    expect(texts({ window: { untimed, since: undefined, until: END } }, 'damage')).toEqual([text]);
  });

  it('are in a window without bounds', () => {
    const source = { path: '/logs/a.log', size: 1 };
    const window = createWindow([source], { since: undefined, until: undefined, now: END });
    expect(window.select(eventOf({ stage: 'ResponseComplete', auditID: 'a', verb: 'get' }), source)).toBe(true);
    expect(texts({ window }, 'damage')).toEqual([]);
  });

  // Of two logs one is new, and read from its start: what is left out of the other one is left out in silence.
  it('are told where one of the logs has a start', () => {
    const sources = ['/logs/a.log', '/logs/new.log'].map((path) => ({ path, size: 1 }));
    const since = (path: string): number | undefined => (path === '/logs/a.log' ? NOON : undefined);
    const window = createWindow(sources, { since, until: undefined, now: END });
    const untimed = eventOf({ stage: 'ResponseComplete', auditID: 'a', verb: 'get' });
    expect(sources.map((source) => window.select(untimed, source))).toEqual([false, true]);
    expect(texts({ window }, 'damage')).toEqual([
      '1 event has no time that can be read, and lies outside of the window',
    ]);
  });
});

describe('what the audit policy leaves out', () => {
  it('is the later stages, where there is none', () => {
    const text =
      'every event is of the stage RequestReceived, which decides nothing: the audit policy leaves out the later stages';
    const counts = (received: number, requests: number) => ({
      summary: (summary: Summary) => Object.assign(summary, { received, requests }),
    });
    expect(texts(counts(3, 0), 'stage')).toEqual([text]);
    for (const [received, requests] of [
      [0, 0],
      [3, 1],
      [0, 1],
    ])
      expect(texts(counts(received ?? 0, requests ?? 0), 'stage')).toEqual([]);
  });

  it.each([
    [1, 1, '1 change of pods was logged without'],
    [2, 2, '2 changes of pods were logged without'],
    [1, 2, '1 of 2 changes of pods was logged without'],
    [2, 3, '2 of 3 changes of pods were logged without'],
    [2_500, 3_000, '2,500 of 3,000 changes of pods were logged without'],
    [3_000, 3_000, '3,000 changes of pods were logged without'],
  ])('is the object that was sent, %d of %d times', (missing, changes, text) => {
    const [told = ''] = texts({ missingBodies: [{ resource: 'pods', missing, changes }] }, 'level');
    expect(told.startsWith(text)).toBe(true);
    expect(told).toMatch(/the audit level Request would log it$/);
  });

  it.each([
    [10, undefined],
    [11, 'so were changes of 1 further resource'],
    [13, 'so were changes of 3 further resources'],
  ])('is told of ten resources, of %d', (count, last) => {
    const missingBodies = Array.from({ length: count }, (_, index) => ({
      ...{ resource: `kind-${index}`, missing: 1, changes: 1 },
    }));
    const told = texts({ missingBodies }, 'level');
    expect(told).toHaveLength(last === undefined ? 10 : 11);
    if (last !== undefined) expect(told.at(-1)).toBe(last);
  });
});

describe('limits', () => {
  it.each<[Sources, string]>([
    [{ otherFindings: 2_000 }, '2,000 findings more than this report holds; auditscan detect -o jsonl gives all'],
    [
      { summary: (summary) => Object.assign(summary, { forgottenBursts: 1 }) },
      '1 group of bursts forgotten for want of room: a burst among them may be missing',
    ],
    [
      { forgottenFindings: 2 },
      '2 findings more than the file of known ones holds: the next report may tell them as new again',
    ],
  ])('are told: %j', (sources, text) => {
    expect(texts(sources, 'limit')).toEqual([text]);
  });
});

it('a log is called by its label and its path', () => {
  expect(nameOf(log())).toBe('/logs/a.log');
  expect(nameOf(log({ label: 'node-1' }))).toBe('node-1 /logs/a.log');
});

it('times are told in the zone of the report', () => {
  const [text] = texts({ ...logs({ last: NOON }), clock: createClock('Asia/Kathmandu') }, 'end');
  expect(text).toContain(`after ${createClock('Asia/Kathmandu').text(formatTime(NOON))}`);
  expect(text).toContain('17:45');
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SEVERITIES, type Severity } from '../../src/detect/finding.ts';
import type { Outcome } from '../../src/event/outcome.ts';
import { parseTime } from '../../src/event/time.ts';
import type { Bucket, Timeline } from '../../src/report/model.ts';
import { createTimeline, OUTCOMES } from '../../src/report/timeline.ts';

const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;
const DAY = 1_440 * MINUTE;
/** Bars that a chart has room for. */
const BARS = 96;
const START = timeOf('2026-11-17T00:00:00Z');

interface Request {
  readonly time: number | undefined;
  readonly outcome: Outcome;
}
interface Found {
  readonly time: number;
  readonly severity: Severity;
}

function timeOf(text: string): number {
  const time = parseTime(text);
  if (time === undefined) throw new Error(`no time: ${text}`);
  return time;
}

function timelineOf(requests: readonly Request[], found: readonly Found[] = [], from?: number, to?: number): Timeline {
  const counter = createTimeline();
  for (const { time, outcome } of requests) counter.request(time, outcome);
  for (const { time, severity } of found) counter.finding(time, severity);
  return counter.timeline(from, to);
}

const allowed = (...times: (number | undefined)[]): Request[] => times.map((time) => ({ time, outcome: 'allowed' }));
const high = (...times: number[]): Found[] => times.map((time) => ({ time, severity: 'high' }));
const totalOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);
/** Requests of each bar. */
const bars = ({ buckets }: Timeline): number[] => buckets.map(({ outcomes }) => totalOf(outcomes));
const findings = ({ buckets }: Timeline): number[] => buckets.map((bucket) => totalOf(bucket.findings));

/** Each bar begins where the one before ends, and there are not too many. */
function expectChart({ buckets, bucketSeconds }: Timeline): void {
  expect(buckets.length).toBeLessThanOrEqual(BARS);
  const starts = buckets.map(({ start }) => timeOf(start));
  for (const [index, start] of starts.entries()) {
    // Weeks begin on Monday.
    expect((start + 3 * DAY) % (bucketSeconds * SECOND)).toBe(0);
    if (index > 0) expect(start - (starts[index - 1] ?? 0)).toBe(bucketSeconds * SECOND);
  }
}

/** Every bar counts the very requests that lie in it. */
function expectExact({ buckets, bucketSeconds }: Timeline, requests: readonly Request[]): void {
  for (const { start, outcomes } of buckets) {
    const from = timeOf(start);
    const inside = requests.filter(({ time = Number.NaN }) => time >= from && time < from + bucketSeconds * SECOND);
    for (const outcome of OUTCOMES)
      expect(outcomes[outcome]).toBe(inside.filter((request) => request.outcome === outcome).length);
  }
}

const outcome = fc.constantFrom(...OUTCOMES);
/** What any RFC 3339 text can say, but for the last days of all. */
const hostileTime = fc
  .tuple(fc.integer({ min: 0, max: 253_402_000_000 }), fc.nat(999_999))
  .map(([seconds, rest]) => seconds * SECOND + rest);
/** Some days, as logs are. */
const usualTime = fc.integer({ min: 0, max: 3 * DAY }).map((time) => START + time);
const time = fc.oneof({ weight: 3, arbitrary: usualTime }, { weight: 1, arbitrary: hostileTime });
const request = fc.record<Request>({
  time: fc.oneof({ weight: 9, arbitrary: time }, { weight: 1, arbitrary: fc.constant(undefined) }),
  outcome,
});
const found = fc.record({ time, severity: fc.constantFrom(...SEVERITIES) });

describe('a timeline', () => {
  it('has a bar for each minute of a short log, also where nothing was written', () => {
    const timeline = timelineOf([
      ...allowed(START, START + MINUTE - 1),
      { time: START + 2 * MINUTE, outcome: 'denied' },
      { time: START + 2 * MINUTE, outcome: 'failed' },
    ]);
    const none = { allowed: 0, denied: 0, failed: 0, unknown: 0 };
    expect(timeline.bucketSeconds).toBe(60);
    expect(timeline.buckets.map(({ start, outcomes }) => ({ start, outcomes }))).toEqual([
      { start: '2026-11-17T00:00:00.000000Z', outcomes: { ...none, allowed: 2 } },
      { start: '2026-11-17T00:01:00.000000Z', outcomes: none },
      { start: '2026-11-17T00:02:00.000000Z', outcomes: { ...none, denied: 1, failed: 1 } },
    ]);
  });

  it('of nothing has no bar, whatever the window', () => {
    expect(timelineOf([], high(START), START, START + DAY)).toEqual({ bucketSeconds: 60, buckets: [], untimed: 0 });
  });

  it('counts requests without a time apart', () => {
    expect(timelineOf(allowed(undefined, undefined))).toEqual({ bucketSeconds: 60, buckets: [], untimed: 2 });
    expect(timelineOf(allowed(undefined, START))).toMatchObject({
      untimed: 1,
      buckets: [{ outcomes: { allowed: 1 } }],
    });
  });

  it.each([
    [95 * MINUTE, 60],
    [96 * MINUTE, 300],
    [DAY, 1_800],
    [7 * DAY, 3 * 3_600],
    [90 * DAY, 86_400],
    [365 * DAY, 7 * 86_400],
  ])('of %d microseconds has bars of %d seconds', (span, seconds) => {
    const timeline = timelineOf(allowed(START, START + span));
    expect(timeline.bucketSeconds).toBe(seconds);
    expect(timeline.buckets.length).toBeGreaterThan(12);
    expectChart(timeline);
  });

  it('reaches from the one end of the window to the other', () => {
    const timeline = timelineOf(allowed(START + 5 * MINUTE), [], START, START + 9 * MINUTE);
    expect(bars(timeline)).toEqual([0, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
  });

  it('has the bars of its requests also where they lie outside of the window', () => {
    const timeline = timelineOf(allowed(START, START + 9 * MINUTE), [], START + 4 * MINUTE, START + 5 * MINUTE);
    expect(bars(timeline)).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  });

  it('can be asked twice', () => {
    const counter = createTimeline();
    for (const hour of [0, 1, 30]) counter.request(START + hour * 60 * MINUTE, 'allowed');
    counter.finding(START, 'low');
    expect(counter.timeline(START, undefined)).toEqual(counter.timeline(START, undefined));
  });
});

describe('every request', () => {
  it('is in the one bar of its time, whatever times a log tells', () => {
    const window = fc.option(time, { nil: undefined });
    fc.assert(
      fc.property(fc.array(request, { maxLength: 40 }), fc.array(found), window, window, (requests, all, from, to) => {
        const timeline = timelineOf(requests, all, from, to);
        const timed = requests.filter((one) => one.time !== undefined);
        expectChart(timeline);
        expectExact(timeline, requests);
        expect(bars(timeline).reduce((sum, count) => sum + count, 0)).toBe(timed.length);
        expect(timeline.untimed).toBe(requests.length - timed.length);
      }),
    );
  });

  it('is in the same bar in whatever order they come', () => {
    const shuffled = fc
      .array(request, { maxLength: 30 })
      .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })));
    fc.assert(
      fc.property(shuffled, ([requests, again]) => {
        expect(timelineOf(again)).toEqual(timelineOf(requests));
      }),
    );
  });

  it('is kept where there are more minutes than are counted apart', () => {
    // A step that is no multiple of anything, over more than a hundred years and back.
    const count = 30_000;
    const requests = Array.from({ length: count }, (_, index): Request => {
      const step = (index * 7_919) % count;
      return { time: step * 113_777 * SECOND, outcome: OUTCOMES[index % OUTCOMES.length] ?? 'unknown' };
    });
    const timeline = timelineOf(
      requests,
      requests.map((one) => ({ time: one.time ?? 0, severity: 'medium' })),
    );
    expectChart(timeline);
    expectExact(timeline, requests);
    expect(bars(timeline)).toEqual(findings(timeline));
    expect(bars(timeline).reduce((sum, bar) => sum + bar, 0)).toBe(count);
  });
});

describe('findings', () => {
  it('are counted by severity in the bar of their time', () => {
    const timeline = timelineOf(allowed(START, START + 2 * MINUTE), [
      { time: START, severity: 'critical' },
      { time: START + MINUTE, severity: 'low' },
      { time: START + MINUTE, severity: 'low' },
    ]);
    const none = { info: 0, low: 0, medium: 0, high: 0, critical: 0 };
    expect(timeline.buckets.map((bucket: Bucket) => bucket.findings)).toEqual([
      { ...none, critical: 1 },
      { ...none, low: 2 },
      none,
    ]);
  });

  it('from outside are at the ends, and make no bar', () => {
    const timeline = timelineOf(allowed(START, START + 3 * MINUTE), high(0, START - 1, START + 90 * DAY));
    expect(findings(timeline)).toEqual([2, 0, 0, 1]);
    expect(timeline.bucketSeconds).toBe(60);
  });

  it('without a time are in no bar', () => {
    const counter = createTimeline();
    counter.request(START, 'allowed');
    counter.finding(undefined, 'high');
    expect(findings(counter.timeline(undefined, undefined))).toEqual([0]);
  });

  it('with a time are each in one bar, whatever times they have', () => {
    fc.assert(
      fc.property(fc.array(request, { minLength: 1 }), fc.array(found), (requests, all) => {
        const timeline = timelineOf([...requests, ...allowed(START)], all);
        for (const severity of SEVERITIES)
          expect(timeline.buckets.reduce((sum, bucket) => sum + bucket.findings[severity], 0)).toBe(
            all.filter((one) => one.severity === severity).length,
          );
      }),
    );
  });
});

it('bars of a day begin at midnight of the clock on the wall, those of a week on Monday', () => {
  const starts = (days: number): string[] => {
    const counter = createTimeline(60 * MINUTE);
    for (const day of [0, days]) counter.request(START + day * DAY, 'allowed');
    return counter.timeline(undefined, undefined).buckets.map(({ start }) => start);
  };
  expect(starts(60)[0]).toBe('2026-11-16T23:00:00.000000Z');
  expect(starts(300)[0]).toBe('2026-11-15T23:00:00.000000Z');
});

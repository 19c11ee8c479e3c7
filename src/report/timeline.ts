import { SEVERITIES, type Severity } from '../detect/finding.ts';
import type { Outcome } from '../event/outcome.ts';
import { formatTime } from '../event/time.ts';
import type { Bucket, Timeline } from './model.ts';

export const OUTCOMES: readonly Outcome[] = ['allowed', 'denied', 'failed', 'unknown'];

const MINUTE = 60_000_000;
const DAY = 1_440 * MINUTE;
/** Widths of a bucket in minutes; each divides the next, so that buckets can be joined. Beyond them the last is multiplied. */
const WIDTHS = [1, 5, 15, 30, 60, 180, 360, 720, 1_440, 10_080] as const;
/** Buckets that are counted apart: more than a week of minutes. */
const MAX_COUNTED = 12_000;
/** Bars that a chart has room for. */
const MAX_BARS = 96;

/** Counts of one bucket: of requests by outcome, then of findings by severity. */
type Counts = number[];
const SIZE = OUTCOMES.length + SEVERITIES.length;

/** Counts requests and findings over time, in bounded memory, whatever times a log tells. */
export interface TimelineCounter {
  /** @param time microseconds since the epoch; undefined where the event has none. */
  request(time: number | undefined, outcome: Outcome): void;
  /** A finding before `from` or behind `to` counts at that end, in {@link TimelineCounter.timeline}. */
  finding(time: number | undefined, severity: Severity): void;
  /** The requests' buckets, and those from `from` to `to` where these are given; all in microseconds. */
  timeline(from: number | undefined, to: number | undefined): Timeline;
}

/**
 * @param offset microseconds by which the clock on the wall is ahead of UTC: days begin at its midnight, weeks on Monday.
 */
export function createTimeline(offset = 0): TimelineCounter {
  // The first day of all was a Thursday.
  const shift = offset + 3 * DAY;
  let width: number = WIDTHS[0];
  let buckets = new Map<number, Counts>();
  /** Findings apart: of one from long before the window, no bar is made. */
  let findings = new Map<number, Counts>();
  let untimed = 0;

  const slotOf = (time: number): number => Math.floor((time + shift) / (width * MINUTE));
  const widen = (next: number): void => {
    buckets = joined(buckets, next / width);
    findings = joined(findings, next / width);
    width = next;
  };
  const add = (into: 'buckets' | 'findings', time: number, index: number): void => {
    const slot = slotOf(time);
    const map = into === 'buckets' ? buckets : findings;
    const counts = map.get(slot) ?? empty();
    counts[index] = (counts[index] ?? 0) + 1;
    map.set(slot, counts);
    while (buckets.size > MAX_COUNTED || findings.size > MAX_COUNTED) widen(wider(width));
  };

  return {
    request(time, outcome) {
      if (time === undefined) untimed += 1;
      else add('buckets', time, OUTCOMES.indexOf(outcome));
    },
    finding(time, severity) {
      if (time !== undefined) add('findings', time, OUTCOMES.length + SEVERITIES.indexOf(severity));
    },
    timeline(from, to) {
      if (buckets.size === 0) return { bucketSeconds: width * 60, buckets: [], untimed };
      const slots = [...buckets.keys(), ...[from, to].flatMap((time) => (time === undefined ? [] : [slotOf(time)]))];
      let first = slots.reduce((a, b) => Math.min(a, b));
      let last = slots.reduce((a, b) => Math.max(a, b));
      while (last - first + 1 > MAX_BARS) {
        const next = wider(width);
        first = Math.floor(first / (next / width));
        last = Math.floor(last / (next / width));
        widen(next);
      }
      const bars = new Map<number, Counts>();
      for (let bar = first; bar <= last; bar++) bars.set(bar, [...(buckets.get(bar) ?? empty())]);
      for (const [bar, counts] of findings) addTo(bars.get(Math.min(last, Math.max(first, bar))) ?? empty(), counts);
      return {
        bucketSeconds: width * 60,
        buckets: [...bars].map(([bar, counts]) => bucketOf(bar * width * MINUTE - shift, counts)),
        untimed,
      };
    },
  };
}

function wider(width: number): number {
  return WIDTHS.find((next) => next > width) ?? width * 10;
}

function joined(buckets: ReadonlyMap<number, Counts>, factor: number): Map<number, Counts> {
  const wide = new Map<number, Counts>();
  for (const [slot, counts] of buckets) {
    const target = Math.floor(slot / factor);
    const sum = wide.get(target);
    if (sum) addTo(sum, counts);
    else wide.set(target, counts);
  }
  return wide;
}

function empty(): Counts {
  return Array<number>(SIZE).fill(0);
}

function addTo(sum: Counts, counts: Counts): void {
  for (const [index, count] of counts.entries()) sum[index] = (sum[index] ?? 0) + count;
}

function bucketOf(start: number, counts: Counts): Bucket {
  const at = (index: number): number => counts[index] ?? 0;
  return {
    start: formatTime(start),
    outcomes: Object.fromEntries(OUTCOMES.map((outcome, index) => [outcome, at(index)])) as Bucket['outcomes'],
    findings: Object.fromEntries(
      SEVERITIES.map((severity, index) => [severity, at(OUTCOMES.length + index)]),
    ) as Bucket['findings'],
  };
}

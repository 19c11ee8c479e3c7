import { requestHash } from '../event/requests.ts';
import { eventTime } from '../event/time.ts';
import type { EventRecord } from '../event/types.ts';
import { toBoolean } from '../expression/boolean.ts';
import type { CompiledExpression } from '../expression/compile.ts';
import { awaitCounted, runCounted } from '../expression/evaluate-counted.ts';
import type { Undecided } from '../expression/plan/reach.ts';
import { countUnjudged, type Place, type Summary } from '../summary.ts';
import type { Detector } from './detector.ts';
import type { Exception } from './exceptions.ts';
import type { Finding } from './finding.ts';
import { findingId, makeFinding } from './make-finding.ts';
import { plain } from './plain.ts';
import { createShortlist } from './shortlist.ts';
import { createWindows, groupOf, keyOf, type Windows, type WindowsState } from './windows.ts';

/** Live windows are looked through for what is over when so many requests were judged. */
const EXPIRE_EVERY = 1_024;
/**
 * Microseconds that a request may be older than all of the latest {@link EXPIRE_EVERY}, and still find its window: an event
 * has the time when its request came in, and is written when that has ended. To be generous only costs memory.
 */
const STRAGGLERS = 600_000_000;

export interface EngineOptions {
  /** For a log that is being written: a burst is given when it is complete, and windows outlive the run by a snapshot. */
  readonly live?: boolean | undefined;
}

/** What an engine remembers, as JSON can hold it: the windows of each detector that has one, by its id. */
export type EngineState = Readonly<Record<string, WindowsState>>;

/** Runs detectors over requests. */
export interface Engine {
  /**
   * Judges one request by the event that decides it; gives what is found, and the windows that are over, or live the
   * bursts that are complete.
   */
  judge(record: EventRecord): Promise<Finding[]>;
  /**
   * To be called once after the last request: gives the findings of the windows that are still open. Live it gives none,
   * and leaves the windows open: they go on when the log does.
   */
  finish(): Finding[];
  /** What to give to {@link Engine.restore} for another engine to go on from here. Not to be called during a `judge`. */
  snapshot(): EngineState;
  /** To be called on a new engine, before its first request. The windows of detectors that it does not have are dropped. */
  restore(state: EngineState): void;
}

export function createEngine(
  detectors: readonly Detector[],
  exceptions: readonly Exception[],
  summary: Summary,
  { live = false }: EngineOptions = {},
): Engine {
  const windows = new Map<string, Windows>();
  for (const { id, window } of detectors) if (window) windows.set(id, createWindows(id, window, { live }));
  const shortlist = createShortlist(detectors);
  let judged = 0;
  /** The time of the oldest request that was judged since windows were looked through. */
  let oldest = Number.POSITIVE_INFINITY;

  const evaluate = async (name: string, expression: CompiledExpression, record: EventRecord): Promise<unknown> =>
    expression.predicate
      ? runCounted(name, expression.predicate, record, summary)
      : awaitCounted(name, expression.evaluate(record.event), record, summary);

  const isExcepted = async (detector: Detector, record: EventRecord): Promise<boolean> => {
    for (const exception of exceptions) {
      if (!exception.appliesTo(detector.id)) continue;
      if (toBoolean(await evaluate(`exception for ${detector.id}`, exception.match, record))) return true;
    }
    return false;
  };

  const find = async (detector: Detector, record: EventRecord, hash: string): Promise<Finding> => {
    const details: Record<string, unknown> = {};
    for (const [name, expression] of detector.columns) {
      const value = await evaluate(`${detector.id}, column ${name}`, expression, record);
      const data = plain(value);
      if (data !== undefined) details[name] = data;
    }
    return makeFinding(detector, findingId(detector.id, hash), record, details);
  };

  const addToWindow = async (detector: Detector, record: EventRecord, hash: string): Promise<Finding[]> => {
    const { window } = detector;
    const time = eventTime(record.event);
    const running = windows.get(detector.id);
    // Without a time an event is in no window.
    if (!window || !running || time === undefined) return [];
    const ask = (expression: CompiledExpression): Promise<unknown> =>
      evaluate(`${detector.id}, window`, expression, record);
    const value = window.distinct && (plain(await ask(window.distinct)) ?? null);
    return running.add({
      group: await groupOf(window, ask),
      time,
      value: value === undefined ? undefined : keyOf(value),
      finding: () => find(detector, record, hash),
    });
  };

  /** By the oldest of many requests, for one from a node whose clock is ahead must not end the windows of all others. */
  const expire = (record: EventRecord): void => {
    oldest = Math.min(oldest, eventTime(record.event) ?? oldest);
    judged += 1;
    if (judged % EXPIRE_EVERY !== 0 || oldest === Number.POSITIVE_INFINITY) return;
    for (const running of windows.values()) running.expire(oldest - STRAGGLERS);
    oldest = Number.POSITIVE_INFINITY;
  };

  return {
    async judge(record) {
      const findings: Finding[] = [];
      let hash: string | undefined;
      for (const detector of shortlist(record.event)) {
        // At once where it can be: a promise for each of all detectors, for each request, would cost more than they do.
        const { predicate } = detector.match;
        const answer = predicate
          ? runCounted(detector.id, predicate, record, summary)
          : await evaluate(detector.id, detector.match, record);
        if (!toBoolean(answer)) {
          if (!detector.aboutLog) noteUnjudged(detector, record, summary);
          continue;
        }
        if (await isExcepted(detector, record)) {
          summary.excepted += 1;
          continue;
        }
        hash ??= requestHash(record);
        if (detector.window) findings.push(...(await addToWindow(detector, record, hash)));
        else findings.push(await find(detector, record, hash));
      }
      if (live) expire(record);
      return findings;
    },
    finish() {
      for (const running of windows.values()) summary.forgottenBursts += running.forgotten;
      return live ? [] : [...windows.values()].flatMap((running) => running.flush());
    },
    snapshot: () => Object.fromEntries(Array.from(windows, ([id, running]) => [id, running.snapshot()])),
    restore(state) {
      for (const [id, saved] of Object.entries(state)) windows.get(id)?.restore(saved);
    },
  };
}

function noteUnjudged({ id, match }: Detector, { event, place }: EventRecord, summary: Summary): void {
  const undecided = match.plan?.reach?.(event);
  if (undecided) countUndecided(id, undecided, place, summary);
}

/** Counts a request that a detector could not judge. */
export function countUndecided(id: string, { bodies, why }: Undecided, place: Place, summary: Summary): void {
  const [body] = bodies;
  const which = bodies.length > 1 ? 'request and response' : body === 'requestObject' ? 'request' : 'response';
  countUnjudged(summary, { detector: id, bodies: which, why, first: place });
}

import { requestHash } from '../event/requests.ts';
import { eventTime } from '../event/time.ts';
import type { EventRecord } from '../event/types.ts';
import { toBoolean } from '../expression/boolean.ts';
import type { CompiledExpression } from '../expression/compile.ts';
import { evaluateCounted } from '../expression/evaluate-counted.ts';
import type { Summary } from '../summary.ts';
import type { Detector } from './detector.ts';
import type { Exception } from './exceptions.ts';
import type { Finding } from './finding.ts';
import { findingId, makeFinding } from './make-finding.ts';
import { plain } from './plain.ts';
import { createWindows, groupOf, keyOf, type Windows } from './windows.ts';

/** Runs detectors over requests. */
export interface Engine {
  /** Judges one request by the event that decides it; gives what is found, and the windows that are over. */
  judge(record: EventRecord): Promise<Finding[]>;
  /** To be called once after the last request: gives the findings of the windows that are still open. */
  finish(): Finding[];
}

export function createEngine(
  detectors: readonly Detector[],
  exceptions: readonly Exception[],
  summary: Summary,
): Engine {
  const windows = new Map<string, Windows>();
  for (const { id, window } of detectors) if (window) windows.set(id, createWindows(id, window));

  const evaluate = (name: string, expression: CompiledExpression, record: EventRecord): Promise<unknown> =>
    evaluateCounted(name, expression, record, summary);

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

  return {
    async judge(record) {
      const findings: Finding[] = [];
      let hash: string | undefined;
      for (const detector of detectors) {
        if (!toBoolean(await evaluate(detector.id, detector.match, record))) continue;
        if (await isExcepted(detector, record)) {
          summary.excepted += 1;
          continue;
        }
        hash ??= requestHash(record);
        if (detector.window) findings.push(...(await addToWindow(detector, record, hash)));
        else findings.push(await find(detector, record, hash));
      }
      return findings;
    },
    finish() {
      for (const running of windows.values()) summary.forgottenBursts += running.forgotten;
      return [...windows.values()].flatMap((running) => running.flush());
    },
  };
}

import type { EventRecord } from '../event/types.ts';
import { countFailure, type Summary } from '../summary.ts';
import type { AdHocExpression } from './ad-hoc.ts';
import { EvaluationError } from './failure.ts';
import type { Predicate } from './predicate.ts';

/** The value of an expression for an event; undefined when it failed on it, which is counted under the name. */
export function runCounted(name: string, predicate: Predicate, record: EventRecord, summary: Summary): unknown {
  try {
    return predicate(record.event);
  } catch (error) {
    return count(error, name, record, summary);
  }
}

/** As {@link runCounted}, of one that is not compiled. */
export async function awaitCounted(
  name: string,
  value: Promise<unknown>,
  record: EventRecord,
  summary: Summary,
): Promise<unknown> {
  try {
    return await value;
  } catch (error) {
    return count(error, name, record, summary);
  }
}

/** The values of an expression of the command line for some events, in their order. */
export async function evaluateAll(
  name: string,
  { predicate, evaluate }: AdHocExpression,
  records: readonly EventRecord[],
  summary: Summary,
): Promise<unknown[]> {
  if (predicate) return records.map((record) => runCounted(name, predicate, record, summary));
  return Promise.all(records.map((record) => awaitCounted(name, evaluate(record), record, summary)));
}

function count(error: unknown, name: string, record: EventRecord, summary: Summary): undefined {
  if (!(error instanceof EvaluationError)) throw error;
  countFailure(summary, name, `${error.code}: ${error.message}`, record.place);
}

import type { EventRecord } from '../event/types.ts';
import { countFailure, type Summary } from '../summary.ts';
import type { CompiledExpression } from './compile.ts';
import { EvaluationError } from './failure.ts';
import type { Predicate } from './predicate.ts';

/** The value of an expression for an event; undefined when it failed on it, which is counted under the name. */
export async function evaluateCounted(
  name: string,
  { predicate, evaluate }: CompiledExpression,
  record: EventRecord,
  summary: Summary,
): Promise<unknown> {
  if (predicate) return runCounted(name, predicate, record, summary);
  try {
    return await evaluate(record.event);
  } catch (error) {
    return count(error, name, record, summary);
  }
}

/** As {@link evaluateCounted}, at once: a promise for each of all detectors, for each request, would cost more than they do. */
export function runCounted(name: string, predicate: Predicate, record: EventRecord, summary: Summary): unknown {
  try {
    return predicate(record.event);
  } catch (error) {
    return count(error, name, record, summary);
  }
}

function count(error: unknown, name: string, record: EventRecord, summary: Summary): undefined {
  if (!(error instanceof EvaluationError)) throw error;
  countFailure(summary, name, `${error.code}: ${error.message}`, record.place);
}

import type { EventRecord } from '../event/types.ts';
import { countFailure, type Summary } from '../summary.ts';
import { type CompiledExpression, EvaluationError } from './compile.ts';

/** The value of an expression for an event; undefined when it failed on it, which is counted under the name. */
export async function evaluateCounted(
  name: string,
  expression: CompiledExpression,
  record: EventRecord,
  summary: Summary,
): Promise<unknown> {
  try {
    return await expression.evaluate(record.event);
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    countFailure(summary, name, `${error.code}: ${error.message}`, record.place);
    return undefined;
  }
}

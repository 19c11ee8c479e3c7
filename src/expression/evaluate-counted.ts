import type { EventRecord } from '../event/types.ts';
import { countFailure, type Summary } from '../summary.ts';
import type { AdHocExpression } from './ad-hoc.ts';
import { EvaluationError } from './failure.ts';
import { spent } from './run/budget.ts';
import type { Predicate } from './run/predicate.ts';

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

/** The value of an expression of the command line for an event. */
export async function evaluateCounted(
  name: string,
  { predicate, evaluate }: AdHocExpression,
  record: EventRecord,
  summary: Summary,
): Promise<unknown> {
  return predicate
    ? runCounted(name, predicate, record, summary)
    : awaitCounted(name, evaluate(record), record, summary);
}

/** An event, and the value of an expression for it. */
export interface Evaluated {
  readonly record: EventRecord;
  readonly value: unknown;
}

/** Steps of the budget after which values are handed on before more are made: they may be as large as they were costly. */
const PART = 1_000_000;

/** The values of an expression of the command line for some events, in their order; a part at a time. */
export async function* evaluateAll(
  name: string,
  { predicate, evaluate }: AdHocExpression,
  records: readonly EventRecord[],
  summary: Summary,
): AsyncGenerator<Evaluated[]> {
  if (!predicate) {
    yield Promise.all(
      records.map(async (record) => ({
        record,
        value: await awaitCounted(name, evaluate(record), record, summary),
      })),
    );
    return;
  }
  let part: Evaluated[] = [];
  let steps = 0;
  for (const record of records) {
    part.push({ record, value: runCounted(name, predicate, record, summary) });
    steps += spent();
    if (steps < PART) continue;
    yield part;
    part = [];
    steps = 0;
  }
  yield part;
}

function count(error: unknown, name: string, record: EventRecord, summary: Summary): undefined {
  if (!(error instanceof EvaluationError)) throw error;
  countFailure(summary, name, `${error.code}: ${error.message}`, record.place);
}

import { KnownError } from '../../errors.ts';
import type { EvaluationError } from '../failure.ts';

/** An expression of the command line is hopeless, or cannot be run: no event will be evaluated any more. */
export class ExpressionStopped extends KnownError {
  override name = 'ExpressionStopped';
}

/**
 * Events in a row that an expression may fail on by a limit. One that somebody made for it must not end a query; but a
 * query that waits 5 s for each of a million events would never end, and says nothing.
 */
export const MAX_STOPS = 3;

/** To be thrown when {@link MAX_STOPS} is reached. */
export function hopeless({ message }: EvaluationError): ExpressionStopped {
  return new ExpressionStopped(
    `the expression had to be stopped on ${MAX_STOPS} events in a row: ${message}; simplify it, or select other events`,
  );
}

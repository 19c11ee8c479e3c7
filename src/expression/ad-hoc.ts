import type { EventRecord } from '../event/types.ts';
import { compileExpression, type Lists } from './compile.ts';
import { EvaluationError } from './failure.ts';
import type { ExpressionPlan } from './plan/plan.ts';
import type { Predicate } from './run/predicate.ts';
import { createSandbox, type Sandbox } from './sandbox/sandbox.ts';
import { hopeless, MAX_STOPS } from './sandbox/stopped.ts';

/**
 * An expression of the command line. It may be anything: where it is not compiled, it runs in a thread of its own, which ends
 * it when it takes too long or too much.
 */
export interface AdHocExpression {
  readonly text: string;
  /** The expression as a function; undefined where it runs in its thread. */
  readonly predicate: Predicate | undefined;
  /** What follows from it without running it; undefined where it is not compiled. */
  readonly plan: ExpressionPlan | undefined;
  /**
   * The expression's value for an event, undefined for "nothing". Events asked for in one turn go together.
   * @throws {EvaluationError} when it fails on the event.
   * @throws {ExpressionStopped} when it was ended too often, and is not run any more.
   */
  evaluate(record: EventRecord): Promise<unknown>;
}

/** @throws {ExpressionError} with the place, when the text does not parse or names what does not exist. */
export function compileAdHoc(text: string, lists: Lists): AdHocExpression {
  const compiled = compileExpression(text, { lists });
  const predicate = compiled.predicate && givingUp(compiled.predicate);
  let sandbox: Sandbox | undefined;
  return {
    text,
    predicate,
    get plan() {
      return compiled.plan;
    },
    async evaluate(record) {
      if (predicate) return predicate(record.event);
      sandbox ??= createSandbox(text, lists);
      return sandbox.evaluate(record);
    },
  };
}

/** Ends as the sandbox does: an expression that does too much for every event would go on for hours and say nothing. */
function givingUp(predicate: Predicate): Predicate {
  let stops = 0;
  return (event) => {
    try {
      const value = predicate(event);
      stops = 0;
      return value;
    } catch (error) {
      stops = error instanceof EvaluationError && error.code === 'limit' ? stops + 1 : 0;
      if (stops === MAX_STOPS && error instanceof EvaluationError) throw hopeless(error);
      throw error;
    }
  };
}

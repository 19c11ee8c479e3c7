import type { EventRecord } from '../event/types.ts';
import { compileExpression, type Lists } from './compile.ts';
import type { Predicate } from './predicate.ts';
import { createSandbox, type Sandbox } from './sandbox.ts';

/**
 * An expression of the command line. It may be anything: where it is not compiled, it runs in a thread of its own, which ends
 * it when it takes too long or too much.
 */
export interface AdHocExpression {
  readonly text: string;
  /** The expression as a function; undefined where it runs in its thread. */
  readonly predicate: Predicate | undefined;
  /**
   * The expression's value for an event, undefined for "nothing". Events asked for in one turn go together.
   * @throws {EvaluationError} when it fails on the event.
   * @throws {SandboxStopped} when it was ended too often, and is not run any more.
   */
  evaluate(record: EventRecord): Promise<unknown>;
}

/** @throws {ExpressionError} with the place, when the text does not parse or names what does not exist. */
export function compileAdHoc(text: string, lists: Lists): AdHocExpression {
  const { predicate } = compileExpression(text, { lists });
  let sandbox: Sandbox | undefined;
  return {
    text,
    predicate,
    async evaluate(record) {
      if (predicate) return predicate(record.event);
      sandbox ??= createSandbox(text, lists);
      return sandbox.evaluate(record);
    },
  };
}

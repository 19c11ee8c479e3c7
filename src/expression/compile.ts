import type { AuditEvent } from '../event/types.ts';
import { checkTree, compileTree } from './compile-tree.ts';
import { createInterpreter } from './interpreter.ts';
import type { ExpressionPlan } from './plan/plan.ts';
import type { Predicate } from './run/predicate.ts';
import type { Trap } from './traps/trap.ts';
import type { Refusal } from './tree/normalise.ts';

/** Lists of the configuration, by name without the `$`; each is a variable of every expression. */
export type Lists = Readonly<Record<string, readonly string[]>>;

/** An immutable, shareable expression over an audit event. */
export interface CompiledExpression {
  readonly text: string;
  /** The expression as a function; undefined where it is left to the interpreter. */
  readonly predicate: Predicate | undefined;
  /** Why it is not compiled. */
  readonly refusal: Refusal | undefined;
  /** What follows from the expression without running it; undefined where it is not compiled. */
  readonly plan: ExpressionPlan | undefined;
  /** What it may not mean as it was meant; none of an expression that is not compiled. */
  readonly traps: readonly Trap[];
  /**
   * The expression's value for an event, undefined for "nothing", from whatever runs it.
   * @throws {EvaluationError} when the event's shape makes the expression fail (`$contains` of a number).
   */
  evaluate(event: AuditEvent): Promise<unknown>;
}

export interface CompileOptions {
  readonly lists?: Lists;
  /** Refuse what a detector may not use: see FORBIDDEN in compile-tree.ts. */
  readonly detector?: boolean;
  /** Leave it to the interpreter, whatever it is. */
  readonly interpreted?: boolean;
}

/**
 * Compiles JSONata, with our functions and the configuration's lists bound.
 * @throws {ExpressionError} with the place, when the text does not parse or names what does not exist.
 */
export function compileExpression(text: string, options: CompileOptions = {}): CompiledExpression {
  const { ast, evaluate } = createInterpreter(text, options.lists ?? {});
  checkTree(text, ast, options);
  return compileTree({ text, tree: () => ast, interpret: evaluate }, options);
}

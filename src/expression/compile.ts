import type { AuditEvent } from '../event/types.ts';
import { ExpressionError } from './error.ts';
import { eventFunctions } from './functions.ts';
import { createInterpreter } from './interpreter.ts';
import { type ExpressionPlan, planExpression } from './plan/plan.ts';
import { compilePredicate, type Predicate } from './run/predicate.ts';
import { linearPattern } from './run/regex.ts';
import type { Trap } from './traps/trap.ts';
import { findTraps } from './traps/traps.ts';
import { type AstNode, walk } from './tree/ast.ts';
import { findUnknownName, insteadOf } from './tree/names.ts';
import { isRefusal, normalise, type Refusal } from './tree/normalise.ts';

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
  /** Refuse what a detector may not use: see {@link FORBIDDEN}. */
  readonly detector?: boolean;
}

/**
 * What a detector may not call: its result must depend on the event alone, and its cost must be bounded by the event.
 * Ad-hoc queries may.
 */
const FORBIDDEN: ReadonlySet<string> = new Set(['eval', 'now', 'millis', 'random', 'shuffle']);

/**
 * Compiles JSONata, with our functions and the configuration's lists bound.
 * @throws {ExpressionError} with the place, when the text does not parse or names what does not exist.
 */
export function compileExpression(text: string, options: CompileOptions = {}): CompiledExpression {
  const lists = options.lists ?? {};
  const { ast, evaluate } = createInterpreter(text, lists);
  check(text, ast, lists, options.detector ?? false);
  const node = normalise(ast, lists);
  if (isRefusal(node)) return { text, predicate: undefined, refusal: node, plan: undefined, traps: [], evaluate };
  const predicate = compilePredicate(node);
  let plan: ExpressionPlan | undefined;
  return {
    text,
    predicate,
    refusal: undefined,
    /** Made when it is asked for: of a detector's columns, nobody does. */
    get plan() {
      plan ??= planExpression(node);
      return plan;
    },
    get traps() {
      return findTraps(node, { isDetector: options.detector === true });
    },
    evaluate: async (event) => predicate(event),
  };
}

function check(text: string, ast: unknown, lists: Lists, detector: boolean): void {
  const unknown = findUnknownName(ast, (name) => Object.hasOwn(eventFunctions, name) || Object.hasOwn(lists, name));
  if (unknown) {
    const instead = insteadOf(unknown.name);
    const hint = instead ? `; write ${instead}` : '';
    throw new ExpressionError(text, unknown.position, `there is no $${unknown.name}${hint}`);
  }
  for (const node of walk(ast)) {
    checkRegex(text, node);
    if (detector) checkAllowed(text, node);
  }
}

function checkRegex(text: string, node: AstNode): void {
  if (node.type !== 'regex' || !(node.value instanceof RegExp)) return;
  try {
    linearPattern(node.value);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ExpressionError(
      text,
      place(node),
      `the regex is not one of RE2's (no look-around, no back-reference): ${reason}`,
    );
  }
}

function checkAllowed(text: string, node: AstNode): void {
  const refuse = (what: string): never => {
    throw new ExpressionError(text, place(node), `a detector may not use ${what}`);
  };
  if (node.type === 'lambda') refuse('function definitions');
  if (node.type === 'transform') refuse('transforms');
  if (node.type === 'variable' && FORBIDDEN.has(String(node.value))) refuse(`$${String(node.value)}`);
}

function place(node: AstNode): number {
  return typeof node.position === 'number' ? node.position : 0;
}

/** An expression over one event, compiled and interpreted: whether both say the same. */

import { DEFAULT_LISTS } from '../../src/detect/lists.ts';
import type { AuditEvent } from '../../src/event/types.ts';
import { type CompiledExpression, compileExpression, type Lists } from '../../src/expression/compile.ts';
import { ExpressionError } from '../../src/expression/error.ts';
import { EvaluationError } from '../../src/expression/failure.ts';
import { createInterpreter, type Interpreter } from '../../src/expression/interpreter.ts';
import type { Predicate } from '../../src/expression/run/predicate.ts';
import { deepFreeze, type EventSource, makeEvent } from './random-event.ts';

/** The lists that expressions know: those of the pack, and two for odd places. */
export const LISTS: Lists = deepFreeze({ ...structuredClone(DEFAULT_LISTS), none: [], one: ['prod'] });

interface Failed {
  readonly code: string;
}
export type Outcome = { readonly value: unknown; readonly code?: never } | Failed;

export interface Candidate {
  readonly text: string;
  readonly predicate: Predicate;
  readonly interpreter: Interpreter;
  /** The interpreter's own, for it changes some: see {@link Verdict}. */
  readonly lists: Lists;
}

/** Undefined where it does not parse; the compiled expression alone where it is left to the interpreter. */
export function prepare(text: string): Candidate | CompiledExpression | undefined {
  try {
    const compiled = compileExpression(text, { lists: LISTS });
    const { predicate } = compiled;
    const lists = structuredClone(LISTS);
    return predicate ? { text, predicate, lists, interpreter: createInterpreter(text, lists) } : compiled;
  } catch (error) {
    if (error instanceof ExpressionError) return undefined;
    throw error;
  }
}

export function isCandidate(prepared: Candidate | CompiledExpression | undefined): prepared is Candidate {
  return prepared !== undefined && 'interpreter' in prepared;
}

export function runCompiled(predicate: Predicate, event: AuditEvent): Outcome {
  try {
    return { value: predicate(event) };
  } catch (error) {
    return codeOf(error);
  }
}

export async function runInterpreted(interpreter: Interpreter, event: AuditEvent): Promise<Outcome> {
  try {
    return { value: await interpreter.evaluate(event) };
  } catch (error) {
    return codeOf(error);
  }
}

function codeOf(error: unknown): Outcome {
  if (error instanceof EvaluationError) return { code: error.code };
  throw error;
}

export function isError(outcome: Outcome): outcome is Failed {
  return outcome.code !== undefined;
}

/** As JSON sees it, but for what JSON cannot say: undefined is not null, and NaN and the infinities are told apart. */
export function isSame(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) {
    return Number.isNaN(left) && Number.isNaN(right);
  }
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    return left.every((item, index) => isSame(item, right[index]));
  }
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every(
    (key) =>
      Object.hasOwn(right, key) &&
      isSame((left as Record<string, unknown>)[key], (right as Record<string, unknown>)[key]),
  );
}

function isSameOutcome(left: Outcome, right: Outcome): boolean {
  if (isError(left) || isError(right)) return isError(left) && isError(right) && left.code === right.code;
  return isSame(left.value, right.value);
}

/**
 * How they compare: `order` where jsonata, which evaluates the items of a constructor at once, tells the failure of the
 * quickest, we that of the first; `changed` where jsonata itself changed the event, or a list, and what came later saw it.
 */
export type Verdict = 'same' | 'order' | 'changed' | 'different';

export interface Comparison {
  readonly verdict: Verdict;
  readonly compiled: Outcome;
  readonly interpreted: Outcome;
}

/** @param frozen the event of the source; it is shared by all expressions, so that none may write to it. */
export async function compare(
  { text, predicate, interpreter, lists }: Candidate,
  source: EventSource,
  frozen: AuditEvent = deepFreeze(makeEvent(source)),
): Promise<Comparison> {
  const compiled = runCompiled(predicate, frozen);
  const event = makeEvent(source);
  const interpreted = await runInterpreted(interpreter, event);
  const judge = async (): Promise<Verdict> => {
    if (isSameOutcome(compiled, interpreted)) return 'same';
    if (!isSame(event, frozen) || !isSame(lists, LISTS)) return 'changed';
    if (!isError(compiled) || !isError(interpreted) || !/[[{]/.test(text)) return 'different';
    return isSameOutcome(compiled, await runInOrder(interpreter, makeEvent(source))) ? 'order' : 'different';
  };
  return { verdict: await judge(), compiled, interpreted };
}

/** The interpreter where the failure of the first item of a constructor is told, not of the quickest. */
async function runInOrder(interpreter: Interpreter, event: AuditEvent): Promise<Outcome> {
  const all = Promise.all;
  const inOrder = async (promises: Iterable<unknown>): Promise<unknown[]> => {
    const settled = await Promise.allSettled(promises);
    return settled.map((result) => {
      if (result.status === 'rejected') throw result.reason;
      return result.value;
    });
  };
  Promise.all = inOrder as typeof Promise.all;
  try {
    return await runInterpreted(interpreter, event);
  } finally {
    Promise.all = all;
  }
}

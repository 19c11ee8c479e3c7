/** An expression over one event, compiled and interpreted: whether both say the same. */

import { DEFAULT_LISTS } from '../../src/detect/lists.ts';
import type { AuditEvent } from '../../src/event/types.ts';
import { type CompiledExpression, compileExpression, type Lists } from '../../src/expression/compile.ts';
import { ExpressionError } from '../../src/expression/error.ts';
import { EvaluationError } from '../../src/expression/failure.ts';
import { createInterpreter, type Interpreter } from '../../src/expression/interpreter.ts';
import type { Predicate } from '../../src/expression/run/predicate.ts';
import { createMended } from './mended.ts';
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
}

/** Undefined where it does not parse; the compiled expression alone where it is left to the interpreter. */
export function prepare(text: string): Candidate | CompiledExpression | undefined {
  try {
    const compiled = compileExpression(text, { lists: LISTS });
    const { predicate } = compiled;
    // jsonata marks lists that it keeps: those must be its own.
    return predicate ? { text, predicate, interpreter: createInterpreter(text, structuredClone(LISTS)) } : compiled;
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

export async function runInterpreted(interpreter: Pick<Interpreter, 'evaluate'>, event: AuditEvent): Promise<Outcome> {
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
 * How they compare. What is known to differ: `order`, where jsonata tells the failure of the quickest item of a constructor
 * and we that of the first; `changed`, where it wrote into an empty list to group it, and what came later saw it.
 */
export type Verdict = 'same' | 'order' | 'changed' | 'different';

export interface Comparison {
  readonly verdict: Verdict;
  readonly compiled: Outcome;
  readonly interpreted: Outcome;
}

/** @param frozen the event of the source; it is shared by all expressions, so that none may write to it. */
export async function compare(
  { text, predicate, interpreter }: Candidate,
  source: EventSource,
  frozen: AuditEvent = deepFreeze(makeEvent(source)),
): Promise<Comparison> {
  const compiled = runCompiled(predicate, frozen);
  const interpreted = await runInterpreted(interpreter, makeEvent(source));
  if (isSameOutcome(compiled, interpreted)) return { verdict: 'same', compiled, interpreted };
  const { ordered, mended } = createMended(text, LISTS);
  const isAs = async (one: Pick<Interpreter, 'evaluate'>): Promise<boolean> =>
    isSameOutcome(compiled, await runInterpreted(one, makeEvent(source)));
  const verdict = (await isAs(ordered)) ? 'order' : (await isAs(mended)) ? 'changed' : 'different';
  return { verdict, compiled, interpreted };
}

/** From jsonata's syntax tree to what runs; nothing here needs jsonata. */

import type { AuditEvent } from '../event/types.ts';
import type { CompiledExpression, CompileOptions } from './compile.ts';
import { ExpressionError } from './error.ts';
import { eventFunctions } from './functions.ts';
import { once } from './once.ts';
import { planExpression } from './plan/plan.ts';
import { compilePredicate } from './run/predicate.ts';
import { linearPattern } from './run/regex.ts';
import { findTraps } from './traps/traps.ts';
import { type AstNode, walk } from './tree/ast.ts';
import { findUnknownName, insteadOf } from './tree/names.ts';
import type { Node } from './tree/node.ts';
import { isRefusal, normalise, type Refusal } from './tree/normalise.ts';

/** An expression that jsonata has parsed. */
export interface ParsedExpression {
  readonly text: string;
  /** Gives jsonata's syntax tree; not to be changed. */
  readonly tree: () => unknown;
  /** Runs it where it is not compiled. */
  readonly interpret: (event: AuditEvent) => Promise<unknown>;
}

/**
 * What a detector may not call: its result must depend on the event alone, and its cost must be bounded by the event.
 * Ad-hoc queries may.
 */
const FORBIDDEN: ReadonlySet<string> = new Set(['eval', 'now', 'millis', 'random', 'shuffle']);

/** Compiles what was checked. Everything is put off until it is asked for: of most detectors' columns, nothing ever is. */
export function compileTree({ text, tree, interpret }: ParsedExpression, options: CompileOptions): CompiledExpression {
  const { lists = {}, detector = false, interpreted = false } = options;
  const form = once(() => normalise(tree(), lists));
  const predicate = once(() => (interpreted ? undefined : ofNode(form(), compilePredicate)));
  const plan = once(() => ofNode(form(), planExpression));
  return {
    text,
    get predicate() {
      return predicate();
    },
    get refusal() {
      const node = form();
      return isRefusal(node) ? node : undefined;
    },
    get plan() {
      return plan();
    },
    get traps() {
      return ofNode(form(), (node) => findTraps(node, { isDetector: detector })) ?? [];
    },
    evaluate: async (event) => (predicate() ?? interpret)(event),
  };
}

function ofNode<T>(form: Node | Refusal, make: (node: Node) => T): T | undefined {
  return isRefusal(form) ? undefined : make(form);
}

/** @throws {ExpressionError} with the place, when the expression names what does not exist, or may not be used here. */
export function checkTree(text: string, ast: unknown, { lists = {}, detector = false }: CompileOptions): void {
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

/**
 * Compiles an expression to closures: what jsonata 2.2.2's interpreter does, without its promises, its environments and
 * its looking at the tree again for each event. The order of evaluation is kept, for an error ends it.
 */

import type { AuditEvent } from '../../event/types.ts';
import { EvaluationError, failure } from '../failure.ts';
import { eventFunctions } from '../functions.ts';
import { type ArrayForm, type CallForm, isBare, type Node, type Operator, type Pair } from '../tree/node.ts';
import { refill, spend } from './budget.ts';
import { builtins, not } from './builtins.ts';
import { createMatcher } from './matcher.ts';
import { compilePath } from './path.ts';
import {
  append,
  boolean,
  createSequence,
  isArrayOfNumbers,
  isNumeric,
  isTrue,
  leaves,
  lookup,
  operation,
  push,
  type Sequence,
  unwrap,
} from './values.ts';

/** What an expression runs over; the bindings are those of the blocks around. */
export interface Scope {
  readonly root: unknown;
  readonly event: AuditEvent;
  readonly bindings: Map<string, unknown> | undefined;
  readonly outer: Scope | undefined;
}

/** A compiled node: its value for an input. */
export type Closure = (input: unknown, scope: Scope) => unknown;

/** A whole expression over one event; synchronous. @throws {EvaluationError} as the interpreter does, with its codes. */
export type Predicate = (event: AuditEvent) => unknown;

export function compilePredicate(node: Node): Predicate {
  const run = compile(node);
  return (event) => {
    refill();
    const input: unknown = Array.isArray(event) ? wrap(event) : event;
    try {
      return run(input, { root: event, event, bindings: undefined, outer: undefined });
    } catch (error) {
      if (error instanceof EvaluationError) throw error;
      // Too deep or too long for V8, and what jsonata itself stumbles over.
      throw new EvaluationError('unknown', error instanceof Error ? error.message : String(error));
    }
  };
}

function wrap(input: readonly unknown[]): Sequence {
  const wrapped = createSequence(input);
  wrapped.outerWrapper = true;
  return wrapped;
}

export function compile(node: Node): Closure {
  const form = compileForm(node);
  const filtered = node.filters.reduce(compileFiltered, form);
  // A path groups for itself.
  const grouped = node.group && node.form.kind !== 'path' ? compileGrouped(filtered, node.group) : filtered;
  if (isBare(node) && NEVER_SEQUENCES.has(node.form.kind) && !mayGiveArgument(node)) return grouped;
  const { keepsArray } = node;
  return (input, scope) => unwrap(grouped(input, scope), keepsArray);
}

/** Kinds of nodes whose values are never sequences, or are unwrapped already. */
const NEVER_SEQUENCES: ReadonlySet<Node['form']['kind']> = new Set([
  ...(['literal', 'constant', 'negate', 'object', 'regex', 'condition', 'binary', 'call'] as const),
]);

function mayGiveArgument({ form }: Node): boolean {
  if (form.kind === 'binary') return form.operator === '..';
  return form.kind === 'call' && !BOOLEAN_CALLS.has(form.name);
}

const BOOLEAN_CALLS: ReadonlySet<string> = new Set(['not', 'exists', 'boolean', 'contains', 'glob', 'cidr', 'outcome']);

function compileForm(node: Node): Closure {
  const { form } = node;
  switch (form.kind) {
    case 'literal':
    case 'constant': {
      const { value } = form;
      return () => value;
    }
    case 'name': {
      const { name } = form;
      return (input) => lookup(input, name);
    }
    case 'wildcard':
      return wildcard;
    case 'descendant':
      return descendants;
    case 'context':
      return (input) => (isWrapped(input) ? input[0] : input);
    case 'root':
      return (_input, { root }) => root;
    case 'variable': {
      const { name } = form;
      return (_input, scope) => find(scope, name);
    }
    case 'path':
      return compilePath(form, node.group);
    case 'binary':
      return compileBinary(form.operator, compile(form.lhs), compile(form.rhs));
    case 'negate':
      return compileNegation(compile(form.of));
    case 'array':
      return compileArray(form);
    case 'object':
      return compileGrouped((input) => input, form.pairs);
    case 'condition':
      return compileCondition(compile(form.condition), compile(form.then), form.otherwise && compile(form.otherwise));
    case 'block':
      return compileBlock(form.expressions);
    case 'bind':
      return compileBind(form.name, compile(form.value));
    case 'call':
      return compileCall(form);
    case 'regex': {
      const matcher = createMatcher(form.pattern);
      return () => matcher;
    }
  }
}

function isWrapped(input: unknown): input is Sequence {
  return Array.isArray(input) && (input as Sequence).outerWrapper === true;
}

function find(scope: Scope, name: string): unknown {
  for (let at: Scope | undefined = scope; at; at = at.outer) if (at.bindings?.has(name)) return at.bindings.get(name);
  return undefined;
}

function compileBinary(operator: Operator, lhs: Closure, rhs: Closure): Closure {
  switch (operator) {
    case 'and':
      return (input, scope) => isTrue(lhs(input, scope)) && isTrue(rhs(input, scope));
    case 'or':
      return (input, scope) => isTrue(lhs(input, scope)) || isTrue(rhs(input, scope));
    default: {
      const apply = operation(operator);
      return (input, scope) => apply(lhs(input, scope), rhs(input, scope));
    }
  }
}

function compileNegation(of: Closure): Closure {
  return (input, scope) => {
    const value = of(input, scope);
    if (value === undefined) return undefined;
    if (!isNumeric(value)) throw failure('D1002', { value });
    return -value;
  };
}

function compileArray({ items, isWhole }: ArrayForm): Closure {
  // By the mark that jsonata asks for, which the text of a bracket has as well.
  const parts = items.map((item) => ({
    run: compile(item),
    isArray: item.form.kind === 'array' || (item.form.kind === 'literal' && item.form.value === '['),
  }));
  // Texts in brackets, the right side of most `in`; a copy, for each is another to `in`.
  if (!isWhole && items.every((item) => item.form.kind === 'literal' && isBare(item))) {
    const constant = items.map(({ form }) => (form.kind === 'literal' ? form.value : undefined));
    return () => constant.slice();
  }
  return (input, scope) => {
    let result: unknown = [];
    for (const { run, isArray } of parts) {
      const value = run(input, scope);
      if (value === undefined) continue;
      if (isArray) push(result as unknown[], value);
      else result = append(result, value);
    }
    if (isWhole) Object.defineProperty(result, 'cons', { value: true });
    return result;
  };
}

function compileCondition(condition: Closure, then: Closure, otherwise: Closure | undefined): Closure {
  return (input, scope) => {
    if (boolean(condition(input, scope))) return then(input, scope);
    return otherwise?.(input, scope);
  };
}

function compileBlock(expressions: readonly Node[]): Closure {
  const parts = expressions.map(compile);
  const [only] = parts;
  if (parts.length === 1 && only && expressions[0]?.form.kind !== 'bind') return only;
  return (input, scope) => {
    const inner: Scope = { ...scope, bindings: new Map(), outer: scope };
    let result: unknown;
    for (const part of parts) result = part(input, inner);
    return result;
  };
}

function compileBind(name: string, value: Closure): Closure {
  return (input, scope) => {
    const bound = value(input, scope);
    scope.bindings?.set(name, bound);
    return bound;
  };
}

function compileCall({ name, args, isOurs }: CallForm): Closure {
  const given = args.map(compile);
  if (isOurs) {
    const own = eventFunctions[name];
    if (!own) throw new Error(`there is no $${name}`);
    const { run } = own;
    if (given.length === 0) return (_input, { event }) => run(event);
    return (input, scope) => run(scope.event, ...given.map((arg) => arg(input, scope)));
  }
  const builtin = builtins[name];
  if (!builtin) throw new Error(`there is no $${name}`);
  const { signature, run } = builtin;
  const [only] = given;
  // The two that detectors are full of take anything: there is nothing to check.
  if (only && given.length === 1 && name === 'exists') return (input, scope) => only(input, scope) !== undefined;
  if (only && given.length === 1 && name === 'not') return (input, scope) => not(only(input, scope));
  return (input, scope) => {
    const values = given.map((arg) => arg(input, scope));
    return run(...(signature.validate(values, input) as never[]));
  };
}

/** `input[filter]`: an index where the filter gives numbers, else what it is true for. */
export function compileFiltered(of: Closure, filter: Node): Closure {
  if (filter.form.kind === 'literal' && typeof filter.form.value === 'number') {
    const index = Math.floor(filter.form.value);
    return (input, scope) => {
      const items = itemsOf(of(input, scope));
      const item = items[index < 0 ? items.length + index : index];
      if (Array.isArray(item)) return item;
      return item === undefined ? createSequence() : createSequence(item);
    };
  }
  const run = compile(filter);
  return (input, scope) => {
    const items = itemsOf(of(input, scope));
    const results = createSequence();
    for (let index = 0; index < items.length; index++) {
      spend(1);
      const item = items[index];
      const answer = run(item, scope);
      const indexes = isNumeric(answer) ? [answer] : answer;
      if (isArrayOfNumbers(indexes)) {
        spend(indexes.length);
        for (const wanted of indexes) {
          const at = Math.floor(wanted);
          if ((at < 0 ? items.length + at : at) === index) push(results, item);
        }
      } else if (boolean(answer)) {
        push(results, item);
      }
    }
    return results;
  };
}

function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : createSequence(value);
}

interface Group {
  /** Of the pair whose value it is. */
  readonly pair: number;
  data: unknown;
}

/** `{key: value}`, for all items at once: those with the same key are one. */
export function compileGrouped(of: Closure, pairs: readonly Pair[]): Closure {
  const compiled = pairs.map(([key, value]) => ({ key: compile(key), value: compile(value) }));
  return (input, scope) => {
    const items = itemsOf(of(input, scope));
    const groups = new Map<string, Group>();
    for (const item of items.length > 0 ? items : [undefined]) {
      for (const [pair, { key: keyOf }] of compiled.entries()) {
        spend(1);
        const key = keyOf(item, scope);
        if (key === undefined) continue;
        if (typeof key !== 'string') throw failure('T1003', { value: key });
        if (key === '_jsonata_lambda' || key === '_jsonata_function') throw failure('D1013', { value: key });
        const known = groups.get(key);
        if (!known) groups.set(key, { pair, data: item });
        else if (known.pair === pair) known.data = append(known.data, item);
        else throw failure('D1009', { value: key });
      }
    }
    const result = Object.create(null) as Record<string, unknown>;
    for (const key of orderOf(groups)) {
      const { pair, data } = groups.get(key) as Group;
      const value = compiled[pair]?.value(data, scope);
      if (value !== undefined) result[key] = value;
    }
    return result;
  };
}

/** The order of an object's keys: numbers first. */
function orderOf(groups: ReadonlyMap<string, unknown>): string[] {
  return Object.keys(Object.fromEntries(groups));
}

function wildcard(input: unknown): unknown {
  const value = isWrapped(input) && input.length > 0 ? input[0] : input;
  let results: unknown = createSequence();
  if (typeof value !== 'object' || value === null) return results;
  for (const key of Object.keys(value)) {
    const item = (value as Record<string, unknown>)[key];
    if (Array.isArray(item)) results = append(results, [...leaves(item)]);
    else push(results as unknown[], item);
  }
  return results;
}

function descendants(input: unknown): unknown {
  if (input === undefined) return undefined;
  const results = createSequence();
  collect(input, results);
  return results.length === 1 ? results[0] : results;
}

function collect(value: unknown, results: Sequence): void {
  if (Array.isArray(value)) {
    for (const item of value) collect(item, results);
    return;
  }
  push(results, value);
  if (typeof value !== 'object' || value === null) return;
  for (const key of Object.keys(value)) collect((value as Record<string, unknown>)[key], results);
}

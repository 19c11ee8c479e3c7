import { type Form, isBare, type Pair, type PathForm, type Step } from '../tree/node.ts';
import { spend } from './budget.ts';
import { type Closure, compile, compileFiltered, compileGrouped } from './predicate.ts';
import { createSequence, isSequence, push, type Sequence } from './values.ts';

type Run = (items: ArrayLike<unknown>, isLast: boolean, scope: Parameters<Closure>[1]) => unknown;

/** Taken from an array as a whole, not from its items. */
const VARIABLES: ReadonlySet<Form['kind']> = new Set(['context', 'root', 'variable', 'constant'] as const);

/**
 * A location path: each step is taken from every item that the step before made, and what they make is one flat sequence.
 */
export function compilePath(form: PathForm, group: readonly Pair[] | undefined): Closure {
  const walk = compileSteps(form);
  const names = fieldNames(form);
  const path = names && !form.keepsArray ? fields(names, walk) : walk;
  return group ? compileGrouped(path, group) : path;
}

function compileSteps({ steps, keepsArray }: PathForm): Closure {
  const runs = steps.map(compileStep);
  const first = steps[0]?.node.form;
  const isConstructed = first?.kind === 'array' && first.isWhole;
  const constructed = isConstructed && steps[0] ? compile(steps[0].node) : undefined;
  const isAbsolute = first !== undefined && VARIABLES.has(first.kind);
  return (input, scope) => {
    let items: unknown = Array.isArray(input) && !isAbsolute ? input : createSequence(input);
    for (const [index, run] of runs.entries()) {
      if (index === 0 && constructed) items = constructed(items, scope);
      else items = run(items as ArrayLike<unknown>, index === runs.length - 1, scope);
      // Of a constructed array that a filter left one item of, that item is taken for a list: so does jsonata.
      if (items === undefined || (items as ArrayLike<unknown>).length === 0) break;
    }
    if (!keepsArray) return items;
    if (Array.isArray(items) && (items as Sequence).cons && !isSequence(items)) items = createSequence(items);
    if (isSequence(items)) items.keepSingleton = true;
    return items;
  };
}

function compileStep({ node, stages }: Step): Run {
  const run = stages.reduce(compileFiltered, compile(node));
  return (items, isLast, scope) => {
    const made: unknown[] = [];
    for (let index = 0; index < items.length; index++) {
      spend(1);
      const value = run(items[index], scope);
      if (value !== undefined) push(made, value);
    }
    const [only] = made;
    // An array of the event at the path's end is given as it is.
    if (isLast && made.length === 1 && Array.isArray(only) && !isSequence(only)) return only;
    const flat = createSequence();
    for (const value of made) {
      if (!Array.isArray(value) || (value as Sequence).cons) push(flat, value);
      else for (const item of value) push(flat, item);
    }
    return flat;
  };
}

/** The names of a path that is nothing but fields. */
function fieldNames({ steps }: PathForm): string[] | undefined {
  const names: string[] = [];
  for (const { node, stages } of steps) {
    if (node.form.kind !== 'name' || stages.length > 0 || !isBare(node)) return undefined;
    names.push(node.form.name);
  }
  return names;
}

/** Most paths of most events meet no array: then nothing need be gathered. */
function fields(names: readonly string[], walk: Closure): Closure {
  const last = names.length - 1;
  return (input, scope) => {
    let value = input;
    for (let index = 0; index <= last; index++) {
      if (typeof value !== 'object' || value === null) return undefined;
      if (Array.isArray(value)) return walk(input, scope);
      const name = names[index] as string;
      if (!Object.hasOwn(value, name)) return undefined;
      value = (value as Record<string, unknown>)[name];
    }
    // One that an object of the expression's own making holds.
    return isSequence(value) ? walk(input, scope) : value;
  };
}

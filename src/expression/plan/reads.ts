import type { AuditEvent } from '../../event/types.ts';
import { type EventFunction, eventFunctions } from '../functions.ts';
import { type CallForm, children, isBare, type Node, type PathForm } from '../tree/node.ts';
import { type FieldPath, outermost } from './field-path.ts';

/**
 * What an expression reads of an event. Its value follows from these fields alone: two events that agree in them (also in
 * which are absent) have the same value, or the same error. A field stands for all that is in it.
 */
export function readsOf(node: Node): FieldPath[] {
  const { found, deciding } = collectReads(node);
  return outermost([...found, ...deciding.flatMap((own) => own.reads(0))]);
}

/** What an expression reads of one event, given what is known of it: some functions of ours need less of some events. */
export interface Needs {
  /** Of every event. */
  readonly always: readonly FieldPath[];
  /** Of this one, for each function that tells. */
  readonly decidedBy: readonly ((event: AuditEvent) => readonly FieldPath[])[];
}

export function needsOf(node: Node): Needs {
  const { found, deciding } = collectReads(node);
  return {
    always: outermost(found),
    decidedBy: deciding.map((own) => (event) => own.decidedBy?.(event) ?? own.reads(0)),
  };
}

interface Collected {
  readonly found: FieldPath[];
  /** Functions of ours that tell for each event what they need, as they are called without arguments. */
  readonly deciding: EventFunction[];
}

function collectReads(node: Node): Collected {
  const collected: Collected = { found: [], deciding: [] };
  collect(node, [], collected);
  return collected;
}

/** @param context where in the event the input stands; undefined for what was read already, or was made. */
function collect(node: Node, context: FieldPath | undefined, into: Collected): void {
  const { found } = into;
  const { form } = node;
  const made = [...node.filters, ...(node.group ?? []).flat()];
  for (const below of made) collect(below, undefined, into);
  switch (form.kind) {
    case 'path':
      collectPath(form, context, into);
      return;
    case 'name':
      if (context) found.push([...context, form.name]);
      return;
    case 'context':
    case 'wildcard':
    case 'descendant':
      if (context) found.push(context);
      return;
    case 'root':
      found.push([]);
      return;
    case 'call':
      if (form.isOurs) collectCall(form, into);
      // A function of jsonata's takes the context for what the call leaves out.
      else if (context) found.push(...contextOf(form.name, form.args.length, context));
      break;
    default:
  }
  for (const below of children({ ...node, filters: [], group: undefined })) collect(below, context, into);
}

function collectCall({ name, args }: CallForm, { found, deciding }: Collected): void {
  const own = eventFunctions[name];
  if (own?.decidedBy && args.length === 0) deciding.push(own);
  else found.push(...(own?.reads(args.length) ?? []));
}

/**
 * Only a chain of fields is followed: whatever else stands in a path (a filter, a function) may ask whether something is
 * there, or how often, and reads all of what it is applied to.
 */
function collectPath({ steps }: PathForm, context: FieldPath | undefined, into: Collected): void {
  const { found } = into;
  let at = context;
  let isFirst = true;
  for (const { node, stages } of steps) {
    const { form } = node;
    const before = at;
    if (form.kind === 'name' && isBare(node)) {
      at = at && [...at, form.name];
    } else if (isFirst && form.kind === 'root' && isBare(node)) {
      at = [];
    } else if (isFirst && form.kind === 'context' && isBare(node)) {
      at = context;
    } else {
      if (at && !isFirst) found.push(at);
      collect(node, isFirst ? at : undefined, into);
      at = undefined;
    }
    if (stages.length > 0) {
      // A filter is asked of nothing as well, once for each item before; of those there is one at the start.
      const filtered = isFirst ? at : before;
      if (filtered) found.push(filtered);
      at = undefined;
      for (const stage of stages) collect(stage, undefined, into);
    }
    isFirst = false;
  }
  if (at) found.push(at);
}

/** Functions that never take the context: those whose first argument is not marked by `-` in their signature. */
const WITHOUT_CONTEXT: ReadonlySet<string> = new Set([
  ...['exists', 'type', 'count', 'sum', 'average', 'max', 'min', 'join', 'append', 'distinct', 'reverse', 'merge'],
]);
/** Arguments of a call that leaves nothing to the context, where that is more than one. */
const FULL: Readonly<Record<string, number>> = {
  ...{ contains: 2, match: 2, split: 2, replace: 3, substring: 3, substringBefore: 2, substringAfter: 2 },
  ...{ lookup: 2, power: 2 },
};

function contextOf(name: string, args: number, context: FieldPath): FieldPath[] {
  return WITHOUT_CONTEXT.has(name) || args >= (FULL[name] ?? 1) ? [] : [context];
}

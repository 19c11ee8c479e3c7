import { eventFunctions } from '../functions.ts';
import { type CallForm, isBare, type Node, type PathForm } from '../tree/node.ts';
import { canFail, canFormFail, canTruthFail } from './can-fail.ts';

/**
 * What the bytes of a line must contain for an expression to be true of its event, or to fail on it: a necessary condition,
 * for looking at bytes instead of parsing them. It holds for lines whose bytes are the event: no wrapper around it, no
 * printable character escaped, no key that decoding renames.
 */
export type Needles =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Needles[] };

/** Characters that every encoder writes as they are. Go escapes `&`, `<` and `>`, others `/`. */
const PLAIN = /^[A-Za-z0-9 _.:@*,=()-]+$/;

/** Fields that decoding may write: it splits the `group/version` of v1alpha1 into the two. */
const SPLIT: ReadonlySet<string> = new Set(['apiGroup', 'apiVersion']);

/** Undefined where nothing can be said: every line may match. */
export function needlesOf(node: Node): Needles | undefined {
  return whenTrue(node);
}

/** Whether a line, of which it can be asked whether a text stands in it, has what the needles ask for. */
export function areIn(needles: Needles | undefined, isIn: (text: string) => boolean): boolean {
  if (!needles) return true;
  if (needles.kind === 'literal') return isIn(needles.text);
  return needles.kind === 'all'
    ? needles.of.every((needle) => areIn(needle, isIn))
    : needles.of.some((needle) => areIn(needle, isIn));
}

type Maybe = Needles | undefined;

function literal(text: string): Maybe {
  return PLAIN.test(text) ? { kind: 'literal', text } : undefined;
}

/** As JSON writes a text, be it a key or a value. */
function quoted(text: string): Maybe {
  return PLAIN.test(text) ? { kind: 'literal', text: `"${text}"` } : undefined;
}

function keyOf(name: string): Maybe {
  return SPLIT.has(name) ? undefined : quoted(name);
}

function all(...of: readonly Maybe[]): Maybe {
  const parts = unique(of.flatMap((part) => (part?.kind === 'all' ? part.of : part ? [part] : [])));
  return parts.length > 1 ? { kind: 'all', of: parts } : parts[0];
}

function any(...of: readonly Maybe[]): Maybe {
  if (of.includes(undefined) || of.length === 0) return undefined;
  const parts = unique(of.flatMap((part) => (part?.kind === 'any' ? part.of : part ? [part] : [])));
  if (parts.length < 2) return parts[0];
  const common = commonOf(parts);
  if (common.length === 0) return { kind: 'any', of: parts };
  // What all of them ask for is looked for once: a line without it is walked once.
  const rests = parts.map((part) => without(part, common));
  return all(...common, rests.includes(undefined) ? undefined : any(...rests));
}

/** What each of the parts asks for. */
function commonOf(parts: readonly Needles[]): Needles[] {
  const [first, ...others] = parts.map(conjuncts);
  return (first ?? []).filter((part) => others.every((other) => other.some((same) => isSame(same, part))));
}

function without(needles: Needles, common: readonly Needles[]): Maybe {
  return all(...conjuncts(needles).filter((part) => !common.some((same) => isSame(same, part))));
}

function conjuncts(needles: Needles): readonly Needles[] {
  return needles.kind === 'all' ? needles.of : [needles];
}

function isSame(a: Needles, b: Needles): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function unique(parts: readonly Needles[]): Needles[] {
  const seen = new Map(parts.map((part) => [JSON.stringify(part), part]));
  return [...seen.values()];
}

/** For the value to be true, or the evaluation to fail. */
function whenTrue(node: Node): Maybe {
  const { form } = node;
  if (!isBare(node)) return whenDefined(node);
  switch (form.kind) {
    case 'binary': {
      const { lhs, rhs } = form;
      switch (form.operator) {
        case 'and':
          // A failure on the left is one of the whole, whatever the right asks for.
          return canTruthFail(lhs) ? whenTrue(lhs) : all(whenTrue(lhs), whenTrue(rhs));
        case 'or':
          return any(whenTrue(lhs), whenTrue(rhs));
        case '=':
          return all(bothDefined(lhs, rhs), sameText(lhs, rhs));
        case '!=':
          return bothDefined(lhs, rhs);
        case 'in':
          return all(bothDefined(lhs, rhs), member(lhs, rhs));
        default:
          return whenDefined(node);
      }
    }
    case 'condition': {
      const { condition, then, otherwise } = form;
      const first = canTruthFail(condition) ? whenTrue(condition) : all(whenTrue(condition), whenTrue(then));
      return otherwise ? any(first, whenTrue(otherwise)) : first;
    }
    case 'block': {
      const [only] = form.expressions;
      return only && form.expressions.length === 1 ? whenTrue(only) : undefined;
    }
    case 'call':
      return form.name === 'boolean' && form.args.length === 1 && form.args[0]
        ? whenTrue(form.args[0])
        : whenDefinedCall(form, true);
    default:
      return whenDefined(node);
  }
}

/** For the value to be something, or the evaluation to fail. */
function whenDefined(node: Node): Maybe {
  const { form } = node;
  // Grouping makes something of nothing.
  if (node.group !== undefined) return undefined;
  if (form.kind === 'array') return node.filters.length > 0 ? ofItems(form.items, node.filters) : undefined;
  const own = whenFormDefined(node);
  const passed = all(...filtersPassed(node.filters));
  // A filter is asked of nothing as well, and may fail on it.
  if (!node.filters.some(canTruthFail)) return canFormFail(node) ? own : all(own, passed);
  return canFormFail(node) ? any(own, passed) : passed;
}

function whenFormDefined({ form }: Node): Maybe {
  switch (form.kind) {
    case 'path':
      return pathDefined(form);
    case 'name':
      return keyOf(form.name);
    case 'binary':
      switch (form.operator) {
        case '<':
        case '<=':
        case '>':
        case '>=':
          // Nothing on one side is no failure where the other is a text or a number.
          if (isComparableLiteral(form.rhs)) return whenDefined(form.lhs);
          if (isComparableLiteral(form.lhs)) return whenDefined(form.rhs);
          return any(whenDefined(form.lhs), whenDefined(form.rhs));
        default:
          return undefined;
      }
    case 'condition':
      return form.otherwise
        ? any(whenDefined(form.then), whenDefined(form.otherwise))
        : canTruthFail(form.condition)
          ? whenTrue(form.condition)
          : all(whenTrue(form.condition), whenDefined(form.then));
    case 'block': {
      const [only] = form.expressions;
      return only && form.expressions.length === 1 ? whenDefined(only) : undefined;
    }
    case 'call':
      return whenDefinedCall(form, false);
    default:
      return undefined;
  }
}

/** Each filter must let something through; behind one that can fail, nothing is certain. */
function filtersPassed(filters: readonly Node[]): Maybe[] {
  const passed: Maybe[] = [];
  for (const filter of filters) {
    passed.push(whenTrue(filter));
    if (canTruthFail(filter)) break;
  }
  return passed;
}

/** `[a, b][filter]`: one of the items must be there. */
function ofItems(items: readonly Node[], filters: readonly Node[]): Maybe {
  return items.some(canFail) ? undefined : all(any(...items.map(whenDefined)), ...filtersPassed(filters));
}

function pathDefined({ steps }: PathForm): Maybe {
  const found: Maybe[] = [];
  /** Names are keys of the event only as long as nothing was made. */
  let isOfEvent = true;
  /** Of what a function of ours made out of the event, they may stand within a text, as in a JSON patch. */
  let isWithinText = false;
  for (const [index, { node, stages }] of steps.entries()) {
    const canFilterFail = stages.some(canTruthFail);
    switch (node.form.kind) {
      case 'name':
        // A filter is asked of nothing as well, and may fail on it.
        if (isOfEvent && isBare(node) && !canFilterFail)
          found.push(isWithinText ? literal(node.form.name) : keyOf(node.form.name));
        break;
      case 'context':
      case 'root':
      case 'wildcard':
      case 'descendant':
        break;
      case 'array':
        // An array that stands first; that of a later step is made even of nothing.
        if (index === 0 && !canFilterFail) found.push(whenDefined(node));
        isOfEvent = index === 0 && node.form.items.every(isOfEventItself);
        break;
      default:
        if (index === 0 && !canFilterFail) found.push(whenDefined(node));
        isWithinText = index === 0 && keepsKeys(node);
        isOfEvent = isWithinText;
    }
    if (canFail(node)) break;
    found.push(...filtersPassed(stages));
    if (canFilterFail) break;
  }
  return all(...found);
}

function keepsKeys(node: Node): boolean {
  const { form } = node;
  return isBare(node) && form.kind === 'call' && form.isOurs && eventFunctions[form.name]?.hasKeysOfEvent === true;
}

/** Whether the value is one that stands in the event, in its own words: a path of named fields and filters. */
function isOfEventItself(node: Node): boolean {
  const { form } = node;
  if (node.group !== undefined) return false;
  if (form.kind === 'array') return node.filters.length > 0 && form.items.every(isOfEventItself);
  if (form.kind === 'name') return !SPLIT.has(form.name);
  if (form.kind !== 'path') return false;
  const last = form.steps.at(-1)?.node.form.kind;
  return (
    (last === 'name' || last === 'array') && form.steps.every(({ node: step }, index) => isStepOfEvent(step, index))
  );
}

function isStepOfEvent({ form, group }: Node, index: number): boolean {
  if (group !== undefined) return false;
  if (form.kind === 'name') return !SPLIT.has(form.name);
  if (form.kind === 'array') return index === 0 && form.items.every(isOfEventItself);
  return ['context', 'root', 'wildcard', 'descendant'].includes(form.kind);
}

/** Both sides are asked for, whatever the other is: what a failure on one side asks for is all that is certain then. */
function bothDefined(lhs: Node, rhs: Node): Maybe {
  if (canFail(lhs) && canFail(rhs)) return any(whenDefined(lhs), whenDefined(rhs));
  return all(canFail(rhs) ? undefined : whenDefined(lhs), canFail(lhs) ? undefined : whenDefined(rhs));
}

function textOf({ form, ...rest }: Node): string | undefined {
  return isBare({ form, ...rest }) && form.kind === 'literal' && typeof form.value === 'string'
    ? form.value
    : undefined;
}

/** A text that the event must hold to be equal to it. */
function sameText(lhs: Node, rhs: Node): Maybe {
  for (const [node, other] of [
    [lhs, rhs],
    [rhs, lhs],
  ] as const) {
    const text = textOf(node);
    if (text !== undefined && isOfEventItself(other) && !canFail(other)) return quoted(text);
  }
  return undefined;
}

function member(lhs: Node, rhs: Node): Maybe {
  const text = textOf(lhs);
  if (text !== undefined) {
    const holders = rhs.form.kind === 'array' && isBare(rhs) ? rhs.form.items : [rhs];
    return holders.every((holder) => isOfEventItself(holder) && !canFail(holder)) ? quoted(text) : undefined;
  }
  const texts = textsOf(rhs);
  return texts && isOfEventItself(lhs) && !canFail(lhs) ? any(...texts.map(quoted)) : undefined;
}

/** The texts of a list that is known beforehand. */
function textsOf(node: Node): readonly string[] | undefined {
  const { form } = node;
  if (!isBare(node)) return undefined;
  if (form.kind === 'literal') return typeof form.value === 'string' ? [form.value] : undefined;
  if (form.kind === 'constant') {
    const items: readonly unknown[] = Array.isArray(form.value) ? form.value : [form.value];
    return items.every((item) => typeof item === 'string') ? items : undefined;
  }
  if (form.kind !== 'array') return undefined;
  const parts = form.items.map(textsOf);
  return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
}

function isComparableLiteral({ form, ...rest }: Node): boolean {
  return (
    isBare({ form, ...rest }) &&
    form.kind === 'literal' &&
    (typeof form.value === 'string' || typeof form.value === 'number')
  );
}

/** jsonata's functions of a single text that make nothing of nothing. */
const OF_SOMETHING: ReadonlySet<string> = new Set(['lowercase', 'uppercase', 'trim', 'length', 'string', 'number']);

function whenDefinedCall({ name, args, isOurs }: CallForm, isTrue: boolean): Maybe {
  const [first, second] = args;
  if (isOurs) {
    if (args.some(canFail)) return undefined;
    if (name === 'glob') return first && second && isTrue ? all(whenDefined(first), globbed(first, second)) : undefined;
    if (name === 'cidr') return first && isTrue ? whenDefined(first) : undefined;
    const implied = eventFunctions[name]?.implies;
    // Of a text that the expression puts together, what is implied need not stand in the event.
    if (!implied || (name === 'serviceAccount' && first && !isOneOfEvent(first))) return undefined;
    return any(...implied.map((text): Maybe => ({ kind: 'literal', text })));
  }
  if (!first) return undefined;
  if (name === 'exists') return args.length === 1 && isTrue ? whenDefined(first) : undefined;
  if (args.length === 1 && OF_SOMETHING.has(name)) return whenDefined(first);
  const isPatterned = args.length === 2 && (second?.form.kind === 'regex' || (second && textOf(second) !== undefined));
  return isPatterned && (name === 'contains' || name === 'match') ? whenDefined(first) : undefined;
}

/** `a ?: b` of two fields is one of them. */
function isOneOfEvent(node: Node): boolean {
  const { form } = node;
  if (isBare(node) && form.kind === 'condition') {
    return isOneOfEvent(form.then) && (form.otherwise === undefined || isOneOfEvent(form.otherwise));
  }
  if (isBare(node) && form.kind === 'block')
    return form.expressions.length === 1 && form.expressions.every(isOneOfEvent);
  return isOfEventItself(node);
}

/** The longest run of plain characters of each pattern. */
function globbed(value: Node, patterns: Node): Maybe {
  const texts = textsOf(patterns);
  if (!texts || !isOneOfEvent(value)) return undefined;
  return any(
    ...texts
      .filter((pattern) => !pattern.startsWith('!'))
      .map((pattern) => {
        const runs = pattern.split(/[*?]|[^A-Za-z0-9 _.:@,=()-]/);
        return literal(runs.reduce((longest, run) => (run.length > longest.length ? run : longest), ''));
      }),
  );
}

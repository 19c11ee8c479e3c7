import { VOUCHED } from '../../event/decode.ts';
import { type CallForm, children, type Form, isBare, type Node, type Operator, type PathForm } from '../tree/node.ts';
import { spell, startOf } from '../tree/spell.ts';
import { bothKnown, type Known, mayBeNothing, NOTHING_KNOWN, whenTrue } from './known.ts';
import { findMissingBodies } from './missing-body.ts';
import { type Several, severalFrom } from './several.ts';
import type { Trap } from './trap.ts';

export interface TrapOptions {
  /** Detectors are not to ask for a level or a stage; queries may. */
  readonly isDetector?: boolean;
}

/** The traps for authors that an expression holds, in its order. */
export function findTraps(node: Node, options: TrapOptions = {}): Trap[] {
  const found: Trap[] = [];
  look(node, NOTHING_KNOWN, { found, isDetector: options.isDetector === true, itemsAreTexts: false });
  found.push(...findMissingBodies(node));
  return found.sort((a, b) => a.position - b.position);
}

type BinaryForm = Extract<Form, { kind: 'binary' }>;

interface Search {
  readonly found: Trap[];
  readonly isDetector: boolean;
  /** Whether `$` is a text here: an item of a list of texts. */
  readonly itemsAreTexts: boolean;
}

function look(node: Node, known: Known, search: Search): void {
  const { form } = node;
  switch (form.kind) {
    case 'binary':
      lookIntoBinary(form, known, search);
      break;
    case 'condition':
      look(form.condition, known, search);
      look(form.then, bothKnown(known, whenTrue(form.condition)), search);
      if (form.otherwise) look(form.otherwise, known, search);
      break;
    case 'path':
      checkPath(node, form, search);
      lookIntoPath(form, known, search);
      break;
    case 'call':
      checkCall(node, form, known, search);
      for (const arg of form.args) look(arg, known, search);
      break;
    default:
      for (const below of children({ ...node, filters: [], group: undefined })) look(below, known, search);
  }
  lookIntoFilters(node, search);
}

function lookIntoBinary(form: BinaryForm, known: Known, search: Search): void {
  const { operator, lhs, rhs } = form;
  if (COMPARISONS.has(operator)) checkComparison(form, search);
  const isAnd = operator === 'and';
  // Order matters where a failure is to be kept away; where something is missing, both sides have their say.
  look(lhs, isAnd ? withPresent(known, whenTrue(rhs)) : known, search);
  look(rhs, isAnd ? bothKnown(known, whenTrue(lhs)) : known, search);
}

/** What is known outside says nothing of the items that a filter sees: its names are theirs. */
function lookIntoFilters(node: Node, search: Search): void {
  const inside = { ...search, itemsAreTexts: givesTexts(node) };
  for (const filter of node.filters) look(filter, NOTHING_KNOWN, inside);
  for (const part of (node.group ?? []).flat()) look(part, NOTHING_KNOWN, { ...search, itemsAreTexts: false });
}

function lookIntoPath(form: PathForm, known: Known, search: Search): void {
  for (const [index, { node, stages }] of form.steps.entries()) {
    const upTo = { ...form, steps: form.steps.slice(0, index + 1).map((step) => ({ ...step, stages: [] })) };
    const itemsAreTexts = isVouched(upTo, VOUCHED.lists);
    look(node, index === 0 ? known : NOTHING_KNOWN, search);
    for (const stage of stages) look(stage, NOTHING_KNOWN, { ...search, itemsAreTexts });
  }
}

function withPresent(known: Known, later: Known): Known {
  return { ...known, present: new Set([...known.present, ...later.present]) };
}

const COMPARISONS: ReadonlySet<string> = new Set(['=', '!=', '<', '<=', '>', '>=', 'in']);

function checkComparison({ operator, lhs, rhs }: BinaryForm, { found, isDetector }: Search): void {
  if (isDetector) for (const side of [lhs, rhs]) checkLevelOrStage(side, found);
  const from = severalFrom(lhs);
  const isLeft = from !== undefined && isSingle(rhs, operator);
  // `in` asks for a list on its right.
  const several = isLeft ? from : operator === 'in' ? undefined : severalFrom(rhs);
  const [side, other] = isLeft ? [lhs, rhs] : [rhs, lhs];
  if (several === undefined || !isSingle(other, operator)) return;
  found.push({
    kind: 'list-compared',
    position: startOf(side),
    message: severalMessage(side, several, operator),
    advice: severalAdvice(operator, spell(side), spell(other), isLeft),
  });
}

/** Whether a list is not what is asked for: who writes one out compares with that list. */
function isSingle(other: Node, operator: Operator): boolean {
  return operator === 'in' || other.form.kind !== 'array';
}

function severalMessage(side: Node, { list, isItself }: Several, operator: Operator): string {
  const name = cut(spell(side));
  const what = isItself ? `${name} may be a list` : `${name} is a list as soon as there are two of ${list}`;
  if (operator === '=') return `${what}, and a list equals no single value`;
  if (operator === '!=') return `${what}, and a list differs from every single value`;
  if (operator === 'in') return `${what}, and a list is in no list`;
  return `${what}, and to compare a list is a failure`;
}

function severalAdvice(operator: Operator, list: string, value: string, isLeft: boolean): string {
  if (operator === '=') return `${value} in ${list}`;
  if (operator === '!=') return `$not(${value} in ${list})`;
  return `$exists(${list}[${isLeft ? `$ ${operator} ${value}` : `${value} ${operator} $`}])`;
}

/** What of an event says how it was logged, not what was done. */
const OF_THE_POLICY: readonly (readonly string[])[] = [['level'], ['stage']];

function checkLevelOrStage(node: Node, found: Trap[]): void {
  if (node.form.kind !== 'path' || !isVouched(node.form, OF_THE_POLICY)) return;
  const name = spell(node);
  found.push({
    kind: 'level-or-stage',
    position: startOf(node),
    message: `a detector that asks for the ${name} is blind where another policy or tool writes a different one`,
    advice:
      name === 'level'
        ? '$exists(requestObject), where it is the body that matters'
        : 'nothing about it: a detector sees each request once, by the event that decides it',
  });
}

function checkCall(node: Node, form: CallForm, known: Known, { found, isDetector, itemsAreTexts }: Search): void {
  const { name, args } = form;
  const [first] = args;
  if (!first) return;
  if (isDetector && (name === 'glob' || name === 'contains')) checkLevelOrStage(first, found);
  if (name === 'not' && isBare(node) && mayBeNothing(first, known)) {
    const value = first.form.kind === 'condition' ? `(${spell(first)})` : spell(first);
    found.push({
      kind: 'not-of-nothing',
      position: startOf(node),
      message: `${cut(spell(first))} may give nothing; $not of nothing is nothing, not true`,
      advice: `$not(${value} or false)`,
    });
  }
  for (const index of TEXT_ARGUMENTS[name] ?? []) {
    const arg = args[index];
    if (!arg || (arg.form.kind === 'context' && itemsAreTexts)) continue;
    const why = whyNoText(arg, known);
    if (why === undefined) continue;
    found.push({
      kind: 'text-function',
      position: startOf(arg),
      message: `$${name} fails where ${cut(spell(arg))} is ${why}; the failure is counted, and gives nothing`,
      advice: `$${name}(${args.map((given, at) => (at === index ? `${spell(given)} & ""` : spell(given))).join(', ')})`,
    });
  }
}

/** Functions that fail on anything but a text, and which of their arguments. */
const TEXT_ARGUMENTS: Readonly<Record<string, readonly number[]>> = {
  ...{ contains: [0], match: [0], replace: [0], split: [0], pad: [0], substring: [0] },
  ...{ lowercase: [0], uppercase: [0], trim: [0], length: [0], substringBefore: [0], substringAfter: [0] },
};

/** What a path may give that is no text; undefined where it gives a text, or nothing. Anything else is left alone. */
function whyNoText(node: Node, known: Known): string | undefined {
  const { form } = node;
  const spelt = spell(node);
  if (known.texts.has(spelt)) return undefined;
  if (form.kind === 'call' && ['images', 'containers', 'command'].includes(form.name) && isBare(node)) return 'a list';
  if (form.kind === 'call' && form.name === 'query' && isBare(node)) return 'a list, as a parameter that is repeated';
  if (form.kind === 'context') return 'no text';
  if (form.kind !== 'path' || ofOurs(form)) return undefined;
  if (isVouched(form, VOUCHED.texts) && node.filters.length === 0) return known.truthy.has(spelt) ? undefined : 'null';
  return severalFrom(node) === undefined ? 'a number, null or a list' : 'a list, a number or null';
}

/** A field of what a function of ours made is a text or nothing: `$authz().role`. */
function ofOurs({ steps }: PathForm): boolean {
  const form = steps[0]?.node.form;
  return form?.kind === 'call' && (form.name === 'serviceAccount' || form.name === 'authz');
}

function checkPath(node: Node, form: PathForm, { found }: Search): void {
  const [first, ...rest] = form.steps;
  if (first?.node.form.kind !== 'array' || first.node.filters.length === 0 || rest.length === 0) return;
  const whole = spell(node);
  const array = spell({ ...first.node, filters: [] });
  found.push({
    kind: 'field-of-filtered-array',
    position: startOf(node),
    message: 'a field of a filtered [ … ] gives nothing when just one item passes the filter (jsonata 2.2.2)',
    advice: `(${array})${whole.slice(array.length)}`,
  });
}

/** Whether a path is one of these fields of the event; in a filter or a later step, its names are others'. */
function isVouched(form: PathForm, fields: readonly (readonly string[])[]): boolean {
  if (!form.isAtRoot || form.steps.some(({ stages }) => stages.length > 0)) return false;
  const path = form.steps.map(({ node }) => (node.form.kind === 'name' ? node.form.name : ''));
  return fields.some((field) => field.length === path.length && field.every((key, index) => path[index] === key));
}

/** Lists of texts: those of the event's head, and of our functions. */
function givesTexts({ form }: Node): boolean {
  if (form.kind === 'call') return ['images', 'command', 'query'].includes(form.name);
  if (form.kind === 'path') return isVouched(form, VOUCHED.lists);
  return false;
}

function cut(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

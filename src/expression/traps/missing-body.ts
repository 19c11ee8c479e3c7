import { type Needles, needlesOf } from '../plan/needles.ts';
import { type Body, bodiesOf } from '../plan/reach.ts';
import { readsOf } from '../plan/reads.ts';
import { isBare, type Node } from '../tree/node.ts';
import { spell, startOf } from '../tree/spell.ts';
import { mayBeNothing, NOTHING_KNOWN } from './known.ts';
import type { Trap } from './trap.ts';

/**
 * Negations that are true of every event whose body was not logged: `$not("x" in requestObject.verbs)`. Only those directly
 * over a question to a body, with nothing beside them that needs the same body to be there.
 */
export function findMissingBodies(node: Node): Trap[] {
  const found: Trap[] = [];
  look(node, new Set(), found);
  return found;
}

/** @param there the bodies that must be there for what stands beside the node to be true. */
function look(node: Node, there: ReadonlySet<Body>, found: Trap[]): void {
  const { form } = node;
  if (!isBare(node)) return;
  if (form.kind === 'binary' && form.operator === 'and') {
    look(form.lhs, new Set([...there, ...neededBy(form.rhs)]), found);
    look(form.rhs, new Set([...there, ...neededBy(form.lhs)]), found);
  } else if (form.kind === 'binary' && form.operator === 'or') {
    look(form.lhs, there, found);
    look(form.rhs, there, found);
  } else if (form.kind === 'condition') {
    look(form.condition, there, found);
    look(form.then, new Set([...there, ...neededBy(form.condition)]), found);
    if (form.otherwise) look(form.otherwise, there, found);
  } else if (form.kind === 'block') {
    const [only] = form.expressions;
    if (only && form.expressions.length === 1) look(only, there, found);
  } else if (form.kind === 'call' && form.name === 'not' && form.args[0]) {
    checkNegation(node, form.args[0], there, found);
  }
}

function checkNegation(node: Node, negated: Node, there: ReadonlySet<Body>, found: Trap[]): void {
  // Of nothing, $not makes nothing: another trap.
  if (mayBeNothing(negated, NOTHING_KNOWN)) return;
  const missing = bodiesOf(readsOf(negated)).filter((body) => !there.has(body));
  const [body] = missing;
  // Each question must be false without the body, and no other may exempt what it was meant for.
  if (!body || !questions(negated).every((question) => neededBy(question).has(body))) return;
  found.push({
    kind: 'true-without-body',
    position: startOf(node),
    message: `this is true of every event whose ${body} was not logged`,
    advice: `$exists(${body}) and ${spell(node)}`,
  });
}

/** What `and` and `or` join, without the `or false` that makes a boolean of nothing. */
function questions(node: Node): Node[] {
  const { form } = node;
  if (isBare(node) && form.kind === 'block' && form.expressions.length === 1)
    return form.expressions.flatMap(questions);
  if (isBare(node) && form.kind === 'binary' && (form.operator === 'and' || form.operator === 'or')) {
    return [...questions(form.lhs), ...questions(form.rhs)].filter((part) => !isFalse(part));
  }
  return [node];
}

function isFalse({ form }: Node): boolean {
  return form.kind === 'literal' && form.value === false;
}

/** The bodies that must be in a line for the node to be true of it. */
function neededBy(node: Node): Set<Body> {
  const needles = needlesOf(node);
  const bodies: readonly Body[] = ['requestObject', 'responseObject'];
  return new Set(bodies.filter((body) => needles !== undefined && needs(needles, `"${body}"`)));
}

function needs(needles: Needles, text: string): boolean {
  if (needles.kind === 'literal') return needles.text === text;
  return needles.kind === 'all'
    ? needles.of.some((part) => needs(part, text))
    : needles.of.every((part) => needs(part, text));
}

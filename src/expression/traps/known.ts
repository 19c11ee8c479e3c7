import { isBare, type Node } from '../tree/node.ts';
import { spell } from '../tree/spell.ts';

/** What is certain at a place of an expression, because something beside it would have been false otherwise. */
export interface Known {
  /** Nodes that give something, as they are spelt. */
  readonly present: ReadonlySet<string>;
  /** Nodes that give something true: no null. */
  readonly truthy: ReadonlySet<string>;
  /** Nodes that give a text. */
  readonly texts: ReadonlySet<string>;
}

export const NOTHING_KNOWN: Known = { present: new Set(), truthy: new Set(), texts: new Set() };

export function bothKnown(a: Known, b: Known): Known {
  return {
    present: new Set([...a.present, ...b.present]),
    truthy: new Set([...a.truthy, ...b.truthy]),
    texts: new Set([...a.texts, ...b.texts]),
  };
}

function eitherKnown(a: Known, b: Known): Known {
  return {
    present: inBoth(a.present, b.present),
    truthy: inBoth(a.truthy, b.truthy),
    texts: inBoth(a.texts, b.texts),
  };
}

function inBoth(a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...a].filter((text) => b.has(text)));
}

/** What a node's being true tells. */
export function whenTrue(node: Node): Known {
  const { form } = node;
  if (!isBare(node)) return present(node, true);
  switch (form.kind) {
    case 'binary': {
      const { lhs, rhs } = form;
      switch (form.operator) {
        case 'and':
          return bothKnown(whenTrue(lhs), whenTrue(rhs));
        case 'or':
          return eitherKnown(whenTrue(lhs), whenTrue(rhs));
        case '=': {
          const both = bothKnown(present(lhs, false), present(rhs, false));
          const text = askedForText(lhs, rhs) ?? askedForText(rhs, lhs);
          return text === undefined ? both : bothKnown(both, { ...NOTHING_KNOWN, texts: new Set([text]) });
        }
        case '!=':
        case 'in':
        case '<':
        case '<=':
        case '>':
        case '>=':
          return bothKnown(present(lhs, false), present(rhs, false));
        default:
          return NOTHING_KNOWN;
      }
    }
    case 'block': {
      const [only] = form.expressions;
      return only && form.expressions.length === 1 ? whenTrue(only) : NOTHING_KNOWN;
    }
    case 'call': {
      const [first] = form.args;
      if (!first || form.name === 'not') return NOTHING_KNOWN;
      if (form.name === 'exists') return present(first, false);
      return form.name === 'boolean' ? whenTrue(first) : present(node, true);
    }
    default:
      return present(node, true);
  }
}

/** `$type(x) = "string"`: x as it is spelt. */
function askedForText(type: Node, text: Node): string | undefined {
  if (text.form.kind !== 'literal' || text.form.value !== 'string') return undefined;
  const [of] = type.form.kind === 'call' && type.form.name === 'type' ? type.form.args : [];
  return of && spell(of);
}

/** Functions that give something only for something: what they are called on is there as well. */
const OF_SOMETHING: ReadonlySet<string> = new Set([
  ...['glob', 'cidr', 'contains', 'match', 'lowercase', 'uppercase', 'trim', 'length', 'type'],
]);

function present(node: Node, isTrue: boolean): Known {
  const { form } = node;
  const names = new Set([spell(node)]);
  if (form.kind === 'path') {
    // Of `a.b.c`, `a.b` and `a` are there as well.
    for (let length = form.steps.length - 1; length > 0; length--) {
      names.add(
        spell({ ...node, filters: [], group: undefined, form: { ...form, steps: form.steps.slice(0, length) } }),
      );
    }
  }
  const own: Known = { present: names, truthy: isTrue ? new Set([spell(node)]) : new Set(), texts: new Set() };
  const [first] = form.kind === 'call' && OF_SOMETHING.has(form.name) ? form.args : [];
  return first ? bothKnown(own, present(first, false)) : own;
}

/** Functions that always give something. */
const ALWAYS: ReadonlySet<string> = new Set(['outcome', 'exists', 'count', 'now', 'millis', 'random', 'append']);

/** Whether a node's value may be nothing. */
export function mayBeNothing(node: Node, known: Known): boolean {
  const { form } = node;
  if (known.present.has(spell(node))) return false;
  if (node.filters.length > 0) return true;
  if (node.group !== undefined) return false;
  switch (form.kind) {
    case 'path':
      return true;
    case 'binary':
      return ORDERS.has(form.operator) && (mayBeNothing(form.lhs, known) || mayBeNothing(form.rhs, known));
    case 'condition':
      return form.otherwise === undefined || mayBeNothing(form.otherwise, known);
    case 'block': {
      const last = form.expressions.at(-1);
      return last !== undefined && mayBeNothing(last, known);
    }
    case 'call': {
      if (ALWAYS.has(form.name)) return false;
      // Of ours, only $glob gives something for something; the others ask the event, or for an address.
      if (form.isOurs && form.name !== 'glob') return true;
      return form.args.some((arg) => mayBeNothing(arg, known));
    }
    default:
      return false;
  }
}

const ORDERS: ReadonlySet<string> = new Set(['<', '<=', '>', '>=', '+', '-', '*', '/', '%']);

import type { Form, Node, Pair, Step } from './node.ts';

/**
 * A node as JSONata writes it, on one line. Two nodes that are spelt alike mean the same in the same place: parentheses are
 * nodes of their own, so that nothing is left to precedence.
 */
export function spell(node: Node): string {
  const group = node.group ? `{${spellPairs(node.group)}}` : '';
  // Of a path, the mark stands at the step.
  const mark = node.keepsArray && node.form.kind !== 'path' ? '[]' : '';
  return `${spellForm(node.form)}${spellFilters(node.filters)}${group}${mark}`;
}

/** Where the node's own text begins, in UTF-16 code units: jsonata knows where each token ends. */
export function startOf(node: Node): number {
  const { form, position } = node;
  const before = (length: number): number => Math.max(0, position - length);
  switch (form.kind) {
    case 'path':
      return form.steps[0] ? startOf(form.steps[0].node) : position;
    case 'binary':
      return startOf(form.lhs);
    case 'condition':
      // Of `a ?? b`, the question is jsonata's own and stands nowhere.
      return form.condition.position === 0 && form.condition.form.kind === 'call'
        ? startOf(form.then)
        : startOf(form.condition);
    case 'call': {
      const [first] = form.args;
      const own = before(form.name.length + 2);
      // `value ~> $name()`: the value stands first.
      return first ? Math.min(own, startOf(first)) : own;
    }
    case 'name':
      return before(spellName(form.name).length);
    case 'literal':
      return before(JSON.stringify(form.value).length);
    case 'variable':
    case 'constant':
    case 'bind':
      return before(form.name.length + 1);
    case 'root':
    case 'descendant':
      return before(2);
    default:
      return before(1);
  }
}

function spellForm(form: Form): string {
  switch (form.kind) {
    case 'literal':
      return JSON.stringify(form.value);
    case 'path':
      return `${form.steps.map(spellStep).join('.')}${form.keepsArray && !isMarked(form.steps) ? '[]' : ''}`;
    case 'name':
      return spellName(form.name);
    case 'wildcard':
      return '*';
    case 'descendant':
      return '**';
    case 'context':
      return '$';
    case 'root':
      return '$$';
    case 'variable':
    case 'constant':
      return `$${form.name}`;
    case 'binary':
      if (form.operator === '..') return `${spell(form.lhs)}..${spell(form.rhs)}`;
      return `${spell(form.lhs)} ${form.operator} ${spell(form.rhs)}`;
    case 'negate':
      return `-${spell(form.of)}`;
    case 'array':
      return `[${form.items.map(spell).join(', ')}]`;
    case 'object':
      return `{${spellPairs(form.pairs)}}`;
    case 'condition': {
      const condition = spell(form.condition);
      const then = spell(form.then);
      if (!form.otherwise) return `${condition} ? ${then}`;
      return condition === then
        ? `${then} ?: ${spell(form.otherwise)}`
        : `${condition} ? ${then} : ${spell(form.otherwise)}`;
    }
    case 'block':
      return `(${form.expressions.map(spell).join('; ')})`;
    case 'bind':
      return `$${form.name} := ${spell(form.value)}`;
    case 'call':
      return `$${form.name}(${form.args.map(spell).join(', ')})`;
    case 'regex':
      // jsonata adds the g itself.
      return `/${form.pattern.source}/${form.pattern.flags.replace('g', '')}`;
  }
}

function isMarked(steps: readonly Step[]): boolean {
  return steps.some(({ node }) => node.keepsArray);
}

function spellStep({ node, stages }: Step): string {
  return `${spell(node)}${spellFilters(stages)}`;
}

function spellFilters(filters: readonly Node[]): string {
  return filters.map((filter) => `[${spell(filter)}]`).join('');
}

function spellPairs(pairs: readonly Pair[]): string {
  return pairs.map(([key, value]) => `${spell(key)}: ${spell(value)}`).join(', ');
}

/** Words of the language are names only in quotes. */
function spellName(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) && !['and', 'or', 'in', 'true', 'false', 'null'].includes(name)
    ? name
    : `\`${name}\``;
}

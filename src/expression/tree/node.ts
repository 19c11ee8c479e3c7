/**
 * The part of jsonata's syntax tree that the planner understands, in a form of our own: what jsonata marks on any node
 * (filters, grouping) is in one place here, and nothing else in the planner reads jsonata's tree.
 */

export type Operator = 'and' | 'or' | Comparison | Arithmetic | '&' | '..' | 'in';
export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';
export type Arithmetic = '+' | '-' | '*' | '/' | '%';

/** What a node makes, before its filters are applied. */
export type Form =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | PathForm
  /** A field, of each item where the context is an array; only as a step. */
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'descendant' }
  /** `$` */
  | { readonly kind: 'context' }
  /** `$$` */
  | { readonly kind: 'root' }
  | { readonly kind: 'variable'; readonly name: string }
  /** A list of the configuration. */
  | { readonly kind: 'constant'; readonly name: string; readonly value: unknown }
  | { readonly kind: 'binary'; readonly operator: Operator; readonly lhs: Node; readonly rhs: Node }
  | { readonly kind: 'negate'; readonly of: Node }
  | ArrayForm
  | { readonly kind: 'object'; readonly pairs: readonly Pair[] }
  | { readonly kind: 'condition'; readonly condition: Node; readonly then: Node; readonly otherwise: Node | undefined }
  | { readonly kind: 'block'; readonly expressions: readonly Node[] }
  /** `$name := value`; only directly in a block. */
  | { readonly kind: 'bind'; readonly name: string; readonly value: Node }
  | CallForm
  /** Only as an argument. */
  | { readonly kind: 'regex'; readonly pattern: RegExp };

export interface PathForm {
  readonly kind: 'path';
  readonly steps: readonly Step[];
  /** `[]` somewhere in it: a single item stays an array. */
  readonly keepsArray: boolean;
  /** Whether its input is the event; else, in a filter or a later step, it is what stands before. */
  readonly isAtRoot: boolean;
}

export interface ArrayForm {
  readonly kind: 'array';
  readonly items: readonly Node[];
  /** At the start or the end of a path: its value is one item, and is not flattened into the others. */
  readonly isWhole: boolean;
}

export interface CallForm {
  readonly kind: 'call';
  readonly name: string;
  /** Of `value ~> $name(…)`, the value is the first. */
  readonly args: readonly Node[];
  readonly isOurs: boolean;
}

export interface Step {
  readonly node: Node;
  /** Applied to what the step makes of each item. */
  readonly stages: readonly Node[];
}

export type Pair = readonly [key: Node, value: Node];

export interface Node {
  readonly form: Form;
  /** UTF-16 code units from the start of the expression. */
  readonly position: number;
  /** `[…]` after it, applied to all that it makes. */
  readonly filters: readonly Node[];
  /** `{…}` after it. */
  readonly group: readonly Pair[] | undefined;
  /** `[]` after it. */
  readonly keepsArray: boolean;
}

/** The nodes directly below one. */
export function children(node: Node): Node[] {
  const { form } = node;
  const below = [...node.filters, ...(node.group ?? []).flat()];
  switch (form.kind) {
    case 'path':
      return [...form.steps.flatMap(({ node: step, stages }) => [step, ...stages]), ...below];
    case 'binary':
      return [form.lhs, form.rhs, ...below];
    case 'negate':
      return [form.of, ...below];
    case 'array':
      return [...form.items, ...below];
    case 'object':
      return [...form.pairs.flat(), ...below];
    case 'condition':
      return [form.condition, form.then, ...(form.otherwise ? [form.otherwise] : []), ...below];
    case 'block':
      return [...form.expressions, ...below];
    case 'bind':
      return [form.value, ...below];
    case 'call':
      return [...form.args, ...below];
    default:
      return below;
  }
}

/** Whether nothing is applied to what the node's form makes. */
export function isBare({ filters, group, keepsArray }: Node): boolean {
  return filters.length === 0 && group === undefined && !keepsArray;
}

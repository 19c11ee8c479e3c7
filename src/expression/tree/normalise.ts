import { eventFunctions } from '../functions.ts';
import { builtins } from '../run/builtins.ts';
import type { AstNode } from './ast.ts';
import { JSONATA_FUNCTIONS } from './names.ts';
import type { Arithmetic, Comparison, Form, Node, Operator, Pair, Step } from './node.ts';

/** Why an expression is not compiled, and where; the interpreter runs it. */
export interface Refusal {
  readonly reason: string;
  /** UTF-16 code units from the start of the expression. */
  readonly position: number;
}

/** Deeper than anybody writes; the planner is recursive. Terms joined by `or` are nested in each other, too. */
const MAX_DEPTH = 500;

const OPERATORS: ReadonlySet<string> = new Set<Operator | Comparison | Arithmetic>([
  ...(['and', 'or', '=', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/', '%', '&', '..', 'in'] as const),
]);

/** Properties of jsonata's nodes that change what they mean and that nothing here knows. */
const UNKNOWN_MARKS = ['tuple', 'focus', 'index', 'ancestor', 'seekingParent'] as const;

/** Kinds of nodes that are left to the interpreter, as people know them. */
const LEFT: Readonly<Record<string, string>> = {
  lambda: 'it defines a function',
  partial: 'it applies a function partially',
  transform: 'it transforms (`| … |`)',
  parent: 'it asks for a parent (`%`)',
  sort: 'it sorts (`^(…)`)',
  regex: 'it uses a regex as a value',
};

class Refused extends Error {
  readonly refusal: Refusal;

  constructor(reason: string, position: number) {
    super(reason);
    this.refusal = { reason, position };
  }
}

/**
 * The expression in the planner's own form; a refusal where it holds something that the planner does not understand.
 *
 * @param ast of jsonata 2.2.2.
 * @param constants variables whose values are known beforehand.
 */
export function normalise(ast: unknown, constants: Readonly<Record<string, unknown>>): Node | Refusal {
  try {
    return readNode(ast as AstNode, {
      constants,
      bound: boundNames(ast as AstNode),
      depth: 0,
      isArgument: false,
      isAtRoot: true,
      isLaterStep: false,
    });
  } catch (error) {
    if (error instanceof Refused) return error.refusal;
    throw error;
  }
}

export function isRefusal(result: Node | Refusal): result is Refusal {
  return 'reason' in result;
}

interface Surroundings {
  readonly constants: Readonly<Record<string, unknown>>;
  /** Every name that the expression binds somewhere. */
  readonly bound: ReadonlySet<string>;
  readonly depth: number;
  readonly isArgument: boolean;
  /** Whether the input is the event. */
  readonly isAtRoot: boolean;
  /** Whether it is a step, and not the first: its input is one item of those before. */
  readonly isLaterStep: boolean;
}

function readNode(ast: AstNode, around: Surroundings): Node {
  const position = positionOf(ast);
  if (around.depth > MAX_DEPTH) throw new Refused('it is nested too deeply, or joins too many terms', position);
  for (const mark of UNKNOWN_MARKS) {
    if (ast[mark] !== undefined) throw new Refused('it binds positions or parents (`@`, `#`, `%`)', position);
  }
  const below: Surroundings = { ...around, depth: around.depth + 1, isArgument: false, isLaterStep: false };

  return {
    form: readForm(ast, { ...below, isLaterStep: around.isLaterStep }, around.isArgument, position),
    position,
    filters: readFilters(ast.predicate, below, position),
    group: readGroup(ast.group, below),
    keepsArray: ast.keepArray === true,
  };
}

/** A path has none of its own, but its first step has. */
function positionOf({ position, steps }: AstNode): number {
  if (typeof position === 'number') return position;
  const [first] = (steps ?? []) as readonly AstNode[];
  return typeof first?.position === 'number' ? first.position : 0;
}

function readForm(ast: AstNode, around: Surroundings, isArgument: boolean, position: number): Form {
  const read = (node: unknown): Node => readNode(node as AstNode, around);
  switch (ast.type) {
    case 'string':
    case 'number':
    case 'value':
      return { kind: 'literal', value: ast.value as string | number | boolean | null };
    case 'name':
      return { kind: 'name', name: String(ast.value) };
    case 'wildcard':
      // Of a sequence, jsonata gives its own marks as well.
      if (!around.isAtRoot && !around.isLaterStep) throw new Refused('it uses `*` on what may be a sequence', position);
      return { kind: 'wildcard' };
    case 'descendant':
      return { kind: 'descendant' };
    case 'path':
      return readPath(ast, around, position);
    case 'variable':
      return readVariable(String(ast.value), around, position);
    case 'binary':
      if (!OPERATORS.has(String(ast.value))) throw new Refused(`it uses ${String(ast.value)}`, position);
      return { kind: 'binary', operator: ast.value as Operator, lhs: read(ast.lhs), rhs: read(ast.rhs) };
    case 'unary':
      return readUnary(ast, around, position);
    case 'condition':
      return {
        kind: 'condition',
        condition: read(ast.condition),
        // biome-ignore lint/suspicious/noThenProperty: the field's own name; a node is no promise, its then is none either
        then: read(ast.then),
        otherwise: ast.else === undefined ? undefined : read(ast.else),
      };
    case 'block':
      return {
        kind: 'block',
        expressions: (ast.expressions as readonly AstNode[]).map((part) =>
          part.type === 'bind' ? readBind(part, around) : read(part),
        ),
      };
    case 'bind':
      throw new Refused('it binds a variable outside of a block', position);
    case 'function':
      return readCall(ast, [], around, position);
    case 'apply':
      return readApply(ast, around, position);
    case 'regex':
      if (isArgument && ast.value instanceof RegExp) return { kind: 'regex', pattern: ast.value };
      break;
    default:
  }
  throw new Refused(LEFT[String(ast.type)] ?? `it holds ${String(ast.type)}`, position);
}

function readPath(ast: AstNode, around: Surroundings, position: number): Form {
  const keepsArray = ast.keepSingletonArray === true;
  const [begin] = ast.steps as readonly AstNode[];
  // jsonata takes such a block for an array constructor, perhaps by mistake.
  if (begin?.type === 'block' && begin.consarray === true) {
    throw new Refused('it begins with a block around a path from an array constructor', position);
  }
  const steps = (ast.steps as readonly AstNode[]).map((step, index) =>
    readStep(step, { ...around, isAtRoot: around.isAtRoot && index === 0, isLaterStep: index > 0 }),
  );
  const first = steps[0]?.node;
  // jsonata marks what is left, an object of the event perhaps.
  if (keepsArray && first?.form.kind === 'array' && first.filters.length > 0) {
    throw new Refused('it keeps an array (`[]`) that was made and filtered', position);
  }
  return { kind: 'path', steps, keepsArray, isAtRoot: around.isAtRoot };
}

function readStep(ast: AstNode, around: Surroundings): Step {
  const position = positionOf(ast);
  return { node: readNode(ast, around), stages: readFilters(ast.stages, around, position) };
}

function readFilters(filters: unknown, around: Surroundings, position: number): Node[] {
  return ((filters ?? []) as readonly AstNode[]).map((filter) => {
    if (filter.type !== 'filter') throw new Refused('it binds positions (`#`)', position);
    return readNode(filter.expr as AstNode, { ...around, isAtRoot: false, isLaterStep: false });
  });
}

function readPairs(pairs: unknown, around: Surroundings): Pair[] {
  return (pairs as readonly (readonly [AstNode, AstNode])[]).map(([key, value]) => [
    readNode(key, around),
    readNode(value, around),
  ]);
}

function readGroup(group: unknown, around: Surroundings): Pair[] | undefined {
  return group === undefined
    ? undefined
    : readPairs((group as AstNode).lhs, { ...around, isAtRoot: false, isLaterStep: false });
}

function readVariable(name: string, { constants, bound }: Surroundings, position: number): Form {
  if (name === '') return { kind: 'context' };
  if (name === '$') return { kind: 'root' };
  if (bound.has(name)) {
    // Which of the two it is depends on what was run before.
    if (Object.hasOwn(constants, name) || isFunctionName(name)) throw new Refused(`it binds $${name} anew`, position);
    return { kind: 'variable', name };
  }
  if (Object.hasOwn(constants, name)) return { kind: 'constant', name, value: constants[name] };
  if (isFunctionName(name)) throw new Refused(`it uses the function $${name} as a value`, position);
  // As jsonata has it: nothing. Elsewhere such a name is an error long before.
  return { kind: 'constant', name, value: undefined };
}

function readUnary(ast: AstNode, around: Surroundings, position: number): Form {
  switch (ast.value) {
    case '-':
      return { kind: 'negate', of: readNode(ast.expression as AstNode, around) };
    case '[':
      for (const item of ast.expressions as readonly AstNode[]) {
        // jsonata puts in the sequence itself, marks and all.
        if (item.value === '[' && item.predicate !== undefined) {
          throw new Refused('it makes a list of a filtered list', position);
        }
      }
      return {
        kind: 'array',
        // At the start of a path its items are taken from a sequence around the event.
        items: (ast.expressions as readonly AstNode[]).map((item) =>
          readNode(item, { ...around, isAtRoot: around.isAtRoot && ast.consarray !== true, isLaterStep: false }),
        ),
        isWhole: ast.consarray === true,
      };
    case '{':
      return { kind: 'object', pairs: readPairs(ast.lhs, around) };
    default:
      throw new Refused(`it uses ${String(ast.value)}`, position);
  }
}

function readBind(ast: AstNode, around: Surroundings): Node {
  const position = positionOf(ast);
  const value = ast.rhs as AstNode;
  if ((ast.lhs as AstNode).value === '$') throw new Refused('it binds $$', position);
  return {
    form: {
      kind: 'bind',
      name: String((ast.lhs as AstNode).value),
      value: value.type === 'bind' ? readBind(value, around) : readNode(value, around),
    },
    position,
    filters: readFilters(ast.predicate, around, position),
    group: readGroup(ast.group, around),
    keepsArray: ast.keepArray === true,
  };
}

function readCall(ast: AstNode, first: readonly Node[], around: Surroundings, position: number): Form {
  const { type, value, predicate, group } = ast.procedure as AstNode;
  const name = String(value);
  if (type !== 'variable' || around.bound.has(name) || predicate !== undefined || group !== undefined) {
    throw new Refused('it calls what is no function by name', position);
  }
  const isOurs = Object.hasOwn(eventFunctions, name);
  if (!isOurs && !Object.hasOwn(builtins, name)) throw new Refused(`$${name} is not compiled`, position);
  const given = ast.arguments as readonly AstNode[];
  const args = given.map((arg, index) =>
    readNode(arg, { ...around, isArgument: isPattern(name, first.length + index, first.length + given.length) }),
  );
  return { kind: 'call', name, args: [...first, ...args], isOurs };
}

/** Whether a function takes a regex as this argument, of so many: the second, or the first where the text is the context. */
function isPattern(name: string, index: number, count: number): boolean {
  if (!['contains', 'match', 'replace', 'split'].includes(name)) return false;
  return name === 'replace' ? index === (count < 3 ? 0 : 1) : index === (count < 2 ? 0 : 1);
}

/** Of a call to the right, jsonata applies nothing but the call itself. */
function readApply(ast: AstNode, around: Surroundings, position: number): Form {
  const rhs = ast.rhs as AstNode;
  if (rhs.type !== 'function') throw new Refused('it applies (`~>`) what is no call', position);
  return readCall(rhs, [readNode(ast.lhs as AstNode, around)], around, position);
}

function isFunctionName(name: string): boolean {
  return JSONATA_FUNCTIONS.has(name) || Object.hasOwn(eventFunctions, name);
}

/** Every name that is bound anywhere; scopes are not told apart, which only refuses more. */
function boundNames(root: AstNode): Set<string> {
  const names = new Set<string>();
  const pending: unknown[] = [root];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value !== 'object' || value === null || value instanceof RegExp) continue;
    const node = value as AstNode;
    if (node.type === 'bind') names.add(String((node.lhs as AstNode).value));
    pending.push(...Object.values(node));
  }
  return names;
}

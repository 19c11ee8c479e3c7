import { type AstNode, isNode, walk } from './ast.ts';

/** The functions of jsonata 2.2.2, by name without the `$`. A test asks jsonata for each. */
export const JSONATA_FUNCTIONS: ReadonlySet<string> = new Set(
  `sum count max min average string substring substringBefore substringAfter lowercase uppercase length trim pad match
  contains replace split join formatNumber formatBase formatInteger parseInteger number floor ceil round abs sqrt power
  random boolean not map zip filter single reduce sift keys lookup append exists spread merge reverse each error assert
  type sort shuffle distinct base64encode base64decode encodeUrlComponent encodeUrl decodeUrlComponent decodeUrl eval
  toMillis fromMillis clone now millis`.split(/\s+/),
);

export interface UnknownName {
  readonly name: string;
  readonly position: number;
}

/**
 * The first variable or function that nothing defines: jsonata takes an unknown variable for "nothing" and notices an
 * unknown function only when it runs, so that a misspelt name would silently never match.
 */
export function findUnknownName(ast: unknown, known: (name: string) => boolean): UnknownName | undefined {
  const defined = new Set<string>(['', '$']);
  for (const node of walk(ast)) {
    for (const name of definedNames(node)) defined.add(name);
  }
  for (const node of walk(ast)) {
    if (node.type !== 'variable' || typeof node.value !== 'string') continue;
    const name = node.value;
    if (defined.has(name) || JSONATA_FUNCTIONS.has(name) || known(name)) continue;
    return { name, position: position(node) };
  }
  return undefined;
}

/** Names that a node binds: `$x := …`, a lambda's parameters, `@$x` and `#$i`. Scopes are not told apart. */
function definedNames(node: AstNode): string[] {
  const names: string[] = [];
  if (node.type === 'bind' && isNode(node.lhs)) names.push(String(node.lhs.value));
  if (node.type === 'lambda' && Array.isArray(node.arguments)) {
    for (const argument of node.arguments) if (isNode(argument)) names.push(String(argument.value));
  }
  for (const key of ['focus', 'index']) if (typeof node[key] === 'string') names.push(node[key]);
  if (Array.isArray(node.stages)) {
    for (const stage of node.stages) if (isNode(stage) && stage.type === 'index') names.push(String(stage.value));
  }
  return names;
}

/** jsonata gives the place after a token; the token's own start is what people look for. */
function position(node: AstNode): number {
  const end = typeof node.position === 'number' ? node.position : 0;
  return Math.max(0, end - String(node.value).length - 1);
}

/** What people look for by the names of other languages, and how it is written here. */
const WRITTEN_AS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '$glob(x, "prefix*")': 'startsWith hasPrefix beginsWith',
    '$glob(x, "*suffix")': 'endsWith hasSuffix',
    '"item" in list, or $contains(x & "", "part") for a text': 'includes has indexOf contain hasItem',
    '$contains(x & "", /pattern/)': 'matches test regex regexMatch search like',
    '$exists(list[condition])': 'any some find',
    '$not($exists(list[$not(condition)]))': 'every all',
    '$exists(x)': 'defined isDefined present hasField isSet',
    '$not(x or false)': 'empty isEmpty isNull isMissing',
    'a ?: b': 'coalesce default ifNull orElse',
    'a ? b : c': 'if iif when',
    'a & b': 'concat',
    '$lowercase(x & "")': 'lower toLowerCase toLower lcase',
    '$uppercase(x & "")': 'upper toUpperCase toUpper ucase',
    '$count(list), or $length(x & "") for a text': 'size len',
    'list[0]': 'first head',
    'list[-1]': 'last',
    '$distinct(list)': 'unique uniq',
  }).flatMap(([written, names]) => names.split(' ').map((name) => [name.toLowerCase(), written])),
);

/** What to write for a function that does not exist; undefined where nobody can know. */
export function insteadOf(name: string): string | undefined {
  const sameLetters = [...JSONATA_FUNCTIONS].find((known) => known.toLowerCase() === name.toLowerCase());
  return sameLetters === undefined ? WRITTEN_AS.get(name.toLowerCase()) : `$${sameLetters}`;
}

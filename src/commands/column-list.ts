import { UsageError } from '../errors.ts';
import { type CompiledExpression, compileExpression, type Lists } from '../expression/compile.ts';

/** Names for what people ask for most, beside any expression: `--by verb,resource,user`. */
const SHORT_FIELDS: Readonly<Record<string, string>> = {
  user: 'user.username',
  actor: '$actor()',
  group: 'user.groups',
  impersonated: 'impersonatedUser.username',
  resource: 'objectRef.resource',
  subresource: 'objectRef.subresource',
  namespace: 'objectRef.namespace',
  name: 'objectRef.name',
  apiGroup: 'objectRef.apiGroup',
  code: 'responseStatus.code',
  ip: 'sourceIPs[-1]',
  outcome: '$outcome()',
  command: '$command()',
  decision: 'annotations."authorization.k8s.io/decision"',
  time: 'requestReceivedTimestamp',
};

export interface NamedExpression {
  readonly name: string;
  readonly expression: CompiledExpression;
}

/**
 * Reads `who=user.username,verb,$count(user.groups)`: expressions separated by commas, each with a name before `=` or
 * named by itself.
 * @throws {UsageError} for an empty or repeated one; {ExpressionError} for one that does not parse.
 */
export function parseColumnList(option: string, list: string, lists: Lists): NamedExpression[] {
  const columns = splitAtCommas(list).map((item) => {
    const named = /^\s*([A-Za-z_][\w-]*)\s*=(?!=)\s*(.+)$/s.exec(item);
    const name = (named?.[1] ?? item).trim();
    const text = (named?.[2] ?? item).trim();
    if (text === '') throw new UsageError(`--${option}: an expression is missing between two commas`);
    const long = Object.hasOwn(SHORT_FIELDS, text) ? (SHORT_FIELDS[text] ?? text) : text;
    return { name, expression: compileExpression(long, { lists }) };
  });
  const names = columns.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new UsageError(`--${option}: there are two columns ${twice}`);
  return columns;
}

/** Commas inside of brackets, quotes and backticks belong to an expression. */
function splitAtCommas(list: string): string[] {
  const items: string[] = [];
  let depth = 0;
  let quote = '';
  let start = 0;
  for (let i = 0; i < list.length; i++) {
    const character = list.charAt(i);
    if (quote) {
      if (character === '\\') i++;
      else if (character === quote) quote = '';
    } else if ('"\'`'.includes(character)) quote = character;
    else if ('([{'.includes(character)) depth++;
    else if (')]}'.includes(character)) depth--;
    else if (character === ',' && depth === 0) {
      items.push(list.slice(start, i));
      start = i + 1;
    }
  }
  return [...items, list.slice(start)];
}

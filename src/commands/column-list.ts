import { UsageError } from '../errors.ts';
import { type AdHocExpression, compileAdHoc } from '../expression/ad-hoc.ts';
import type { Lists } from '../expression/compile.ts';
import { ExpressionError } from '../expression/error.ts';

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
  readonly expression: AdHocExpression;
}

/**
 * Reads `who=user.username,verb,$count(user.groups)`: expressions separated by commas, each with a name before `=` or
 * named by itself.
 * @throws {UsageError} for an empty or repeated one; {ExpressionError} for one that does not parse.
 */
export function parseColumnList(option: string, list: string, lists: Lists): NamedExpression[] {
  const columns: NamedExpression[] = [];
  const pieces = list.split(',');
  while (pieces.length > 0) {
    const column = takeColumn(option, pieces, lists);
    if (columns.some(({ name }) => name === column.name)) {
      throw new UsageError(`--${option}: there are two columns ${column.name}`);
    }
    columns.push(column);
  }
  return columns;
}

/**
 * Takes the first expression off the pieces: the shortest run of them that parses, for a comma can also stand in brackets,
 * quotes or a regex.
 */
function takeColumn(option: string, pieces: string[], lists: Lists): NamedExpression {
  let failure: ExpressionError | undefined;
  for (let count = 1; count <= pieces.length; count++) {
    const item = pieces.slice(0, count).join(',');
    if (item.trim() === '') throw new UsageError(`--${option}: an expression is missing between two commas`);
    try {
      const column = compileColumn(item, lists);
      pieces.splice(0, count);
      return column;
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      failure ??= error;
    }
  }
  throw failure ?? new UsageError(`--${option} needs an expression`);
}

function compileColumn(item: string, lists: Lists): NamedExpression {
  const named = /^\s*([A-Za-z_][\w-]*)\s*=(?!=)\s*(.+)$/s.exec(item);
  const name = (named?.[1] ?? item).trim();
  const text = (named?.[2] ?? item).trim();
  const long = Object.hasOwn(SHORT_FIELDS, text) ? (SHORT_FIELDS[text] ?? text) : text;
  return { name, expression: compileAdHoc(long, lists) };
}

import { KnownError } from '../errors.ts';

/** An expression that does not parse, or names something that does not exist. */
export class ExpressionError extends KnownError {
  override name = 'ExpressionError';
  readonly expression: string;
  /** UTF-16 code units from the start of the expression. */
  readonly position: number;
  readonly reason: string;

  constructor(expression: string, position: number, reason: string) {
    super(`${reason}\n${caret(expression, position)}`);
    this.expression = expression;
    this.position = position;
    this.reason = reason;
  }
}

/** The line of the expression in question with a caret below the place, in two lines; long ones are cut around it. */
export function caret(expression: string, position: number, width = 100): string {
  const start = position === 0 ? 0 : expression.lastIndexOf('\n', position - 1) + 1;
  const end = expression.indexOf('\n', position);
  const line = expression.slice(start, end < 0 ? undefined : end).replaceAll('\t', ' ');
  const column = position - start;
  const from = Math.max(0, column - Math.round(width * 0.6));
  const shown = line.slice(from, from + width);
  return `  ${from > 0 ? '…' : ''}${shown}\n  ${' '.repeat(column - from + (from > 0 ? 1 : 0))}^`;
}

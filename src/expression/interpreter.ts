/** jsonata itself: parses every expression, and runs those that are not compiled. */

import jsonata from 'jsonata';
import type { AuditEvent } from '../event/types.ts';
import { ExpressionError } from './error.ts';
import { EvaluationError } from './failure.ts';
import { eventFunctions } from './functions.ts';
import { MAX_SEQUENCE } from './run/budget.ts';
import { LinearRegex } from './run/regex.ts';

/** The event, for our functions, wherever in the expression they are called; no expression can name or rebind it. */
const EVENT = '\0event';

/** jsonata's own guard: calls nested deeper are an error of the evaluation. */
const MAX_DEPTH = 1_000;

export interface Interpreter {
  /** jsonata's syntax tree; not to be changed. */
  readonly ast: unknown;
  /**
   * The expression's value for an event, undefined for "nothing".
   * @throws {EvaluationError} when the event's shape makes the expression fail (`$contains` of a number).
   */
  evaluate(event: AuditEvent): Promise<unknown>;
}

/**
 * Parses JSONata, and binds our functions and the constants given.
 * @throws {ExpressionError} with the place, when the text does not parse.
 */
export function createInterpreter(text: string, constants: Readonly<Record<string, unknown>>): Interpreter {
  const expression = parse(text);
  for (const [name, value] of Object.entries(constants)) if (!isEmpty(value)) expression.assign(name, value);
  // Into an empty list that is grouped, jsonata writes: each evaluation has one of its own.
  const empty = Object.keys(constants).filter((name) => isEmpty(constants[name]));
  for (const [name, { run }] of Object.entries(eventFunctions)) {
    expression.registerFunction(name, function (...args: unknown[]) {
      return run(this.environment.lookup(EVENT) as AuditEvent, ...args);
    });
  }
  return {
    ast: expression.ast(),
    async evaluate(event) {
      try {
        return await expression.evaluate(event, {
          [EVENT]: event,
          ...Object.fromEntries(empty.map((name) => [name, []])),
        });
      } catch (error) {
        const { code, message } = describe(error);
        throw new EvaluationError(code, message);
      }
    },
  };
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function parse(text: string): jsonata.Expression {
  try {
    return jsonata(text, {
      RegexEngine: LinearRegex as unknown as RegExpConstructor,
      stack: MAX_DEPTH,
      sequence: MAX_SEQUENCE,
    });
  } catch (error) {
    const { position, message, token } = describe(error);
    // jsonata gives the place after the token; people look for the token.
    const before = position - token.length;
    const start = token !== '' && before >= 0 && text.startsWith(token, before) ? before : position;
    throw new ExpressionError(text, Math.min(start, text.length), `the expression does not parse: ${message}`);
  }
}

/** jsonata throws plain objects with a code, a place and a message; anything else is a fault inside of it. */
function describe(error: unknown): { code: string; position: number; message: string; token: string } {
  const { code, position, message, token } =
    typeof error === 'object' && error !== null ? (error as Record<string, unknown>) : {};
  return {
    code: typeof code === 'string' ? code : 'unknown',
    position: typeof position === 'number' ? position : 0,
    token: typeof token === 'string' ? token : '',
    message: typeof message === 'string' && message !== '' ? message : String(error),
  };
}

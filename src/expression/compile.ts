import jsonata from 'jsonata';
import type { AuditEvent } from '../event/types.ts';
import { type AstNode, walk } from './ast.ts';
import { ExpressionError } from './error.ts';
import { eventFunctions } from './functions.ts';
import { findUnknownName } from './names.ts';
import { LinearRegex, linearPattern } from './regex.ts';

/** Lists of the configuration, by name without the `$`; each is a variable of every expression. */
export type Lists = Readonly<Record<string, readonly string[]>>;

/** An immutable, shareable expression over an audit event. */
export interface CompiledExpression {
  readonly text: string;
  /**
   * The expression's value for an event, undefined for "nothing".
   * @throws {EvaluationError} when the event's shape makes the expression fail (`$contains` of a number).
   */
  evaluate(event: AuditEvent): Promise<unknown>;
}

export interface CompileOptions {
  readonly lists?: Lists;
  /** Refuse what a detector may not use: see {@link FORBIDDEN}. */
  readonly detector?: boolean;
}

/** A failure that an event's shape raised; counted and shown per expression, never taken for "no match". */
export class EvaluationError extends Error {
  override name = 'EvaluationError';
  /** jsonata's error code, for example T0410. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * What a detector may not call: its result must depend on the event alone, and its cost must be bounded by the event.
 * Ad-hoc queries may.
 */
const FORBIDDEN: ReadonlySet<string> = new Set(['eval', 'now', 'millis', 'random', 'shuffle']);

/** The event, for our functions, wherever in the expression they are called; no expression can name or rebind it. */
const EVENT = '\0event';

/** jsonata's own guards: calls nested deeper, or lists longer, are an error of the evaluation. */
const MAX_DEPTH = 1_000;
const MAX_SEQUENCE = 1_000_000;
/** Milliseconds that an ad-hoc expression may take over one event: it can loop for ever, a detector cannot. */
const MAX_TIME = 5_000;

/**
 * Compiles JSONata, with our functions and the configuration's lists bound.
 * @throws {ExpressionError} with the place, when the text does not parse or names what does not exist.
 */
export function compileExpression(text: string, options: CompileOptions = {}): CompiledExpression {
  const lists = options.lists ?? {};
  const expression = parse(text, options.detector ? 0 : MAX_TIME);
  const ast = expression.ast();
  check(text, ast, lists, options.detector ?? false);

  for (const [name, list] of Object.entries(lists)) expression.assign(name, list);
  for (const [name, implementation] of Object.entries(eventFunctions)) {
    expression.registerFunction(name, function (...args: unknown[]) {
      return implementation(this.environment.lookup(EVENT) as AuditEvent, ...args);
    });
  }
  return {
    text,
    async evaluate(event) {
      try {
        return await expression.evaluate(event, { [EVENT]: event });
      } catch (error) {
        throw evaluationError(error);
      }
    },
  };
}

function parse(text: string, timeout: number): jsonata.Expression {
  try {
    return jsonata(text, {
      RegexEngine: LinearRegex as unknown as RegExpConstructor,
      stack: MAX_DEPTH,
      sequence: MAX_SEQUENCE,
      timeout,
    });
  } catch (error) {
    const { position, message, token } = describe(error);
    // jsonata gives the place after the token; people look for the token.
    const start = token !== '' && text.startsWith(token, position - token.length) ? position - token.length : position;
    throw new ExpressionError(text, Math.min(start, text.length), `the expression does not parse: ${message}`);
  }
}

function check(text: string, ast: unknown, lists: Lists, detector: boolean): void {
  const unknown = findUnknownName(ast, (name) => Object.hasOwn(eventFunctions, name) || Object.hasOwn(lists, name));
  if (unknown) throw new ExpressionError(text, unknown.position, `there is no $${unknown.name}`);
  for (const node of walk(ast)) {
    checkRegex(text, node);
    if (detector) checkAllowed(text, node);
  }
}

function checkRegex(text: string, node: AstNode): void {
  if (node.type !== 'regex' || !(node.value instanceof RegExp)) return;
  try {
    linearPattern(node.value);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ExpressionError(
      text,
      place(node),
      `the regex is not one of RE2's (no look-around, no back-reference): ${reason}`,
    );
  }
}

function checkAllowed(text: string, node: AstNode): void {
  const refuse = (what: string): never => {
    throw new ExpressionError(text, place(node), `a detector may not use ${what}`);
  };
  if (node.type === 'lambda') refuse('function definitions');
  if (node.type === 'transform') refuse('transforms');
  if (node.type === 'variable' && FORBIDDEN.has(String(node.value))) refuse(`$${String(node.value)}`);
}

function place(node: AstNode): number {
  return typeof node.position === 'number' ? node.position : 0;
}

function evaluationError(error: unknown): EvaluationError {
  const { code, message } = describe(error);
  return new EvaluationError(code, message);
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

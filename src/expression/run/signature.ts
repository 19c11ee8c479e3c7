import { failure } from '../failure.ts';
import { spend } from './budget.ts';

/**
 * How jsonata checks a call's arguments: the type of each is a letter, the signature a regular expression over the letters.
 * A parameter marked `-` is taken from the context where the call leaves it out.
 */
export interface Signature {
  /**
   * The arguments as the function gets them.
   * @throws {EvaluationError} T0410, T0411, T0412
   */
  validate(args: readonly unknown[], context: unknown): readonly unknown[];
}

interface Parameter {
  readonly letters: string;
  readonly repeat: '' | '?' | '+';
  readonly fromContext: boolean;
  readonly isArray: boolean;
  /** What an array's items must be. */
  readonly items: string | undefined;
}

/** Where an argument comes from: by how its letters matched. */
interface Assignment {
  readonly parameter: Parameter;
  /** Letters that the parameter took; empty for none. */
  readonly letters: string;
}

const ANY = 'asnblfom';
const NAMES: Readonly<Record<string, string>> = { n: 'numbers', o: 'objects', s: 'strings' };
/** Argument lists that are remembered for a signature: few, for expressions are few. */
const MAX_KNOWN = 1_000;

/** @param token the function's name, for messages. */
export function createSignature(text: string, token: string): Signature {
  const parameters = parse(text);
  const known = new Map<string, readonly Assignment[]>();
  const pattern = new RegExp(
    `^${parameters.map(({ letters, repeat, fromContext }) => `([${letters}]${fromContext ? '?' : repeat})`).join('')}$`,
  );

  const assign = (supplied: string, args: readonly unknown[]): readonly Assignment[] => {
    const match = pattern.exec(supplied);
    if (!match) throw mismatch(parameters, supplied, args, token);
    const assignments = parameters.map((parameter, index) => ({ parameter, letters: match[index + 1] ?? '' }));
    if (known.size < MAX_KNOWN) known.set(supplied, assignments);
    return assignments;
  };

  return {
    validate(args, context) {
      let supplied = '';
      for (const arg of args) supplied += letterOf(arg);
      const valid: unknown[] = [];
      let next = 0;
      for (const { parameter, letters } of known.get(supplied) ?? assign(supplied, args)) {
        if (letters === '') {
          if (!parameter.fromContext) valid.push(args[next++]);
          else if (accepts(parameter, context)) valid.push(context);
          else throw failure('T0411', { token, value: context, index: next + 1 });
          continue;
        }
        for (const letter of letters) {
          const arg = args[next];
          if (parameter.isArray && letter !== 'm') valid.push(arrayOf(arg, letter, letters, parameter, token, next));
          else valid.push(arg);
          next++;
        }
      }
      return valid;
    },
  };
}

function arrayOf(
  arg: unknown,
  letter: string,
  letters: string,
  { items }: Parameter,
  token: string,
  index: number,
): readonly unknown[] {
  if (Array.isArray(arg)) spend(arg.length / 16);
  const array = Array.isArray(arg) ? (arg as readonly unknown[]) : undefined;
  if (items !== undefined) {
    const fits = array ? array.length === 0 || array.every((item) => letterOf(item) === items) : letters === items;
    if (!fits) throw failure('T0412', { token, value: arg, index: index + 1, type: NAMES[items] });
  }
  return letter === 'a' && array ? array : [arg];
}

function accepts({ letters }: Parameter, context: unknown): boolean {
  return letters.includes(letterOf(context));
}

function letterOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return 's';
    case 'number':
      return 'n';
    case 'boolean':
      return 'b';
    case 'function':
      return 'f';
    case 'object':
      return value === null ? 'l' : Array.isArray(value) ? 'a' : 'o';
    default:
      return 'm';
  }
}

/** The first argument that does not fit. */
function mismatch(parameters: readonly Parameter[], supplied: string, args: readonly unknown[], token: string): Error {
  let partial = '^';
  let good = 0;
  for (const { letters, repeat, fromContext } of parameters) {
    partial += `[${letters}]${fromContext ? '?' : repeat}`;
    const match = new RegExp(partial).exec(supplied);
    if (!match) break;
    good = match[0].length;
  }
  return failure('T0410', { token, value: args[good], index: good + 1 });
}

/** Signatures as jsonata writes them, for example `<s-(sf)n?:a<s>>`. */
function parse(signature: string): Parameter[] {
  const parameters: Parameter[] = [];
  const parameter = /([a-z]|\([a-z]+\))(?:<([a-z])[^>]*>)?([-?+]*)/y;
  parameter.lastIndex = 1;
  for (;;) {
    const match = parameter.exec(signature);
    if (!match) return parameters;
    const [, type = '', items, marks = ''] = match;
    parameters.push({
      letters: lettersOf(type),
      repeat: marks.includes('+') ? '+' : marks.includes('?') ? '?' : '',
      fromContext: marks.includes('-'),
      isArray: type === 'a',
      items,
    });
  }
}

/** A missing value, m, is no mismatch for anything but a function. */
function lettersOf(type: string): string {
  if (type === 'f') return 'f';
  if (type === 'a' || type === 'x') return ANY;
  return `${type.replace(/[()]/g, '')}m`;
}

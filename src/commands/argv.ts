import { UsageError } from '../errors.ts';
import { OPTIONS, type OptionName, type OptionSpec } from './option-table.ts';

const SPECS: Readonly<Record<string, OptionSpec>> = OPTIONS;
const BY_ALIAS: ReadonlyMap<string, OptionName> = new Map(
  Object.entries(SPECS).flatMap(([name, { alias }]) => (alias ? [[alias, name as OptionName]] : [])),
);

/** One option as it was given; a switch has the value `true` or `false`. */
export interface GivenOption {
  readonly name: OptionName;
  readonly value: string;
}

/** The command line, read: what is no option is a word, in the order in which it was typed. */
export interface ParsedArguments {
  readonly words: readonly string[];
  readonly options: readonly GivenOption[];
}

/**
 * Reads arguments as getopt does and kubectl's users expect: `--verb -get`, `--verb=-get`, `-nprod`, `-n prod`, `-n=prod`; an
 * option takes exactly one value and never swallows a word; after `--` everything is a word.
 * @throws {UsageError} for an option that does not exist, has no value or a wrong one, or is given twice though only one
 * makes sense.
 */
export function parseArguments(argv: readonly string[]): ParsedArguments {
  const options: GivenOption[] = [];
  const words: string[] = [];
  const given = new Set<string>();

  const take = (name: OptionName, spelt: string, value: string): void => {
    if (given.has(name) && !SPECS[name]?.repeatable) throw new UsageError(`${spelt} is given twice`);
    given.add(name);
    const choices = SPECS[name]?.choices;
    if (choices && !choices.includes(value))
      throw new UsageError(`${spelt} ${value}: not one of ${choices.join(', ')}`);
    options.push({ name, value });
  };

  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i] ?? '';
    const valueAfter = (spelt: string): string => {
      const next = argv[++i];
      if (next === undefined) throw new UsageError(`${spelt} needs a value`);
      return next;
    };
    if (argument === '--') {
      words.push(...argv.slice(i + 1));
      break;
    }
    if (argument.startsWith('--')) {
      const equals = argument.indexOf('=');
      const typed = equals < 0 ? argument.slice(2) : argument.slice(2, equals);
      const negated = typed.startsWith('no-') && SPECS[typed.slice(3)]?.type === 'boolean';
      const name = (negated ? typed.slice(3) : typed) as OptionName;
      const spec = Object.hasOwn(SPECS, name) ? SPECS[name] : undefined;
      if (!spec) throw unknownOption(`--${typed}`);
      if (spec.type === 'boolean')
        take(name, `--${typed}`, booleanValue(typed, equals < 0 ? 'true' : argument.slice(equals + 1), negated));
      else take(name, `--${typed}`, equals < 0 ? valueAfter(`--${typed}`) : argument.slice(equals + 1));
    } else if (argument.startsWith('-') && argument.length > 1) {
      shortOptions(argument, take, valueAfter);
    } else {
      words.push(argument);
    }
  }
  return { words, options };
}

/** `-q`, `-qh`, `-nprod`, `-n=prod`, `-n prod`. */
function shortOptions(
  argument: string,
  take: (name: OptionName, spelt: string, value: string) => void,
  valueAfter: (spelt: string) => string,
): void {
  for (let i = 1; i < argument.length; i++) {
    const letter = argument.charAt(i);
    const name = BY_ALIAS.get(letter);
    if (!name) throw unknownOption(argument.length === 2 ? argument : `-${letter} (in ${argument})`);
    if (SPECS[name]?.type === 'boolean') {
      take(name, `-${letter}`, 'true');
      continue;
    }
    const glued = argument.slice(i + 1).replace(/^=/, '');
    take(name, `-${letter}`, i + 1 < argument.length ? glued : valueAfter(`-${letter}`));
    return;
  }
}

function booleanValue(typed: string, value: string, negated: boolean): string {
  if (value !== 'true' && value !== 'false') throw new UsageError(`--${typed} takes no value`);
  return String((value === 'true') !== negated);
}

function unknownOption(typed: string): UsageError {
  const near = nearest(typed.replace(/^-+/, ''), Object.keys(SPECS));
  return new UsageError(`there is no option ${typed}${near ? `; did you mean --${near}?` : ''}`);
}

/** The word that is at most two edits away, the nearest first. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.min(3, Math.max(2, word.length));
  for (const candidate of words) {
    const edits = distance(word, candidate);
    if (edits < least) {
      least = edits;
      best = candidate;
    }
  }
  return best;
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next[j] = Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1);
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

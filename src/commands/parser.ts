import { UsageError } from '../errors.ts';
import type { Arguments } from './arguments.ts';
import { type GivenOption, nearest, type ParsedArguments, parseArguments } from './argv.ts';
import { COMMANDS, type Command, DETECTORS, NO_DETECTORS_COMMAND, nameOf } from './command-table.ts';
import { FORMS, OPTIONS, type OptionSpec } from './option-table.ts';

/**
 * Runs the command line; gives the exit status. The arguments are read by {@link parseArguments}. What is in order is run at
 * once; yargs, which takes as long to load as a small log to read, writes the help, and says what is wrong.
 * @throws {KnownError} for wrong use and everything that the commands throw.
 */
export async function runCommandLine(argv: readonly string[], version: string): Promise<number> {
  const parsed = parseArguments(argv);
  const [first, second] = parsed.words;
  const help = parsed.options.some(({ name }) => name === 'help');
  if (first !== undefined) checkCommand(first, [...COMMANDS.map(nameOf), 'detectors']);
  if (first === 'detectors' && second !== undefined) checkCommand(second, DETECTORS.map(nameOf));
  if (first === 'detectors' && second === undefined && !help) throw new UsageError(NO_DETECTORS_COMMAND);
  const call = readCall(parsed);
  if (call) return (await call.command.load())({ ...optionValues(parsed), ...call.positionals }, version);
  await (await import('./usage.ts')).tellUsage(parsed, version);
  return 0;
}

function checkCommand(word: string, names: readonly string[]): void {
  if (names.includes(word)) return;
  const near = nearest(word, names);
  throw new UsageError(
    `there is no command ${word}${near ? `; did you mean ${near}?` : `; there are ${names.join(', ')}`}`,
  );
}

interface Call {
  readonly command: Command;
  /** The words behind the command, by the names that its usage gives them. */
  readonly positionals: Readonly<Record<string, unknown>>;
}

/** What the command line asks to be run; undefined where it asks for help, or anything in it is not in order. */
function readCall({ words, options }: ParsedArguments): Call | undefined {
  const group = words[0] === 'detectors' ? DETECTORS : COMMANDS;
  const [name, ...given] = group === DETECTORS ? words.slice(1) : words;
  const command = group.find((candidate) => nameOf(candidate) === name);
  if (!command || !options.every((option) => takes(command, option))) return undefined;
  const positionals: Record<string, unknown> = { paths: [] };
  for (const [, place = ''] of command.usage.matchAll(/<(\w+)>/g)) {
    const word = given.shift();
    if (word === undefined) return undefined;
    positionals[place] = word;
  }
  if (command.usage.endsWith('[paths..]')) positionals.paths = given.splice(0);
  return given.length === 0 ? { command, positionals } : undefined;
}

function takes(command: Command, { name, value }: GivenOption): boolean {
  if (name === 'output' && !(command.forms ?? FORMS).includes(value)) return false;
  return command.options.includes(name);
}

/** Options by name: a list for a repeatable one, a boolean for a switch, text for any other. */
function optionValues({ options }: ParsedArguments): Arguments {
  const values: Record<string, unknown> = {};
  for (const { name, value } of options) {
    const spec: OptionSpec = OPTIONS[name];
    if (spec.repeatable) values[name] = [...((values[name] as string[] | undefined) ?? []), value];
    else values[name] = spec.type === 'boolean' ? value === 'true' : value;
  }
  return values;
}

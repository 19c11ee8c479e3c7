/** What yargs does: the help of the commands, and the sentence on what is wrong with a call of them. */

import yargs, { type Argv } from 'yargs';
import { UsageError } from '../errors.ts';
import type { ParsedArguments } from './argv.ts';
import { COMMANDS, type Command, DETECTORS, NO_DETECTORS_COMMAND } from './command-table.ts';
import { FORMS, OPTIONS, type OptionName, type OptionSpec } from './option-table.ts';

const MARK = /^word-(\d+)$/;

/**
 * Writes the help that is asked for. yargs sees no value that a user typed but those of options with choices, for it would take
 * off quotes, and read a leading dash its own way: a mark stands in for each.
 * @throws {UsageError} for a call that is not in order.
 */
export async function tellUsage(parsed: ParsedArguments, version: string): Promise<void> {
  const parser = yargs(marked(parsed))
    .scriptName('auditscan')
    .usage('$0 <command> [paths..]\n\nReads Kubernetes API-server audit logs and says what in them matters.')
    .parserConfiguration({
      'greedy-arrays': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'dot-notation': false,
      'camel-case-expansion': false,
    })
    .option('help', describeOption('help'))
    .version('version', 'Show version', version)
    .strict()
    .demandCommand(1, 1, 'no command given; auditscan --help lists them')
    .wrap(Math.min(110, process.stdout.columns ?? 100))
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? new UsageError(sentence(message, parsed.words));
    });
  for (const command of COMMANDS) add(parser, command);
  parser.command('detectors <command>', 'List, show, check and test detectors', (inner) => {
    for (const command of DETECTORS) add(inner, command);
    return inner.demandCommand(1, 1, NO_DETECTORS_COMMAND);
  });
  await parser.parseAsync();
}

/** The command line as yargs sees it: the command's own words, options by name, marks for everything else. */
function marked({ words, options }: ParsedArguments): string[] {
  const commands = words[0] === 'detectors' ? 2 : 1;
  const value = (option: { name: OptionName; value: string }): string => {
    const spec: OptionSpec = OPTIONS[option.name];
    return spec.type === 'boolean' || spec.choices ? option.value : 'value';
  };
  return [
    ...words.slice(0, commands),
    ...options.map((option) => `--${option.name}=${value(option)}`),
    ...words.slice(commands).map((_, index) => `word-${index + commands}`),
  ];
}

function add(parser: Argv, command: Command): void {
  parser.command(
    command.usage,
    command.describe,
    (inner) => {
      for (const name of command.options) inner.option(name, optionFor(name, command));
      for (const [line, why] of command.examples ?? []) inner.example(line, why);
      return inner.version(false);
    },
    refuse,
  );
}

/** Only a call that is not in order comes here; should yargs know nothing against it, it is not run all the same. */
function refuse(): never {
  throw new UsageError('this is no way to call the command; see --help');
}

function optionFor(name: OptionName, command: Command): ReturnType<typeof describeOption> {
  const option = {
    ...describeOption(name),
    ...(command.describes?.[name] ? { describe: command.describes[name] } : {}),
  };
  return name === 'output' ? { ...option, choices: [...(command.forms ?? FORMS)] } : option;
}

function describeOption(name: OptionName) {
  const spec: OptionSpec = OPTIONS[name];
  return {
    describe: spec.describe,
    group: spec.group,
    // A type would be shown as [string] beside each, which tells nobody anything; the values are read by ourselves.
    ...(spec.type === 'boolean' ? { boolean: true } : {}),
    ...(spec.alias ? { alias: spec.alias } : {}),
    ...(spec.choices ? { choices: [...spec.choices] } : {}),
  };
}

/** yargs' messages as our own: one sentence each. */
function sentence(message: string, words: readonly string[]): string {
  const [first = '', ...rest] = message
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  const unknown = /^Unknown arguments?: (.*)$/.exec(first)?.[1];
  if (unknown) {
    const names = unknown.split(', ').map((name) => spelt(name, words));
    return `this command takes no ${names.join(', ')}; see --help`;
  }
  if (first.startsWith('Not enough non-option arguments')) return 'an argument is missing; see --help';
  const choice = /Argument: (.*), Given: (.*), Choices: (.*)/.exec(rest.join(' '));
  if (choice) return `--${choice[1]} ${choice[2]}: not one of ${choice[3]} here`.replaceAll('"', '');
  return [first, ...rest].join(': ');
}

/** An option's name as it is typed; a word stays a word. */
function spelt(name: string, words: readonly string[]): string {
  const index = MARK.exec(name)?.[1];
  if (index !== undefined) return words[Number(index)] ?? name;
  return Object.hasOwn(OPTIONS, name) ? `--${name}` : name;
}

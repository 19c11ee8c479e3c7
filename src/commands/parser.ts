import yargs, { type Argv } from 'yargs';
import { UsageError } from '../errors.ts';
import type { Arguments } from './arguments.ts';
import { nearest, type ParsedArguments, parseArguments } from './argv.ts';
import {
  FOLLOWING,
  FORMS,
  OPTIONS,
  type OptionName,
  type OptionSpec,
  READING,
  REPORT_FORMS,
  SELECTORS,
  WRITING,
} from './option-table.ts';

/** Runs a command and gives its exit status. */
type Run = (args: Arguments, version: string) => Promise<number>;

interface Command {
  readonly usage: string;
  readonly describe: string;
  readonly options: readonly OptionName[];
  /** Loads the command: nothing of it is imported before it runs. */
  readonly load: () => Promise<Run>;
  readonly examples?: readonly (readonly [string, string])[];
  /** Output forms that make sense here; those of {@link FORMS} where it does not say. */
  readonly forms?: readonly string[];
  /** Of options that are more here than elsewhere. */
  readonly describes?: Partial<Readonly<Record<OptionName, string>>>;
}

const COMMANDS: readonly Command[] = [
  {
    usage: 'detect [paths..]',
    describe: 'What in the logs matters, by every detector',
    options: [...SELECTORS, ...READING, ...FOLLOWING, ...WRITING, 'detectors', 'detector', 'severity', 'fail-on'],
    load: async () => (await import('./detect.ts')).detect,
    examples: [
      ['$0 detect audit.log', 'what happened'],
      ['$0 detect /var/log/kubernetes/audit --since 24h -o jsonl', 'a whole rotated set, for a program'],
      ['$0 detect audit.log --rotated', 'the set of one log, where others lie beside it'],
      [
        '$0 detect --follow --state /var/lib/auditscan/state audit.log -o jsonl',
        'as it happens; goes on after a restart',
      ],
      ['$0 detect audit.log --user -system:* --fail-on high', 'only people; exit 1 on a finding of high or critical'],
    ],
  },
  {
    usage: 'report [paths..]',
    describe: 'A page on what happened, for people and for cron: whole rotated sets, one self-contained file',
    options: [
      ...[...SELECTORS, 'label', 'max-record-size', 'strict', 'config', 'output', 'out', 'timezone', 'color', 'quiet'],
      ...['known', 'detectors', 'detector', 'severity', 'fail-on', 'fail-on-new'],
    ] as const,
    load: async () => (await import('./report.ts')).report,
    forms: REPORT_FORMS,
    describes: {
      since:
        'From this time on: RFC 3339, an age such as 24h, 7d, or last: what was logged since the last report (--known)',
      output: 'Form of the output; by default as the ending of --out says, else html',
      timezone: 'Time zone of times and hours, for example Europe/Berlin',
    },
    examples: [
      ['$0 report --since 24h --out report.html', 'the last day of the log at its well-known place'],
      [
        '$0 report /var/log/kubernetes/audit --out report.html --out report.json',
        'a page for people, JSON for programs',
      ],
      [
        '$0 report --since last --known /var/lib/auditscan/known --out report.html --fail-on-new high -q',
        'by cron: what is new; exit 1 on a new finding of high or critical',
      ],
      ['$0 report samples/incident -o markdown', 'to paste into a chat or a ticket'],
    ],
  },
  {
    usage: 'query <expression> [paths..]',
    describe: 'Events that a JSONata expression keeps, or what it makes of them; @name for a saved one',
    options: [...SELECTORS, ...READING, ...FOLLOWING, ...WRITING, 'requests', 'columns', 'limit', 'explain'],
    load: async () => (await import('./query.ts')).query,
    examples: [
      [`$0 query 'verb = "delete" and objectRef.resource = "secrets"' audit.log`, 'true keeps an event'],
      [`$0 query '{"who": user.username, "what": requestURI}' audit.log -ojsonl`, 'an object is a row'],
      ['$0 query @exec audit.log', 'a saved query'],
      ['$0 query --explain @exec', 'how it would be run; reads no log'],
    ],
  },
  {
    usage: 'top [paths..]',
    describe: 'How often each value, or combination of values, comes',
    options: ['by', 'events', 'limit', ...SELECTORS, ...READING, ...WRITING],
    load: async () => (await import('./top.ts')).top,
    examples: [
      ['$0 top --by user,verb,resource audit.log', 'who does what'],
      ['$0 top --by ip --denied audit.log', 'where the refused requests come from'],
    ],
  },
  {
    usage: 'show <id> [paths..]',
    describe: 'The raw events of a finding, by its id or the beginning of it, or of an auditID',
    options: [...SELECTORS, ...READING, 'output', 'color', 'quiet', 'detectors'],
    load: async () => (await import('./show.ts')).show,
    forms: ['json', 'jsonl'],
  },
];

const DETECTORS: readonly Command[] = [
  {
    usage: 'list',
    describe: 'List the detectors',
    options: ['detectors', 'config', 'output', 'color'],
    load: async () => (await import('./detectors.ts')).list,
  },
  {
    usage: 'show <id>',
    describe: 'Show one detector',
    options: ['detectors', 'config', 'color'],
    load: async () => (await import('./detectors.ts')).show,
  },
  {
    usage: 'lint [paths..]',
    describe: 'Check detector files (by default the built-in ones)',
    options: ['detectors', 'config', 'color'],
    load: async () => (await import('./detectors.ts')).lint,
  },
  {
    usage: 'test [paths..]',
    describe: 'Run the tests that stand in detector files (by default the built-in ones)',
    options: ['detectors', 'config', 'color'],
    load: async () => (await import('./detectors.ts')).test,
  },
];

/**
 * Runs the command line; gives the exit status. The arguments are read by {@link parseArguments}; yargs chooses the command,
 * writes the help, and refuses what a command does not take. It sees no value that a user typed but those of options with
 * choices, for it would take off quotes, and read a leading dash its own way: a mark stands in for each.
 * @throws {KnownError} for wrong use and everything that the commands throw.
 */
export async function runCommandLine(argv: readonly string[], version: string): Promise<number> {
  const parsed = parseArguments(argv);
  const [first, second] = parsed.words;
  const help = parsed.options.some(({ name }) => name === 'help');
  if (first !== undefined) checkCommand(first, [...COMMANDS.map(nameOf), 'detectors']);
  if (first === 'detectors' && second !== undefined) checkCommand(second, DETECTORS.map(nameOf));
  if (first === 'detectors' && second === undefined && !help) throw new UsageError(NO_DETECTORS_COMMAND);
  let status = 0;
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
  const run = (command: Command) => async (args: Arguments) => {
    status = await (await command.load())({ ...optionValues(parsed), ...positionals(args, parsed) }, version);
  };
  for (const command of COMMANDS) add(parser, command, run(command));
  parser.command('detectors <command>', 'List, show, check and test detectors', (inner) => {
    for (const command of DETECTORS) add(inner, command, run(command));
    return inner.demandCommand(1, 1, NO_DETECTORS_COMMAND);
  });
  await parser.parseAsync();
  return status;
}

/** `query` of `query <expression> [paths..]`. */
function nameOf({ usage }: Command): string {
  return usage.split(' ')[0] ?? usage;
}

function checkCommand(word: string, names: readonly string[]): void {
  if (names.includes(word)) return;
  const near = nearest(word, names);
  throw new UsageError(
    `there is no command ${word}${near ? `; did you mean ${near}?` : `; there are ${names.join(', ')}`}`,
  );
}

const NO_DETECTORS_COMMAND = 'detectors needs one of list, show, lint, test';
const MARK = /^word-(\d+)$/;

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

/** Options by name: a list for a repeatable one, a boolean for a switch, text for any other. */
function optionValues({ options }: ParsedArguments): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const { name, value } of options) {
    const spec: OptionSpec = OPTIONS[name];
    if (spec.repeatable) values[name] = [...((values[name] as string[] | undefined) ?? []), value];
    else values[name] = spec.type === 'boolean' ? value === 'true' : value;
  }
  return values;
}

/** The words that yargs found a place for, by the names that the command's usage gives them. */
function positionals(args: Arguments, { words }: ParsedArguments): Record<string, unknown> {
  const word = (value: unknown): unknown => {
    const index = typeof value === 'string' ? MARK.exec(value)?.[1] : undefined;
    return index === undefined ? value : words[Number(index)];
  };
  const values: Record<string, unknown> = { paths: [] };
  for (const name of ['expression', 'id', 'paths']) {
    const value = args[name];
    if (value !== undefined) values[name] = Array.isArray(value) ? value.map(word) : word(value);
  }
  return values;
}

function add(parser: Argv, command: Command, run: (args: Arguments) => Promise<void>): void {
  parser.command(
    command.usage,
    command.describe,
    (inner) => {
      for (const name of command.options) inner.option(name, optionFor(name, command));
      for (const [line, why] of command.examples ?? []) inner.example(line, why);
      return inner.version(false);
    },
    run,
  );
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

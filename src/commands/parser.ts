import yargs, { type Argv } from 'yargs';
import { UsageError } from '../errors.ts';
import { type Arguments, texts } from './arguments.ts';
import { normaliseArguments } from './argv.ts';
import { OPTIONS, type OptionName, type OptionSpec, READING, SELECTORS, WRITING } from './option-table.ts';

/** Runs a command and gives its exit status. */
type Run = (args: Arguments) => Promise<number>;

interface Command {
  readonly usage: string;
  readonly describe: string;
  readonly options: readonly OptionName[];
  /** Loads the command: nothing of it is imported before it runs. */
  readonly load: () => Promise<Run>;
  readonly examples?: readonly (readonly [string, string])[];
  /** Output forms that make no sense here. */
  readonly notForms?: readonly string[];
}

const COMMANDS: readonly Command[] = [
  {
    usage: 'detect [paths..]',
    describe: 'What in the logs matters, by every detector',
    options: [...SELECTORS, ...READING, ...WRITING, 'detectors', 'detector', 'severity', 'fail-on'],
    load: async () => (await import('./detect.ts')).detect,
    examples: [
      ['$0 detect audit.log', 'what happened'],
      ['$0 detect /var/log/kubernetes/audit --since 24h -o jsonl', 'a whole rotated set, for a program'],
      ['$0 detect audit.log --user -system:* --fail-on high', 'only people; exit 1 on a finding of high or critical'],
    ],
  },
  {
    usage: 'query <expression> [paths..]',
    describe: 'Events that a JSONata expression keeps, or what it makes of them; @name for a saved one',
    options: [...SELECTORS, ...READING, ...WRITING, 'requests', 'columns', 'limit'],
    load: async () => (await import('./query.ts')).query,
    examples: [
      [`$0 query 'verb = "delete" and objectRef.resource = "secrets"' audit.log`, 'true keeps an event'],
      [`$0 query '{"who": user.username, "what": requestURI}' audit.log -ojsonl`, 'an object is a row'],
      ['$0 query @exec audit.log', 'a saved query'],
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
    notForms: ['table', 'wide', 'csv', 'markdown'],
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
 * Runs the command line; gives the exit status.
 * @throws {KnownError} for wrong use and everything that the commands throw.
 */
export async function runCommandLine(argv: readonly string[], version: string): Promise<number> {
  let status = 0;
  const parser = yargs(normaliseArguments(argv))
    .scriptName('auditscan')
    .usage('$0 <command> [paths..]\n\nReads Kubernetes API-server audit logs and says what in them matters.')
    .parserConfiguration({
      'greedy-arrays': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'dot-notation': false,
      'populate--': true,
    })
    .option('help', describeOption('help'))
    .version('version', 'Show version', version)
    .strict()
    .recommendCommands()
    .demandCommand(1, 1, 'no command given; auditscan --help lists them')
    .wrap(Math.min(110, process.stdout.columns ?? 100))
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? new UsageError(sentence(message));
    });
  for (const command of COMMANDS) add(parser, command, (result) => (status = result));
  parser.command('detectors <command>', 'List, show, check and test detectors', (inner) => {
    for (const command of DETECTORS) add(inner, command, (result) => (status = result));
    return inner.demandCommand(1, 1, 'detectors needs one of list, show, lint, test');
  });
  await parser.parseAsync();
  return status;
}

function add(parser: Argv, command: Command, done: (status: number) => void): void {
  parser.command(
    command.usage,
    command.describe,
    (inner) => {
      for (const name of command.options) inner.option(name, optionFor(name, command));
      for (const [line, why] of command.examples ?? []) inner.example(line, why);
      return inner.version(false);
    },
    async (args) => {
      const run = await command.load();
      done(await run({ ...args, paths: [...texts(args.paths), ...texts(args['--'])] }));
    },
  );
}

function optionFor(name: OptionName, command: Command): ReturnType<typeof describeOption> {
  const option = describeOption(name);
  if (!option.choices || !command.notForms || name !== 'output') return option;
  return { ...option, choices: option.choices.filter((form) => !command.notForms?.includes(form)) };
}

function describeOption(name: OptionName) {
  const spec: OptionSpec = OPTIONS[name];
  return {
    describe: spec.describe,
    type: spec.type,
    group: spec.group,
    ...(spec.alias ? { alias: spec.alias } : {}),
    ...(spec.repeatable ? { array: true } : {}),
    ...(spec.choices ? { choices: [...spec.choices] } : {}),
  };
}

/** yargs' messages as our own: one sentence each. */
function sentence(message: string): string {
  const [first = '', ...rest] = message
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  const unknown = /^Unknown arguments?: (.*)$/.exec(first)?.[1];
  if (unknown) return `this command takes no ${unknown.split(', ').map(spelt).join(', ')}; see --help`;
  const near = /^Did you mean (.*)\?$/.exec(first)?.[1];
  if (near) return `there is no such command; did you mean ${near}?`;
  if (first.startsWith('Unknown command')) return 'there is no such command; auditscan --help lists them';
  if (first.startsWith('Not enough non-option arguments')) return 'an argument is missing; see --help';
  const choice = /Argument: (.*), Given: (.*), Choices: (.*)/.exec(rest.join(' '));
  if (choice) return `--${choice[1]} ${choice[2]}: not one of ${choice[3]?.replaceAll('"', '')} here`;
  return [first, ...rest].join(': ');
}

/** An option's name as it is typed; a word stays a word. */
function spelt(name: string): string {
  return Object.hasOwn(OPTIONS, name) ? `--${name}` : name;
}

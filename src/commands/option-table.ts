/** Output forms of findings, events and rows, and of a report. */
export const FORMS = ['table', 'wide', 'json', 'jsonl', 'csv', 'markdown'] as const;
export const REPORT_FORMS = ['html', 'markdown', 'json'] as const;

/**
 * Every option of every command, in one table: what it is called, whether it takes a value, and whether it may be given
 * again. The same name means the same everywhere, so that the command line can be read before the command is known.
 */
export interface OptionSpec {
  readonly describe: string;
  readonly type: 'string' | 'boolean';
  readonly alias?: string;
  /** May be given several times, each time with one value. */
  readonly repeatable?: boolean;
  readonly choices?: readonly string[];
  readonly group: string;
}

const SELECT = 'Which events (each may be repeated; a leading - excludes):';
const TIME = 'When:';
const OUTPUT = 'Output:';
const INPUT = 'Input:';
const FOLLOW = 'Following:';
const DETECT = 'Detectors:';

const selector = (describe: string): OptionSpec => ({
  describe,
  type: 'string',
  repeatable: true,
  group: SELECT,
});

export const OPTIONS = {
  namespace: { ...selector('Namespace of the object; globs'), alias: 'n' },
  user: selector('User name, the real or the impersonated one; globs; sa:NS/NAME for a service account'),
  group: selector('Group of the user; globs'),
  verb: selector('Verb'),
  resource: selector('Resource as kubectl names it: po, deploy.apps, pods/exec'),
  name: selector('Name of the object; globs'),
  ip: selector('Address or range that any of the source IPs lies in'),
  code: selector('Status code: 403, 4xx'),
  denied: { describe: 'Only what was denied (401, 403)', type: 'boolean', group: SELECT },
  uri: selector('Request URI; globs'),
  'user-agent': selector('User agent; globs'),
  level: selector('Audit level'),
  stage: selector('Stage'),

  since: {
    describe: 'From this time on: RFC 3339, or an age such as 15m, 24h, 7d',
    type: 'string',
    group: TIME,
  },
  until: { describe: 'Up to this time', type: 'string', group: TIME },

  output: {
    describe: 'Form of the output',
    type: 'string',
    alias: 'o',
    choices: [...FORMS, 'html'],
    group: OUTPUT,
  },
  out: {
    describe:
      'File to write, or to replace; its ending tells the form (.html, .md, .json); may be repeated for several forms',
    type: 'string',
    repeatable: true,
    group: OUTPUT,
  },
  timezone: {
    describe: 'Time zone of tables, for example Europe/Berlin',
    type: 'string',
    group: OUTPUT,
  },
  color: { describe: 'Colour on a terminal (--no-color turns it off)', type: 'boolean', group: OUTPUT },
  quiet: { describe: 'No summary, no notes, no progress; errors only', type: 'boolean', alias: 'q', group: OUTPUT },
  limit: { describe: 'At most so many rows; 0 for all', type: 'string', group: OUTPUT },

  label: {
    describe: 'Name of the node or cluster that the log is of',
    type: 'string',
    group: INPUT,
  },
  rotated: { describe: 'Read the whole rotated set of each path, oldest first', type: 'boolean', group: INPUT },
  follow: {
    describe: 'Go on with what is written, through rotations, until Ctrl-C or SIGTERM',
    type: 'boolean',
    alias: 'f',
    group: FOLLOW,
  },
  state: {
    describe: 'File that remembers how far the logs were read; the next run goes on there',
    type: 'string',
    group: FOLLOW,
  },
  from: {
    describe:
      'Where to begin: checkpoint (the default where there is one), start (the default with --state or --since), end',
    type: 'string',
    choices: ['checkpoint', 'start', 'end'],
    group: FOLLOW,
  },
  silence: {
    describe: 'With --follow: report a log to which nothing was written for so long (default 10m; 0 for never)',
    type: 'string',
    group: FOLLOW,
  },
  'max-record-size': {
    describe: 'Skip and count lines above this size',
    type: 'string',
    group: INPUT,
  },
  strict: {
    describe: 'Damaged input or a missing generation is an error (exit 2); every line is parsed',
    type: 'boolean',
    group: INPUT,
  },
  jobs: {
    describe:
      'Threads that read; by default as many as there are processors, 4 at most, and 1 where there is little to read',
    type: 'string',
    group: INPUT,
  },
  engine: {
    describe:
      'How events are read: by their heads in WebAssembly (wasm, the default) or TypeScript (js), or all of them parsed and every expression interpreted (plain)',
    type: 'string',
    choices: ['wasm', 'js', 'plain'],
    group: INPUT,
  },
  config: { describe: 'Configuration file', type: 'string', group: INPUT },

  detectors: {
    describe: 'Folder or file of detectors of your own',
    type: 'string',
    repeatable: true,
    group: DETECT,
  },
  detector: {
    describe: 'Only these detectors; globs over ids',
    type: 'string',
    repeatable: true,
    group: DETECT,
  },
  severity: {
    describe: 'Only findings of this severity and above',
    type: 'string',
    choices: ['info', 'low', 'medium', 'high', 'critical'],
    group: DETECT,
  },
  'fail-on': {
    describe: 'Exit 1 when there is a finding of this severity or above',
    type: 'string',
    choices: ['info', 'low', 'medium', 'high', 'critical'],
    group: DETECT,
  },

  known: {
    describe: 'File that remembers what reports told: tells what is new, and where --since last begins',
    type: 'string',
    group: DETECT,
  },
  'fail-on-new': {
    describe: 'Exit 1 when there is such a finding that no earlier report told',
    type: 'string',
    choices: ['info', 'low', 'medium', 'high', 'critical'],
    group: DETECT,
  },

  by: {
    describe: 'Fields or expressions to count by, separated by commas',
    type: 'string',
    group: 'Counting:',
  },
  events: { describe: 'Count events, not requests', type: 'boolean', group: 'Counting:' },
  requests: { describe: 'Fold the stages of a request into one event', type: 'boolean', group: 'Query:' },
  columns: {
    describe: "Columns of the table: 'who=user.username,verb,…'",
    type: 'string',
    group: 'Query:',
  },
  explain: {
    describe: 'Show how the expression would be run, and what it may not mean as it was meant; reads no log',
    type: 'boolean',
    group: 'Query:',
  },

  help: { describe: 'Show help', type: 'boolean', alias: 'h', group: 'Options:' },
  version: { describe: 'Show version', type: 'boolean', group: 'Options:' },
} as const satisfies Readonly<Record<string, OptionSpec>>;

export type OptionName = keyof typeof OPTIONS;

export const SELECTORS = [
  'namespace',
  'user',
  'group',
  'verb',
  'resource',
  'name',
  'ip',
  'code',
  'denied',
  'uri',
  'user-agent',
  'level',
  'stage',
  'since',
  'until',
] as const satisfies readonly OptionName[];
export const READING = [
  'rotated',
  'label',
  'max-record-size',
  'strict',
  'config',
] as const satisfies readonly OptionName[];
/** Of commands that need not parse every event. */
export const HEADS = ['jobs', 'engine'] as const satisfies readonly OptionName[];
export const FOLLOWING = ['follow', 'state', 'from', 'silence'] as const satisfies readonly OptionName[];
export const WRITING = ['output', 'timezone', 'color', 'quiet'] as const satisfies readonly OptionName[];

import type { Arguments } from './arguments.ts';
import { FOLLOWING, HEADS, type OptionName, READING, REPORT_FORMS, SELECTORS, WRITING } from './option-table.ts';

/** Runs a command and gives its exit status. */
type Run = (args: Arguments, version: string) => Promise<number>;

export interface Command {
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

export const COMMANDS: readonly Command[] = [
  {
    usage: 'detect [paths..]',
    describe: 'What in the logs matters, by every detector',
    options: [
      ...SELECTORS,
      ...READING,
      ...HEADS,
      ...FOLLOWING,
      ...WRITING,
      'detectors',
      'detector',
      'severity',
      'fail-on',
    ],
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
    options: ['by', 'events', 'limit', ...SELECTORS, ...READING, ...HEADS, ...WRITING],
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

/** The commands behind `detectors`. */
export const DETECTORS: readonly Command[] = [
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

export const NO_DETECTORS_COMMAND = 'detectors needs one of list, show, lint, test';

/** `query` of `query <expression> [paths..]`. */
export function nameOf({ usage }: Command): string {
  return usage.split(' ')[0] ?? usage;
}

/** The command lines of the comparison: ours, and each peer's for the same question. */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DUCKDB } from './peers.ts';
import type { Work } from './rounds.ts';

/** A build elsewhere, with its own queries beside it, is measured with BENCH_CLI: an older one, or one that nobody changes meanwhile. */
export const CLI = resolve(process.env.BENCH_CLI ?? fileURLToPath(new URL('../../dist/cli.js', import.meta.url)));
export const NODE = process.execPath;

/** The one filter that peers get: reads of secrets. */
export const FILTER = 'objectRef.resource = "secrets" and verb in ["get", "list", "watch"]';
export const JQ_FILTER =
  'select(.objectRef.resource == "secrets" and (.verb == "get" or .verb == "list" or .verb == "watch")) | .auditID';
export const FIELDS = 'verb,resource,user';

/** Resources that the detectors ask for, and so candidates of a search by literals. */
export const LITERALS = [
  'secrets',
  'clusterrolebindings',
  'rolebindings',
  'clusterroles',
  'roles',
  'mutatingwebhookconfigurations',
  'validatingwebhookconfigurations',
  'exec',
]
  .map((literal) => `"${literal}"`)
  .join('|');

export interface Logs {
  readonly log: string;
  readonly gz: string | undefined;
  /** The beginning of the log, for the slow, and how many times longer the whole is. */
  readonly sample: string;
  readonly scale: number;
  readonly sampleText: string;
}

/** What reads the log, ours beside the peers, in the order in which a round runs it. */
export function logWorks({ log, gz, sample, scale, sampleText }: Logs): Work[] {
  const works: Work[] = [
    { id: 'detect', title: 'detect, every built-in detector', argv: [NODE, CLI, 'detect', '-q', '-ojsonl', log] },
    { id: 'duckdb-filter', title: 'DuckDB, one filter', argv: [NODE, DUCKDB, 'count', log] },
    { id: 'rg', title: 'rg, eight literals', argv: ['rg', '-c', LITERALS, log] },
    { id: 'wc', title: 'wc', argv: ['wc', '-l', log] },
    { id: 'top', title: 'top by verb, resource, user', argv: [NODE, CLI, 'top', '--by', FIELDS, '-q', log] },
    { id: 'duckdb-group', title: 'DuckDB, group by', argv: [NODE, DUCKDB, 'top', log] },
    { id: 'duckdb-start', title: 'DuckDB, its start alone', argv: [NODE, DUCKDB, 'start'] },
    { id: 'jq', title: `jq, one filter (${sampleText})`, argv: ['jq', '-r', JQ_FILTER, sample], scale },
    { id: 'gojq', title: `gojq, one filter (${sampleText})`, argv: ['gojq', '-r', JQ_FILTER, sample], scale },
  ];
  if (gz === undefined) return works;
  const gzip: Work[] = [
    { id: 'detect-gz', title: 'detect on .gz', argv: [NODE, CLI, 'detect', '-q', '-ojsonl', gz] },
    { id: 'zcat', title: 'zcat', argv: ['zcat', gz] },
  ];
  return [...works, ...gzip];
}

/** What takes milliseconds, and so needs more rounds. */
export const START_WORKS: readonly Work[] = [
  { id: 'version', title: '--version', argv: [NODE, CLI, '--version'] },
  { id: 'node', title: 'node, its start alone', argv: [NODE, '-e', '0'] },
];

/** The program that a work needs, as peers.ts names it; undefined for ours. */
export function peerOf({ argv }: Work): string | undefined {
  if (argv.includes(DUCKDB)) return 'duckdb';
  return argv[0] === NODE ? undefined : argv[0];
}

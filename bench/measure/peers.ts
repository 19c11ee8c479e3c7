/** What auditscan is measured against, where it is installed, and how to get what is not. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const DUCKDB = fileURLToPath(new URL('../peers/duckdb.mjs', import.meta.url));

interface Peer {
  readonly name: string;
  readonly version: readonly string[];
  readonly install: string;
}

const PEERS: readonly Peer[] = [
  { name: 'wc', version: ['wc', '--version'], install: 'apt-get install coreutils' },
  { name: 'zcat', version: ['zcat', '--version'], install: 'apt-get install gzip' },
  { name: 'rg', version: ['rg', '--version'], install: 'apt-get install ripgrep' },
  { name: 'jq', version: ['jq', '--version'], install: 'apt-get install jq' },
  { name: 'gojq', version: ['gojq', '--version'], install: 'apt-get install gojq' },
  { name: 'duckdb', version: [process.execPath, DUCKDB, 'version'], install: 'npm ci --prefix bench' },
];

export interface Installed {
  /** Name and version of each that is there. */
  readonly versions: ReadonlyMap<string, string>;
  /** A line for each that is not. */
  readonly missing: readonly string[];
}

export function findPeers(): Installed {
  const versions = new Map<string, string>();
  const missing: string[] = [];
  for (const { name, version, install } of PEERS) {
    const [program = '', ...args] = version;
    const told = spawnSync(program, args, { encoding: 'utf8' });
    if (told.status === 0) versions.set(name, told.stdout.split('\n')[0]?.trim() ?? '');
    else missing.push(`${name} is not installed (${install}): its rows are left out`);
  }
  return { versions, missing };
}

/**
 * Runs a command as a process of its own under GNU time, which alone tells a child's processor time and peak memory, and
 * keeps the harness's own memory out of the figure.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

export interface Timed {
  /** Seconds, from outside: finer than the hundredths of GNU time, with its start (about 1 ms) for everybody. */
  readonly wall: number;
  /** Seconds, user and system. */
  readonly processor: number;
  /** Bytes, the largest resident set. */
  readonly memory: number;
}

const GNU_TIME = '/usr/bin/time';

/** Empty, so that nobody's own configuration takes part. */
const home = mkdtempSync(join(tmpdir(), 'auditscan-bench-'));
process.on('exit', () => rmSync(home, { recursive: true, force: true }));

export const ENVIRONMENT: NodeJS.ProcessEnv = {
  ...process.env,
  AUDITSCAN_CONFIG: '',
  XDG_CONFIG_HOME: home,
  RIPGREP_CONFIG_PATH: '',
  NO_COLOR: '1',
  LC_ALL: 'C.UTF-8',
};

/** Undefined when GNU time is there; else what to do. */
export function missingTime(): string | undefined {
  const told = spawnSync(GNU_TIME, ['--version'], { encoding: 'utf8' });
  return /GNU/.test(`${told.stdout}${told.stderr}`)
    ? undefined
    : 'GNU time is needed at /usr/bin/time: apt-get install time';
}

/**
 * Output goes to /dev/null.
 * @throws {Error} with what the command said, when it does not end with 0.
 */
export function runTimed(argv: readonly string[]): Timed {
  const figures = join(home, 'time');
  const begun = performance.now();
  const run = spawnSync(GNU_TIME, ['-q', '-f', '%U %S %M', '-o', figures, ...argv], {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    env: ENVIRONMENT,
  });
  const wall = (performance.now() - begun) / 1000;
  if (run.status !== 0) {
    throw new Error(`${argv.join(' ')}\nended with ${run.signal ?? run.status}: ${run.stderr.slice(0, 2000)}`);
  }
  const [user, system, kibibytes] = readFileSync(figures, 'utf8').trim().split(' ').map(Number);
  if (user === undefined || system === undefined || kibibytes === undefined)
    throw new Error('GNU time told no figures');
  return { wall, processor: user + system, memory: kibibytes * 1024 };
}

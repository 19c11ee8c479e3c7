import { execFile } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Mode } from './modes.ts';

/** Administrators have it in their PATH, others may not. */
const PROGRAM = ['/usr/sbin/logrotate', '/sbin/logrotate', '/usr/bin/logrotate'].find((path) => existsSync(path));

export interface LogrotateOptions {
  readonly folder: string;
  /** Where the configuration and the state go: not beside the log. */
  readonly aside: string;
  readonly mode: Mode;
  readonly pid: number;
  readonly answer: string;
}

export interface Logrotate {
  rotate(): Promise<void>;
  /** Generations made so far. */
  rotations(): number;
}

export function createLogrotate(options: LogrotateOptions): Logrotate {
  const { folder, aside, mode } = options;
  if (PROGRAM === undefined) throw new Error('logrotate is not installed');
  const [program, config, state] = [PROGRAM, join(aside, 'logrotate.conf'), join(aside, 'logrotate.state')];
  writeFileSync(config, configuration(options), { mode: 0o600 });
  let second = 0;

  return {
    async rotate() {
      // A date is no finer, and a generation whose name is taken is not rotated.
      while (mode.dated && Math.floor(Date.now() / 1000) === second) await sleep(20);
      await promisify(execFile)(program, ['-f', '-s', state, config]);
      // The name was made at some time until now: on a busy machine, not in the second in which it was asked for.
      second = Math.floor(Date.now() / 1000);
    },
    rotations: () =>
      new Set(readdirSync(folder).flatMap((name) => (name === 'audit.log' ? [] : [name.replace(/\.gz$/, '')]))).size,
  };
}

function configuration({ folder, mode, pid, answer }: LogrotateOptions): string {
  // Nothing is deleted while it may be unread: a run makes fewer generations than that.
  const lines = ['rotate 1000', ...mode.logrotate];
  if (mode.reopens === 'signal')
    lines.push(
      'postrotate',
      `  kill -HUP ${pid}`,
      '  tries=0',
      `  while [ ! -e ${answer} ] && [ $tries -lt 3000 ]; do sleep 0.01; tries=$((tries + 1)); done`,
      `  rm ${answer}`,
      'endscript',
    );
  return `${join(folder, 'audit.log')} {\n${lines.map((line) => `  ${line}\n`).join('')}}\n`;
}

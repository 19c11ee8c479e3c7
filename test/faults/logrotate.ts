import { execFile } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
  const { folder, aside } = options;
  if (PROGRAM === undefined) throw new Error('logrotate is not installed');
  const [program, config, state] = [PROGRAM, join(aside, 'logrotate.conf'), join(aside, 'logrotate.state')];
  let second = Math.floor(Date.now() / 1000);

  return {
    async rotate() {
      // logrotate does not rotate to a name that is taken, and it names by its own clock, which need not agree with ours
      // at the border of a second: so it is told the second, a new one each time.
      second += 1;
      writeFileSync(config, configuration(options, second), { mode: 0o600 });
      await promisify(execFile)(program, ['-f', '-s', state, config]);
    },
    rotations: () =>
      new Set(readdirSync(folder).flatMap((name) => (name === 'audit.log' ? [] : [name.replace(/\.gz$/, '')]))).size,
  };
}

function configuration({ folder, mode, pid, answer }: LogrotateOptions, second: number): string {
  // Nothing is deleted while it may be unread: a run makes fewer generations than that.
  const lines = ['rotate 1000', ...mode.logrotate];
  if (mode.dated) lines.push('dateext', `dateformat -%Y%m%d-${second}`);
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

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Command } from './output.ts';

export interface ProgramOptions {
  /** The program under test, with what stands before its arguments. */
  readonly program: readonly string[];
  readonly command: Command;
  readonly log: string;
  readonly state: string;
  readonly follow: boolean;
  /** Both are appended to, as `>>` does. */
  readonly stdout: string;
  readonly stderr: string;
}

export interface Run {
  /** Resolves when the process is gone. */
  readonly ended: Promise<Ending>;
  /** Whether it has ended. */
  over(): boolean;
  signal(name: 'SIGKILL' | 'SIGTERM'): void;
}

export interface Ending {
  readonly exit: number | null;
  readonly signal: string | null;
}

/** A program that follows would outlive whoever started it. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export function startProgram(options: ProgramOptions): Run {
  const [file = '', ...before] = options.program;
  const [stdout, stderr] = [openSync(options.stdout, 'a'), openSync(options.stderr, 'a')];
  const child = spawn(
    file,
    [
      ...before,
      ...(options.command === 'query' ? ['query', 'true'] : ['detect']),
      options.log,
      ...(options.follow ? ['--follow'] : []),
      ...['--state', options.state, '-o', 'jsonl'],
    ],
    // Nothing of the machine's own configuration.
    { stdio: ['ignore', stdout, stderr], env: { PATH: process.env.PATH ?? '', HOME: '/nonexistent' } },
  );
  closeSync(stdout);
  closeSync(stderr);
  running.add(child);
  let over = false;
  const ended = new Promise<Ending>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (exit, signal) => {
      over = true;
      running.delete(child);
      resolve({ exit, signal });
    });
  });
  return { ended, over: () => over, signal: (name) => child.kill(name) };
}

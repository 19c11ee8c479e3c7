import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from '../command-line.ts';

export { ROOT };
export const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
export const SAMPLE = join(ROOT, 'samples/incident');

/** How long anything may take on a slow machine that others use too. */
export const DEADLINE = 90_000;

/** A folder of a test file, with an `auditscan` of the built program in `bin`. */
export interface Machine {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  path(name: string): string;
  write(name: string, content: string | Buffer): Promise<string>;
  remove(): Promise<void>;
}

export async function createMachine(): Promise<Machine> {
  const folder = await mkdtemp(join(tmpdir(), 'auditscan-system-'));
  const machine: Machine = {
    folder,
    env: { PATH: `${folder}:${process.env.PATH ?? ''}`, HOME: '/nonexistent', LANG: 'C.UTF-8' },
    path: (name) => join(folder, name),
    async write(name, content) {
      const file = join(folder, name);
      await writeFile(file, content);
      return file;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
  await chmod(await machine.write('auditscan', `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`), 0o755);
  return machine;
}

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number | null;
}

/** Runs a script in a shell, with standard input from the script alone (an empty pipe where it says nothing). */
export function shell(
  machine: Machine,
  script: string,
  options: { shell?: string; cwd?: string; stdin?: string | Buffer; env?: Readonly<Record<string, string>> } = {},
): Promise<Outcome> {
  const child = spawn(options.shell ?? 'bash', ['-c', script], {
    cwd: options.cwd ?? machine.folder,
    env: { ...machine.env, ...options.env },
    timeout: DEADLINE,
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  child.stdin.on('error', () => {});
  child.stdin.end(options.stdin ?? '');
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exit) =>
      resolve({ stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString(), exit }),
    );
  });
}

export function has(tool: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0;
}

/** The shells that are installed, of those that people have. */
export const SHELLS = ['bash', 'dash', 'zsh', 'fish'].filter(has);

/** Polls until the answer is something, and fails when that takes too long. */
export async function until<T>(what: string, ask: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const end = Date.now() + DEADLINE;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`waited too long for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A synthetic log, made once for each name. */
export async function makeLog(machine: Machine, name: string, size: string): Promise<string> {
  const file = machine.path(name);
  if (await stat(file).catch(() => undefined)) return file;
  execFileSync('npx', ['tsx', 'bench/make-log.ts', '--size', size, '--out', file], { cwd: ROOT, stdio: 'pipe' });
  return file;
}

export const text = (path: string): Promise<string> => readFile(path, 'utf8');

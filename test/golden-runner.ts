import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Result, ROOT, run } from './command-line.ts';

/** A run of the program: what it is given, and exactly what it must answer. */
export interface Case {
  readonly name: string;
  readonly args: readonly string[];
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exit?: number;
}

export interface GoldenFile {
  /** Written into an empty folder, which is the working directory of every case. */
  readonly files?: Readonly<Record<string, string>>;
  readonly cases: readonly Case[];
}

/** A folder with the files of a golden file in it, to run its cases. */
export interface Workplace {
  run(golden: Case): Promise<Result>;
  remove(): Promise<void>;
}

export async function createWorkplace(golden: GoldenFile): Promise<Workplace> {
  const cwd = await mkdtemp(join(tmpdir(), 'auditscan-golden-'));
  for (const [path, content] of Object.entries(golden.files ?? {})) {
    await mkdir(dirname(join(cwd, path)), { recursive: true });
    await writeFile(join(cwd, path), content);
  }
  // `$ROOT` stands for the repository, `$CWD` for the working directory, which differ from machine to machine.
  const root = ROOT.replace(/\/$/, '');
  const place = (text: string): string => text.replaceAll('$ROOT', root).replaceAll('$CWD', cwd);
  const displace = (text: string): string => text.replaceAll(cwd, '$CWD').replaceAll(root, '$ROOT');
  return {
    async run({ args, stdin, env }) {
      const result = await run(args.map(place), { cwd, env: env ?? {}, stdin });
      return { stdout: displace(result.stdout), stderr: displace(result.stderr), exit: result.exit };
    },
    remove: () => rm(cwd, { recursive: true, force: true }),
  };
}

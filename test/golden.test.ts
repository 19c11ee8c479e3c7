import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ROOT, run } from './command-line.ts';

/** A run of the program: what it is given, and exactly what it must answer. */
interface Case {
  readonly name: string;
  readonly args: readonly string[];
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exit?: number;
}

interface GoldenFile {
  /** Written into an empty folder, which is the working directory of every case. */
  readonly files?: Readonly<Record<string, string>>;
  readonly cases: readonly Case[];
}

const GOLDEN = join(ROOT, 'test/golden');

for (const name of (await readdir(GOLDEN)).filter((file) => file.endsWith('.yaml'))) {
  const golden = parse(await readFile(join(GOLDEN, name), 'utf8')) as GoldenFile;
  describe(name, () => {
    let cwd = '';
    beforeAll(async () => {
      cwd = await mkdtemp(join(tmpdir(), 'auditscan-golden-'));
      for (const [path, content] of Object.entries(golden.files ?? {})) {
        await mkdir(dirname(join(cwd, path)), { recursive: true });
        await writeFile(join(cwd, path), content);
      }
    });
    afterAll(() => rm(cwd, { recursive: true, force: true }));

    // `$ROOT` stands for the repository, `$CWD` for the working directory, which differ from machine to machine.
    const placed = (text: string): string => text.replaceAll('$ROOT', ROOT.replace(/\/$/, '')).replaceAll('$CWD', cwd);
    test.concurrent.each(golden.cases)('$name', async ({ args, stdin, env, stdout = '', stderr = '', exit = 0 }) => {
      const result = await run(args.map(placed), { cwd, env: env ?? {}, stdin });
      expect(result).toEqual({ stdout: placed(stdout), stderr: placed(stderr), exit });
    });
  });
}

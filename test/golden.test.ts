import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from './command-line.ts';
import { createWorkplace, type GoldenFile, type Workplace } from './golden-runner.ts';

const GOLDEN = join(ROOT, 'test/golden');

for (const name of (await readdir(GOLDEN)).filter((file) => file.endsWith('.yaml'))) {
  const golden = parse(await readFile(join(GOLDEN, name), 'utf8')) as GoldenFile;
  describe(name, () => {
    let workplace: Workplace;
    beforeAll(async () => {
      workplace = await createWorkplace(golden);
    });
    afterAll(() => workplace.remove());

    test.each(golden.cases)('$name', async (golden) => {
      const { stdout = '', stderr = '', exit = 0 } = golden;
      expect(await workplace.run(golden)).toEqual({ stdout, stderr, exit });
    });
  });
}

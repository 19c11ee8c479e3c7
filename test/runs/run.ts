import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A run of some of the tests. `.ci/run` asks for a JSON report beside the usual one, and adds up those of all runs. */
export function defineRun(name: string, test: { include: string[]; exclude?: string[]; testTimeout: number }) {
  const folder = process.env.AUDITSCAN_TEST_REPORTS;
  return defineConfig({
    test: {
      root: ROOT,
      reporters: folder ? ['default', ['json', { outputFile: join(folder, `${name}.json`) }]] : ['default'],
      ...test,
    },
  });
}

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type TestUserConfig } from 'vitest/config';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

type Run = Pick<TestUserConfig, 'exclude' | 'maxWorkers' | 'sequence'> & {
  readonly include: string[];
  /** Milliseconds that a test may take, and what comes before and after the tests of a file. */
  readonly timeout: number;
};

/** A run of some of the tests. `.ci/run` asks for a JSON report beside the usual one, and adds up those of all runs. */
export function defineRun(name: string, { timeout, ...test }: Run) {
  const folder = process.env.AUDITSCAN_TEST_REPORTS;
  return defineConfig({
    test: {
      root: ROOT,
      reporters: folder ? ['default', ['json', { outputFile: join(folder, `${name}.json`) }]] : ['default'],
      testTimeout: timeout,
      hookTimeout: timeout,
      ...test,
    },
  });
}

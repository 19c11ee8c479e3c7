import { join } from 'node:path';

/** The usual report, and where `.ci/run` asks for it a JSON one, from which it adds up the tests of all its runs. */
export function reporters(name: string): (string | [string, Record<string, unknown>])[] {
  const folder = process.env.AUDITSCAN_TEST_REPORTS;
  return folder ? ['default', ['json', { outputFile: join(folder, `${name}.json`) }]] : ['default'];
}

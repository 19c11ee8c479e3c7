import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { defineRun } from './run.ts';

/** The files by how long they take, the shortest last. One that is not named here begins before all of these. */
const ORDER = [
  ...['follow-logs', 'faults', 'inputs', 'follow-terminal', 'screen'],
  ...['follow-state', 'follow-ends', 'pipes'],
];

/** So that none that takes long is left alone in the end, while the processors stand idle. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => ORDER.indexOf(basename(moduleId, '.test.ts'));
    return files.toSorted((a, b) => place(a) - place(b));
  }
}

/** What needs system tools: jq, tmux, real shells. */
export default defineRun('system', {
  include: ['test/system/**/*.test.ts'],
  // Most of these tests wait for most of their time: for a minute to pass, for logs to be looked for again.
  maxWorkers: availableParallelism() + 1,
  sequence: { sequencer: LongestFirst },
  // Whatever waits for the program has a deadline of its own; a machine that is busy with something else is no fault.
  timeout: 300_000,
});

import { availableParallelism } from 'node:os';
import { defineRun } from './run.ts';

/** What needs nothing but Node. */
export default defineRun('unit', {
  include: ['test/**/*.test.ts'],
  exclude: ['test/system/**', 'test/conformance/**'],
  // vitest would leave one processor for itself, of two half of the machine, and it needs next to nothing.
  maxWorkers: availableParallelism(),
  timeout: 60_000,
});

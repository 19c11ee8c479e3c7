import { defineRun } from './run.ts';

/** What needs nothing but Node. */
export default defineRun('unit', {
  include: ['test/**/*.test.ts'],
  exclude: ['test/system/**', 'test/conformance/**'],
  testTimeout: 30_000,
});

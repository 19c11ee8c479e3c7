import { defineConfig } from 'vitest/config';
import { reporters } from './vitest.reporters.ts';

/** What needs nothing but Node. Tests that need system tools, or inputs from outside, have configurations of their own. */
export default defineConfig({
  test: {
    reporters: reporters('unit'),
    include: ['test/**/*.test.ts'],
    exclude: ['test/system/**', 'test/conformance/**'],
    testTimeout: 30_000,
  },
});

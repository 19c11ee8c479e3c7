import { defineConfig } from 'vitest/config';
import { reporters } from './vitest.reporters.ts';

/** Inputs that nobody here wrote, in a folder beside the repository; says aloud where it is not there. */
export default defineConfig({
  test: { reporters: reporters('conformance'), include: ['test/conformance/**/*.test.ts'], testTimeout: 300_000 },
});

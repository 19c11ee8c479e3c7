import { defineConfig } from 'vitest/config';
import { reporters } from './vitest.reporters.ts';

/** Tests that need system tools: jq, tmux, real shells. */
export default defineConfig({
  test: { reporters: reporters('system'), include: ['test/system/**/*.test.ts'], testTimeout: 120_000 },
});

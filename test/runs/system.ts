import { defineRun } from './run.ts';

/** What needs system tools: jq, tmux, real shells. */
export default defineRun('system', { include: ['test/system/**/*.test.ts'], testTimeout: 120_000 });

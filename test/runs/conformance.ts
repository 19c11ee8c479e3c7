import { defineRun } from './run.ts';

/** Inputs that nobody here wrote, in a folder beside the repository; it says aloud where that is not there. */
export default defineRun('conformance', { include: ['test/conformance/**/*.test.ts'], timeout: 300_000 });

#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { KnownError, systemReason } from './errors.ts';

// What a scan allocates is dead within a few events. V8 would grow the nursery to 16 MB, out of the processor's cache, and
// keep garbage for long. Measured (bench/RESULTS.md): with the first, `top` of 400 MB peaked at 119 MB instead of 153 MB, and took
// a quarter less time when it parsed all lines; with the second, `detect` of 400 MB with records of 8 MiB peaks at 193 MB.
setFlagsFromString('--semi-space-growth-factor=1');
setFlagsFromString('--optimize-for-size');

/** Argv to a command, errors to exit codes. Everything else is imported when it is needed: `--version` must be quick. */
async function main(argv: readonly string[]): Promise<number> {
  const version = String(
    (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: unknown }).version,
  );
  if (argv.length === 1 && argv[0] === '--version') {
    process.stdout.write(`${version}\n`);
    return 0;
  }
  const { runCommandLine } = await import('./commands/parser.ts');
  return runCommandLine(argv, version);
}

// A failed write is told here, for nobody waits for those of --help and --version. A closed pipe is a clean end.
process.stdout.on('error', (error) => {
  if (process.exitCode === 2 || ('code' in error && error.code === 'EPIPE')) return;
  process.stderr.write(`auditscan: cannot write the output: ${systemReason(error)}\n`);
  process.exitCode = 2;
});
process.stderr.on('error', () => {});

process.on('uncaughtException', crash);

try {
  const status = await main(process.argv.slice(2));
  process.exitCode ||= status;
} catch (error) {
  if (error instanceof KnownError) {
    const { printable } = await import('./commands/terminal.ts');
    process.stderr.write(`auditscan: ${printable(error.message)}\n`);
    process.exitCode = 2;
  } else if (!isOutputFailure(error)) {
    await crash(error);
  }
}
// Standard input may still be open though nobody will read it.
process.stdin.unref?.();

/** What we do not know keeps its stack. Node would end with 1, which says that there is a finding. */
async function crash(error: unknown): Promise<never> {
  const { printable } = await import('./commands/terminal.ts');
  const { inspect } = await import('node:util');
  process.stderr.write(`${printable(inspect(error))}\n`);
  process.exit(2);
}

function isOutputFailure(error: unknown): boolean {
  return error instanceof Error && error.name === 'OutputFailure';
}

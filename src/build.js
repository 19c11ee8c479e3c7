/**
 * `npm run build`, after tsc: makes of `dist` what the command line runs. tsc's modules are the library. The command line is
 * the same code in a few files instead of two hundred, which Node would look up and read one by one at each start. The skim
 * comes from AssemblyScript, and the pack's expressions are parsed.
 */

import { chmod, cp, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import asc from 'assemblyscript/asc';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = resolve(process.argv[2] ?? join(root, 'dist'));

/** Beside these lie the files of the command line, one folder below `dist`, from where `../..` is the package. */
const BUNDLED = join(dist, 'cli');

await rm(BUNDLED, { recursive: true, force: true });
await build({
  entryPoints: {
    cli: join(root, 'src/cli.ts'),
    'cli/worker': join(root, 'src/expression/sandbox/worker.ts'),
    'pool/thread': join(root, 'src/pool/thread.ts'),
  },
  outdir: dist,
  chunkNames: 'cli/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // They stay what npm installs and audits.
  packages: 'external',
  logLevel: 'warning',
});
await chmod(join(dist, 'cli.js'), 0o755);

// What is found by its place beside the code that asks for it.
for (const file of ['page.css', 'script.js'])
  for (const folder of [join(dist, 'report/html'), BUNDLED])
    await cp(join(root, 'src/report/html', file), join(folder, file));

const { error, stderr } = await asc.main([
  join(root, 'src/sieve/assembly/index.ts'),
  ...['--outFile', join(dist, 'skim.wasm'), '-O3', '--converge', '--noAssert', '--runtime', 'stub'],
  // The memory comes from whoever uses it, for threads share it; what is the module's own lies at its start.
  ...['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536', '--memoryBase', '16'],
  ...['--enable', 'simd', '--enable', 'threads'],
]);
if (error) throw new Error(`the skim does not compile:\n${stderr}`, { cause: error });

const { preparePack } = await import(pathToFileURL(join(dist, 'detect/prepare.js')).href);
await writeFile(join(dist, 'pack.json'), JSON.stringify(await preparePack()));

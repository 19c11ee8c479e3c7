import { type BlockOptions, type BlockReader, createBlockReader } from '../sieve/block.ts';
import { loadSkim } from '../sieve/load.ts';
import { createSkimmer, type Skimmer } from './skimmer.ts';
import { startThread } from './start-thread.ts';

export interface PoolOptions {
  /** Which skim: in WebAssembly, or in TypeScript. */
  readonly engine: 'wasm' | 'js';
  /** Threads; with 1, everything is done in this one. */
  readonly jobs: number;
  readonly blockSize: number;
  /** See {@link BlockOptions.keys}. */
  readonly keys: BlockOptions['keys'];
}

/** What reads logs by their heads, for as long as a run lasts. */
export interface Pool {
  readonly blockSize: number;
  /** For files, of which parts are read side by side. */
  skimmers(): Promise<readonly Skimmer[]>;
  /** For streams. */
  reader(): BlockReader;
  close(): Promise<void>;
}

export async function openPool({ engine, jobs, blockSize, keys }: PoolOptions): Promise<Pool> {
  const module = engine === 'js' ? 'js' : await loadSkim();
  const options: BlockOptions = { module, blockSize, keys };
  let skimmers: Promise<readonly Skimmer[]> | undefined;
  let reader: BlockReader | undefined;
  return {
    blockSize,
    skimmers() {
      skimmers ??=
        jobs === 1
          ? Promise.resolve([createSkimmer(options)])
          : Promise.all(Array.from({ length: jobs }, () => startThread(options)));
      return skimmers;
    },
    reader() {
      reader ??= createBlockReader(options);
      return reader;
    },
    async close() {
      const started = await skimmers?.catch(() => []);
      await Promise.all((started ?? []).map((skimmer) => skimmer.close()));
    },
  };
}

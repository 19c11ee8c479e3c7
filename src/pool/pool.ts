import { createSearch, loadSkim } from '../sieve/load.ts';
import { type BlockOptions, createBlockReader } from './block.ts';
import type { StreamReader } from './read-stream.ts';
import { createSkimmer, type Skimmer } from './skimmer.ts';
import { startThread } from './start-thread.ts';

export interface PoolOptions extends Omit<BlockOptions, 'module'> {
  /** Which skim: in WebAssembly, or in TypeScript. */
  readonly engine: 'wasm' | 'js';
  /** Threads; with 1, everything is done in this one. */
  readonly jobs: number;
}

/** What reads logs by their heads, for as long as a run lasts. */
export interface Pool {
  /** For files, of which parts are read side by side. */
  skimmers(): Promise<readonly Skimmer[]>;
  /** For streams. */
  reader(): StreamReader;
  close(): Promise<void>;
}

export async function openPool({ engine, jobs, ...rest }: PoolOptions): Promise<Pool> {
  const module = engine === 'js' ? 'js' : await loadSkim();
  const options: BlockOptions = { ...rest, module };
  /** Each by itself: when one cannot start, the others are closed nevertheless. */
  let started: Promise<Skimmer>[] | undefined;
  let stream: StreamReader | undefined;
  return {
    skimmers() {
      started ??=
        jobs === 1
          ? [Promise.resolve(createSkimmer(options))]
          : Array.from({ length: jobs }, () => startThread(options));
      return Promise.all(started);
    },
    reader() {
      if (!stream) {
        const reader = createBlockReader(options);
        stream = { reader, contains: createSearch(module, reader.shared) };
      }
      return stream;
    },
    async close() {
      const settled = await Promise.allSettled(started ?? []);
      await Promise.all(settled.map(async (result) => result.status === 'fulfilled' && result.value.close()));
    },
  };
}

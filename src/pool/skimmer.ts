import { setImmediate } from 'node:timers/promises';
import { type Contains, createSearch } from '../sieve/load.ts';
import { type BlockOptions, type BlockPlace, type BlockRows, createBlockReader } from './block.ts';
import type { Ways } from './groups.ts';

/** Reads blocks of files and skims them, in this thread or in another. */
export interface Skimmer {
  /** Where the lines of the rows lie. */
  readonly memory: Buffer;
  /** Looks into the memory. */
  readonly contains: Contains;
  /** How rows are to be counted. */
  readonly ways: Ways;
  /** As {@link BlockReader.read}. @throws an error of the system; any other where the thread has died. */
  read(slot: number, place: BlockPlace): Promise<BlockRows>;
  /** As {@link BlockReader.resume}. */
  resume(slot: number, at: number): Promise<BlockRows>;
  close(): Promise<void>;
}

/** In this thread. */
export function createSkimmer(options: BlockOptions): Skimmer {
  const reader = createBlockReader(options);
  const { buffer, byteOffset, byteLength } = reader.memory;
  return {
    memory: Buffer.from(buffer, byteOffset, byteLength),
    contains: createSearch(options.module, reader.shared),
    ways: reader.ways,
    async read(slot, place) {
      // Signals and timers have their turn between two blocks.
      await setImmediate();
      return reader.read(slot, place);
    },
    resume: async (slot, at) => reader.resume(slot, at),
    close: async () => {},
  };
}

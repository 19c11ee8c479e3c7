import type { BlockRows } from './block.ts';
import { SLOTS } from './block.ts';
import type { Skimmer } from './skimmer.ts';

/** A part of a regular file that is held open. */
export interface FilePart {
  readonly file: number;
  /** Bytes from the file's start; a line begins at the first. */
  readonly from: number;
  readonly to: number;
}

/** Rows of lines, in the order of the file. They, and the lines, are good until the next ones are asked for. */
export interface FileRows extends BlockRows {
  readonly skimmer: Skimmer;
}

/** At this byte is a line that the framing of lines must read; tells where the line behind it begins, undefined at the end. */
export type ReadLine = (from: number) => Promise<number | undefined>;

/**
 * The rows of all lines of a part of a file, a block at a time, in order; the blocks are read side by side.
 *
 * Ends before the part does where the file is shorter, or where `readLine` comes to its end.
 * @param readLine takes lines that are none for a skim, between the rows before and those behind.
 * @throws an error of the system, or of a thread that died, with the place.
 */
export async function* readFileRows(
  { file, from, to }: FilePart,
  skimmers: readonly Skimmer[],
  blockSize: number,
  readLine: ReadLine,
): AsyncIterable<FileRows> {
  const blocks = Math.ceil((to - from) / blockSize);
  const lanes = skimmers.length * SLOTS;
  const pending: Promise<BlockRows>[] = [];
  const start = (block: number): void => {
    const skimmer = skimmers[block % skimmers.length];
    if (!skimmer || block >= blocks) return;
    const offset = from + block * blockSize;
    const place = { file, offset, length: Math.min(blockSize, to - offset) };
    const rows = skimmer.read(slotOf(block), place);
    // It is awaited when its turn comes.
    rows.catch(() => {});
    pending.push(rows);
  };
  const slotOf = (block: number): number => Math.floor(block / skimmers.length) % SLOTS;

  try {
    for (let block = 0; block < lanes; block++) start(block);
    /** Up to here everything was given. */
    let position = from;
    for (let block = 0; block < blocks; block++) {
      const skimmer = skimmers[block % skimmers.length];
      const first = pending.shift();
      if (!skimmer || !first) return;
      let rows = await first.catch((error: unknown) => {
        throw atBlock(error, from + block * blockSize);
      });
      // A long line may have ended in this block, or behind it.
      if (rows.limit > position) {
        for (;;) {
          if (rows.count > 0) yield { ...rows, skimmer };
          position = Math.max(position, rows.end);
          if (rows.state === 'done') break;
          if (rows.state === 'stopped') {
            const next = await readLine(position);
            if (next === undefined) return;
            position = next;
            if (position >= rows.limit) break;
          }
          rows = await skimmer.resume(slotOf(block), position);
        }
      }
      start(block + lanes);
    }
  } finally {
    // The descriptor is closed behind this.
    await Promise.allSettled(pending);
  }
}

function atBlock(error: unknown, offset: number): unknown {
  return error instanceof Error && !('code' in error)
    ? new Error(`at byte ${offset}: ${error.message}`, { cause: error })
    : error;
}

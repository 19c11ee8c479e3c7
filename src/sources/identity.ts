import { createHash } from 'node:crypto';
import { InputError } from '../errors.ts';
import { readSource } from './read.ts';
import type { Chunks } from './types.ts';

/**
 * The first line is hashed whole up to this size: whoever sends requests chooses how an event's line begins, but not the
 * times that the API server writes near its end.
 */
const MAX_BEGINNING = 16 * 1024 * 1024;

const BLANKS = new Set([0x0a, 0x0d, 0x09, 0x20]);

/** A short name for bytes: 128 bits of their SHA-256. */
export function markOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
}

/**
 * How a generation begins: the mark of its first line. An audit event holds an id and times, so no two generations begin
 * alike, and a copy begins as what it was made from, whatever its name, inode and compression. Inode numbers tell much
 * less: the one that a compression frees is given to the next file.
 *
 * Zeros before the first line are passed over, for they are the hole that a truncation left, and so are empty lines.
 */
export interface Beginning {
  /** Takes the stream from its first byte on; what comes after the beginning is complete is ignored. */
  add(chunk: Buffer): void;
  /** Undefined as long as the first line is not whole. */
  readonly mark: string | undefined;
}

export function createBeginning(): Beginning {
  const hash = createHash('sha256');
  let size = 0;
  let mark: string | undefined;
  return {
    add(chunk) {
      if (mark !== undefined) return;
      const first = size > 0 ? 0 : firstOfLine(chunk);
      if (first < 0) return;
      const newline = chunk.indexOf(0x0a, first);
      const end = Math.min(newline < 0 ? chunk.length : newline + 1, first + MAX_BEGINNING - size);
      hash.update(chunk.subarray(first, end));
      size += end - first;
      if (newline >= 0 || size === MAX_BEGINNING) mark = hash.digest('base64url').slice(0, 22);
    },
    get mark() {
      return mark;
    },
  };
}

const ZEROS = Buffer.alloc(64 * 1024);

/** Where a hole ends; -1 where all is zero. Holes can be of gigabytes. */
export function firstNonZero(chunk: Buffer): number {
  if (chunk[0] !== 0) return 0;
  if (chunk.length <= ZEROS.length && chunk.equals(ZEROS.subarray(0, chunk.length))) return -1;
  return chunk.findIndex((byte) => byte !== 0);
}

/** How a stream begins; undefined where it has no whole line yet, or cannot be read so far. */
export async function beginningOf(chunks: Chunks): Promise<string | undefined> {
  const beginning = createBeginning();
  try {
    for await (const chunk of chunks) {
      beginning.add(chunk);
      if (beginning.mark !== undefined) break;
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
  }
  return beginning.mark;
}

/** As {@link beginningOf}, of a file, decompressed. */
export function beginningOfFile(path: string): Promise<string | undefined> {
  return beginningOf(readSource({ path, size: undefined }));
}

/** Where something begins that is no zero and no blank; -1 where nothing does. */
function firstOfLine(chunk: Buffer): number {
  let first = 0;
  while (first < chunk.length) {
    const zeros = firstNonZero(chunk.subarray(first));
    if (zeros < 0) return -1;
    first += zeros;
    if (!BLANKS.has(chunk[first] ?? 0)) return first;
    first += 1;
  }
  return -1;
}

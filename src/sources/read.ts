import { open } from 'node:fs/promises';
import { InputError, systemReason } from '../errors.ts';
import { decompress } from './decompress.ts';
import type { Chunks, OnRead, Source } from './types.ts';

/** Large enough to make system calls rare, small enough that a batch of parsed events stays small. */
const BLOCK = 64 * 1024;

/**
 * The bytes of a source, decompressed.
 * @throws {InputError} when the source cannot be opened, or fails midway.
 */
export async function* readSource(source: Source, onRead: OnRead = () => {}): Chunks {
  try {
    yield* decompress(shown(source.path === '-' ? standardInput() : blocks(source.path), onRead));
  } catch (error) {
    if (error instanceof InputError) throw new InputError(`${source.path}: ${error.message}`);
    throw new InputError(`cannot read ${source.path}: ${systemReason(error)}`);
  }
}

async function* blocks(path: string): Chunks {
  const file = await open(path, 'r');
  try {
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafeSlow(BLOCK), 0, BLOCK);
      if (bytesRead === 0) return;
      // A slow pipe gives a few bytes at a time, which must not hold a block each.
      yield bytesRead < BLOCK / 4 ? Buffer.from(buffer.subarray(0, bytesRead)) : buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

async function* standardInput(): Chunks {
  for await (const chunk of process.stdin) yield chunk as Buffer;
}

async function* shown(chunks: Chunks, onRead: OnRead): Chunks {
  let position = 0;
  for await (const chunk of chunks) {
    onRead(chunk, position);
    position += chunk.length;
    yield chunk;
  }
  onRead(Buffer.alloc(0), position);
}

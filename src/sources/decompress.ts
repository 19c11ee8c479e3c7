import { InputError } from '../errors.ts';
import { gunzip } from './gzip.ts';
import type { Chunks } from './types.ts';

/** Exports are sometimes compressed twice; more often than this, they are an attack. */
const MAX_LAYERS = 3;
const UTF_16 = 'the text is UTF-16; convert it to UTF-8 first (iconv -f utf-16 -t utf-8)';
/** zstd makes up to 128 KiB out of four bytes: input pieces this small keep what one push can bring within bounds. */
const ZSTD_PIECE = 4 * 1024;

/**
 * Undoes gzip (any number of members) and zstd (any number of frames), told by their magic bytes, and passes everything
 * else on as it is.
 * @throws {InputError} on damaged or cut data, after everything good before it was given.
 */
export async function* decompress(chunks: Chunks, layer = 0): Chunks {
  const iterator = chunks[Symbol.asyncIterator]();
  try {
    const head = await peek(iterator, 4);
    const rest = join(head, iterator);
    const kind = sniff(head);
    if (kind === 'plain') yield* rest;
    else if (kind === 'utf-16') throw new InputError(UTF_16);
    else if (layer === MAX_LAYERS) throw new InputError(`compressed more than ${MAX_LAYERS} times over`);
    else yield* decompress(kind === 'gzip' ? gunzip(rest) : unzstd(rest), layer + 1);
  } finally {
    await iterator.return?.();
  }
}

/** Whether a stream that begins so is compressed; four bytes tell. */
export function isCompressed(head: Buffer): boolean {
  const kind = sniff(head);
  return kind === 'gzip' || kind === 'zstd';
}

/** Whether a stream that begins so is given as it is. */
export function isPlain(head: Buffer): boolean {
  return sniff(head) === 'plain';
}

type Kind = 'plain' | 'gzip' | 'zstd' | 'utf-16';

function sniff(head: Buffer): Kind {
  if (head.length < 2) return 'plain';
  const two = head.readUInt16BE(0);
  if (two === 0x1f8b) return 'gzip';
  if (two === 0xfffe || two === 0xfeff) return 'utf-16';
  if (head.length < 4) return 'plain';
  const four = head.readUInt32LE(0);
  // A zstd frame, or one of the sixteen kinds of frame that a reader skips.
  if (four === 0xfd2fb528 || (four & 0xfffffff0) >>> 0 === 0x184d2a50) return 'zstd';
  return 'plain';
}

/** The first bytes, a few more or, where the stream is shorter, fewer. */
async function peek(iterator: AsyncIterator<Buffer>, length: number): Promise<Buffer> {
  let head: Buffer = Buffer.alloc(0);
  while (head.length < length) {
    const next = await iterator.next();
    if (next.done) break;
    // A copy: the chunk is its owner's again when the next one is asked for.
    head = Buffer.concat([head, next.value]);
  }
  return head;
}

async function* join(head: Buffer, iterator: AsyncIterator<Buffer>): Chunks {
  if (head.length > 0) yield head;
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
}

/** fzstd does not look at the optional checksums of frames: damage that leaves them readable is not noticed. */
async function* unzstd(chunks: Chunks): Chunks {
  const { Decompress } = await import('fzstd');
  let pieces: Buffer[] = [];
  // fzstd makes a new array for what it gives, so the pieces are the consumer's.
  const decompressor = new Decompress((piece) =>
    pieces.push(Buffer.from(piece.buffer, piece.byteOffset, piece.length)),
  );
  const push = (chunk: Buffer, last: boolean): void => {
    try {
      decompressor.push(chunk, last);
    } catch (error) {
      throw new InputError(`damaged zstd data (${error instanceof Error ? error.message : String(error)})`);
    }
  };
  for await (const chunk of chunks) {
    for (let start = 0; start < chunk.length; start += ZSTD_PIECE) {
      let failure: unknown;
      try {
        push(chunk.subarray(start, start + ZSTD_PIECE), false);
      } catch (error) {
        failure = error;
      }
      yield* pieces;
      pieces = [];
      if (failure) throw failure;
    }
  }
  push(Buffer.alloc(0), true);
  yield* pieces;
}

import { crc32, createInflateRaw, type InflateRaw } from 'node:zlib';
import { InputError } from '../errors.ts';
import type { Chunks } from './types.ts';

/** Output pieces of zlib: where the data is damaged, the piece that was being made is lost, and no more. */
const PIECE = 64 * 1024;
const MAX_HEADER = 256 * 1024;
const FLAG = { headerCrc: 2, extra: 4, name: 8, comment: 16 } as const;

/**
 * Undoes gzip (RFC 1952) of any number of members, with or without zeros between and behind them.
 *
 * Node's own stream does this as well, but it takes zeros for the end of the file and is silent about a member behind them,
 * and on a cut or a wrong checksum it drops what it has. Here zlib only inflates, and all that can be read is given
 * before an error is told.
 * @throws {InputError} on damaged or cut data, and when something else follows the last member.
 */
export async function* gunzip(chunks: Chunks): Chunks {
  const input = createCursor(chunks);
  try {
    for (let first = true; ; first = false) {
      if (!first && !(await skipZeros(input))) return;
      await skipHeader(input);
      yield* inflateMember(input);
    }
  } finally {
    await input.close();
  }
}

/** The compressed bytes, a chunk at a time or by count. */
interface Cursor {
  /** What is left of the current chunk, else the next one; undefined at the end. */
  next(): Promise<Buffer | undefined>;
  putBack(rest: Buffer): void;
  /** Exactly so many bytes; undefined where there are fewer. */
  take(count: number): Promise<Buffer | undefined>;
  close(): Promise<void>;
}

function createCursor(chunks: Chunks): Cursor {
  const iterator = chunks[Symbol.asyncIterator]();
  let held: Buffer[] = [];
  const next = async (): Promise<Buffer | undefined> => {
    const buffer = held.shift();
    if (buffer) return buffer;
    const { done, value } = await iterator.next();
    return done ? undefined : value;
  };
  const putBack = (rest: Buffer): void => {
    if (rest.length > 0) held = [rest, ...held];
  };
  return {
    next,
    putBack,
    async take(count) {
      const parts: Buffer[] = [];
      let missing = count;
      while (missing > 0) {
        const buffer = await next();
        if (!buffer) return undefined;
        // A copy: the chunk is its owner's again when the next one is asked for.
        parts.push(Buffer.from(buffer.subarray(0, missing)));
        putBack(buffer.subarray(missing));
        missing -= Math.min(missing, buffer.length);
      }
      return Buffer.concat(parts);
    },
    async close() {
      await iterator.return?.();
    },
  };
}

/** False at the end of the input. */
async function skipZeros(input: Cursor): Promise<boolean> {
  for (;;) {
    const chunk = await input.next();
    if (!chunk) return false;
    const start = chunk.findIndex((byte) => byte !== 0);
    if (start < 0) continue;
    input.putBack(chunk.subarray(start));
    return true;
  }
}

async function skipHeader(input: Cursor): Promise<void> {
  const header = (await input.take(10)) ?? cut();
  if (header.readUInt16BE(0) !== 0x1f8b)
    throw new InputError('damaged gzip data (something else follows the gzip data)');
  if (header[2] !== 8) throw new InputError('damaged gzip data (unknown compression method)');
  const flags = header[3] ?? 0;
  if (flags & FLAG.extra) await take(input, (await take(input, 2)).readUInt16LE(0));
  if (flags & FLAG.name) await skipText(input);
  if (flags & FLAG.comment) await skipText(input);
  if (flags & FLAG.headerCrc) await take(input, 2);
}

async function skipText(input: Cursor): Promise<void> {
  for (let skipped = 0; skipped < MAX_HEADER; skipped++) if ((await take(input, 1))[0] === 0) return;
  throw new InputError('damaged gzip data (the header does not end)');
}

async function take(input: Cursor, count: number): Promise<Buffer> {
  return (await input.take(count)) ?? cut();
}

function cut(): never {
  throw new InputError('damaged gzip data (it is cut off)');
}

async function* inflateMember(input: Cursor): Chunks {
  let checksum = 0;
  let size = 0;
  for await (const piece of inflate(input)) {
    checksum = crc32(piece, checksum);
    size = (size + piece.length) >>> 0;
    yield piece;
  }
  const trailer = await take(input, 8);
  if (trailer.readUInt32LE(0) !== checksum || trailer.readUInt32LE(4) !== size) {
    throw new InputError('damaged gzip data (incorrect checksum)');
  }
}

/**
 * One deflate stream. zlib destroys its stream on an error, and with it what was not read yet: so each chunk is written
 * alone, and all that comes of it is taken before the next.
 */
async function* inflate(input: Cursor): Chunks {
  const stream = createInflateRaw({ chunkSize: PIECE });
  let failure: Error | undefined;
  let ended = false;
  let wake = (): void => {};
  stream.on('error', (error) => {
    failure = error;
    wake();
  });
  stream.on('end', () => {
    ended = true;
    wake();
  });
  stream.on('readable', () => wake());
  try {
    for (;;) {
      const chunk = (await input.next()) ?? cut();
      const before = stream.bytesWritten;
      let busy = true;
      stream.write(chunk, () => {
        busy = false;
        wake();
      });
      for (;;) {
        for (let piece = read(stream); piece !== null; piece = read(stream)) yield piece;
        if (failure) throw new InputError(`damaged gzip data (${failure.message})`);
        if (ended || (!busy && stream.readableLength === 0)) break;
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (ended || !busy || failure || stream.readableLength > 0) resolve();
        });
      }
      // zlib takes no byte behind the end of the stream.
      const used = stream.bytesWritten - before;
      input.putBack(chunk.subarray(used));
      if (ended || used < chunk.length) return;
    }
  } finally {
    stream.destroy();
  }
}

function read(stream: InflateRaw): Buffer | null {
  return stream.read() as Buffer | null;
}

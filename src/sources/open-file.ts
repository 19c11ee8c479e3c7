import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { codeOf, InputError, systemReason } from '../errors.ts';
import { decompress, isPlain } from './decompress.ts';
import { describeFile, type GenerationFile } from './log-set.ts';
import type { Chunks, OnRead } from './types.ts';

/** Bytes that are read at once; of compressed files more, for zlib stands still while the next ones are read. */
const BLOCK = 64 * 1024;
const COMPRESSED_BLOCK = 512 * 1024;

/** A regular file that is held open: what it is stays so, whatever happens to its name. */
export interface OpenFile {
  /** As it stands now, by its descriptor. */
  look(): Promise<GenerationFile>;
  /**
   * The bytes from the first on, decompressed; may be asked for again.
   * @param onRead is shown the bytes as they come from disk.
   * @throws {InputError} when the data is damaged; an error of the system as it is.
   */
  contents(onRead?: OnRead): Chunks;
  /** Of a file that is not compressed, the bytes from this place on. */
  plainContents(from: number, onRead?: OnRead): Chunks;
  /** The descriptor, and the bytes that the file has now; undefined where it is compressed. */
  plain(): Promise<PlainFile | undefined>;
  /** Bytes of the file as they stand there; fewer than asked for only where it ends. */
  read(position: number, length: number): Promise<Buffer>;
  close(): Promise<void>;
}

/** An uncompressed file, for whoever reads parts of it. */
export interface PlainFile {
  readonly descriptor: number;
  readonly size: number;
}

/**
 * Opens a file; undefined when there is none of that name (any more).
 * @throws {InputError} when it cannot be opened.
 */
export async function openFile(path: string): Promise<OpenFile | undefined> {
  const handle = await openHandle(path);
  if (!handle) return undefined;
  const isFilePlain = async (): Promise<boolean> => {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return isPlain(buffer.subarray(0, bytesRead));
  };
  const stored = async function* (onRead: OnRead | undefined): Chunks {
    yield* blocks(handle, onRead, 0, (await isFilePlain()) ? BLOCK : COMPRESSED_BLOCK);
  };
  return {
    look: async () => describeFile(path, await handle.stat({ bigint: true })),
    contents: (onRead) => decompress(stored(onRead)),
    plainContents: (from, onRead) => blocks(handle, onRead, from),
    async plain() {
      if (!(await isFilePlain())) return undefined;
      return { descriptor: handle.fd, size: (await handle.stat()).size };
    },
    async read(position, length) {
      const bytes = Buffer.allocUnsafeSlow(length);
      let got = 0;
      while (got < length) {
        const { bytesRead } = await handle.read(bytes, got, length - got, position + got);
        if (bytesRead === 0) break;
        got += bytesRead;
      }
      return bytes.subarray(0, got);
    },
    close: () => handle.close(),
  };
}

/**
 * A descriptor, which belongs to whoever asked; undefined when there is no file of that name.
 * @throws {InputError} when it cannot be opened.
 */
export function openHandle(path: string): Promise<FileHandle | undefined> {
  // A pipe put in a file's place must not hold everything up.
  return open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new InputError(`cannot read ${path}: ${systemReason(error)}`);
  });
}

/** Whether an error says that a file cannot be read, or not to its end, and is no fault of ours. */
export function isReadFailure(error: unknown): boolean {
  return error instanceof InputError || codeOf(error) !== undefined;
}

/** A file's bytes, read by position, so that a second reader starts where it is told to. */
export async function* blocks(handle: FileHandle, onRead: OnRead = () => {}, from = 0, size = BLOCK): Chunks {
  for (let position = from; ; ) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafeSlow(size), 0, size, position);
    if (bytesRead === 0) return;
    const chunk = buffer.subarray(0, bytesRead);
    onRead(chunk, position);
    position += bytesRead;
    yield chunk;
  }
}

import { stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { InputError, systemReason } from '../errors.ts';
import { beginningOf } from './identity.ts';
import { listGenerations } from './log-set.ts';
import { isReadFailure, type OpenFile, openFile, type PlainFile } from './open-file.ts';
import { readSource } from './read.ts';
import type { Chunks, FoundFile, OnRead, Source } from './types.ts';

/** A source that was opened: the bytes, and the name under which they were found. */
export interface Opened {
  readonly path: string;
  /** All bytes, decompressed. What was opened is closed behind them, and when the reading is given up. */
  readonly chunks: Chunks;
  /** Of an uncompressed file: for whoever reads parts of it, in the place of `chunks`. */
  readonly plain?: PlainParts | undefined;
}

/** An uncompressed file that is held open. */
export interface PlainParts extends PlainFile {
  /**
   * What follows a place to which everything was read, to the file's end as it is then; as {@link Opened.chunks} otherwise. To
   * be read when all parts were, for it sees whether the file was truncated meanwhile.
   */
  rest(from: number): Chunks;
  /** A part of it; fewer bytes only where the file ends. The caller owns them. */
  read(position: number, length: number): Promise<Buffer>;
  /** Where the rest is not read. */
  close(): Promise<void>;
}

type Named = OpenFile & { readonly path: string };

/** Names move while one looks. */
const ATTEMPTS = 6;
const PAUSE = 30;

/**
 * Opens a source for reading. Logs are rotated while others are read: a file that has another name by now, or was compressed
 * since it was found, is looked for among its set's files, and read under the name that it has.
 * @throws {InputError} when the file cannot be found any more; the chunks, as {@link readSource}.
 */
export async function openSource(source: Source, onRead: OnRead = () => {}): Promise<Opened> {
  const { path, found } = source;
  if (!found) {
    const file = await openRegular(path);
    return file ? ofFile(file, found, onRead) : { path, chunks: readSource(source, onRead) };
  }
  const file = (await openIfFound(path, found)) ?? (await search(found));
  if (file) return ofFile(file, found, onRead);
  // What is written into it later is another run's.
  if (found.size === 0) return { path, chunks: nothing() };
  throw new InputError(`${path} was rotated away while this ran; what it held is missing`);
}

async function ofFile(file: Named, found: FoundFile | undefined, onRead: OnRead): Promise<Opened> {
  const plain = await file.plain().catch(() => undefined);
  return {
    path: file.path,
    chunks: contents(file, found, onRead),
    plain: plain && {
      ...plain,
      rest: (from) => contents(file, found, onRead, from),
      read: file.read,
      close: () => file.close(),
    },
  };
}

/** A file that nobody will rotate; undefined for a pipe and its like. */
async function openRegular(path: string): Promise<Named | undefined> {
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  const file = isFile ? await openFile(path) : undefined;
  return file && { ...file, path };
}

async function* nothing(): Chunks {}

/** The file of that name, if it is still the one that was found. */
async function openIfFound(path: string, found: FoundFile): Promise<Named | undefined> {
  const file = await openFile(path);
  if (!file) return undefined;
  try {
    if (await isSame(file, found)) return { ...file, path };
  } catch (error) {
    if (!isReadFailure(error)) throw error;
  }
  await file.close();
  return undefined;
}

async function isSame(file: OpenFile, found: FoundFile): Promise<boolean> {
  if (found.beginning !== undefined) return (await beginningIn(file)) === found.beginning;
  const { inode, size } = await file.look();
  return inode === found.inode && size >= found.size;
}

/** As far as it can be read. */
function beginningIn(file: OpenFile): Promise<string | undefined> {
  return beginningOf(file.contents());
}

/** The file among those of its set: the same one under another name, else what was made of it. */
async function search(found: FoundFile): Promise<Named | undefined> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const listed = await listGenerations({ path: found.set });
    const same = listed.filter(({ inode }) => inode === found.inode);
    const made = found.beginning === undefined ? [] : listed.filter(({ inode }) => inode !== found.inode);
    for (const { path } of [...same, ...made]) {
      const file = await openIfFound(path, found).catch((error: unknown) => {
        if (error instanceof InputError) return undefined;
        throw error;
      });
      if (file) return file;
    }
    if (attempt < ATTEMPTS) await pause(PAUSE * attempt);
  }
  return undefined;
}

/**
 * The bytes to the end of what was found. copytruncate empties a file while it is read: the rest is read from the copy that
 * it made before.
 */
async function* contents(file: Named, found: FoundFile | undefined, onRead: OnRead, from?: number): Chunks {
  let current = file;
  /** What was given, also by whoever read parts of the file before. */
  let given = from ?? 0;
  try {
    for (;;) {
      const isBegun = from !== undefined && current === file;
      let position = isBegun ? from : 0;
      let fromDisk = position;
      const show: OnRead = (bytes, at) => {
        fromDisk += bytes.length;
        onRead(bytes, at);
      };
      for await (const chunk of isBegun ? current.plainContents(from, show) : current.contents(show)) {
        // What the truncated file gave already.
        const rest = chunk.subarray(Math.min(chunk.length, given - position));
        position += chunk.length;
        given += rest.length;
        if (rest.length > 0) yield rest;
      }
      if (found?.beginning === undefined || (await beginningIn(current)) === found.beginning) {
        onRead(Buffer.alloc(0), fromDisk);
        return;
      }
      // Something else was written over what was read, perhaps before it was read: which, nobody can tell.
      if ((await current.look()).size >= fromDisk) throw new InputError(TRUNCATED);
      await current.close();
      const copy = await search(found);
      if (!copy) throw new InputError(TRUNCATED);
      current = copy;
    }
  } catch (error) {
    if (error instanceof InputError) throw new InputError(`${file.path}: ${error.message}`);
    throw new InputError(`cannot read ${file.path}: ${systemReason(error)}`);
  } finally {
    await current.close();
  }
}

const TRUNCATED = 'the file was truncated while it was read; what it held may be missing';

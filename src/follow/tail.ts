import type { FileHandle } from 'node:fs/promises';
import { InputError } from '../errors.ts';
import { createSplitter, type FramingOptions, type Line } from '../framing/lines.ts';
import { decompress } from '../sources/decompress.ts';
import { beginningOf, createBeginning, markOf } from '../sources/identity.ts';
import type { GenerationFile } from '../sources/log-set.ts';
import { blocks } from '../sources/open-file.ts';
import type { Summary } from '../summary.ts';
import type { Position } from './position.ts';

/** What one reading of a tail brings. */
export type Reading =
  /** Lines that became whole, perhaps none yet. */
  | { readonly kind: 'lines'; readonly lines: readonly Line[] }
  /** The end of what is there now. */
  | { readonly kind: 'end' }
  /** The file no longer holds what was read from it: it was truncated, or written over. */
  | { readonly kind: 'cut' }
  /** The end of a compressed file, behind which nothing can come. */
  | { readonly kind: 'finished' }
  /** A compressed file that cannot be read further: it is damaged, or still being written. */
  | { readonly kind: 'damaged'; readonly error: InputError };

/** One generation while it is read. It owns its file descriptor. */
export interface Tail {
  /** The name that it has now. */
  path: string;
  /** A file that holds the same, which will be there when this one is gone: its compressed form. */
  copy: GenerationFile | undefined;
  /** Inode of a file that begins alike: its place in the order, when this one has no name any more. */
  twin: string | undefined;
  readonly inode: string;
  readonly handle: FileHandle;
  readonly compressed: boolean;
  /** As the file looked when its end was reached; empty before. A file that looks otherwise since holds more. */
  readonly signature: string;
  /** Decompressed bytes that were accounted for when the generation was read before, a torn end included. */
  readonly accounted: number;
  /** Decompressed bytes that were read, an unfinished line at the end included. */
  readonly position: number;
  /** Milliseconds since the epoch of the last time when something was read; at first, of the last write. */
  readonly grown: number;
  readonly beginning: string | undefined;
  /** Up to where whole lines were given. */
  readonly offset: number;
  /** Where reading stands. The file's signature is left out: as long as it is open, it is known by its inode. */
  state(): Pick<Position, 'path' | 'beginning' | 'offset' | 'marker' | 'markerSize' | 'lastTime'>;
  read(): Promise<Reading>;
  /** Up to where the file, which lost something, still holds what was read from it; undefined where nobody knows. */
  unchanged(): Promise<number | undefined>;
  /** Finds out how the generation begins, should that be there by now and not yet read. */
  lookAhead(): Promise<void>;
  /** Gives up on the line that is not finished. */
  end(): readonly Line[];
  close(): Promise<void>;
}

export interface TailOptions extends FramingOptions {
  readonly inode: string;
  /** As the file looked when it was opened. */
  readonly signature: string;
  /** How the generation begins, where that is known before anything is read. */
  readonly beginning?: string | undefined;
  /** Milliseconds since the epoch of the last write, as the file system tells it. */
  readonly modified: number;
  readonly summary: Summary;
  /** Microseconds since the epoch of the event on a line; undefined where it does not tell. */
  readonly timeOf: (line: Buffer) => number | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Bytes that are read at once; a last line above this is not kept for its time. */
export const BLOCK = 64 * 1024;
/** Bytes before a position by which a file is known again. */
export const CONTEXT = 4096;

/** What plain and compressed tails have in common: lines out of chunks, and what is known of the last one. */
function createProgress(options: TailOptions, resume: Position | undefined) {
  const splitter = createSplitter(options, options.summary, resume?.offset ?? 0);
  let known = resume?.beginning ?? options.beginning;
  const fromStart = (resume?.offset ?? 0) === 0;
  const beginning = createBeginning();
  let offset = resume?.offset ?? 0;
  let marker = { marker: resume?.marker, markerSize: resume?.markerSize ?? 0 };
  let lastTime = resume?.lastTime;
  /** The bytes before the offset and the last line, until somebody asks what they tell. */
  let before: Buffer | undefined;
  let lastLine: Buffer | undefined;
  let grown = options.modified;
  return {
    /**
     * Undefined when what was read does not begin as it was said to: the file was truncated while a hole was read, and one
     * hole looks like the other.
     */
    add(chunk: Buffer): Line[] | undefined {
      grown = options.now();
      if (fromStart) beginning.add(chunk);
      if (known !== undefined && beginning.mark !== undefined && beginning.mark !== known) return undefined;
      const lines = splitter.add(chunk);
      const last = lines.at(-1);
      if (last) {
        offset = last.offset + last.size;
        const bytes = last.bytes.subarray(-CONTEXT);
        before = last.terminated ? Buffer.concat([bytes, Buffer.from('\n')]) : Buffer.from(bytes);
        lastLine = last.bytes.length <= BLOCK ? Buffer.from(last.bytes) : undefined;
      }
      return lines;
    },
    end: () => splitter.end(),
    set beginning(mark: string | undefined) {
      known = mark;
    },
    /** What of a position lies in the lines. */
    state() {
      if (before) {
        marker = { marker: markOf(before), markerSize: before.length };
        lastTime = (lastLine && options.timeOf(lastLine)) ?? lastTime;
      }
      before = undefined;
      lastLine = undefined;
      return { beginning: known ?? beginning.mark, offset, ...marker, lastTime };
    },
    get beginning() {
      return known ?? beginning.mark;
    },
    get offset() {
      return offset;
    },
    get grown() {
      return grown;
    },
  };
}

/**
 * A file that may grow. Each reading begins a little before the position and compares, so that no byte is taken for what
 * comes next unless what comes before it is still the same.
 * @param before the bytes before the position that is resumed, by {@link bytesBefore}.
 */
export function createPlainTail(
  handle: FileHandle,
  options: TailOptions,
  resume?: Position,
  before: Buffer = Buffer.alloc(0),
): Tail {
  const progress = createProgress(options, resume);
  let position = resume?.offset ?? 0;
  let context = before;
  /** What the file looked like when its end was last reached. */
  let atEnd = '';
  const tail: Tail = {
    path: options.path,
    copy: undefined,
    twin: undefined,
    inode: options.inode,
    handle,
    compressed: false,
    accounted: resume?.size ?? 0,
    get signature() {
      return atEnd;
    },
    get position() {
      return position;
    },
    get grown() {
      return progress.grown;
    },
    get beginning() {
      return progress.beginning;
    },
    get offset() {
      return progress.offset;
    },
    state: () => ({ path: tail.path, ...progress.state() }),
    end: progress.end,
    close: () => handle.close(),
    async unchanged() {
      const start = position - context.length;
      const there = Buffer.alloc(context.length);
      const { bytesRead } = await handle.read(there, 0, there.length, start);
      if (bytesRead === 0) return undefined;
      const length = context.findIndex((byte, index) => index >= bytesRead || byte !== there[index]);
      if (length < 0) return position;
      // Where nothing was written since, it ends there; else the line that differs is a new one.
      if (length === bytesRead) return start + length;
      const newline = context.lastIndexOf(0x0a, length - 1);
      return length === 0 || newline < 0 ? undefined : start + newline + 1;
    },
    async lookAhead() {
      if (tail.beginning !== undefined) return;
      const there = Buffer.alloc(context.length);
      await handle.read(there, 0, there.length, position - there.length);
      // Of a file that was truncated since it would tell another generation.
      if (there.equals(context)) progress.beginning = await beginningOf(blocks(handle));
    },
    async read() {
      const { size, mtimeNs } = await handle.stat({ bigint: true });
      const signature = `${options.inode}:${size}:${mtimeNs}`;
      if (atEnd === signature) return { kind: 'end' };
      const buffer = Buffer.allocUnsafeSlow(context.length + BLOCK);
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, position - context.length);
      // What had a beginning when it was opened, and has none, was truncated before anything was read.
      const isEmptied = bytesRead === 0 && position === 0 && tail.beginning !== undefined;
      if (
        isEmptied ||
        Number(size) < position ||
        !buffer.subarray(0, Math.min(bytesRead, context.length)).equals(context)
      ) {
        return { kind: 'cut' };
      }
      const read = buffer.subarray(context.length, bytesRead);
      if (read.length === 0) {
        atEnd = signature;
        return { kind: 'end' };
      }
      // A slow writer's bytes must not hold a block each.
      const chunk = read.length < BLOCK / 4 ? Buffer.from(read) : read;
      position += chunk.length;
      context = Buffer.concat([context, chunk.subarray(-CONTEXT)]).subarray(-CONTEXT);
      const lines = progress.add(chunk);
      return lines ? { kind: 'lines', lines } : { kind: 'cut' };
    },
  };
  return tail;
}

/**
 * A compressed file, which is as it is.
 * @returns `short` when it ends before the position that is to be resumed, `other` when it holds something else there.
 */
export async function createCompressedTail(
  handle: FileHandle,
  options: TailOptions,
  resume?: Position,
): Promise<Tail | 'short' | 'other'> {
  const chunks = decompress(blocks(handle))[Symbol.asyncIterator]();
  let failure: InputError | undefined;
  const next = async (): Promise<Buffer | undefined> => {
    if (failure) return undefined;
    try {
      const { done, value } = await chunks.next();
      return done ? undefined : value;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      failure = error;
      return undefined;
    }
  };
  let pending: Buffer | undefined;
  if (resume) {
    const rest = await skipTo(resume, next);
    if (rest === 'other' || (rest === 'short' && !failure)) return rest;
    // What is still being written may not have come so far yet.
    if (rest !== 'short') pending = rest;
  }
  const progress = createProgress(options, resume);
  let position = resume?.offset ?? 0;
  const tail: Tail = {
    path: options.path,
    copy: undefined,
    twin: undefined,
    inode: options.inode,
    handle,
    compressed: true,
    signature: options.signature,
    accounted: resume?.size ?? 0,
    get position() {
      return position;
    },
    get grown() {
      return progress.grown;
    },
    get beginning() {
      return progress.beginning;
    },
    get offset() {
      return progress.offset;
    },
    state: () => ({ path: tail.path, ...progress.state() }),
    end: progress.end,
    async close() {
      await chunks.return?.();
      await handle.close();
    },
    unchanged: async () => position,
    async lookAhead() {},
    async read() {
      const chunk = pending ?? (await next());
      pending = undefined;
      if (!chunk) return failure ? { kind: 'damaged', error: failure } : { kind: 'finished' };
      position += chunk.length;
      const lines = progress.add(chunk);
      return lines ? { kind: 'lines', lines } : { kind: 'cut' };
    },
  };
  return tail;
}

/** What follows the position in the chunk that it lies in. */
async function skipTo(resume: Position, next: () => Promise<Buffer | undefined>): Promise<Buffer | 'short' | 'other'> {
  let rest: Buffer = Buffer.alloc(0);
  let before: Buffer = Buffer.alloc(0);
  for (let skipped = 0; skipped < resume.offset; ) {
    const chunk = await next();
    if (!chunk) return 'short';
    const skip = Math.min(chunk.length, resume.offset - skipped);
    before = Buffer.concat([before, chunk.subarray(Math.max(0, skip - CONTEXT - 1), skip)]).subarray(-CONTEXT - 1);
    rest = chunk.subarray(skip);
    skipped += skip;
  }
  const holds = resume.markerSize === 0 || markOf(before.subarray(-resume.markerSize)) === resume.marker;
  return holds ? rest : 'other';
}

/** The bytes before a position in a plain file; undefined when they are not those that the position was left with. */
export async function bytesBefore(
  handle: FileHandle,
  { offset, marker, markerSize }: Position,
): Promise<Buffer | undefined> {
  const bytes = Buffer.alloc(markerSize);
  const { bytesRead } = await handle.read(bytes, 0, markerSize, offset - markerSize);
  const holds = markerSize === 0 || (bytesRead === markerSize && markOf(bytes) === marker);
  return holds ? bytes : undefined;
}

import type { FileHandle } from 'node:fs/promises';
import { InputError, systemReason } from '../errors.ts';
import { firstToEnd, untilDamage } from '../sources/copies.ts';
import { decompress, isCompressed } from '../sources/decompress.ts';
import { COMPRESSED } from '../sources/generations.ts';
import { beginningOf, beginningOfFile, markOf } from '../sources/identity.ts';
import type { TimeOfLine } from '../sources/inspect.ts';
import { describeFile, type GenerationFile } from '../sources/log-set.ts';
import { blocks, openFile, openHandle } from '../sources/open-file.ts';
import type { Chunks } from '../sources/types.ts';
import { type Position, WHOLE } from './position.ts';
import {
  BLOCK,
  bytesBefore,
  CONTEXT,
  createCompressedTail,
  createPlainTail,
  type Tail,
  type TailOptions,
} from './tail.ts';

/** A file of the set that was opened to see what it is. The descriptor belongs to whoever asked. */
export interface Candidate {
  readonly handle: FileHandle;
  readonly file: GenerationFile;
  readonly compressed: boolean;
  /** Undefined where no line is whole yet. */
  readonly beginning: string | undefined;
  /** Decompressed bytes, as far as they can be told without reading it all; for gzip, modulo 2^32 and of its last member. */
  readonly size: number | undefined;
}

/**
 * Opens a file of a set; undefined when it is gone.
 * @throws {InputError} when it cannot be opened or read.
 */
export async function openCandidate(path: string): Promise<Candidate | undefined> {
  const handle = await openHandle(path);
  if (!handle) return undefined;
  try {
    return await examine(handle, path);
  } catch (error) {
    await handle.close();
    throw new InputError(`cannot read ${path}: ${systemReason(error)}`);
  }
}

/** What an open file is; of the descriptor, for the name may have gone to another file since it was listed. */
export async function examine(handle: FileHandle, path: string): Promise<Candidate> {
  const file = describeFile(path, await handle.stat({ bigint: true }));
  const head = await bytesAt(handle, 0, 4);
  const compressed = isCompressed(head) || (head.length < 4 && COMPRESSED.test(path));
  const beginning = await beginningOf(compressed ? decompress(blocks(handle)) : blocks(handle));
  const size = compressed ? await gzipSize(handle, head, file.size) : file.size;
  return { handle, file, compressed, beginning, size };
}

/** Whether a file that begins like a generation holds nothing beyond what was read of it. */
export function holdsNoMore({ compressed, size }: Candidate, read: number | undefined): boolean {
  if (read === WHOLE) return true;
  if (read === undefined || size === undefined) return false;
  return compressed ? size === read % 2 ** 32 : size <= read;
}

/** Whether the other content begins with all that a candidate holds, as far as both can be read. */
export async function isPrefixOf({ handle, compressed }: Candidate, other: Chunks): Promise<boolean> {
  const ended = await firstToEnd(
    untilDamage(compressed ? decompress(blocks(handle)) : blocks(handle)),
    untilDamage(other),
  );
  return ended === 'first' || ended === 'both';
}

/** Whether another file of the set holds all that a candidate does; of one that is gone it is believed. */
export async function isHeldBy(candidate: Candidate, { path, signature }: GenerationFile): Promise<boolean> {
  const opened = await openFile(path);
  try {
    if (!opened || (await opened.look()).signature !== signature) return true;
    return await isPrefixOf(candidate, opened.contents());
  } finally {
    await opened?.close();
  }
}

/**
 * Whether it is the compressed form of a file that is still there, and whole.
 * @param open those that are being read.
 */
export async function isInMaking(
  { file, beginning }: Candidate,
  files: readonly GenerationFile[],
  open: readonly Tail[],
): Promise<boolean> {
  const name = file.path.replace(COMPRESSED, '');
  const plain = name === file.path ? undefined : files.find(({ path }) => path === name);
  if (!plain) return false;
  if (beginning === undefined) return true;
  const opened = open.find(({ inode }) => inode === plain.inode);
  return (opened?.beginning ?? (await beginningOfFile(plain.path))) === beginning;
}

/** What all tails of a log have in common. */
export type TailBasics = Omit<TailOptions, 'path' | 'inode' | 'signature' | 'modified' | 'beginning'>;

/**
 * Begins to read a candidate, at a position or at its start. The tail owns the descriptor then.
 * @returns `short` when it ends before the position, `other` when it holds something else there.
 */
export async function openTail(
  candidate: Candidate,
  options: TailBasics,
  resume?: Position,
): Promise<Tail | 'short' | 'other'> {
  const { handle, file, compressed, beginning } = candidate;
  const { path, inode, signature, modified } = file;
  const all = { ...options, path, inode, signature, modified, beginning };
  if (compressed) return createCompressedTail(handle, all, resume);
  if (!resume) return createPlainTail(handle, all);
  if (file.size < resume.offset) return 'short';
  const before = await bytesBefore(handle, resume);
  return before ? createPlainTail(handle, all, resume, before) : 'other';
}

/** The position behind the last whole line of a plain file. */
export async function positionAtEnd({ handle, file, beginning }: Candidate, timeOf: TimeOfLine): Promise<Position> {
  let offset = file.size;
  while (offset > 0) {
    const start = Math.max(0, offset - BLOCK);
    const newline = (await bytesAt(handle, start, offset - start)).lastIndexOf(0x0a);
    offset = newline < 0 ? start : start + newline + 1;
    if (newline >= 0) break;
  }
  const end = await bytesAt(handle, Math.max(0, offset - BLOCK), Math.min(BLOCK, offset));
  const lastLine = end.subarray(end.lastIndexOf(0x0a, -2) + 1, -1);
  const before = await bytesAt(handle, Math.max(0, offset - CONTEXT), Math.min(CONTEXT, offset));
  return {
    path: file.path,
    signature: file.signature,
    beginning,
    offset,
    marker: before.length > 0 ? markOf(before) : undefined,
    markerSize: before.length,
    size: undefined,
    drained: false,
    lastTime: timeOf(lastLine),
  };
}

async function bytesAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

/** gzip ends with the size of what it holds. */
async function gzipSize(handle: FileHandle, head: Buffer, size: number): Promise<number | undefined> {
  if (head.length < 2 || head.readUInt16BE(0) !== 0x1f8b || size < 18) return undefined;
  const trailer = await bytesAt(handle, size - 4, 4);
  return trailer.length === 4 ? trailer.readUInt32LE(0) : undefined;
}

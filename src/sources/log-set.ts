import type { BigIntStats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { InputError, systemReason } from '../errors.ts';
import { byGeneration, liveName } from './generations.ts';

/** A log with all its rotated generations: files of one directory that bear the live file's name in some form. */
export interface LogSet {
  /** The name that is written to; there may be no file of that name. */
  readonly path: string;
  /** Node or cluster. */
  readonly label?: string | undefined;
}

/** A file of a set as it stood when it was listed. */
export interface GenerationFile {
  readonly path: string;
  /** Device and inode number: the same file as long as it is held open, and no more than a hint otherwise. */
  readonly inode: string;
  readonly size: number;
  /** Milliseconds since the epoch of the last write. */
  readonly modified: number;
  /** Changes whenever inode, size or time of the last write do. */
  readonly signature: string;
}

/**
 * The set's files, oldest generation first, the live file last. A name that is gone before it was looked at is left out.
 * @throws {InputError} when the directory cannot be read.
 */
export async function listGenerations(set: LogSet): Promise<GenerationFile[]> {
  return listSets(dirname(set.path), new Set([set.path]));
}

/** As {@link listGenerations}, of several sets in one directory, by their live names; one after the other. */
export async function listSets(directory: string, live: ReadonlySet<string>): Promise<GenerationFile[]> {
  const names = await readdir(directory).catch((error: unknown) => {
    throw new InputError(`cannot read ${directory}: ${systemReason(error)}`);
  });
  const paths = names.map((name) => join(directory, name)).filter((path) => live.has(liveName(path)));
  const files = await Promise.all(paths.sort(byGeneration).map(lookAt));
  return files.filter((file) => file !== undefined);
}

/** What stands at a path; undefined where that is no file. */
export async function lookAt(path: string): Promise<GenerationFile | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  return found?.isFile() ? describeFile(path, found) : undefined;
}

export function describeFile(path: string, { dev, ino, size, mtimeMs, mtimeNs }: BigIntStats): GenerationFile {
  const inode = `${dev}:${ino}`;
  return {
    path,
    inode,
    size: Number(size),
    modified: Number(mtimeMs),
    signature: `${inode}:${size}:${mtimeNs}`,
  };
}

import { InputError } from '../errors.ts';
import { COMPRESSED } from './generations.ts';
import type { Inspected } from './inspect.ts';
import { isReadFailure, type OpenFile, openFile } from './open-file.ts';
import type { Chunks } from './types.ts';

/**
 * The files of a set without those whose whole content another one holds: the `.gz` that is being made beside the file it
 * is made of, the `audit.log.1` that copytruncate is filling, one that was compressed under the next number.
 *
 * Told by what is in them, to the last byte: a name, or a beginning alone, could be chosen to hide a file behind another.
 * What is compared is rare, for no two generations begin alike.
 * @returns undefined when a file went away meanwhile.
 */
export async function withoutCopies<File extends Inspected>(files: readonly File[]): Promise<File[] | undefined> {
  const kept: File[] = [];
  // The plain file before what was made of it; else the older name, which is the one that stays.
  const plain = files.filter(({ path }) => !COMPRESSED.test(path));
  for (const file of [...plain, ...files.filter(({ path }) => COMPRESSED.test(path))]) {
    let copied = false;
    for (const [index, other] of kept.entries()) {
      if (!mayBeCopies(file, other)) continue;
      const holder = await holderOf(file, other);
      if (holder === 'gone') return undefined;
      if (holder === undefined) continue;
      if (holder === file) kept.splice(index, 1, file);
      copied = true;
      break;
    }
    if (!copied) kept.push(file);
  }
  return files.filter((file) => kept.includes(file));
}

/** Only those that begin alike, and of which the beginning is not there yet, the compressed form of the other's name. */
function mayBeCopies(a: Inspected, b: Inspected): boolean {
  if (a.inode === b.inode) return true;
  if (a.beginning !== undefined && b.beginning !== undefined) return a.beginning === b.beginning;
  return (
    (a.beginning === undefined && a.path.replace(COMPRESSED, '') === b.path) ||
    (b.beginning === undefined && b.path.replace(COMPRESSED, '') === a.path)
  );
}

/**
 * Of two files the one that holds all that the other does: the longer one, or `second` where both hold the same. Damaged
 * data is held as far as it can be read.
 */
async function holderOf<File extends Inspected>(first: File, second: File): Promise<File | 'gone' | undefined> {
  if (first.inode === second.inode) return second;
  const [a, b] = [await openFile(first.path), await openFile(second.path)];
  try {
    if (!a || !b) return 'gone';
    if (!(await isStill(a, first)) || !(await isStill(b, second))) return 'gone';
    const ended = await firstToEnd(untilDamage(a.contents()), untilDamage(b.contents()));
    if (ended === undefined) return undefined;
    return ended === 'second' ? first : second;
  } catch (error) {
    // What could not be compared is no copy.
    if (!isReadFailure(error)) throw error;
    return undefined;
  } finally {
    await a?.close();
    await b?.close();
  }
}

/** Truncated, it would seem to be the beginning of any other. */
async function isStill(opened: OpenFile, file: Inspected): Promise<boolean> {
  const { inode, size } = await opened.look();
  return inode === file.inode && size >= file.size;
}

/** Which of two streams ends while they are the same so far; undefined where they differ. */
export async function firstToEnd(first: Chunks, second: Chunks): Promise<'first' | 'second' | 'both' | undefined> {
  const [a, b] = [first[Symbol.asyncIterator](), second[Symbol.asyncIterator]()];
  try {
    let [left, right]: [Buffer, Buffer] = [Buffer.alloc(0), Buffer.alloc(0)];
    for (;;) {
      const nextLeft: Buffer | undefined = left.length > 0 ? left : await nextOf(a);
      const nextRight: Buffer | undefined = right.length > 0 ? right : await nextOf(b);
      if (!nextLeft || !nextRight) return nextLeft ? 'second' : nextRight ? 'first' : 'both';
      const length = Math.min(nextLeft.length, nextRight.length);
      if (!nextLeft.subarray(0, length).equals(nextRight.subarray(0, length))) return undefined;
      [left, right] = [nextLeft.subarray(length), nextRight.subarray(length)];
    }
  } finally {
    await a.return?.();
    await b.return?.();
  }
}

async function nextOf(chunks: AsyncIterator<Buffer>): Promise<Buffer | undefined> {
  const { done, value } = await chunks.next();
  return done ? undefined : value;
}

export async function* untilDamage(chunks: Chunks): Chunks {
  try {
    yield* chunks;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
  }
}

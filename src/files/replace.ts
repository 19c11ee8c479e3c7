/**
 * A file that is replaced at once and durably. Whoever reads it, and whenever a run is killed or the power fails, finds the
 * old content or the new one, each whole.
 */

import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import {
  access,
  type FileHandle,
  lstat,
  open,
  readdir,
  readlink,
  realpath,
  rename,
  stat,
  unlink,
} from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { codeOf, InputError, systemReason } from '../errors.ts';

export interface Replacement {
  /** What the file is, as messages name it, without an article: `state`, `report`. */
  readonly noun: string;
  /** Whether the caller holds a lock, so that nobody else replaces the file meanwhile. */
  readonly isLocked: boolean;
}

/** Milliseconds. No write takes so long: who began it was killed. */
const ABANDONED = 86_400_000;

/** The most links in a row that Linux follows. */
const LINKS = 40;

/** `fsync` of a directory where the file system or the system has no such thing, or its owner does not let us read it. */
const CANNOT_SYNC: ReadonlySet<unknown> = new Set(['EINVAL', 'EPERM', 'EISDIR', 'ENOTSUP', 'EACCES']);

/**
 * Replaces a file, or makes it: when this resolves, a power failure does not undo it. A link stays, and what it points to is
 * replaced. Only the owner may read the new one, whoever might read the old.
 * @param parts the content, one after the other; strings are written as UTF-8.
 * @throws {InputError} when it cannot be written; the one that was there stays as it was, and nothing lies beside it.
 */
export async function replaceFile(
  path: string,
  parts: readonly (string | Uint8Array)[],
  { noun, isLocked }: Replacement,
): Promise<void> {
  try {
    const file = await fileBehind(path);
    await refuseOthers(file, (what) => new InputError(`the ${noun} in ${path} cannot be written: ${what}`));
    await writeNew(await temporaryFor(file, isLocked), parts, (temporary) => rename(temporary, file));
    await syncDirectory(dirname(file));
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`the ${noun} in ${path} cannot be written: ${systemReason(error)}`);
  }
}

/**
 * Whether {@link replaceFile} has a chance, to be asked before long work.
 * @throws {InputError} where it has none.
 */
export async function checkReplaceable(path: string, noun: string): Promise<void> {
  const refuse = (what: string): InputError => new InputError(`the ${noun} in ${path} cannot be written: ${what}`);
  if (path === '' || path.endsWith('/')) throw refuse('it is no name of a file');
  const file = await fileBehind(path).catch((error: unknown) => {
    throw refuse(systemReason(error));
  });
  // The name that it is written under is longer, and may be too long.
  await stat(`${file}.${'0'.repeat(16)}.tmp`).catch((error: unknown) => {
    if (codeOf(error) === 'ENAMETOOLONG') throw refuse(systemReason(error));
  });
  await refuseOthers(file, refuse);
  await access(dirname(file), constants.W_OK).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') throw refuse(`there is no directory ${dirname(file)}; make it first`);
    throw refuse(`its directory: ${systemReason(error)}`);
  });
}

/** The file that a path stands for, behind links of whatever kind, also where it is not there yet. */
export async function fileBehind(path: string, links = LINKS): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || links === 0) throw error;
  }
  const folder = await realpath(dirname(path)).catch(() => dirname(path));
  const link = await readlink(path).catch(() => undefined);
  return link === undefined ? path : fileBehind(resolve(folder, link), links - 1);
}

/**
 * A name beside the file where nothing lies. Under a lock it is always the same: what a killed run left there is taken away
 * by the next, so that there is one at most. Without a lock that would take the file of another run from under it, or give
 * its place to half of it. So each run has a name of its own, and what lies under such names is taken away once it is so old
 * that nobody can still be writing it.
 */
async function temporaryFor(file: string, isLocked: boolean): Promise<string> {
  if (isLocked) {
    await remove(`${file}.tmp`);
    return `${file}.tmp`;
  }
  await removeAbandoned(file);
  return `${file}.${randomBytes(8).toString('hex')}.tmp`;
}

/** Before the write, for they may be what fills the disk. One that cannot be taken away is in nobody's way. */
async function removeAbandoned(file: string): Promise<void> {
  const beginning = `${basename(file)}.`;
  for (const name of await readdir(dirname(file)).catch(() => [])) {
    if (!name.startsWith(beginning) || !/^[\da-f]{16}\.tmp$/.test(name.slice(beginning.length))) continue;
    const path = join(dirname(file), name);
    const found = await lstat(path).catch(() => undefined);
    if (found !== undefined && Date.now() - found.mtimeMs > ABANDONED) await remove(path).catch(() => {});
  }
}

/** Writes a file that only its owner may read, and that nobody else can have put there; `use` gives it its place. */
async function writeNew(
  path: string,
  parts: readonly (string | Uint8Array)[],
  use: (path: string) => Promise<void>,
): Promise<void> {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const handle = await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    for (const part of parts) await handle.writeFile(part);
    await handle.sync();
    await use(path);
  } catch (error) {
    // A full disk is not kept full by half a file; and what is to be told is why it could not be written.
    await remove(path).catch(() => {});
    throw error;
  } finally {
    await handle.close();
  }
}

async function remove(path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw error;
  });
}

/** Makes the new name durable, as far as the file system goes along. */
async function syncDirectory(path: string): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, constants.O_RDONLY);
    await handle.sync();
  } catch (error) {
    if (!CANNOT_SYNC.has(codeOf(error))) throw error;
  } finally {
    await handle?.close();
  }
}

/** A new file must not take the place of a device or a pipe. */
async function refuseOthers(file: string, errorOf: (what: string) => InputError): Promise<void> {
  const found = await stat(file).catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw error;
    return undefined;
  });
  if (found === undefined || found.isFile()) return;
  throw errorOf(found.isDirectory() ? 'it is a directory' : 'it is no regular file');
}

/**
 * The state file of a run that follows its logs. It is there whole or not at all, whenever the run is killed or the power
 * fails, and it is never believed when it is damaged: a start from zero that nobody asked for would tell old findings anew,
 * and one from the end would pass over new ones.
 */

import { constants as bufferConstants, isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, readlink, realpath, rename, stat, unlink } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { codeOf, InputError, systemReason } from '../errors.ts';

export interface Checkpoint {
  /** What the run does; a state is only of use to the same. */
  readonly command: string;
  /** Whether the run that wrote it ended in an orderly way. */
  readonly ended: boolean;
  /** What each part of the run needs to go on, by its name: anything that is JSON. */
  readonly parts: Readonly<Record<string, unknown>>;
}

/** Of the form: it changes with whatever an older program could not read, or would read wrongly. */
const VERSION = 1;

/** Bytes of a whole file. Reading takes them all into memory, and as one string. */
const LARGEST = Math.min(1 << 30, bufferConstants.MAX_STRING_LENGTH);

/** Far above the bytes of a header, so that a file of something else is not searched for one. */
const HEADER = 256;

const LINE_FEED = 0x0a;

/** Of every state file, of any version. */
const BEGINNING = '{"auditscan":"checkpoint"';

const WAY_OUT =
  '--from start reads everything again, --from end only what comes from now on, and both replace the file';

/** `fsync` of a directory where the file system or the system has no such thing, or its owner does not let us read it. */
const CANNOT_SYNC: ReadonlySet<unknown> = new Set(['EINVAL', 'EPERM', 'EISDIR', 'ENOTSUP', 'EACCES']);

/**
 * Whether there is room for a state: no file yet, an empty one, or a state, be it damaged.
 * @throws {InputError} for anything else, which somebody named by mistake.
 */
export async function checkStatePlace(path: string): Promise<void> {
  const bytes = await readWhole(path);
  if (bytes === undefined || bytes.length === 0 || bytes.toString('latin1', 0, BEGINNING.length) === BEGINNING) return;
  throw new InputError(`${path} is no state of auditscan, and is not written over; name another file, or remove it`);
}

/**
 * The state that was written last; undefined where there is no file.
 * @throws {InputError} when it cannot be read, is damaged, or is of another version.
 */
export async function readCheckpoint(path: string): Promise<Checkpoint | undefined> {
  const bytes = await readWhole(path);
  if (bytes === undefined) return undefined;

  const end = bytes.subarray(0, HEADER).indexOf(LINE_FEED);
  const line = bytes.toString('latin1', 0, Math.max(0, end));
  const header = fromJson(line);
  if (!isObject(header) || header.auditscan !== 'checkpoint' || !Number.isInteger(header.version))
    throw damaged(path, bytes.length === 0 ? 'it is empty' : 'it does not begin as one does');
  if (header.version !== VERSION) {
    throw new InputError(
      `the state in ${path} is of version ${header.version}, and this auditscan reads version ${VERSION}: use the auditscan that wrote it, or start anew: ${WAY_OUT}`,
    );
  }

  const body = bytes.subarray(end + 1);
  const size = Number(header.size);
  if (body.length < size) throw damaged(path, `${body.length} of its ${size} bytes are there`);
  if (body.length > size) throw damaged(path, `it has ${body.length - size} bytes too many`);
  // The whole line, so that nothing in a header goes unchecked.
  if (line !== headerOf(body)) throw damaged(path, 'its checksum is wrong');

  const checkpoint = isUtf8(body) ? fromJson(body.toString()) : undefined;
  if (!isCheckpoint(checkpoint)) throw damaged(path, 'its checksum is right, and yet it holds no state');
  return { command: checkpoint.command, ended: checkpoint.ended, parts: checkpoint.parts };
}

/**
 * Replaces the state, at once and durably: when this resolves, a power failure does not undo it. A link stays, and what it
 * points to is replaced.
 * @throws {InputError} when it cannot be written; the one that was there stays as it was.
 */
export async function writeCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  const body = bodyOf(path, checkpoint);
  try {
    const file = await fileBehind(path);
    await refuseOthers(path, file);
    await writeNew(`${file}.tmp`, [`${headerOf(body)}\n`, body], (temporary) => rename(temporary, file));
    await syncDirectory(dirname(file));
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`the state in ${path} cannot be written: ${systemReason(error)}`);
  }
}

/** The most links in a row that Linux follows. */
const LINKS = 40;

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

async function readWhole(path: string): Promise<Buffer | undefined> {
  let handle: FileHandle | undefined;
  try {
    // A pipe would have us wait for its writer before we see what it is.
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = await handle.stat();
    // Neither is replaced by --from, either.
    if (!found.isFile() && !found.isDirectory()) throw unusable(path, 'it is no regular file; name another');
    if (found.size > LARGEST)
      throw unusable(path, `${found.size} bytes are more than a state may have; name another file, or remove it`);
    return await handle.readFile();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    if (error instanceof InputError) throw error;
    throw new InputError(`the state in ${path} cannot be read: ${systemReason(error)}`);
  } finally {
    await handle?.close();
  }
}

function bodyOf(path: string, { command, ended, parts }: Checkpoint): Buffer {
  let body: Buffer | undefined;
  try {
    body = Buffer.from(`${JSON.stringify({ command, ended, parts })}\n`);
  } catch (error) {
    // Longer than a string may be, or nested deeper than the stack goes.
    if (!(error instanceof RangeError)) throw error;
  }
  if (body !== undefined && body.length <= LARGEST - HEADER) return body;
  throw new InputError(`the state for ${path} cannot be written: it is too large, or nested too deeply`);
}

/** Without its line end. The sum is that of the rest of the file: `tail -n +2 FILE | sha256sum` tells it. */
function headerOf(body: Buffer): string {
  const sha256 = createHash('sha256').update(body).digest('hex');
  return JSON.stringify({ auditscan: 'checkpoint', version: VERSION, sha256, size: body.length });
}

/** Writes a file that only its owner may read, and that nobody else can have put there; `use` gives it its place. */
async function writeNew(
  path: string,
  parts: readonly (string | Buffer)[],
  use: (path: string) => Promise<void>,
): Promise<void> {
  await remove(path);
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
async function refuseOthers(path: string, file: string): Promise<void> {
  const found = await stat(file).catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw error;
    return undefined;
  });
  if (found === undefined || found.isFile()) return;
  const what = found.isDirectory() ? 'it is a directory' : 'it is no regular file';
  throw new InputError(`the state in ${path} cannot be written: ${what}`);
}

function isCheckpoint(value: unknown): value is Checkpoint {
  return (
    isObject(value) && typeof value.command === 'string' && typeof value.ended === 'boolean' && isObject(value.parts)
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Undefined, which no JSON stands for, where the text is none. */
function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function damaged(path: string, what: string): InputError {
  return unusable(path, `${what}; ${WAY_OUT}`);
}

function unusable(path: string, what: string): InputError {
  return new InputError(`the state in ${path} cannot be used: ${what}`);
}

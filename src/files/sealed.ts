/**
 * A file of ours that one run leaves for the next: a line that says what it is, with the sum of the rest, and the rest, which
 * is JSON. It is there whole or not at all, and it is never believed when it is damaged.
 */

import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { codeOf, InputError, systemReason } from '../errors.ts';
import { replaceFile } from './replace.ts';

/** What is the same for all files of a kind. */
export interface Seal {
  /** Stands in the file, so that none is taken for one of another kind. */
  readonly kind: 'checkpoint' | 'known';
  /** Of the form: it changes with whatever an older program could not read, or would read wrongly. */
  readonly version: number;
  /** What messages call such a file, without an article, and of which there is one: `state`. */
  readonly noun: string;
  /** How to go on without the file, as the end of a sentence. */
  readonly wayOut: string;
  /** Bytes of a whole file. Reading takes them all into memory, and as one string. */
  readonly largest: number;
}

/** Far above the bytes of a header, so that a file of something else is not searched for one. */
const HEADER = 256;

const LINE_FEED = 0x0a;

/**
 * Whether there is something to be read: a file of the kind, of any version, be it damaged. False where there is only room
 * for one: no file yet, or an empty one.
 * @throws {InputError} for anything else, which somebody named by mistake.
 */
export async function checkPlace(path: string, seal: Seal): Promise<boolean> {
  const bytes = await readWhole(path, seal);
  if (bytes === undefined || bytes.length === 0) return false;
  const beginning = beginningOf(seal);
  if (bytes.toString('latin1', 0, beginning.length) === beginning) return true;
  throw new InputError(
    `${path} is no ${seal.noun} of auditscan, and is not written over; name another file, or remove it`,
  );
}

/**
 * What was written last; undefined where there is no file.
 * @param understand what the JSON stands for; undefined where it is not what belongs there.
 * @throws {InputError} when it cannot be read, is damaged, or is of another version.
 */
export async function readSealed<T>(
  path: string,
  seal: Seal,
  understand: (value: unknown) => T | undefined,
): Promise<T | undefined> {
  const bytes = await readWhole(path, seal);
  if (bytes === undefined) return undefined;
  const damaged = (what: string): InputError => unusable(path, seal, `${what}; ${seal.wayOut}`);

  const end = bytes.subarray(0, HEADER).indexOf(LINE_FEED);
  const line = bytes.toString('latin1', 0, Math.max(0, end));
  const header = fromJson(line);
  if (!isObject(header) || header.auditscan !== seal.kind || !Number.isInteger(header.version))
    throw damaged(bytes.length === 0 ? 'it is empty' : 'it does not begin as one does');
  if (header.version !== seal.version) {
    throw new InputError(
      `the ${seal.noun} in ${path} is of version ${header.version}, and this auditscan reads version ${seal.version}: use the auditscan that wrote it, or start anew: ${seal.wayOut}`,
    );
  }

  const body = bytes.subarray(end + 1);
  const size = Number(header.size);
  if (body.length < size) throw damaged(`${body.length} of its ${size} bytes are there`);
  if (body.length > size) throw damaged(`it has ${body.length - size} bytes too many`);
  // The whole line, so that nothing in a header goes unchecked.
  if (line !== headerOf(body, seal)) throw damaged('its checksum is wrong');

  const value = isUtf8(body) ? understand(fromJson(body.toString())) : undefined;
  if (value === undefined) throw damaged(`its checksum is right, and yet it holds no ${seal.noun}`);
  return value;
}

/**
 * Replaces the file, at once and durably. The caller holds a lock, or knows otherwise that nobody else writes it.
 * @param value anything that is JSON.
 * @throws {InputError} when it cannot be written; the one that was there stays as it was.
 */
export async function writeSealed(path: string, seal: Seal, value: unknown): Promise<void> {
  const body = bodyOf(path, seal, value);
  await replaceFile(path, [`${headerOf(body, seal)}\n`, body], { noun: seal.noun, isLocked: true });
}

async function readWhole(path: string, seal: Seal): Promise<Buffer | undefined> {
  let handle: FileHandle | undefined;
  try {
    // A pipe would have us wait for its writer before we see what it is.
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = await handle.stat();
    // The usual way out would help with neither.
    if (!found.isFile() && !found.isDirectory()) throw unusable(path, seal, 'it is no regular file; name another');
    if (found.size > seal.largest) {
      const what = `${found.size} bytes are more than a ${seal.noun} may have`;
      throw unusable(path, seal, `${what}; name another file, or remove it`);
    }
    return await handle.readFile();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    if (error instanceof InputError) throw error;
    throw new InputError(`the ${seal.noun} in ${path} cannot be read: ${systemReason(error)}`);
  } finally {
    await handle?.close();
  }
}

function bodyOf(path: string, seal: Seal, value: unknown): Buffer {
  let body: Buffer | undefined;
  try {
    body = Buffer.from(`${JSON.stringify(value)}\n`);
  } catch (error) {
    // Longer than a string may be, or nested deeper than the stack goes.
    if (!(error instanceof RangeError)) throw error;
  }
  if (body !== undefined && body.length <= seal.largest - HEADER) return body;
  throw new InputError(`the ${seal.noun} for ${path} cannot be written: it is too large, or nested too deeply`);
}

/** Of every file of the kind, of any version. */
function beginningOf({ kind }: Seal): string {
  return `{"auditscan":"${kind}"`;
}

/** Without its line end. The sum is that of the rest of the file: `tail -n +2 FILE | sha256sum` tells it. */
function headerOf(body: Buffer, { kind, version }: Seal): string {
  const sha256 = createHash('sha256').update(body).digest('hex');
  return JSON.stringify({ auditscan: kind, version, sha256, size: body.length });
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

function unusable(path: string, { noun }: Seal, what: string): InputError {
  return new InputError(`the ${noun} in ${path} cannot be used: ${what}`);
}

import { constants } from 'node:fs';
import { access, readdir, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { InputError, systemReason } from '../errors.ts';
import { byGeneration, COMPRESSED, liveName, looksLikeLog } from './generations.ts';
import { readSource } from './read.ts';
import type { Source } from './types.ts';

/** Where API servers write their audit log, by default or in common distributions. */
export const WELL_KNOWN = [
  '/var/log/kubernetes/audit/audit.log',
  '/var/log/kubernetes/audit.log',
  '/var/log/kube-audit/audit.log',
  '/var/lib/rancher/k3s/server/logs/audit.log',
  '/var/lib/rancher/rke2/server/logs/audit.log',
  '/var/log/kube-apiserver/audit.log',
];

/** Directories are searched to this depth; logs of several nodes lie one or two deep. */
const MAX_DEPTH = 8;

export interface Found {
  readonly sources: readonly Source[];
  readonly notes: readonly string[];
}

/**
 * The sources that paths name: files, directories (every log in them, rotated ones oldest first), globs, and `-`. All are
 * checked before any is read; a file that several paths name is read once.
 * @throws {InputError} for the first path that is missing, unreadable, or holds no log.
 */
export async function findSources(paths: readonly string[], label?: string): Promise<Found> {
  const sources: Source[] = [];
  const notes: string[] = [];
  const seen = new Set<string>();
  for (const path of paths) {
    for (const file of await expand(path)) {
      const identity = await identify(file);
      if (seen.has(identity)) {
        notes.push(`${file} is named more than once and was read once`);
        continue;
      }
      seen.add(identity);
      sources.push({ path: file, label, size: file === '-' ? undefined : await sizeOfReadable(file) });
    }
  }
  notes.push(...(await unreadSiblings(paths, seen)));
  return { sources, notes };
}

/** The first of {@link WELL_KNOWN} that is there; undefined where none is. */
export async function findWellKnown(): Promise<string | undefined> {
  for (const path of WELL_KNOWN) {
    if (
      await stat(path).then(
        (found) => found.isFile(),
        () => false,
      )
    )
      return path;
  }
  return undefined;
}

/** A file by whatever name it is called; a pipe (`<(zcat x.gz)`) has no other. */
function identify(file: string): Promise<string> {
  return file === '-' ? Promise.resolve(file) : realpath(file).catch(() => file);
}

async function expand(path: string): Promise<string[]> {
  if (path === '-') return [path];
  const found = await stat(path).catch((error: unknown) => {
    // A name that holds glob characters is first of all a name.
    if (/[*?[{]/.test(path)) return undefined;
    throw new InputError(`cannot read ${path}: ${systemReason(error)}`);
  });
  if (!found) return expandGlob(path);
  if (!found.isDirectory()) return [path];
  const files = await logsIn(path, MAX_DEPTH);
  if (files.length > 0) return (await withoutCopies(files)).sort(byGeneration);
  throw new InputError(
    `there is no log in ${path} (looked for *.log, its rotated forms, *.jsonl and audit*.json); name the files themselves`,
  );
}

async function expandGlob(pattern: string): Promise<string[]> {
  const { glob } = await import('tinyglobby');
  const files = await glob(pattern, { onlyFiles: false, expandDirectories: false, absolute: isAbsolute(pattern) });
  if (files.length === 0) throw new InputError(`nothing matches ${pattern}`);
  const expanded = await Promise.all(files.map((file) => expand(file.replace(/(?<=.)\/$/, ''))));
  return expanded.flat().sort(byGeneration);
}

async function logsIn(directory: string, depth: number): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((error: unknown) => {
    throw new InputError(`cannot read ${directory}: ${systemReason(error)}`);
  });
  const files: string[] = [];
  for (const entry of entries) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) {
      if (depth > 1 && !entry.name.startsWith('.')) files.push(...(await logsIn(path, depth - 1)));
    } else if (looksLikeLog(path) && (entry.isFile() || (await isLinkToFile(path, entry.isSymbolicLink())))) {
      files.push(path);
    }
  }
  return files;
}

/**
 * While a generation is being compressed both files are there, and the plain one is whole. Told by what is in them: a name
 * alone could be chosen to hide a file behind another.
 */
async function withoutCopies(files: readonly string[]): Promise<string[]> {
  const names = new Set(files);
  const kept: string[] = [];
  for (const file of files) {
    const plain = file.replace(COMPRESSED, '');
    if (plain === file || !names.has(plain) || !(await isCopy(file, plain))) kept.push(file);
  }
  return kept;
}

/** Whether a compressed file begins as a plain one does, as far as it goes. */
async function isCopy(compressed: string, plain: string): Promise<boolean> {
  const [copy, original] = [await beginning(compressed), await beginning(plain)];
  return original.subarray(0, copy.length).equals(copy);
}

/** The first bytes, decompressed, as far as they can be read. */
async function beginning(path: string): Promise<Buffer> {
  let bytes = Buffer.alloc(0);
  try {
    for await (const chunk of readSource({ path, size: undefined })) {
      bytes = Buffer.concat([bytes, chunk]);
      if (bytes.length >= 4096) break;
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
  }
  return bytes.subarray(0, 4096);
}

async function isLinkToFile(path: string, link: boolean): Promise<boolean> {
  return (
    link &&
    stat(path).then(
      (found) => found.isFile(),
      () => false,
    )
  );
}

/** Size of a file that can be opened; undefined for pipes and devices, whose size says nothing. */
async function sizeOfReadable(path: string): Promise<number | undefined> {
  try {
    await access(path, constants.R_OK);
    const found = await stat(path);
    return found.isFile() ? found.size : undefined;
  } catch (error) {
    throw new InputError(`cannot read ${path}: ${systemReason(error)}`);
  }
}

/** A log that was named alone may be only the youngest part of what its directory holds. */
async function unreadSiblings(paths: readonly string[], read: ReadonlySet<string>): Promise<string[]> {
  /** One of the named files for each log that they belong to. */
  const logs = new Map<string, string>();
  for (const path of paths) {
    if (path === '-' || !looksLikeLog(path) || !(await isFile(path))) continue;
    logs.set(liveName(path), logs.get(liveName(path)) ?? path);
  }
  const unread = new Map<string, number>();
  for (const directory of new Set([...logs.values()].map((path) => dirname(path)))) {
    for (const name of await readdir(directory).catch(() => [])) {
      const file = join(directory, name);
      const live = liveName(file);
      if (!looksLikeLog(file) || !logs.has(live) || read.has(await identify(file))) continue;
      unread.set(live, (unread.get(live) ?? 0) + 1);
    }
  }
  return [...unread].map(([live, count]) => {
    const path = logs.get(live) ?? live;
    const files = count === 1 ? 'one rotated file lies' : `${count} rotated files lie`;
    return `${files} beside ${path}; name the directory ${dirname(path)} to read the whole set`;
  });
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

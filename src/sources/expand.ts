import type { Stats } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { InputError, systemReason } from '../errors.ts';
import { byGeneration, liveName, looksLikeLog } from './generations.ts';
import { listGenerations } from './log-set.ts';

/** What a path names: all generations of a set, or only some of its files. */
export interface Named {
  /** The set's live name; `-` for standard input. */
  readonly set: string;
  /** Undefined for all. */
  readonly files?: readonly string[];
}

export interface Expanded {
  readonly named: readonly Named[];
  readonly notes: readonly string[];
}

/** Directories are searched to this depth; logs of several nodes lie one or two deep. */
const MAX_DEPTH = 8;

/**
 * What paths name: files, directories (every log in them, as a set), globs, and `-`.
 * @param rotated a file stands for the whole set that it belongs to.
 * @throws {InputError} for the first path that is missing or holds no log.
 */
export async function expandPaths(paths: readonly string[], rotated: boolean): Promise<Expanded> {
  const named: Named[] = [];
  const notes: string[] = [];
  for (const path of paths) {
    const expanded = await expand(path, rotated);
    named.push(...expanded.named);
    notes.push(...expanded.notes);
  }
  return { named, notes };
}

async function expand(path: string, rotated: boolean): Promise<Expanded> {
  if (path === '-') return { named: [{ set: path, files: [path] }], notes: [] };
  let found: Stats;
  try {
    found = await stat(path);
  } catch (error) {
    // A name that holds glob characters is first of all a name.
    return /[*?[{]/.test(path) ? expandGlob(path, rotated) : expandGone(path, rotated, error);
  }
  if (found.isDirectory()) return { named: await setsIn(path), notes: [] };
  if (rotated && found.isFile()) return { named: [{ set: await setOf(path) }], notes: [] };
  return { named: [{ set: liveName(path), files: [path] }], notes: [] };
}

/** A live file that is not there may have generations nevertheless. */
async function expandGone(path: string, rotated: boolean, error: unknown): Promise<Expanded> {
  const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
  const set = liveName(path);
  const generations = isMissing && set === join(path) ? await listGenerations({ path: set }).catch(() => []) : [];
  if (generations.length === 0) throw new InputError(`cannot read ${path}: ${systemReason(error)}`);
  const files = generations.length === 1 ? 'its one rotated file is' : `its ${generations.length} rotated files are`;
  return { named: [{ set }], notes: rotated ? [] : [`there is no ${path}; ${files} read`] };
}

async function expandGlob(pattern: string, rotated: boolean): Promise<Expanded> {
  const { glob } = await import('tinyglobby');
  const paths = await glob(pattern, { onlyFiles: false, expandDirectories: false, absolute: isAbsolute(pattern) });
  if (paths.length === 0) throw new InputError(`nothing matches ${pattern}`);
  const { named, notes } = await expandPaths(
    paths.map((path) => path.replace(/(?<=.)\/$/, '')).sort(byGeneration),
    rotated,
  );
  // The files of one set belong together.
  const sets = new Map<string, Named>();
  for (const { set, files } of named) {
    const known = sets.get(set);
    sets.set(
      set,
      !known
        ? { set, ...(files && { files }) }
        : files && known.files
          ? { set, files: [...known.files, ...files] }
          : { set },
    );
  }
  return { named: [...sets.values()], notes };
}

/** The set of a file. A link stands for the file that it leads to, unless other generations lie beside the link itself. */
async function setOf(path: string): Promise<string> {
  const set = liveName(path);
  const isLink = (await lstat(path)).isSymbolicLink();
  if (!isLink || (await listGenerations({ path: set })).length > 1) return set;
  return liveName(await realpath(path));
}

async function setsIn(directory: string): Promise<Named[]> {
  const sets = new Set((await logsIn(directory, MAX_DEPTH)).map(liveName));
  if (sets.size > 0) return [...sets].sort().map((set) => ({ set }));
  throw new InputError(
    `there is no log in ${directory} (looked for *.log, its rotated forms, *.jsonl and audit*.json); name the files themselves`,
  );
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

async function isLinkToFile(path: string, link: boolean): Promise<boolean> {
  return (
    link &&
    stat(path).then(
      (found) => found.isFile(),
      () => false,
    )
  );
}

/** How many files of each log were not read though another one was named, by the live name. */
export async function unreadSiblings(
  named: readonly Named[],
  isRead: (path: string) => Promise<boolean>,
): Promise<ReadonlyMap<string, number>> {
  const sets = new Set(
    named.filter(({ set, files }) => set !== '-' && files?.some(looksLikeLog)).map(({ set }) => set),
  );
  const unread = new Map<string, number>();
  for (const directory of new Set([...sets].map((set) => dirname(set)))) {
    for (const name of await readdir(directory).catch(() => [])) {
      const path = join(directory, name);
      const set = liveName(path);
      if (!looksLikeLog(path) || !sets.has(set) || (await isRead(path))) continue;
      unread.set(set, (unread.get(set) ?? 0) + 1);
    }
  }
  return unread;
}

import { readdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InputError, UsageError } from '../errors.ts';
import { fileBehind } from '../files/replace.ts';
import { findWellKnown, WELL_KNOWN } from '../sources/find.ts';
import { type FoundSets, findSets } from '../sources/find-sets.ts';
import { liveName } from '../sources/generations.ts';
import { placeOf } from '../sources/labels.ts';
import { type LogSet, listGenerations, lookAt } from '../sources/log-set.ts';
import { openHandle } from '../sources/open-file.ts';

/**
 * The logs to follow: the whole rotated set of each path, or of the first well-known place. A log that is not there yet may
 * come, as long as its directory is, and so may the first log of a directory.
 * @throws {KnownError} for a path that is wrong.
 */
export async function findLogs(
  paths: readonly string[],
  label: string | undefined,
  mayCome: boolean,
): Promise<FoundSets> {
  if (paths.length === 0) return findDefault(label);
  const there: string[] = [];
  const missing: LogSet[] = [];
  const told: string[] = [];
  for (const path of paths) {
    if (mayCome && (await isEmptyDirectory(path))) {
      told.push(`waiting for a log in ${path}`);
      continue;
    }
    // A link to where the log will be stands for that place.
    const awaited = mayCome ? await fileBehind(path).catch(() => path) : path;
    if (mayCome && (await isAwaited(awaited))) missing.push({ path: liveName(awaited), label });
    else there.push(path);
  }
  if (there.length === 0) return { sets: missing, notes: told };
  const { sets, notes } = await findSets(there, label);
  return { sets: [...sets, ...missing], notes: [...told, ...notes] };
}

async function isEmptyDirectory(path: string): Promise<boolean> {
  const isDirectory = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return isDirectory && (await readdir(path).catch(() => ['unreadable'])).length === 0;
}

async function findDefault(label: string | undefined): Promise<FoundSets> {
  const path = await findWellKnown();
  if (path === undefined)
    throw new UsageError(`no log: name a file or a directory (nothing at ${WELL_KNOWN.join(', ')})`);
  const { sets, notes } = await findSets([path], label);
  return { sets, notes: [`reading ${path}`, ...notes] };
}

/**
 * What cannot be read at the start is told at once; later it may come back.
 * @throws {InputError}
 */
export async function checkReadable(path: string): Promise<void> {
  const handle = await openHandle(path);
  await handle?.close();
}

/**
 * Leaves out the state of the run, its lock and its drafts, where they lie among the logs: it would be read on whenever it
 * was written.
 * @throws {UsageError} where a log would be written over, or the state taken for a generation of one.
 */
export async function withoutState(
  sets: readonly LogSet[],
  statePath: string | undefined,
  note: (text: string) => void,
): Promise<readonly LogSet[]> {
  if (statePath === undefined) return sets;
  const state = await placeOf(await fileBehind(statePath));
  const file = await lookAt(state);
  const others: LogSet[] = [];
  for (const set of sets) {
    const place = await placeOf(set.path);
    if (place === `${state}.tmp` || place === `${state}.lock` || place.startsWith(`${state}.lock.`)) continue;
    const generations = await listGenerations(set);
    const isMember = liveName(state) === place || generations.some(({ inode }) => inode === file?.inode);
    // An empty file may be a log to which nothing was written yet.
    const isState = place === state && file !== undefined && file.size > 0 && generations.length === 1;
    if (isState) note(`${set.path} is the state, and is not read`);
    else if (!isMember) others.push(set);
    else
      throw new UsageError(
        `--state ${statePath} would stand among the files of the log ${set.path}; name another file for the state`,
      );
  }
  if (others.length === 0 && sets.length > 0)
    throw new UsageError(`${statePath} is the state, and there is no log besides it`);
  return others;
}

/** Whether neither the path nor any generation of it is there, but its directory is. */
async function isAwaited(path: string): Promise<boolean> {
  const isThere = (name: string): Promise<boolean> =>
    stat(name).then(
      () => true,
      () => false,
    );
  if ((await isThere(path)) || /[*?[{]/.test(path) || !(await isThere(dirname(path)))) return false;
  return findSets([path]).then(
    () => false,
    (error: unknown) => error instanceof InputError,
  );
}

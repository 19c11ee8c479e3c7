import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InputError, UsageError } from '../errors.ts';
import { findWellKnown, WELL_KNOWN } from '../sources/find.ts';
import { type FoundSets, findSets } from '../sources/find-sets.ts';
import { liveName } from '../sources/generations.ts';
import type { LogSet } from '../sources/log-set.ts';
import { openHandle } from '../sources/open-file.ts';

/**
 * The logs to follow: the whole rotated set of each path, or of the first well-known place. A log that is not there yet may
 * come, as long as its directory is.
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
  for (const path of paths) {
    if (mayCome && (await isAwaited(path))) missing.push({ path: liveName(path), label });
    else there.push(path);
  }
  if (there.length === 0) return { sets: missing, notes: [] };
  const { sets, notes } = await findSets(there, label);
  return { sets: [...sets, ...missing.filter(({ path }) => !sets.some((set) => set.path === path))], notes };
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

import { realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';

/**
 * What logs of one name are told apart by: the part of the directory in which they differ, `node-1` of
 * `node-1/var/log/audit.log`. A name that comes once needs nothing.
 * @param paths live names.
 * @param label what the user calls all of them; stands before.
 */
export async function labelSets(
  paths: readonly string[],
  label: string | undefined,
): Promise<ReadonlyMap<string, string | undefined>> {
  const labels = new Map<string, string | undefined>(paths.map((path) => [path, label]));
  const byName = new Map<string, Map<string, string[]>>();
  for (const path of labels.keys()) {
    if (path === '-') continue;
    const name = basename(path);
    const directories = byName.get(name) ?? new Map<string, string[]>();
    const directory = await realDirectory(path);
    directories.set(directory, [...(directories.get(directory) ?? []), path]);
    byName.set(name, directories);
  }
  for (const directories of byName.values()) {
    if (directories.size < 2) continue;
    const parts = differences([...directories.keys()]);
    for (const [index, same] of [...directories.values()].entries()) {
      for (const path of same) labels.set(path, [label, parts[index]].filter(Boolean).join('/'));
    }
  }
  return labels;
}

/** The directory of a path, by the name that it has without links. */
export async function realDirectory(path: string): Promise<string> {
  const directory = dirname(path);
  return realpath(directory).catch(() => resolve(directory));
}

/** A live name in the directory that it is in: one for each set, by whatever links it is reached, be there a file or not. */
export async function placeOf(set: string): Promise<string> {
  return join(await realDirectory(set), basename(set));
}

/** Paths without what all of them begin with and end with, but never nothing. */
export function differences(paths: readonly string[]): string[] {
  const split = paths.map((path) => path.split(sep).filter(Boolean));
  const start = sharedLength(split);
  const rest = split.map((parts) => parts.slice(start));
  const end = sharedLength(rest.map((parts) => parts.toReversed()));
  const middle = rest.map((parts) => parts.slice(0, parts.length - end));
  if (middle.every((parts) => parts.length > 0)) return middle.map((parts) => parts.join('/'));
  // One lies above or below the others: the part that is shared next to it names it.
  const from = Math.max(0, start - 1);
  const to = start > 0 ? end : Math.max(0, end - 1);
  return split.map((parts) => parts.slice(from, parts.length - to).join('/') || '/');
}

/** How many first parts all have in common. */
function sharedLength(lists: readonly (readonly string[])[]): number {
  const [first = [], ...others] = lists;
  let length = 0;
  while (length < first.length && others.every((parts) => parts[length] === first[length])) length += 1;
  return length;
}

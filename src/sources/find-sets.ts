import { basename, join } from 'node:path';
import { InputError } from '../errors.ts';
import { expandPaths } from './expand.ts';
import { labelSets, realDirectory } from './labels.ts';
import type { LogSet } from './log-set.ts';

export interface FoundSets {
  readonly sets: readonly LogSet[];
  readonly notes: readonly string[];
}

/**
 * The rotated sets that paths stand for: files, directories (every log in them) and globs; any file of a set stands for all
 * of it, and a name that is written to for its generations, should it not be there itself. Each set once, by whatever
 * names it is reached.
 * @param label what all of them are called; see {@link labelSets} for what tells several apart.
 * @throws {InputError} for the first path that is missing or holds no log, and for what is no file: pipes, standard input.
 */
export async function findSets(paths: readonly string[], label?: string): Promise<FoundSets> {
  const { named, notes } = await expandPaths(paths, true);
  const sets = new Map<string, string>();
  for (const { set, files } of named) {
    if (files) throw new InputError(`${files[0]} is no file, and has no rotated set`);
    const identity = join(await realDirectory(set), basename(set));
    if (!sets.has(identity)) sets.set(identity, set);
  }
  const labels = await labelSets([...sets.values()], label);
  return { sets: [...sets.values()].map((path) => ({ path, label: labels.get(path) })), notes };
}

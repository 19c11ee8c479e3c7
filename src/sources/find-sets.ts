import { lstat } from 'node:fs/promises';
import { InputError } from '../errors.ts';
import { expandPaths } from './expand.ts';
import { labelSets, placeOf } from './labels.ts';
import { type LogSet, lookAt } from './log-set.ts';

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
  const byPlace = new Map<string, string>();
  for (const { set, files } of named) {
    if (files) throw new InputError(`${files[0]} is no file, and has no rotated set`);
    const place = await placeOf(set);
    if (!byPlace.has(place)) byPlace.set(place, set);
  }
  const { sets, twice } = await withoutLinks([...byPlace.values()]);
  const labels = await labelSets(sets, label);
  return {
    sets: sets.map((path) => ({ path, label: labels.get(path) })),
    notes: [...notes, ...twice.map((path) => `${path} is named more than once and is read once`)],
  };
}

/** Without links to live files that are there by their own names. */
async function withoutLinks(sets: readonly string[]): Promise<{ sets: string[]; twice: string[] }> {
  const byFile = new Map<string, string>();
  const twice: string[] = [];
  for (const set of sets) {
    const file = (await lookAt(set))?.inode ?? set;
    const known = byFile.get(file);
    const kept = known === undefined || (await isLink(known)) ? set : known;
    if (known !== undefined) twice.push(kept === set ? known : set);
    byFile.set(file, kept);
  }
  return { sets: sets.filter((set) => !twice.includes(set)), twice };
}

async function isLink(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined))?.isSymbolicLink() ?? false;
}

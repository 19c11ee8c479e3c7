import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InputError, systemReason } from '../errors.ts';
import { withoutCopies } from './copies.ts';
import { countEnded, endedNote } from './ended.ts';
import { expandPaths, type Named, unreadSiblings } from './expand.ts';
import { looksLikeLog } from './generations.ts';
import { type Inspected, inspect, type TimeOfLine } from './inspect.ts';
import { labelSets, placeOf } from './labels.ts';
import { lookAt } from './log-set.ts';
import { inOrder } from './order.ts';
import { type Generation, takeStock } from './take-stock.ts';
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

export interface FindOptions {
  /** Node or cluster; logs of one name in several directories are told apart by those as well. */
  readonly label?: string | undefined;
  /** A file stands for the whole rotated set that it belongs to. */
  readonly rotated?: boolean | undefined;
  /** Tells when a line was written; without it nothing is ordered by time, and none is left out. */
  readonly timeOfLine?: TimeOfLine | undefined;
  /** Generations of a log ({@link Source.log}) that ended before this time are left out; microseconds since the epoch. */
  readonly since?: ((log: string) => number | undefined) | undefined;
}

export interface Found {
  readonly sources: readonly Source[];
  readonly notes: readonly string[];
}

/**
 * The sources that paths name: files, directories (every log in them, each generation once, the oldest first), globs, and
 * `-`. All are checked before any is read; a file that several paths name is read once.
 * @throws {InputError} for the first path that is missing, unreadable, or holds no log.
 */
export async function findSources(paths: readonly string[], options: FindOptions = {}): Promise<Found> {
  const { named, notes } = await expandPaths(paths, options.rotated ?? false);
  const told = [...notes];
  const stock = await stockOf(named, options.timeOfLine);
  const labels = await labelSets(
    named.map(({ set }) => set),
    options.label,
  );
  const sources: Source[] = [];
  const seen = new Set<string>();
  /** The sets that were named whole; by several names, each once. */
  const whole = new Set<string>();
  for (const { set, files } of named) {
    const place = await placeOf(set);
    if (!files && whole.has(place)) continue;
    if (!files) whole.add(place);
    const found = files
      ? await sourcesOf(set, files, options)
      : ofSet(set, stock.get(set) ?? [], options.since?.(place), told);
    for (const source of found) {
      const identity = await identify(source.path);
      if (seen.has(identity)) told.push(`${source.path} is named more than once and was read once`);
      else sources.push({ ...source, label: labels.get(set), log: source.path === '-' ? '-' : place });
      seen.add(identity);
    }
  }
  for (const { path, found } of sources) if (path !== '-' && !found) await checkReadable(path);
  told.push(...(await siblingNotes(named, seen)));
  return { sources, notes: told };
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

/** The generations of all sets that are read whole. */
async function stockOf(
  named: readonly Named[],
  timeOfLine: TimeOfLine | undefined,
): Promise<ReadonlyMap<string, readonly Generation[]>> {
  const directories = new Map<string, Set<string>>();
  for (const { set, files } of named) {
    if (files) continue;
    const sets = directories.get(dirname(set)) ?? new Set();
    directories.set(dirname(set), sets.add(set));
  }
  const stock = new Map<string, readonly Generation[]>();
  for (const [directory, sets] of directories) {
    for (const [set, generations] of await takeStock(directory, sets, timeOfLine)) stock.set(set, generations);
  }
  return stock;
}

/** A whole set, without what ended before `since`. */
function ofSet(set: string, generations: readonly Generation[], since: number | undefined, notes: string[]): Source[] {
  if (generations.length === 0) throw new InputError(`cannot read ${set}: it was there a moment ago`);
  const files = generations.map(({ file }) => file);
  const skipped = since === undefined ? 0 : countEnded(files, since);
  if (skipped > 0) notes.push(endedNote(set, skipped));
  return generations
    .slice(skipped)
    .map(({ file, missing }) => ({ ...sourceOf(set, file), generation: { set, missing } }));
}

function sourceOf(set: string, { path, size, inode, beginning }: Inspected): Source {
  return { path, size, found: { set, inode, size, beginning } };
}

/** Files that were named themselves, or by a glob: of several, each generation once, the oldest first. */
async function sourcesOf(set: string, files: readonly string[], { timeOfLine }: FindOptions): Promise<Source[]> {
  const inspected: Inspected[] = [];
  const others: Source[] = [];
  for (const path of files) {
    let file = path === '-' ? undefined : await lookAt(path);
    let known: Inspected | undefined;
    // The name may go to another file between the two.
    for (let tries = 0; file && !known && looksLikeLog(path) && tries < 3; tries++) {
      known = await inspect(file, timeOfLine);
      if (!known) file = await lookAt(path);
    }
    if (known) inspected.push(known);
    else others.push({ path, size: file?.size });
  }
  const kept = (await withoutCopies(inspected)) ?? inspected;
  return [...others, ...inOrder(kept).map((file) => sourceOf(set, file))];
}

/** What was inspected was opened, and may have another name by now. */
async function checkReadable(path: string): Promise<void> {
  await access(path, constants.R_OK).catch((error: unknown) => {
    throw new InputError(`cannot read ${path}: ${systemReason(error)}`);
  });
}

/** A log that was named alone may be only the youngest part of what its directory holds. */
async function siblingNotes(named: readonly Named[], read: ReadonlySet<string>): Promise<string[]> {
  const unread = await unreadSiblings(named, async (path) => read.has(await identify(path)));
  return [...unread].map(([set, count]) => {
    const path = named.find((other) => other.set === set)?.files?.[0] ?? set;
    const files = count === 1 ? 'one rotated file lies' : `${count} rotated files lie`;
    return `${files} beside ${path}; --rotated, or naming the directory ${dirname(path)}, reads the whole set`;
  });
}

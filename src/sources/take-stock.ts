import { setTimeout as pause } from 'node:timers/promises';
import { withoutCopies } from './copies.ts';
import { missingBefore } from './gaps.ts';
import { liveName } from './generations.ts';
import { type Inspected, inspect, type TimeOfLine } from './inspect.ts';
import { type GenerationFile, listSets } from './log-set.ts';
import { inOrder } from './order.ts';

/** A generation of a set as it is to be read. */
export interface Generation {
  readonly file: Inspected;
  /** Names that should stand before it, where numbers tell. */
  readonly missing: string | undefined;
}

/** Names move while one looks: for milliseconds, where a rotation only renames. */
const ATTEMPTS = 10;
const PAUSE = 20;
/** A name that is missing may only be on its way. */
const MISSING_ATTEMPTS = 3;
/** Files that are held open at once. */
const CONCURRENT = 16;

/**
 * What the sets of a directory consist of: each generation once, the oldest first, by live name. The names are those of one
 * moment; what a rotation moves afterwards is found again by what it is, now and when it is read.
 * @throws {InputError} when the directory or a file cannot be read.
 */
export async function takeStock(
  directory: string,
  live: ReadonlySet<string>,
  timeOfLine?: TimeOfLine,
): Promise<ReadonlyMap<string, readonly Generation[]>> {
  for (let attempt = 1; ; attempt++) {
    const listed = await listAtOnce(directory, live);
    const inspected = await inspectAll(listed, () => listSets(directory, live), timeOfLine);
    const stock = new Map<string, Generation[]>();
    let settled = inspected.length === listed.length;
    let whole = true;
    for (const [set, files] of bySet(inspected)) {
      const kept = await withoutCopies(files);
      if (!kept) settled = false;
      const ordered = inOrder(kept ?? files);
      const missing = missingBefore(
        files.map(({ path }) => path),
        ordered.map(({ path }) => path),
      );
      if (missing.size > 0) whole = false;
      stock.set(
        set,
        ordered.map((file) => ({ file, missing: missing.get(file.path) })),
      );
    }
    if ((settled && (whole || attempt >= MISSING_ATTEMPTS)) || attempt === ATTEMPTS) return stock;
    await pause(PAUSE);
  }
}

/** The files as they were called at one moment: a list during which a name moved would miss or double one. */
async function listAtOnce(directory: string, live: ReadonlySet<string>): Promise<GenerationFile[]> {
  let before = await listSets(directory, live);
  for (let attempt = 1; ; attempt++) {
    const after = await listSets(directory, live);
    if (namesOf(before) === namesOf(after) || attempt === ATTEMPTS) return after;
    before = after;
    await pause(PAUSE);
  }
}

/** They may have grown. */
function namesOf(files: readonly GenerationFile[]): string {
  return files.map(({ path, inode }) => `${inode} ${path}`).join('\n');
}

/** How files begin, under the names that they were listed by; those that are nowhere any more are left out. */
async function inspectAll(
  files: readonly GenerationFile[],
  listAgain: () => Promise<GenerationFile[]>,
  timeOfLine: TimeOfLine | undefined,
): Promise<Inspected[]> {
  const inspectOne = async (file: GenerationFile): Promise<Inspected | undefined> => {
    let current: GenerationFile | undefined = file;
    for (let attempt = 1; current && attempt <= ATTEMPTS; attempt++) {
      const inspected = await inspect(current, timeOfLine);
      if (inspected) return { ...inspected, path: file.path };
      current = (await listAgain()).find(({ inode }) => inode === file.inode);
    }
    return undefined;
  };
  const inspected: (Inspected | undefined)[] = [];
  for (let start = 0; start < files.length; start += CONCURRENT) {
    inspected.push(...(await Promise.all(files.slice(start, start + CONCURRENT).map(inspectOne))));
  }
  return inspected.filter((file) => file !== undefined);
}

function bySet(files: readonly Inspected[]): Map<string, Inspected[]> {
  const sets = new Map<string, Inspected[]>();
  for (const file of files) {
    const set = liveName(file.path);
    const known = sets.get(set);
    if (known) known.push(file);
    else sets.set(set, [file]);
  }
  return sets;
}

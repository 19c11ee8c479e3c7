import { byGeneration, family } from './generations.ts';

interface Dated {
  readonly path: string;
  readonly firstTime: number | undefined;
}

/**
 * The generations of a set from the oldest to the live file. Within a family names tell, and are believed; where several
 * families lie beside each other, the times of their first events put one between the other.
 */
export function inOrder<File extends Dated>(files: readonly File[]): File[] {
  const sorted = [...files].sort((a, b) => byGeneration(a.path, b.path));
  /** Of each family, the latest first time so far: one that is unknown, or out of order, moves nothing behind its elder. */
  const latest = new Map<string, number>();
  const keyed = sorted.map((file) => {
    const name = family(file.path);
    if (name === undefined) return { file, key: Number.POSITIVE_INFINITY };
    const key = Math.max(latest.get(name) ?? Number.NEGATIVE_INFINITY, file.firstTime ?? Number.NEGATIVE_INFINITY);
    latest.set(name, key);
    return { file, key };
  });
  if (latest.size < 2) return sorted;
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ file }) => file);
}

/** Whether names alone tell the order of a set's files. */
export function isOneFamily(paths: readonly string[]): boolean {
  return new Set(paths.map(family).filter((name) => name !== undefined)).size < 2;
}

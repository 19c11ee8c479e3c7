import { isOneFamily } from './order.ts';

/** A log is in the order of its events' stages but for inversions; those are of seconds. */
const SLACK = 10 * 60 * 1_000_000;

/**
 * How many generations of a set, the oldest first, ended before a time, and can hold no event of it or later: the next one
 * began long before it. Told by what is in them, for times of files lie after a copy, and only as long as every generation
 * tells when it began, and in order. Events are written when their stage is reached; the time at which a request came
 * in, which is what is asked for, is never later. Where the names are of several rotations, two logs may lie side by side,
 * and neither ends when the other begins.
 * @param files all generations, the oldest first. Times are in microseconds since the epoch.
 */
export function countEnded(
  files: readonly { readonly path: string; readonly firstTime: number | undefined }[],
  since: number,
): number {
  if (!isOneFamily(files.map(({ path }) => path))) return 0;
  const firstTimes = files.map(({ firstTime }) => firstTime);
  let ended = 0;
  let before = firstTimes[0];
  for (const [index, first] of firstTimes.entries()) {
    if (index === 0) continue;
    if (before === undefined || first === undefined || first < before || first >= since - SLACK) break;
    ended = index;
    before = first;
  }
  return ended;
}

/** What is said about generations that {@link countEnded} told. */
export function endedNote(set: string, count: number): string {
  const files = count === 1 ? 'one file' : `${count} files`;
  return `${files} of the set of ${set} ended before --since and ${count === 1 ? 'was' : 'were'} not read`;
}

/** A log is in the order of its events' stages but for inversions; those are of seconds. */
const SLACK = 10 * 60 * 1_000_000;

/**
 * How many generations of a set, the oldest first, ended before a time, and can hold no event of it or later: the next one
 * began long before it. Told by what is in them, for times of files lie after a copy, and only as long as every generation
 * tells when it began, and in order. Events are written when their stage is reached; the time at which a request came
 * in, which is what is asked for, is never later.
 * @param firstTimes of all generations, the oldest first; microseconds since the epoch, as is `since`.
 */
export function countEnded(firstTimes: readonly (number | undefined)[], since: number): number {
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

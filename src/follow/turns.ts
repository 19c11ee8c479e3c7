import type { GenerationFile } from '../sources/log-set.ts';
import type { Tail } from './tail.ts';

/** Which of the open generations may be read: none before one that is older and still has to be opened. */
export interface Turns {
  /**
   * Puts them in the order of a listing, oldest first. What has no name any more, and no copy that has one, stays behind the
   * one that it came after.
   * @param missed the place in the listing of the first file that was not there to be opened, or for which there was no
   * room; infinity where there is none.
   */
  order(open: readonly Tail[], files: readonly GenerationFile[], missed: number): Tail[];
  /** What was not there to be opened will not come. */
  settle(): void;
  /** To be called after each look at the set: true when something has to wait, so that another look is due at once. */
  endScan(): boolean;
  hasTurn(tail: Tail): boolean;
}

/** Looks at the set for which a generation may have to wait for older ones. Better read in the wrong order than never. */
const MAX_WAIT = 100;

export function createTurns(): Turns {
  let waiting = new Set<Tail>();
  let scans = 0;
  return {
    order(open, files, missed) {
      const places = new Map(files.map(({ inode }, index) => [inode, index]));
      let first = missed;
      let last = -1;
      const placed = open.map((tail) => {
        const place = places.get(tail.inode) ?? places.get(tail.twin ?? '');
        last = place ?? last + 1e-6;
        // Opened by a name that it has no more, it may have been rotated beyond others.
        if (place === undefined && tail.offset === 0) first = Math.min(first, last);
        return { tail, place: last };
      });
      waiting = new Set(placed.flatMap(({ tail, place }) => (place < first ? [] : [tail])));
      return placed.sort((a, b) => a.place - b.place).map(({ tail }) => tail);
    },
    settle() {
      waiting = new Set();
    },
    endScan() {
      scans = waiting.size > 0 ? scans + 1 : 0;
      if (scans > MAX_WAIT) waiting = new Set();
      return waiting.size > 0;
    },
    hasTurn: (tail) => !waiting.has(tail),
  };
}

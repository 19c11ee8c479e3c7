import { basename } from 'node:path';
import { countGap, type Summary } from '../summary.ts';
import { generationNumber, liveName } from './generations.ts';
import { isOneFamily } from './order.ts';
import type { Source } from './types.ts';

/** An API server that is up logs something more often than this, in microseconds: leases are renewed every ten seconds. */
export const QUIET = 10 * 60 * 1_000_000;
/** A live file beside names that only begin above this is not the next of them: they count something else. */
const MAX_FIRST = 100;

/**
 * The names that are missing in a set's numbered sequence, by the generation that comes behind them.
 * @param all the set's files, copies as well: their names are there.
 * @param kept those that are read, the oldest first.
 */
export function missingBefore(all: readonly string[], kept: readonly string[]): ReadonlyMap<string, string> {
  const live = all.find((path) => liveName(path) === path);
  const numbers = new Set(all.map(generationNumber).filter((number) => number !== undefined));
  const lowest = Math.min(...numbers);
  // logrotate counts from 1, or from 0 where it is told to.
  if (live !== undefined && numbers.size > 0 && lowest < MAX_FIRST && isOneFamily(all))
    numbers.add(Math.min(0, lowest - 1));
  const sequence = [...numbers].sort((a, b) => b - a);
  const missing = new Map<string, string>();
  for (const [index, higher] of sequence.entries()) {
    const lower = sequence[index + 1];
    if (lower === undefined || higher - lower < 2) continue;
    const behind = kept.find((path) => path === live || (generationNumber(path) ?? Number.POSITIVE_INFINITY) <= lower);
    if (behind !== undefined) missing.set(behind, range(basename(liveName(behind)), lower + 1, higher - 1));
  }
  return missing;
}

function range(name: string, from: number, to: number): string {
  return from === to ? `${name}.${from}` : `${name}.${from} to ${name}.${to}`;
}

/** Looks for gaps between generations while they are read one after the other, and counts them in the summary. */
export interface GapWatch {
  begin(source: Source): void;
  /** The times at which the first and the last event of a batch were written. */
  read(first: number | undefined, last: number | undefined): void;
  end(): void;
}

export function createGapWatch(summary: Summary): GapWatch {
  /** Of the set that is being read: the generation before, and the last time that any told. */
  let set: string | undefined;
  let before: string | undefined;
  let from: number | undefined;
  /** The generation that is being read. */
  let current: Source | undefined;
  let missing: string | undefined;
  let begun = false;

  const count = (to: number | undefined): void => {
    const long = from !== undefined && to !== undefined && to - from > QUIET;
    if (current && before !== undefined && (missing !== undefined || long)) {
      countGap(summary, { before, after: current.path, label: current.label, from, to, missing });
    }
    missing = undefined;
  };
  return {
    begin(source) {
      current = source.generation && source;
      begun = false;
      if (source.generation?.set !== set) {
        set = source.generation?.set;
        before = undefined;
        from = undefined;
      }
      missing = source.generation?.missing;
    },
    read(first, last) {
      if (!current) return;
      if (!begun && first !== undefined) {
        count(first);
        begun = true;
      }
      from = last ?? from;
    },
    end() {
      // A generation without any event tells no time, but is there.
      if (missing !== undefined) count(undefined);
      before = current?.path;
      current = undefined;
    },
  };
}

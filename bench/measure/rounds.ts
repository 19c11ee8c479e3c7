import { runTimed, type Timed } from './timed.ts';

export interface Work {
  readonly id: string;
  readonly title: string;
  readonly argv: readonly string[];
  /** Times are multiplied by it: the whole log's size by that of the sample that was read. */
  readonly scale?: number;
}

export interface Measured {
  readonly work: Work;
  readonly wall: Spread;
  readonly processor: Spread;
  /** Bytes; the most of all rounds counts for a limit. */
  readonly memory: Spread;
}

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** @throws {RangeError} when there is nothing to take it of. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1];
  const high = sorted[Math.floor(middle)];
  const [least, most] = [sorted[0], sorted.at(-1)];
  if (low === undefined || high === undefined || least === undefined || most === undefined)
    throw new RangeError('no values');
  return { median: (low + high) / 2, least, most };
}

/** Every work once in each round, in turn, so that what drifts on the machine hits all alike. */
export function measureInTurn(works: readonly Work[], rounds: number, tell: (text: string) => void): Measured[] {
  const runs = new Map<Work, Timed[]>(works.map((work) => [work, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const work of works) {
      const run = runTimed(work.argv);
      runs.get(work)?.push(run);
      tell(`round ${round} of ${rounds}: ${work.id} ${run.wall.toFixed(2)} s`);
    }
  }
  return works.map((work) => {
    const timed = runs.get(work) ?? [];
    const scale = work.scale ?? 1;
    return {
      work,
      wall: spreadOf(timed.map(({ wall }) => wall * scale)),
      processor: spreadOf(timed.map(({ processor }) => processor * scale)),
      memory: spreadOf(timed.map(({ memory }) => memory)),
    };
  });
}

import { describe, expect, it } from 'vitest';
import { createTally, type Difference, describeDifference, runBatch, smallest } from './fuzz.ts';
import { FUNCTIONS } from './random-words.ts';

/**
 * Another one each time; to see a failure again, set AUDITSCAN_FUZZ_SEED to what it says. For many more pairs there is
 * bench/fuzz-expressions.ts.
 */
const seed = Number(process.env.AUDITSCAN_FUZZ_SEED ?? Math.floor(Math.random() * 1_000_000_000));
const BATCHES = 52;
const BATCH = { expressions: 45, events: 50 };
const PAIRS = 100_000;
/** Differences that need no more of them. */
const ENOUGH = 10;
/** It takes some 15 s, on a machine that does nothing else. */
const TIMEOUT = 900_000;

describe(`random expressions over random events (AUDITSCAN_FUZZ_SEED=${seed})`, () => {
  const tally = createTally();

  it(
    'say compiled what jsonata says, and write to no event',
    async () => {
      const differences: Difference[] = [];
      for (let batch = 0; batch < BATCHES && differences.length < ENOUGH; batch++) {
        await runBatch({ ...BATCH, seed: seed + batch }, tally, (difference) => differences.push(difference));
      }
      process.stdout.write(`AUDITSCAN_FUZZ_SEED=${seed}: ${JSON.stringify({ ...tally, functions: undefined })}\n`);
      const told: string[] = [];
      for (const difference of differences.slice(0, 3)) told.push(describeDifference(await smallest(difference)));
      expect(told, `again with AUDITSCAN_FUZZ_SEED=${seed}`).toEqual([]);
      expect(tally.verdicts.different).toBe(0);
    },
    TIMEOUT,
  );

  it('are enough', () => {
    expect(tally.pairs).toBeGreaterThanOrEqual(PAIRS);
    expect(tally.unparsable).toBeLessThan(tally.expressions * 0.1);
    expect(Object.values(tally.refused).reduce((a, b) => a + b, 0)).toBeLessThan(tally.expressions * 0.1);
  });

  it('say something, and fail in all the ways there are', () => {
    const { value, error, nothing } = tally.outcomes;
    expect(value + tally.outcomes.true).toBeGreaterThan(tally.pairs * 0.2);
    expect(tally.outcomes.true).toBeGreaterThan(tally.pairs * 0.02);
    expect(error).toBeGreaterThan(tally.pairs * 0.05);
    expect(error + nothing).toBeLessThan(tally.pairs * 0.65);
    const common = [
      'T0410',
      'T0411',
      'T0412',
      'T1003',
      'T2001',
      'T2002',
      'T2009',
      'T2010',
      'D1001',
      'D1002',
      'unknown',
    ];
    expect(Object.keys(tally.codes)).toEqual(expect.arrayContaining(common));
  });

  it('call every function', () => {
    expect(Object.keys(tally.functions)).toEqual(expect.arrayContaining(Object.keys(FUNCTIONS)));
  });

  it('seldom meet what is known to differ', () => {
    expect(tally.verdicts.order + tally.verdicts.changed).toBeLessThan(tally.pairs * 0.01);
  });
});

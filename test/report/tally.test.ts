import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTally, type Tally } from '../../src/report/tally.ts';

interface Named {
  count: number;
  name: string;
}

function counted(names: readonly string[], maxKeys?: number): Tally<Named> {
  const tally = createTally((): Named => ({ count: 0, name: '' }), maxKeys);
  for (const name of names) tally.count(name).name = name;
  return tally;
}

const times = (count: number, name: string): string[] => Array<string>(count).fill(name);
/** Names that come once each. */
const flood = (count: number, prefix = 'once'): string[] => Array.from({ length: count }, (_, n) => `${prefix}-${n}`);
const anyNames = fc.array(
  fc.oneof(fc.constantFrom('a', 'b', 'c', '', '__proto__', 'constructor'), fc.string({ maxLength: 2 })),
  { maxLength: 60 },
);

describe('a tally', () => {
  it('counts each name, and gives those first that came most, those of one count by name', () => {
    const { rows, others, isComplete } = counted(['b', 'c', 'a', 'c', '__proto__', '__proto__', 'c']).top(3);
    expect(rows).toEqual([
      { name: 'c', count: 3 },
      { name: '__proto__', count: 2 },
      { name: 'a', count: 1 },
    ]);
    expect(others).toEqual({ rows: 1, count: 1 });
    expect(isComplete).toBe(true);
  });

  it('gives the same row for each of a name, as the caller left it', () => {
    const tally = createTally(() => ({ count: 0, seen: [] as number[] }));
    for (const value of [1, 2, 3]) tally.count('x').seen.push(value);
    tally.count('y');
    expect(tally.top(9).rows).toEqual([
      { count: 3, seen: [1, 2, 3] },
      { count: 1, seen: [] },
    ]);
  });

  it('of nothing is empty, and complete', () => {
    expect(counted([]).top(5)).toEqual({ rows: [], others: { rows: 0, count: 0 }, isComplete: true });
    expect(counted([]).size).toBe(0);
  });

  it('loses no count: what it gives and the others are all that came', () => {
    fc.assert(
      fc.property(anyNames, fc.integer({ min: 2, max: 9 }), fc.nat(9), (names, maxKeys, limit) => {
        const tally = counted(names, maxKeys);
        const { rows, others } = tally.top(limit);
        expect(rows.reduce((sum, { count }) => sum + count, others.count)).toBe(names.length);
        expect(rows.length).toBeLessThanOrEqual(Math.min(limit, maxKeys));
        // What is left of the rows is counted as others, and none is in both.
        expect(others.rows).toBeGreaterThanOrEqual(Math.min(maxKeys, new Set(rows).size) - rows.length);
      }),
    );
  });

  it('gives exact counts in the same order, in whatever order names come, as long as there is room', () => {
    const shuffled = anyNames.chain((names) =>
      fc.tuple(fc.constant(names), fc.shuffledSubarray(names, { minLength: names.length })),
    );
    fc.assert(
      fc.property(shuffled, ([names, again]) => {
        const distinct = new Set(names).size;
        const tally = counted(names, Math.max(2, distinct));
        expect(tally.top(5)).toEqual(counted(again, Math.max(2, distinct)).top(5));
        expect(tally.size).toBe(distinct);
        const all = tally.top(distinct);
        expect(all.isComplete).toBe(true);
        for (const { name, count } of all.rows) expect(count).toBe(names.filter((other) => other === name).length);
      }),
    );
  });

  it('never counts a name more often than it came', () => {
    fc.assert(
      fc.property(anyNames, fc.integer({ min: 2, max: 5 }), (names, maxKeys) => {
        for (const { name, count } of counted(names, maxKeys).top(9).rows)
          expect(count).toBeLessThanOrEqual(names.filter((other) => other === name).length);
      }),
    );
  });
});

describe('more names than there is room for', () => {
  it('are told: the tally is not complete, and knows at least so many', () => {
    const tally = counted(flood(11), 10);
    expect(tally.top(3)).toMatchObject({ isComplete: false, others: { rows: 8, count: 8 } });
    expect(tally.size).toBe(11);
  });

  it('do not take the room of a name that comes often, be they before it, after it or between', () => {
    const often = fc.integer({ min: 2, max: 10 }).chain((half) =>
      fc.integer({ min: 2, max: 25 }).chain((hits) => {
        const most = hits * (half - 1) - 1;
        return fc.nat(most).chain((once) =>
          fc.record({
            maxKeys: fc.constant(2 * half),
            hits: fc.constant(hits),
            names: fc.shuffledSubarray([...times(hits, 'often'), ...flood(once)], { minLength: hits + once }),
          }),
        );
      }),
    );
    fc.assert(
      fc.property(often, ({ maxKeys, hits, names }) => {
        const { rows } = counted(names, maxKeys).top(1);
        expect(rows[0]?.name).toBe('often');
        expect(rows[0]?.count).toBeLessThanOrEqual(hits);
      }),
      { numRuns: 300 },
    );
  });

  it('do not take anything from a name that came often before them', () => {
    const { rows, others } = counted([...times(50, 'a'), ...times(20, 'b'), ...flood(20_000)], 100).top(2);
    expect(rows).toEqual([
      { name: 'a', count: 50 },
      { name: 'b', count: 20 },
    ]);
    expect(others.count).toBe(20_000);
  });

  // What was often long ago must not keep out for ever what is often now.
  it('do not hide what most requests are of, whatever came before', () => {
    const before = [...times(10, 'a'), ...times(10, 'b'), 'c'];
    const rounds = flood(200, 'x').flatMap((once) => [...times(9, 'attacker'), once]);
    const { rows } = counted([...before, ...rounds], 4).top(1);
    expect(rows[0]?.name).toBe('attacker');
  });

  // A name that is dropped and comes again is one name.
  it('are no more others than there are names', () => {
    const names = flood(5);
    const tally = counted(Array.from({ length: 100 }, () => names).flat(), 4);
    expect(tally.top(0).others.rows).toBeLessThanOrEqual(5);
  });

  it('are dealt with quickly, with the usual room', () => {
    const tally = counted([...times(3, 'often'), ...flood(200_000)]);
    expect(tally.top(1).rows).toEqual([{ name: 'often', count: 3 }]);
    expect(tally.size).toBe(5_001);
  });
});

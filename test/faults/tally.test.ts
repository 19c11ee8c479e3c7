import { describe, expect, it } from 'vitest';
import { createTally, type Tally } from './tally.ts';

/** Lines are `<n>`; anything else is broken. */
function numberOf(line: string): number | undefined {
  const match = /^<(\d+)>$/.exec(line);
  return match ? Number(match[1]) : undefined;
}

/** Each run is what it printed, and whether a kill ended it. */
function tallyOf(...runs: readonly (readonly [printed: string, killed: boolean])[]): Tally {
  const tally = createTally(numberOf);
  for (const [printed, killed] of runs) {
    tally.startRun();
    // In pieces, as a file grows.
    for (const character of printed) tally.feed(Buffer.from(character));
    tally.endRun(killed);
  }
  return tally;
}

const NONE = { doubled: 0, inexcusable: 0, disordered: 0, halves: 0, empty: 0, foreign: 0 };

describe('what a program printed', () => {
  it('is counted by its numbers', () => {
    const tally = tallyOf(['<1>\n<2>\n<4>\n', false]);
    expect(tally.counts()).toEqual({ ...NONE, seen: 3 });
    expect([1, 2, 3, 4].map(tally.has)).toEqual([true, true, false, true]);
    expect(tally.highest()).toBe(4);
  });

  it('may come again after a kill', () => {
    expect(tallyOf(['<1>\n<2>\n', true], ['<2>\n<3>\n', false]).counts()).toEqual({ ...NONE, seen: 3, doubled: 1 });
  });

  it('may come again after a kill though a run between printed nothing', () => {
    const tally = tallyOf(['<1>\n', true], ['', false], ['<1>\n', false]);
    expect(tally.counts()).toMatchObject({ doubled: 1, inexcusable: 0 });
  });

  it.each([
    ['in one run', [['<1>\n<1>\n', true]]],
    [
      'after a clean end',
      [
        ['<1>\n', false],
        ['<1>\n', false],
      ],
    ],
    [
      'after a clean end and a kill',
      [
        ['<1>\n', false],
        ['<2>\n', true],
        ['<1>\n', false],
      ],
    ],
  ] as const)('may not come again %s', (_name, runs) => {
    expect(tallyOf(...runs).counts()).toMatchObject({ doubled: 1, inexcusable: 1 });
  });

  it('is out of order behind a higher number, but not for coming again', () => {
    expect(tallyOf(['<1>\n<3>\n<2>\n', true], ['<1>\n<4>\n', false]).counts()).toMatchObject({
      disordered: 1,
      doubled: 1,
    });
  });
});

describe('a half line', () => {
  it('is no fault after a kill if the next run ends it', () => {
    expect(tallyOf(['<1>\n<2', true], ['\n<2>\n', false]).counts()).toEqual({ ...NONE, seen: 2, halves: 1 });
  });

  it('that lacks nothing but its end is what the killed run printed', () => {
    const counts = tallyOf(['<1>\n<2>', true], ['\n<2>\n', false]).counts();
    expect(counts).toEqual({ ...NONE, seen: 2, doubled: 1 });
  });

  it('spoils the next line if the next run does not end it', () => {
    const tally = tallyOf(['<1>\n<2', true], ['<2>\n<3>\n', false]);
    expect(tally.counts()).toEqual({ ...NONE, seen: 2, foreign: 1 });
    expect(tally.has(2)).toBe(false);
    expect(tally.examples()[0]).toContain('<2<2>');
  });

  it('stays one over runs that print nothing', () => {
    expect(tallyOf(['<1>\n<2', true], ['', true], ['\n<2>\n', false]).counts()).toMatchObject({ seen: 2, foreign: 0 });
  });

  it('is a fault at a clean end', () => {
    expect(tallyOf(['<1>\n<2', false]).counts()).toMatchObject({ foreign: 1 });
  });

  it('is a fault in the midst of a run', () => {
    expect(tallyOf(['<1\n<1>\n', true]).counts()).toMatchObject({ foreign: 1, halves: 0 });
  });
});

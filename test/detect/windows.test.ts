import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WindowDefinition } from '../../src/detect/detector.ts';
import type { Finding } from '../../src/detect/finding.ts';
import { createWindows, groupOf, type Windows, windowId } from '../../src/detect/windows.ts';
import { formatTime, parseTime } from '../../src/event/time.ts';
import { compileExpression } from '../../src/expression/compile.ts';

const START = Date.UTC(2026, 1, 22) * 1_000;
const SECOND = 1_000_000;
/** Ten seconds. */
const WITHIN = 10 * SECOND;

const define = (count: number): WindowDefinition => ({ by: [], within: WITHIN, count, distinct: undefined });

/** Seconds since the start, and optionally the distinct value. */
type Match = number | readonly [seconds: number, value: string];

function add(windows: Windows, match: Match, group = 'g'): Promise<Finding[]> {
  const [seconds, value] = typeof match === 'number' ? [match, undefined] : match;
  const time = START + Math.round(seconds * SECOND);
  return windows.add({
    group,
    time,
    value,
    finding: async () => ({ id: 'without window', time: formatTime(time), count: 1 }) as Finding,
  });
}

/** The episodes that fired, as count, first and last in seconds since the start. */
async function bursts(count: number, matches: readonly Match[]): Promise<[number, number, number][]> {
  const windows = createWindows('d', define(count));
  const findings: Finding[] = [];
  for (const match of matches) findings.push(...(await add(windows, match)));
  findings.push(...windows.flush());
  const seconds = (text?: string) => ((parseTime(text) ?? 0) - START) / SECOND;
  return findings.map((finding) => [finding.count, seconds(finding.first), seconds(finding.last)]);
}

describe('a burst', () => {
  it.each<[string, number, Match[], [number, number, number][]]>([
    ['too few', 3, [1, 2], []],
    ['just enough', 3, [1, 2, 3], [[3, 1, 3]]],
    ['more than enough is one finding', 3, [1, 2, 3, 4, 5], [[5, 1, 5]]],
    ['the same moment', 3, [1, 1, 1], [[3, 1, 1]]],
    ['exactly as far apart as allowed', 2, [0, 10], [[2, 0, 10]]],
    ['a microsecond too far apart', 2, [0, 10.000001], []],
    ['exactly as long as allowed', 3, [0, 5, 10], [[3, 0, 10]]],
    ['a microsecond too long', 3, [0, 5, 10.000001], []],
    ['a slow start, then fast', 3, [0, 6, 12, 15, 16], [[5, 0, 16]]],
    ['a fast start, then slow', 3, [0, 1, 2, 11, 20], [[5, 0, 20]]],
    ['never fast enough, however long', 3, [0, 6, 12, 18, 24, 30], []],
    [
      'two episodes',
      2,
      [0, 1, 20, 21],
      [
        [2, 0, 1],
        [2, 20, 21],
      ],
    ],
    ['an episode that fired and one that did not', 2, [0, 1, 20], [[2, 0, 1]]],
    ['an episode that did not and one that did', 2, [0, 20, 21], [[2, 20, 21]]],
    [
      'an episode ends a microsecond behind its last event',
      2,
      [0, 1, 11.000001, 12],
      [
        [2, 0, 1],
        [2, 11.000001, 12],
      ],
    ],
    ['a small step back in time', 3, [2, 1, 3], [[3, 1, 3]]],
  ])('%s', async (_, count, matches, expected) => {
    expect(await bursts(count, matches)).toEqual(expected);
  });

  it.each<[string, number, Match[], [number, number, number][]]>([
    [
      'the same value counts once',
      2,
      [
        [0, 'a'],
        [1, 'a'],
        [2, 'a'],
      ],
      [],
    ],
    [
      'two values are two',
      2,
      [
        [0, 'a'],
        [1, 'a'],
        [2, 'b'],
      ],
      [[3, 0, 2]],
    ],
    [
      'a value counts from its latest time',
      2,
      [
        [0, 'a'],
        [8, 'a'],
        [16, 'b'],
      ],
      [[3, 0, 16]],
    ],
    [
      'an old value does not count',
      3,
      [
        [0, 'a'],
        [6, 'b'],
        [12, 'c'],
      ],
      [],
    ],
    [
      'an old value that comes again does',
      3,
      [
        [0, 'a'],
        [6, 'b'],
        [12, 'c'],
        [13, 'a'],
      ],
      [[4, 0, 13]],
    ],
  ])('of different values: %s', async (_, count, matches, expected) => {
    expect(await bursts(count, matches)).toEqual(expected);
  });

  it('is what the definition says, for any matches in order', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 12 }), fc.constantFrom('a', 'b', 'c')), { maxLength: 30 }),
        fc.integer({ min: 2, max: 4 }),
        fc.boolean(),
        async (steps, count, distinct) => {
          let now = 0;
          const matches = steps.map(([step, value], index): [number, string] => {
            now += step;
            return [now, distinct ? value : String(index)];
          });
          const episodes: [number, string][][] = [];
          for (const match of matches) {
            const last = episodes.at(-1)?.at(-1);
            if (last && match[0] - last[0] <= 10) episodes.at(-1)?.push(match);
            else episodes.push([match]);
          }
          const fired = episodes.filter((episode) =>
            episode.some(
              ([end]) =>
                new Set(episode.filter(([time]) => time <= end && end - time <= 10).map(([, value]) => value)).size >=
                count,
            ),
          );
          expect(await bursts(count, distinct ? matches : matches.map(([time]) => time))).toEqual(
            fired.map((episode) => [episode.length, episode[0]?.[0], episode.at(-1)?.[0]]),
          );
        },
      ),
      { numRuns: 500 },
    ));
});

describe('times that are out of order', () => {
  it('by less than the window change nothing', () =>
    fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([1, 2, 3, 4, 5, 6], { minLength: 6 }), async (order) => {
        expect((await bursts(6, order)).map(([count]) => count)).toEqual([6]);
      }),
    ));

  it('do not let one straggler hide a burst', async () => {
    expect((await bursts(3, [100, 101, 50, 102])).length).toBe(1);
    expect((await bursts(3, [100, 50, 101, 102])).length).toBe(1);
  });

  it('do not let a straggler of the same value hide a burst', async () => {
    expect(
      (
        await bursts(2, [
          [100, 'a'],
          [50, 'a'],
          [101, 'b'],
        ])
      ).length,
    ).toBe(1);
  });

  it("do not hide the burst in a second node's log, which is read behind the first node's", async () => {
    expect((await bursts(3, [1_000, 50, 51, 52])).length).toBe(1);
    expect((await bursts(3, [1, 500, 1_000, 50, 51, 52])).length).toBe(1);
    expect((await bursts(3, [1_000, 1_001, 1_002, 50, 51, 52])).length).toBeGreaterThanOrEqual(1);
  });

  it('never make a burst out of what lies far apart', async () => {
    expect(await bursts(2, [100, 50])).toEqual([]);
    expect(await bursts(3, [100, 50, 75, 25, 0])).toEqual([]);
  });
});

describe('the id', () => {
  const idOf = async (detector: string, group: string, matches: readonly Match[]): Promise<string | undefined> => {
    const windows = createWindows(detector, define(2));
    for (const match of matches) await add(windows, match, group);
    return windows.flush()[0]?.id;
  };

  it('is the same in every run, and when the burst has gone on since', async () => {
    const id = await idOf('d', 'g', [1, 2]);
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    expect(await idOf('d', 'g', [1, 2])).toBe(id);
    expect(await idOf('d', 'g', [1, 2, 3, 4])).toBe(id);
  });

  it('is another for another detector, group or episode', async () => {
    const ids = [
      await idOf('d', 'g', [1, 2]),
      await idOf('e', 'g', [1, 2]),
      await idOf('d', 'h', [1, 2]),
      await idOf('d', 'g', [21, 22]),
    ];
    expect(new Set(ids).size).toBe(4);
  });

  it('depends on the time bucket of the first match', () => {
    expect(windowId('d', 'g', 19 * SECOND, WITHIN)).toBe(windowId('d', 'g', 10 * SECOND, WITHIN));
    expect(windowId('d', 'g', 20 * SECOND, WITHIN)).not.toBe(windowId('d', 'g', 19 * SECOND, WITHIN));
    expect(windowId('d', 'g', -1, WITHIN)).not.toBe(windowId('d', 'g', 1, WITHIN));
  });
});

describe('groups', () => {
  it('are watched apart from each other', async () => {
    const windows = createWindows('d', define(3));
    for (const second of [1, 2, 3]) for (const group of ['a', 'b']) await add(windows, second, group);
    expect(windows.flush()).toHaveLength(2);
  });

  it('are watched up to a cap; the one that was quiet for longest is closed early, and told if it had fired', async () => {
    const cap = 65_536;
    const windows = createWindows('d', define(2));
    const told: Finding[] = [];
    for (const group of ['quiet', 'busy'])
      for (const second of [1, 2]) told.push(...(await add(windows, second, group)));
    for (let i = 0; i < cap - 2; i++) told.push(...(await add(windows, 3, `other ${i}`)));
    told.push(...(await add(windows, 3, 'busy')));
    expect([told, windows.forgotten]).toEqual([[], 0]);
    told.push(...(await add(windows, 3, 'one too many')));
    expect(told).toMatchObject([{ count: 2 }]);
    // An eighth of them goes at once; what was no burst yet is counted.
    expect(windows.forgotten).toBe(cap / 8 - 1);
    await add(windows, 3, 'two too many');
    expect(windows.forgotten).toBe(cap / 8 - 1);
    expect(windows.flush()).toMatchObject([{ count: 3 }]);
  });

  it('make their finding once, however long the burst', async () => {
    let made = 0;
    const windows = createWindows('d', define(2));
    for (let i = 0; i < 10; i++)
      await windows.add({
        group: 'g',
        time: START + i,
        value: undefined,
        finding: async () => {
          made += 1;
          return { id: '' } as Finding;
        },
      });
    expect(made).toBe(1);
  });

  it('end once: what was flushed is not told again', async () => {
    const windows = createWindows('d', define(2));
    for (const second of [1, 2]) await add(windows, second);
    expect(windows.flush()).toHaveLength(1);
    expect(windows.flush()).toEqual([]);
  });

  it('are named by the values of all expressions, nothing among them', async () => {
    const values: Record<string, unknown> = { a: 'x', b: undefined, c: ['y', 1] };
    const definition = { ...define(2), by: ['a', 'b', 'c'].map((text) => compileExpression(text)) };
    expect(await groupOf(definition, async ({ text }) => values[text])).toBe('["x",null,["y",1]]');
    expect(await groupOf(define(2), async () => 'x')).toBe('[]');
  });
});

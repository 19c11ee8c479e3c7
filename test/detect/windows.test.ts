import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WindowDefinition } from '../../src/detect/detector.ts';
import type { Finding } from '../../src/detect/finding.ts';
import { createWindows, groupOf, type WindowOptions, type Windows, windowId } from '../../src/detect/windows.ts';
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

const live: WindowOptions = { live: true };
const stamp = (seconds: number) => formatTime(START + seconds * SECOND);

/** A few groups, values and times, so that episodes meet. */
const match = fc.record({
  group: fc.constantFrom('g', 'h'),
  seconds: fc.nat(60),
  value: fc.constantFrom('a', 'b', 'c', 'd'),
});

/** Windows that go on from what others remember, by way of a file. */
function restarted(windows: Windows, options: WindowOptions, count = 3): Windows {
  const next = createWindows('d', define(count), options);
  next.restore(JSON.parse(JSON.stringify(windows.snapshot())));
  return next;
}

describe('a live burst', () => {
  it('is given with the match that completes it, as it stands then, and never again', async () => {
    const windows = createWindows('d', define(3), live);
    expect([await add(windows, 1), await add(windows, 2)]).toEqual([[], []]);
    expect(await add(windows, 3)).toEqual([
      {
        id: windowId('d', 'g', START + SECOND, WITHIN),
        time: stamp(1),
        count: 3,
        first: stamp(1),
        last: stamp(3),
      },
    ]);
    // It goes on, is over, and another one is too short.
    for (const second of [4, 5, 6, 30, 31]) expect(await add(windows, second)).toEqual([]);
    expect([windows.expire(START + 1_000 * SECOND), windows.flush()]).toEqual([[], []]);
  });

  it('has all events of its episode counted, also those before the burst', async () => {
    const windows = createWindows('d', define(3), live);
    for (const second of [0, 6, 12]) expect(await add(windows, second)).toEqual([]);
    expect(await add(windows, 13)).toMatchObject([{ count: 4, first: stamp(0), last: stamp(13) }]);
  });

  it('keeps the id that it was given when a straggler comes to stand before its first match', async () => {
    const windows = createWindows('d', define(2), live);
    await add(windows, 21);
    const [finding] = await add(windows, 22);
    expect(finding?.id).toBe(windowId('d', 'g', START + 21 * SECOND, WITHIN));
    expect(await add(windows, 15)).toEqual([]);
    expect(windows.flush()).toEqual([]);
  });

  it('is followed by another one when the episode is over', async () => {
    const windows = createWindows('d', define(2), live);
    const findings: Finding[] = [];
    for (const second of [1, 2, 3, 20, 21, 22]) findings.push(...(await add(windows, second)));
    expect(findings.map(({ first }) => first)).toEqual([stamp(1), stamp(20)]);
    expect(new Set(findings.map(({ id }) => id)).size).toBe(2);
  });

  it('is given where the finding at the end would be, once for each', () =>
    fc.assert(
      fc.asyncProperty(fc.array(match), async (matches) => {
        const [now, later] = [createWindows('d', define(3), live), createWindows('d', define(3))];
        const [early, late]: Finding[][] = [[], []];
        for (const { group, seconds } of matches) {
          early?.push(...(await add(now, seconds, group)));
          late?.push(...(await add(later, seconds, group)));
        }
        late?.push(...later.flush());
        expect(now.flush()).toEqual([]);
        expect(early?.length).toBe(late?.length);
      }),
    ));

  it('is not given, nor counted as forgotten, when room is made', async () => {
    const cap = 65_536;
    const windows = createWindows('d', define(2), live);
    for (const second of [1, 2]) await add(windows, second, 'burst');
    for (let i = 0; i < cap; i++) expect(await add(windows, 3, `other ${i}`)).toEqual([]);
    expect(windows.forgotten).toBe(cap / 8 - 1);
    expect(windows.snapshot().episodes).toHaveLength(cap - cap / 8 + 1);
  });
});

describe('matches that are remembered', () => {
  it('are bounded in all episodes together, however many values each counts', async () => {
    const windows = createWindows('d', define(1_000), live);
    for (let group = 0; group < 300; group++) {
      for (let value = 0; value < 999; value++) await add(windows, [1, `value ${value}`], `group ${group}`);
    }
    const { episodes, forgotten } = windows.snapshot();
    expect(episodes.reduce((sum, { recent }) => sum + recent.length, 0)).toBeLessThanOrEqual(4 * 65_536 + 999);
    expect(episodes.length + forgotten).toBe(300);
    expect(episodes.at(-1)?.group).toBe('group 299');
  });
});

describe('time that goes on', () => {
  it('ends the episodes that no match can reach, a microsecond behind the last that could', async () => {
    const windows = createWindows('d', define(2));
    for (const second of [1, 2]) await add(windows, second);
    expect(windows.expire(START + 12 * SECOND)).toEqual([]);
    expect(windows.expire(START + 12 * SECOND + 1)).toMatchObject([{ count: 2, first: stamp(1), last: stamp(2) }]);
    expect([windows.snapshot().episodes, windows.flush(), windows.forgotten]).toEqual([[], [], 0]);
  });

  it('changes no finding of matches that come in time', () =>
    fc.assert(
      fc.asyncProperty(fc.array(match), fc.nat(20), async (matches, lateness) => {
        // In order, but for stragglers that are so late at most.
        const sorted = matches
          .map((each) => ({ ...each, arrival: each.seconds + (each.value === 'a' ? lateness : 0) }))
          .sort((a, b) => a.arrival - b.arrival);
        for (const options of [live, {}]) {
          const [plain, expiring] = [createWindows('d', define(3), options), createWindows('d', define(3), options)];
          const [expected, actual]: Finding[][] = [[], []];
          for (const { group, seconds, arrival } of sorted) {
            expected?.push(...(await add(plain, seconds, group)));
            actual?.push(...(await add(expiring, seconds, group)));
            actual?.push(...expiring.expire(START + (arrival - lateness) * SECOND));
          }
          expected?.push(...plain.flush());
          actual?.push(...expiring.flush());
          const inOrder = (findings?: Finding[]) => findings?.map((finding) => JSON.stringify(finding)).sort();
          expect(inOrder(actual)).toEqual(inOrder(expected));
        }
      }),
    ));

  it('is not held up by a few matches that are ahead of it', async () => {
    const windows = createWindows('d', define(2), live);
    for (let i = 0; i < 10; i++) await add(windows, 1_000_000, `ahead ${i}`);
    for (let i = 0; i < 1_000; i++) await add(windows, 1, `other ${i}`);
    windows.expire(START + 100 * SECOND);
    expect(windows.snapshot().episodes).toHaveLength(10);
  });
});

describe('a restart', () => {
  it.each<[string, WindowOptions]>([
    ['', {}],
    [' of live ones', live],
  ])('changes no finding%s, wherever it comes', (_, options) =>
    fc.assert(
      fc.asyncProperty(fc.array(match), fc.nat(12), fc.boolean(), async (matches, cut, distinct) => {
        const through = createWindows('d', define(3), options);
        let windows = createWindows('d', define(3), options);
        for (const [index, { group, seconds, value }] of matches.entries()) {
          if (index === cut) windows = restarted(windows, options);
          const each: Match = distinct ? [seconds, value] : seconds;
          expect(await add(windows, each, group)).toEqual(await add(through, each, group));
          if (value === 'd') {
            const time = START + (seconds - 20) * SECOND;
            expect(windows.expire(time)).toEqual(through.expire(time));
          }
        }
        expect(windows.flush()).toEqual(through.flush());
      }),
    ),
  );

  it('keeps which of two episodes of a group was opened first', async () => {
    const first = createWindows('d', define(9), live);
    await add(first, 20);
    // One opened after a restart is the younger one, too.
    const windows = restarted(first, live, 9);
    // In reach of both is 13, and 12: they belong to the one that was opened first, which is the last to be added to.
    for (const second of [5, 13]) await add(windows, second);
    const lasts = windows.snapshot().episodes.map(({ last }) => last);
    expect(lasts).toEqual([START + 5 * SECOND, START + 20 * SECOND]);
    for (const running of [windows, restarted(windows, live, 9)]) {
      await add(running, 12);
      expect(running.snapshot().episodes.map(({ events }) => events)).toEqual([1, 3]);
    }
  });

  it('keeps what was quiet for longest, and what was forgotten', async () => {
    const cap = 65_536;
    const windows = createWindows('d', define(3), live);
    for (let i = 0; i <= cap; i++) await add(windows, 3, `first ${i}`);
    const next = restarted(windows, live);
    expect(next.forgotten).toBe(cap / 8);
    for (let i = 0; i < cap / 8; i++) await add(next, 3, `next ${i}`);
    expect(next.forgotten).toBe(cap / 4);
    expect(next.snapshot().episodes[0]?.group).toBe(`first ${cap / 4}`);
  });

  it('takes over a detector that was changed to count fewer', async () => {
    const windows = createWindows('d', define(5), live);
    for (const second of [0, 1, 11, 12]) await add(windows, second);
    expect(await add(restarted(windows, live, 3), 13)).toMatchObject([{ count: 5 }]);
  });

  it('leaves the snapshot as it was taken', async () => {
    const windows = createWindows('d', define(3));
    await add(windows, 1);
    const before = windows.snapshot();
    await add(windows, 2);
    expect(before.episodes).toMatchObject([{ events: 1, recent: [['1', START + SECOND]] }]);
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

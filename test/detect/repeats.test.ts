import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/detect/finding.ts';
import type { FindingGroup } from '../../src/detect/groups.ts';
import { createRepeats, type Repeats } from '../../src/detect/repeats.ts';

const INTERVAL = 60;
const MAX_GROUPS = 10_000;
const MEGABYTE = 1024 * 1024;

const finding = (fields: Partial<Finding> = {}): Finding => ({
  id: 'id',
  detector: 'd',
  title: 't',
  severity: 'low',
  attack: [],
  time: '2026-02-22T10:15:30.000000Z',
  actor: { username: 'maria', groups: [] },
  verb: 'get',
  object: { group: '', resource: 'pods' },
  uri: '/x',
  outcome: 'allowed',
  code: 200,
  sourceIPs: [],
  userAgent: '',
  auditID: '',
  details: {},
  count: 1,
  ...fields,
});

const create = (): Repeats => createRepeats({ interval: INTERVAL });

/** Repeats that go on from what others remember, by way of a file. */
function restarted(repeats: Repeats): Repeats {
  const next = create();
  next.restore(JSON.parse(JSON.stringify(repeats.snapshot())));
  return next;
}

const total = (groups: readonly (FindingGroup | undefined)[]): number =>
  groups.reduce((sum, group) => sum + (group?.count ?? 0), 0);

describe('the first finding of a group', () => {
  it('is shown at once, as it is', () => {
    const burst = finding({ count: 5, first: '2026-01-01', last: '2026-01-02' });
    expect(create().add(burst, 0)).toEqual({ finding: burst, count: 5, first: '2026-01-01', last: '2026-01-02' });
    const { time } = finding();
    expect(create().add(finding(), 0)).toEqual({ finding: finding(), count: 1, first: time, last: time });
  });

  it('of each group is', () => {
    const repeats = create();
    for (const outcome of ['allowed', 'denied'] as const)
      expect(repeats.add(finding({ outcome }), 0)).toMatchObject({ count: 1 });
  });
});

describe('a repeat', () => {
  it('is shown when the interval is over, together with the others', () => {
    const repeats = create();
    repeats.add(finding({ id: '1' }), 0);
    expect(repeats.add(finding({ id: '2', time: '2026-01-02', count: 3 }), 1)).toBeUndefined();
    expect(repeats.add(finding({ id: '3', time: '2026-01-01' }), 59)).toBeUndefined();
    expect(repeats.due(59)).toEqual([]);
    expect(repeats.due(60)).toEqual([
      {
        finding: finding({ id: '2', time: '2026-01-02', count: 3 }),
        count: 4,
        first: '2026-01-01',
        last: '2026-01-02',
      },
    ]);
    expect(repeats.due(60)).toEqual([]);
  });

  it('waits from the last showing on, whatever was shown', () => {
    const repeats = create();
    for (const now of [0, 1]) repeats.add(finding(), now);
    expect(repeats.due(70)).toHaveLength(1);
    expect(repeats.add(finding(), 71)).toBeUndefined();
    expect(repeats.due(129)).toEqual([]);
    expect(repeats.due(130)).toHaveLength(1);
  });

  it('is shown at once when the last showing was long ago, and nothing waits to be shown', () => {
    const repeats = create();
    repeats.add(finding(), 0);
    expect(repeats.add(finding(), 60)).toMatchObject({ count: 1 });
    expect(repeats.add(finding(), 61)).toBeUndefined();
    expect(repeats.add(finding(), 1_000)).toBeUndefined();
    expect(repeats.due(1_000)).toMatchObject([{ count: 2 }]);
  });

  it('does not wait for a clock that was set back', () => {
    const repeats = create();
    for (const now of [1_000_000, 1_000_001]) repeats.add(finding(), now);
    expect(repeats.due(5)).toMatchObject([{ count: 1 }]);
    expect(repeats.add(finding(), 6)).toBeUndefined();
    expect(repeats.add(finding({ detector: 'e' }), 1_000_000)).toMatchObject({ count: 1 });
    expect(repeats.add(finding({ detector: 'e' }), 7)).toMatchObject({ count: 1 });
  });

  it('is shown at the end, before its time, and counts as shown then', () => {
    const repeats = create();
    for (const now of [0, 1, 2]) repeats.add(finding(), now);
    expect(repeats.flush(10)).toMatchObject([{ count: 2 }]);
    expect(repeats.flush(10)).toEqual([]);
    expect(repeats.add(finding(), 69)).toBeUndefined();
    expect(repeats.due(69)).toEqual([]);
    expect(repeats.due(70)).toHaveLength(1);
  });

  it('does not change what was given before it', () => {
    const repeats = create();
    const group = repeats.add(finding(), 0);
    repeats.add(finding(), 1);
    expect(group?.count).toBe(1);
    const before = repeats.snapshot();
    repeats.add(finding(), 2);
    expect(before.pending).toMatchObject([{ shown: 0, group: { count: 1 } }]);
  });
});

/** What a person does to repeats, and what comes of it. */
type Step = readonly [kind: 'add' | 'due', detector: string, after: number];
const step: fc.Arbitrary<Step> = fc.tuple(
  fc.constantFrom('add' as const, 'add' as const, 'due' as const),
  fc.constantFrom('a', 'b', 'c'),
  // Now and then the clock is set back.
  fc.integer({ min: -3, max: 40 }),
);

const take = (repeats: Repeats, [kind, detector]: Step, now: number): (FindingGroup | undefined)[] =>
  kind === 'due' ? repeats.due(now) : [repeats.add(finding({ detector, time: `2026-01-01 ${now}` }), now)];

describe('a restart', () => {
  it('changes nothing that is shown, wherever it comes; and each finding is shown once', () => {
    fc.assert(
      fc.property(fc.array(step), fc.nat(20), (steps, cut) => {
        const through = create();
        let repeats = create();
        let now = 0;
        let shown = 0;
        for (const [index, each] of steps.entries()) {
          now += each[2];
          if (index === cut) repeats = restarted(repeats);
          const groups = take(repeats, each, now);
          expect(groups).toEqual(take(through, each, now));
          shown += total(groups);
        }
        const last = repeats.flush(now);
        expect(last).toEqual(through.flush(now));
        expect(shown + total(last)).toBe(steps.filter(([kind]) => kind === 'add').length);
      }),
    );
  });

  it('takes over what makes it full', () => {
    const repeats = create();
    const uri = 'x'.repeat(MEGABYTE);
    for (let i = 0; i < 20; i++) for (const now of [0, 1]) repeats.add(finding({ detector: `d${i}`, uri }), now);
    const next = restarted(repeats);
    expect(next.snapshot()).toEqual(repeats.snapshot());
    expect(next.add(finding({ detector: 'd19', uri }), 2)).toMatchObject({ count: 1 });
    next.flush(3);
    expect(next.add(finding({ detector: 'd19', uri }), 4)).toBeUndefined();
  });
});

describe('memory', () => {
  const many = (repeats: Repeats, from: number, to: number, now: number): (FindingGroup | undefined)[] =>
    Array.from({ length: to - from }, (_, i) => repeats.add(finding({ detector: `d${from + i}` }), now));

  it('of groups that have nothing to show is given back when the interval is over', () => {
    const repeats = create();
    many(repeats, 0, 10, 0);
    many(repeats, 10, 15, 30);
    repeats.due(60);
    expect(repeats.snapshot().shown).toHaveLength(5);
    repeats.due(90);
    expect(repeats.snapshot()).toEqual({ shown: [], pending: [] });
  });

  it('holds so many groups; those shown longest ago are forgotten first, but none that has repeats to show', () => {
    const repeats = create();
    many(repeats, 0, MAX_GROUPS, 0);
    // The first has a repeat, the second was shown again at the end.
    many(repeats, 1, 2, 1);
    repeats.flush(2);
    many(repeats, 0, 1, 3);
    expect(total(many(repeats, MAX_GROUPS, MAX_GROUPS + 1, 4))).toBe(1);
    const { shown, pending } = repeats.snapshot();
    expect([shown.length, pending.length]).toEqual([MAX_GROUPS - MAX_GROUPS / 8, 1]);
    // An eighth of them is gone, and shown at once when it comes again; d1 is not.
    expect(total(many(repeats, 1, 2, 5))).toBe(0);
    expect(total(many(repeats, 2, MAX_GROUPS / 8 + 2, 5))).toBe(MAX_GROUPS / 8);
    expect(repeats.due(63)).toMatchObject([{ finding: { detector: 'd0' } }, { finding: { detector: 'd1' } }]);
  });

  it('is kept of a group that was shown again lately', () => {
    const repeats = create();
    many(repeats, 0, 2, 0);
    many(repeats, 2, MAX_GROUPS - 1, 50);
    expect(total(many(repeats, 0, 1, 60))).toBe(1);
    many(repeats, MAX_GROUPS, MAX_GROUPS + 2, 61);
    expect(total(many(repeats, 0, 1, 62))).toBe(0);
    expect(total(many(repeats, 2, 3, 62))).toBe(1);
  });

  it('that is full of groups with repeats shows the findings of others at once, each of them', () => {
    const repeats = create();
    many(repeats, 0, MAX_GROUPS, 0);
    expect(total(many(repeats, 0, MAX_GROUPS, 1))).toBe(0);
    for (const now of [2, 3, 4]) expect(total(many(repeats, MAX_GROUPS, MAX_GROUPS + 10, now))).toBe(10);
    expect(total(many(repeats, 0, MAX_GROUPS, 5))).toBe(0);
    expect(repeats.snapshot()).toMatchObject({ shown: [], pending: { length: MAX_GROUPS } });
    expect(repeats.due(60)).toHaveLength(MAX_GROUPS);
    expect(repeats.snapshot()).toMatchObject({ shown: { length: MAX_GROUPS }, pending: [] });
  });

  it('holds findings up to a size; one more is shown at once', () => {
    const repeats = create();
    const uri = 'x'.repeat(MEGABYTE);
    const counts = Array.from({ length: 100 }, (_, i) => {
      const long = finding({ detector: `d${i}`, uri });
      expect(repeats.add(long, 0)).toBeDefined();
      return repeats.add(long, 1);
    });
    expect(total(counts)).toBe(93);
    expect(JSON.stringify(repeats.snapshot()).length).toBeLessThan(8.5 * MEGABYTE);
    // Those that wait still count further ones, and there is room again when they were shown.
    expect(repeats.add(finding({ detector: 'd0', uri }), 2)).toBeUndefined();
    expect(total(repeats.due(60))).toBe(8);
    expect(repeats.add(finding({ detector: 'd50', uri }), 2)).toBeUndefined();
  });

  it('is not taken by long names of groups', () => {
    const repeats = create();
    repeats.add(finding({ actor: { username: 'x'.repeat(MEGABYTE), groups: [] } }), 0);
    expect(JSON.stringify(repeats.snapshot()).length).toBeLessThan(200);
  });
});

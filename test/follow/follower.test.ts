import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createFollower, type FollowerOptions, type FollowState } from '../../src/follow/follower.ts';
import { createWake } from '../../src/follow/wake.ts';
import type { LogSet } from '../../src/sources/log-set.ts';
import { createSummary } from '../../src/summary.ts';
import { LINGER, LOOK, roundTrip, textsOf } from './following.ts';

vi.mock('../../src/follow/wake.ts');

let folder: string;
/** What happens while there is nothing to be read, one after the other; after the last of them, following ends. */
let waits: (() => void)[];
/** What each wait was told: whether lines have come since the last. */
let told: boolean[];
let ending: AbortController;
let clock: number;
const closed = vi.fn();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'auditscan-follower-'));
  waits = [];
  told = [];
  ending = new AbortController();
  clock = Date.now();
  closed.mockReset();
  vi.mocked(createWake).mockReset();
  vi.mocked(createWake).mockReturnValue({
    async wait(busy) {
      told.push(busy);
      clock += LOOK;
      const next = waits.shift();
      if (next) next();
      else ending.abort();
    },
    close: async () => closed(),
  });
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const at = (name: string): string => join(folder, name);
const write = (name: string, content: string): void => writeFileSync(at(name), content);
const append = (name: string, content: string): void => appendFileSync(at(name), content);
const set = (name: string, label?: string): LogSet => ({ path: at(name), label });

interface Run {
  readonly given: string[];
  /** By label. */
  readonly labels: (string | undefined)[];
  readonly errors: string[];
  readonly gaps: string[];
  state: FollowState;
}

/** Follows until the end. `enough` is asked after each batch, and ends it as a signal does. */
async function run(
  sets: readonly LogSet[],
  options: Partial<FollowerOptions> = {},
  enough: (given: readonly string[]) => boolean = () => false,
): Promise<Run> {
  const all: Run = { given: [], labels: [], errors: [], gaps: [], state: {} };
  const follower = createFollower({
    sets,
    from: 'start',
    once: false,
    maxRecordSize: 1_000_000,
    summary: createSummary(),
    timeOf: () => undefined,
    onGap: ({ why }) => all.gaps.push(why),
    onNote: () => {},
    onError: (message) => all.errors.push(message),
    onBegun: () => {},
    onSettled: async () => {},
    signal: ending.signal,
    now: () => clock,
    linger: LINGER,
    ...options,
  });
  for await (const batch of follower.lines()) {
    all.given.push(...textsOf(batch));
    all.labels.push(batch.label);
    if (enough(all.given)) ending.abort();
  }
  all.state = roundTrip(follower.snapshot());
  return all;
}

const numbers = (letter: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${letter}${index} ${'-'.repeat(1_000)}`);
const texts = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

describe('a run that does not go on', () => {
  it('gives what is there of all logs, and ends', async () => {
    write('a.log', 'a\nunfinished');
    write('b.log.1', 'b0\nhalf');
    write('b.log', 'b1\n');
    const { given, labels, state } = await run([set('a.log', 'x'), set('b.log')], { once: true });
    expect(given).toEqual(['a', 'b0', 'b1', 'torn: half']);
    expect(labels).toContain('x');
    expect(Object.keys(state)).toEqual([at('a.log'), at('b.log')]);
    expect(createWake).not.toHaveBeenCalled();
    const again = await run([set('a.log'), set('b.log')], { once: true, state });
    expect(again.given).toEqual([]);
  });

  it('keeps what it knows of logs that it was not asked for', async () => {
    write('a.log', 'a\n');
    write('b.log', 'b\n');
    const first = await run([set('a.log'), set('b.log')], { once: true });
    const second = await run([set('a.log')], { once: true, state: first.state });
    expect((await run([set('b.log')], { once: true, state: second.state })).given).toEqual([]);
  });

  it('reads a log that is named twice once', async () => {
    write('a.log', 'a\n');
    expect((await run([set('a.log'), set('a.log')], { once: true })).given).toEqual(['a']);
  });

  it('of logs that are not there gives nothing', async () => {
    const { given, errors } = await run([set('none.log'), { path: at('nowhere/none.log') }], { once: true });
    expect(given).toEqual([]);
    expect(new Set(errors).size).toBeLessThanOrEqual(1);
  });
});

describe('from the end', () => {
  it.each(['', 'old\n', 'old\nhalf'])(
    'misses nothing that is written once it has said that it follows (%j)',
    async (old) => {
      write('a.log', old);
      const onBegun = (): void => append('a.log', 'new\nnewer\n');
      const { given } = await run([set('a.log')], { from: 'end', onBegun });
      expect(given).toEqual([old.endsWith('half') ? 'halfnew' : 'new', 'newer']);
    },
  );
});

describe('several logs', () => {
  it('are busy at a wait if lines have come since the last one', async () => {
    write('a.log', 'a\n');
    const more = (): void => append('a.log', 'more\n');
    waits = [() => {}, more, more, () => {}];
    await run([set('a.log')]);
    expect(told).toEqual([true, false, true, true, false]);
  });

  it('take turns: a huge backlog does not keep the other waiting', async () => {
    const backlog = numbers('a', 40_000);
    write('a.log', texts(backlog));
    write('b.log', 'b\n');
    const { given } = await run([set('a.log'), set('b.log')]);
    expect(given.filter((line) => line.startsWith('a'))).toEqual(backlog);
    expect(given.indexOf('b')).toBeLessThan(10_000);
  });

  it('that come later are read from their first line on, and hinted at', async () => {
    write('a.log', 'old\n');
    const sets = [set('a.log')];
    waits = [
      () => {
        mkdirSync(at('late'));
        write('late/b.log', 'b0\n');
        sets.push(set('late/b.log'));
      },
      () => append('a.log', 'new\n'),
      () => append('late/b.log', 'b1\n'),
      () => {},
    ];
    const { given } = await run([set('a.log')], { from: 'end', findSets: async () => sets });
    expect(given).toEqual(['b0', 'new', 'b1']);
    expect(vi.mocked(createWake).mock.lastCall?.[0]).toEqual([at('a.log'), at('late/b.log')]);
    expect(vi.mocked(createWake).mock.lastCall?.[1]).toEqual([folder, at('late')]);
    expect(closed).toHaveBeenCalledTimes(2);
  });

  it('that turn out to be one by another name are read once', async () => {
    write('a.log', 'a0\n');
    const sets = [set('a.log')];
    waits = [
      () => {
        symlinkSync('a.log', at('link.log'));
        sets.push(set('link.log'));
      },
      () => append('a.log', 'a1\n'),
      () => {},
    ];
    const { given } = await run(sets.slice(), { findSets: async () => sets });
    expect(given).toEqual(['a0', 'a1']);
  });

  it('are known again by whatever path they are reached', async () => {
    write('a.log', 'a0\n');
    symlinkSync('.', at('link'));
    const { state } = await run([set('link/a.log')], { once: true });
    expect((await run([set('a.log')], { once: true, state })).given).toEqual([]);
  });

  it('are followed through their rotations', async () => {
    write('a.log', 'a0\n');
    write('b.log', 'b0\n');
    waits = [
      () => {
        append('a.log', 'a1\n');
        renameSync(at('a.log'), at('a.log.1'));
        write('a.log', 'a2\n');
      },
      () => append('b.log', 'b1\n'),
    ];
    const { given, state } = await run([set('a.log'), set('b.log')]);
    expect(given).toEqual(['a0', 'b0', 'a1', 'a2', 'b1']);
    expect((await run([set('a.log'), set('b.log')], { once: true, state })).given).toEqual([]);
  });
});

describe('the end', () => {
  it.each([true, false])('by a signal, wherever it comes, loses and repeats nothing: once %s', async (once) => {
    const backlog = numbers('a', 1_000);
    write('a.log.1', texts(backlog.slice(0, 600)));
    write('a.log', texts(backlog.slice(600)));
    write('b.log', texts(numbers('b', 300)));
    const sets = [set('a.log'), set('b.log')];
    for (let batches = 1; ; batches++) {
      let count = 0;
      ending = new AbortController();
      const first = await run(sets, { once, signal: ending.signal }, () => ++count === batches);
      ending = new AbortController();
      const second = await run(sets, { once: true, signal: ending.signal, state: first.state });
      expect([...first.given, ...second.given].sort()).toEqual([...backlog, ...numbers('b', 300)].sort());
      if (count < batches) break;
    }
  });

  it('before anything was read leaves the beginning where it was to be', async () => {
    write('a.log', 'old\n');
    write('b.log', 'old\n');
    ending.abort();
    const { given, state } = await run([set('a.log'), set('b.log')], { from: 'end' });
    expect(given).toEqual([]);
    ending = new AbortController();
    append('a.log', 'new\n');
    const again = await run([set('a.log'), set('b.log')], { from: 'end', once: true, state });
    expect(again.given).not.toContain('old');
  });

  it('by an error of whoever reads lets go of the files', async () => {
    write('a.log', 'a\n');
    const reading = run([set('a.log')], {}, () => {
      throw new Error('no room for it');
    });
    await expect(reading).rejects.toThrow('no room for it');
    expect(closed).toHaveBeenCalled();
  });
});

describe('a snapshot', () => {
  it('that is taken while nothing is on its way covers what was given, and no more', async () => {
    const backlog = numbers('a', 500);
    write('a.log.2', texts(backlog.slice(0, 200)));
    write('a.log.1', `${texts(backlog.slice(200, 300))}half of 1`);
    write('a.log', texts(backlog.slice(300)));
    const taken: { state: FollowState; given: number }[] = [];
    const given: string[] = [];
    waits = [
      () => append('a.log', 'last\n'),
      () => {
        clock += LINGER;
      },
      () => {},
    ];
    const follower = createFollower({
      sets: [set('a.log')],
      from: 'start',
      once: false,
      maxRecordSize: 1_000_000,
      summary: createSummary(),
      timeOf: () => undefined,
      onGap: () => {},
      onNote: () => {},
      onError: () => {},
      onBegun: () => {},
      onSettled: async () => {
        taken.push({ state: roundTrip(follower.snapshot()), given: given.length });
      },
      signal: ending.signal,
      now: () => clock,
      linger: LINGER,
    });
    for await (const batch of follower.lines()) given.push(...textsOf(batch));
    expect(given).toHaveLength(502);
    expect(taken.length).toBeGreaterThan(8);
    for (const { state, given: count } of taken) {
      ending = new AbortController();
      const rest = await run([set('a.log')], { once: true, state, signal: ending.signal });
      expect([...given.slice(0, count), ...rest.given].sort(), `after ${count}`).toEqual([...given].sort());
      expect(rest.gaps).toEqual([]);
    }
  });
});

import { expect, it } from 'vitest';
import { createSilenceWatch, type Watched } from '../../src/commands/silence.ts';

const log = (path: string, grown: number): Watched => ({ set: { path }, grown, last: () => undefined });

it('a silence is told once, when it has lasted long enough, and once more when it is over', () => {
  const watch = createSilenceWatch(600);
  const told = (now: number, ...logs: Watched[]) =>
    watch(logs, now).map(({ log, lasted, isOver }) => [log.set.path, lasted, isOver]);
  expect(told(599, log('a', 0))).toEqual([]);
  expect(told(600, log('a', 0), log('b', 500))).toEqual([['a', 600, false]]);
  expect(told(900, log('a', 0), log('b', 500))).toEqual([]);
  expect(told(1_200, log('a', 0), log('b', 500))).toEqual([['b', 700, false]]);
  expect(told(1_300, log('a', 1_250), log('b', 500))).toEqual([['a', 1_250, true]]);
  expect(told(1_850, log('a', 1_250), log('b', 500))).toEqual([['a', 600, false]]);
});

it('no silence is long enough for a threshold without end', () => {
  expect(createSilenceWatch(Number.POSITIVE_INFINITY)([log('a', 0)], Number.MAX_SAFE_INTEGER)).toEqual([]);
});

import { describe, expect, it } from 'vitest';
import type { Tail } from '../../src/follow/tail.ts';
import { createTurns } from '../../src/follow/turns.ts';
import type { GenerationFile } from '../../src/sources/log-set.ts';

/** By inode; `*` behind one of which something was read. */
const tails = (...names: string[]): Tail[] =>
  names.map((name) => ({ inode: name.replace('*', ''), offset: name.endsWith('*') ? 1 : 0 }) as Tail);
const listing = (...inodes: string[]): GenerationFile[] => inodes.map((inode) => ({ inode }) as GenerationFile);
const NONE = Number.POSITIVE_INFINITY;

/** The order, those that have to wait in brackets. */
function ordered(open: readonly Tail[], files: readonly GenerationFile[], missed: number): string {
  const turns = createTurns();
  return turns
    .order(open, files, missed)
    .map((tail) => (turns.hasTurn(tail) ? tail.inode : `(${tail.inode})`))
    .join(' ');
}

describe('the order of turns', () => {
  it.each([
    ['that of the listing', tails('c', 'a', 'b'), listing('a', 'b', 'c'), NONE, 'a b c'],
    [
      'what comes behind a file that was missed waits',
      tails('a', 'c', 'd'),
      listing('a', 'b', 'c', 'd'),
      1,
      'a (c) (d)',
    ],
    ['what lost its name stays where it was', tails('a*', 'b*', 'c'), listing('a', 'c'), NONE, 'a b c'],
    [
      'what was opened by a name that it has no more waits, and what follows',
      tails('a', 'x', 'b'),
      listing('a', 'b'),
      NONE,
      'a (x) (b)',
    ],
    ['nothing waits for what is not there at all', tails('a*'), listing(), NONE, 'a'],
  ] as const)('%s', (_, open, files, missed, expected) => {
    expect(ordered(open, files, missed)).toBe(expected);
  });

  it('what has a twin stands where that does', () => {
    const [twin, other] = tails('x*', 'b');
    if (!twin || !other) throw new Error('two tails');
    twin.twin = 'c';
    expect(ordered([twin, other], listing('a', 'b', 'c'), NONE)).toBe('b x');
  });

  it('waiting ends when the set is at rest', () => {
    const turns = createTurns();
    const open = tails('b');
    turns.order(open, listing('a', 'b'), 0);
    expect(turns.endScan()).toBe(true);
    turns.settle();
    expect(turns.endScan()).toBe(false);
    expect(open.every(turns.hasTurn)).toBe(true);
  });

  it('waiting ends some time, whatever happens to the set', () => {
    const turns = createTurns();
    const open = tails('b');
    let scans = 0;
    do {
      turns.order(open, listing('a', 'b'), 0);
      scans += 1;
    } while (turns.endScan() && scans < 1_000);
    expect(scans).toBeLessThan(200);
    expect(open.every(turns.hasTurn)).toBe(true);
  });
});

import { describe, expect, it } from 'vitest';
import { createGapWatch, missingBefore } from '../../src/sources/gaps.ts';
import { inOrder } from '../../src/sources/order.ts';
import type { Source } from '../../src/sources/types.ts';
import { createSummary, type Gap } from '../../src/summary.ts';

const MINUTE = 60_000_000;

describe('missing names', () => {
  it.each<[string[], Record<string, string>]>([
    [['audit.log', 'audit.log.1', 'audit.log.2'], {}],
    [['audit.log', 'audit.log.1', 'audit.log.3.gz'], { 'audit.log.1': 'audit.log.2' }],
    [['audit.log', 'audit.log.1', 'audit.log.5.gz'], { 'audit.log.1': 'audit.log.2 to audit.log.4' }],
    [['audit.log', 'audit.log.2'], { 'audit.log': 'audit.log.1' }],
    [['audit.log', 'audit.log.2', 'audit.log.4'], { 'audit.log': 'audit.log.1', 'audit.log.2': 'audit.log.3' }],
    [['audit.log', 'audit.log.0', 'audit.log.1'], {}],
    [['audit.log', 'audit.log.0', 'audit.log.2'], { 'audit.log.0': 'audit.log.1' }],
    [['audit.log.2', 'audit.log.3'], {}],
    [['audit.log.7'], {}],
    [['audit.log'], {}],
    [['audit.log', 'audit.log.2024', 'audit.log.2025'], {}],
    [['audit.log', 'audit.log.1', 'audit.log.1.gz', 'audit.log.2'], {}],
    [['audit.log', 'audit.log-20261119', 'audit.log-20261121'], {}],
    [['audit.log', 'audit-2026-02-22T10-00-00.000.log.1.gz', 'audit-2026-02-23T10-00-00.000.log.3.gz'], {}],
    // The live file goes on from the dated ones.
    [['audit.log', 'audit-2026-02-22T10-00-00.000.log', 'audit.log.4', 'audit.log.5'], {}],
  ])('of %j are %j', (names, missing) => {
    const paths = names.map((path) => ({ path: `/x/${path}`, firstTime: undefined }));
    const ordered = inOrder(paths).map(({ path }) => path);
    const found = missingBefore(
      paths.map(({ path }) => path),
      ordered,
    );
    expect(Object.fromEntries([...found].map(([path, text]) => [path.slice(3), text]))).toEqual(missing);
  });

  it('are told by the names of copies as well', () => {
    expect(missingBefore(['a.log', 'a.log.1', 'a.log.2', 'a.log.3'], ['a.log.3', 'a.log.1', 'a.log']).size).toBe(0);
    expect(missingBefore(['a.log', 'a.log.1', 'a.log.3'], ['a.log.3', 'a.log'])).toEqual(
      new Map([['a.log', 'a.log.2']]),
    );
  });
});

describe('the watch', () => {
  type Read = readonly [source: Source, ...batches: (readonly [number | undefined, number | undefined])[]];
  const generation = (path: string, missing?: string, set = 'a.log'): Source => ({
    path,
    size: undefined,
    generation: { set, missing },
  });

  /** Times in minutes. */
  function gaps(...reads: Read[]): readonly Gap[] {
    const summary = createSummary();
    const watch = createGapWatch(summary);
    for (const [source, ...batches] of reads) {
      watch.begin(source);
      for (const [first, last] of batches)
        watch.read(first === undefined ? first : first * MINUTE, last === undefined ? last : last * MINUTE);
      watch.end();
    }
    expect(summary.gaps.count).toBe(summary.gaps.first.length);
    expect(summary.gaps.certain).toBe(summary.gaps.first.filter(({ missing }) => missing).length);
    return summary.gaps.first;
  }
  const between = (before: string, after: string, from?: number, to?: number, missing?: string) => ({
    before,
    after,
    label: undefined,
    from: from === undefined ? from : from * MINUTE,
    to: to === undefined ? to : to * MINUTE,
    missing,
  });

  it('finds times that lie more than ten minutes apart', () => {
    expect(gaps([generation('a'), [0, 5]], [generation('b'), [15, 20]])).toEqual([]);
    expect(gaps([generation('a'), [0, 5]], [generation('b'), [15.1, 20]])).toEqual([between('a', 'b', 5, 15.1)]);
    expect(gaps([generation('a'), [0, 5], [6, 30]], [generation('b'), [31, 90], [200, 300]])).toEqual([]);
  });

  it('looks over batches and generations without times', () => {
    expect(
      gaps([generation('a'), [0, 5], [6, undefined]], [generation('b'), [undefined, undefined], [30, 31]]),
    ).toEqual([between('a', 'b', 5, 30)]);
    expect(gaps([generation('a'), [0, 5]], [generation('b')], [generation('c'), [30, 31]])).toEqual([
      between('b', 'c', 5, 30),
    ]);
  });

  it('finds missing names, with and without times', () => {
    expect(gaps([generation('a'), [0, 5]], [generation('b', 'x'), [6, 7]])).toEqual([between('a', 'b', 5, 6, 'x')]);
    expect(gaps([generation('a')], [generation('b', 'x')])).toEqual([between('a', 'b', undefined, undefined, 'x')]);
  });

  it('says nothing of what lies before the first one, between sets, and of other files', () => {
    expect(gaps([generation('a', 'x'), [0, 5]])).toEqual([]);
    expect(gaps([generation('a'), [0, 5]], [generation('b', 'x', 'b.log'), [90, 95]])).toEqual([]);
    const file: Source = { path: 'f', size: undefined };
    expect(gaps([file, [0, 5]], [file, [90, 95]])).toEqual([]);
    expect(gaps([generation('a'), [0, 5]], [file, [6, 7]], [generation('b'), [90, 95]])).toEqual([]);
  });

  it('keeps ten and counts all', () => {
    const summary = createSummary();
    const watch = createGapWatch(summary);
    for (let index = 0; index < 21; index++) {
      watch.begin(generation(String(index)));
      watch.read(index * 60 * MINUTE, index * 60 * MINUTE);
      watch.end();
    }
    expect(summary.gaps.count).toBe(20);
    expect(summary.gaps.first).toHaveLength(10);
  });
});

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lineTime } from '../../src/event/line-time.ts';
import { readEvents } from '../../src/scan.ts';
import { findSources } from '../../src/sources/find.ts';
import { createSummary } from '../../src/summary.ts';
import { hasShared, SHARED } from './shared.ts';

/** auditIDs count on through a set without a gap; what the real logrotate and the real lumberjack left behind. */
const SETS: readonly (readonly [path: string, first: number, events: number, files: number])[] = [
  ['logrotate-copytruncate', 10, 34, 4],
  ['logrotate-dateext', 10, 34, 4],
  ['lumberjack', 5156, 3867, 3],
];

async function idsOf(path: string, rotated: boolean) {
  const { sources, notes } = await findSources([path], { rotated, timeOfLine: lineTime });
  const summary = createSummary();
  const ids: number[] = [];
  for await (const records of readEvents({ sources, summary })) {
    for (const { event } of records) ids.push(Number(event.auditID?.slice(0, 8)));
  }
  return { ids, files: sources.length, notes, gaps: summary.gaps.certain };
}

describe.runIf(hasShared)('a rotated set', () => {
  const found = SETS.flatMap(([path, ...rest]) => [
    [`${path}`, false, ...rest] as const,
    [`${path}/audit.log`, true, ...rest] as const,
    [`${path}/audit*`, true, ...rest] as const,
  ]);

  test.each(found)('%s (--rotated %s) is every event once, in order', async (path, rotated, first, events, files) => {
    const ids = Array.from({ length: events }, (_, index) => first + index);
    expect(await idsOf(join(SHARED, 'formats/rotation', path), rotated)).toEqual({ ids, files, notes: [], gaps: 0 });
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { lineTime } from '../src/event/line-time.ts';
import { eventTime, formatTime } from '../src/event/time.ts';
import { readEvents, readRequests } from '../src/scan.ts';
import { findSources } from '../src/sources/find.ts';
import type { Source } from '../src/sources/types.ts';
import { createSummary } from '../src/summary.ts';
import { auditLine } from './audit-event.ts';
import { writeLog } from './sources/log-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'auditscan-since-'));
afterAll(() => rmSync(folder, { recursive: true }));

const START = Date.UTC(2026, 10, 20) * 1000;
const MINUTE = 60_000_000;

/** An event of a log: how long after the one before it was written, how late, and how long its request took; in minutes. */
const event = fc.record({
  after: fc.constantFrom(0, 0.01, 1, 20, 300),
  late: fc.double({ min: 0, max: 9, noNaN: true }),
  took: fc.constantFrom(0, 0.5, 45, 600),
});
const line = fc.oneof({ weight: 8, arbitrary: event }, { weight: 1, arbitrary: fc.constant('torn') });
const generations = fc.array(fc.array(line, { maxLength: 6 }), { minLength: 1, maxLength: 6 });

it('--since gives the same with and without the files that ended before it', () => {
  let run = 0;
  let skipped = 0;
  return fc
    .assert(
      fc.asyncProperty(generations, fc.nat(1_500), fc.boolean(), async (files, minutes, zip) => {
        run += 1;
        const place = join(folder, String(run));
        let time = START;
        let id = 0;
        for (const [index, lines] of files.entries()) {
          const number = files.length - 1 - index;
          const text = lines.map((item) => {
            if (typeof item === 'string') return `${auditLine().slice(0, 200)}\n`;
            time += item.after * MINUTE;
            id += 1;
            const stage = Math.round(time - item.late * MINUTE);
            return `${auditLine({
              auditID: String(id),
              requestReceivedTimestamp: formatTime(Math.round(stage - item.took * MINUTE)),
              stageTimestamp: formatTime(stage),
            })}\n`;
          });
          const name = number === 0 ? 'audit.log' : `audit.log.${number}`;
          writeLog(join(place, zip && number > 0 ? `${name}.gz` : name), text.join(''));
        }
        const since = START + minutes * MINUTE;
        const ids = async (read: typeof readEvents, sources: readonly Source[]): Promise<unknown[]> => {
          const found: unknown[] = [];
          const select = (candidate: Parameters<typeof eventTime>[0]): boolean => (eventTime(candidate) ?? 0) >= since;
          for await (const records of read({ sources, summary: createSummary(), select }))
            for (const record of records) found.push(record.event.auditID);
          return found;
        };
        const all = await findSources([place], { timeOfLine: lineTime });
        const some = await findSources([place], { timeOfLine: lineTime, since: () => since });
        skipped += all.sources.length - some.sources.length;
        expect(await ids(readEvents, some.sources)).toEqual(await ids(readEvents, all.sources));
        expect(await ids(readRequests, some.sources)).toEqual(await ids(readRequests, all.sources));
      }),
      { numRuns: 200 },
    )
    .then(() => expect(skipped).toBeGreaterThan(50));
}, 60_000);

/**
 * What damage does to a log, from its bytes to its events: read as a whole, cut into any chunks, and followed while it is
 * written in any pieces, over any number of restarts.
 */

import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createFollowedLog, type FollowedLog, type LineBatch, type LogState } from '../src/follow/log.ts';
import { splitLines } from '../src/framing/lines.ts';
import { readEvents } from '../src/scan.ts';
import { createSummary, type Summary } from '../src/summary.ts';
import { auditLine } from './audit-event.ts';
import { roundTrip } from './follow/following.ts';

const folder = mkdtempSync(join(tmpdir(), 'auditscan-damage-'));
afterAll(() => rmSync(folder, { recursive: true }));
/** A file of its own for each run. */
let runs = 0;
let path: string;
const newPath = (): void => {
  runs += 1;
  path = join(folder, `${runs}`, 'audit.log');
};
beforeEach(newPath);

const MAX = 3_000;

interface Outcome {
  readonly events: { readonly id: string | null | undefined; readonly offset: number }[];
  readonly summary: Summary;
}

async function outcomeOf(
  options: Pick<Parameters<typeof readEvents>[0], 'sources' | 'lines'>,
  max = MAX,
): Promise<Outcome> {
  const summary = createSummary();
  const events: Outcome['events'] = [];
  for await (const records of readEvents({ ...options, summary, maxRecordSize: max }))
    for (const { event, place } of records) events.push({ id: event.auditID, offset: place.offset });
  return { events, summary };
}

/** Cut into chunks of these sizes, over and over. */
async function* chunks(bytes: Buffer, sizes: readonly number[]): AsyncIterable<Buffer> {
  for (let start = 0, index = 0; start < bytes.length; index++) {
    const size = sizes[index % sizes.length] ?? 1;
    yield bytes.subarray(start, start + size);
    start += size;
  }
}

async function inChunks(bytes: Buffer, sizes: readonly number[]): Promise<Outcome> {
  const summary = createSummary();
  async function* lines(): AsyncIterable<LineBatch> {
    for await (const batch of splitLines(chunks(bytes, sizes), { path, maxRecordSize: MAX }, summary))
      yield { path, label: undefined, lines: batch };
  }
  const events: Outcome['events'] = [];
  for await (const records of readEvents({ sources: [], lines: lines(), summary, maxRecordSize: MAX }))
    for (const { event, place } of records) events.push({ id: event.auditID, offset: place.offset });
  return { events, summary };
}

async function whole(bytes: Buffer): Promise<Outcome> {
  const file = join(folder, 'whole.log');
  writeFileSync(file, bytes);
  return outcomeOf({ sources: [{ path: file, size: undefined }] });
}

/** What a follower gives of a file that grows by these pieces, and begins anew behind some of them. */
async function followed(
  bytes: Buffer,
  pieces: readonly (readonly [size: number, restart: boolean])[],
): Promise<Outcome> {
  newPath();
  appendTo(path, '');
  const summary = createSummary();
  let clock = Date.now();
  const begin = (from: 'start' | LogState): FollowedLog =>
    createFollowedLog(
      { path },
      {
        from,
        once: false,
        maxRecordSize: MAX,
        summary,
        timeOf: () => undefined,
        onGap: ({ why }) => expect(why, 'no gap').toBeUndefined(),
        onNote: () => {},
        onError: (message) => expect(message, 'no error').toBeUndefined(),
        now: () => clock,
      },
    );
  let log = begin('start');
  async function* lines(): AsyncIterable<LineBatch> {
    for (let written = 0, index = 0; written < bytes.length; index++) {
      // The round ends with a large piece, lest a file is written byte by byte.
      const [size, restart] = pieces[index % (pieces.length + 1)] ?? [4_000, false];
      appendTo(path, bytes.subarray(written, written + size));
      written += size;
      do {
        clock += 11_000;
        yield* log.turn();
      } while (!log.idle);
      if (!restart) continue;
      const positions = roundTrip(log.snapshot());
      await log.close();
      log = begin(positions);
    }
    await log.close();
  }
  return { ...(await outcomeOf({ sources: [], lines: lines() })), summary };
}

function appendTo(file: string, bytes: Buffer | string): void {
  mkdirSync(dirname(file), { recursive: true });
  appendFileSync(file, bytes);
}

const good = auditLine({ auditID: 'torn' });
let ids = 0;
const newEvent = (): { id: string; line: string } => {
  ids += 1;
  const id = `event-${ids}`;
  return { id, line: auditLine({ auditID: id, userAgent: '"quoted" {brace} \\ ünï 漢' }) };
};

/** What may stand between two lines, with or without an end of its own. */
const damage = fc.oneof(
  fc.constantFrom(
    '\n',
    '\r\n',
    '\0',
    '\0'.repeat(5_000),
    ' \t',
    '\ufeff',
    'klog line',
    'klog line\n',
    '{"kind":"Pod"}\n',
  ),
  fc.nat({ max: good.length }).map((at) => good.slice(0, at)),
  fc.nat({ max: good.length }).map((at) => good.slice(at)),
  fc.constantFrom(`${'x'.repeat(MAX + 1)}\n`, `${good}${'y'.repeat(2 * MAX)}\n`, `{"a":"${'z'.repeat(MAX)}\0`),
  fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
  fc.string({ maxLength: 20 }),
);
const log = fc
  .array(fc.tuple(fc.array(damage, { maxLength: 2 }), fc.constantFrom('\n', '\r\n')), { maxLength: 8 })
  .map((parts) => {
    const first = newEvent();
    const bytes: Buffer[] = [Buffer.from(`${first.line}\n`)];
    const expected = [first.id];
    for (const [damages, ending] of parts) {
      const { id, line } = newEvent();
      bytes.push(...damages.map((text) => Buffer.from(text as string)), Buffer.from(line + ending));
      expected.push(id);
    }
    return { bytes: Buffer.concat(bytes), expected };
  });
const sizes = fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 20 });

describe('any damage', () => {
  it('takes no good line with it, of a file that is read as a whole', () =>
    fc.assert(
      fc.asyncProperty(log, fc.boolean(), async ({ bytes, expected }, zip) => {
        const { events } = await whole(zip ? gzipSync(bytes) : bytes);
        expect(events.map(({ id }) => id)).toEqual(expect.arrayContaining(expected));
      }),
      { numRuns: 300 },
    ));

  it('gives the same events, places and counts in any chunks', () =>
    fc.assert(
      fc.asyncProperty(log, sizes, async ({ bytes }, lengths) => {
        const expected = await whole(bytes);
        const { events, summary } = await inChunks(bytes, lengths);
        expect(events).toEqual(expected.events);
        const { eventBytes, emptyBytes, bytes: read } = summary;
        expect({ eventBytes, emptyBytes, bytes: read }).toEqual({
          eventBytes: expected.summary.eventBytes,
          emptyBytes: expected.summary.emptyBytes,
          bytes: bytes.length,
        });
        const counts = ({ rejects }: Summary) =>
          [...rejects].map(([reason, { count, bytes: size, first }]) => [reason, count, size, first.offset]).sort();
        expect(counts(summary)).toEqual(counts(expected.summary));
      }),
      { numRuns: 300 },
    ));

  it('gives the same events and places to a follower, however the file grows and however often it begins anew', () =>
    fc.assert(
      fc.asyncProperty(
        log,
        fc.array(fc.tuple(fc.integer({ min: 1, max: 9_000 }), fc.boolean()), { minLength: 1, maxLength: 8 }),
        async ({ bytes }, pieces) => {
          const expected = await whole(bytes);
          expect((await followed(bytes, pieces)).events).toEqual(expected.events);
        },
      ),
      { numRuns: 200 },
    ));

  it('in the middle of a file that grows is counted once where nothing begins anew', () =>
    fc.assert(
      fc.asyncProperty(log, sizes, async ({ bytes }, lengths) => {
        const expected = await whole(bytes);
        const { summary } = await followed(
          bytes,
          lengths.map((size) => [size, false] as const),
        );
        expect(summary.bytes).toBe(bytes.length);
        const framing = ({ rejects }: Summary) =>
          (['nul-hole', 'too-long'] as const).map((reason) => rejects.get(reason)?.bytes ?? 0);
        expect(framing(summary)).toEqual(framing(expected.summary));
      }),
      { numRuns: 100 },
    ));
});

describe('a line of 100 MB', () => {
  const huge = Buffer.alloc(100 * 1024 * 1024, 'x');
  const [before, after] = [newEvent(), newEvent()];

  it.each([
    ['that is skipped', MAX],
    ['that is read', 128 * 1024 * 1024],
  ])('%s takes none of those beside it, read as a whole and followed', async (_, max) => {
    appendTo(path, `${before.line}\n`);
    appendTo(path, huge);
    appendTo(path, `\n${after.line}\n`);
    const read = await outcomeOf({ sources: [{ path, size: undefined }] }, max);
    expect(read.events.map(({ id }) => id)).toEqual([before.id, after.id]);
    const summary = createSummary();
    const log = createFollowedLog(
      { path },
      {
        from: 'start',
        once: true,
        maxRecordSize: max,
        summary,
        timeOf: () => undefined,
        onGap: () => {},
        onNote: () => {},
        onError: () => {},
      },
    );
    async function* lines(): AsyncIterable<LineBatch> {
      do yield* log.turn();
      while (!log.idle);
      await log.close();
    }
    expect((await outcomeOf({ sources: [], lines: lines() }, max)).events).toEqual(read.events);
  });
});

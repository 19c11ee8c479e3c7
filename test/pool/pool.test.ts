import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openPool, type PoolOptions } from '../../src/pool/pool.ts';
import { type PlainReading, readPlain } from '../../src/pool/read-plain.ts';
import type { Skimmer } from '../../src/pool/skimmer.ts';
import { openSource } from '../../src/sources/open.ts';
import { createSummary } from '../../src/summary.ts';
import { auditLine } from '../audit-event.ts';

const folder = mkdtempSync(join(tmpdir(), 'auditscan-pool-'));
afterAll(() => rmSync(folder, { recursive: true }));

const LINE = `${auditLine({ auditID: 'x' })}\n`;
const path = join(folder, 'audit.log');
writeFileSync(path, LINE.repeat(100));

const OPTIONS: PoolOptions = {
  ...{ engine: 'wasm', jobs: 2, blockSize: 4_096, keys: [0, 0], seeds: [1, 2] },
  limits: { largest: 1 << 20, large: 1 << 20 },
};
const PLACE = { offset: 0, length: 4_096 };

async function reading(skimmers: readonly Skimmer[]): Promise<{ rows: number; position: number }> {
  const { plain } = await openSource({ path, size: undefined });
  if (!plain) throw new Error('a file is expected');
  const options: PlainReading = { skimmers, blockSize: OPTIONS.blockSize, from: 0, onRead: () => {} };
  let rows = 0;
  let position = 0;
  for await (const piece of readPlain(plain, options, { path, maxRecordSize: 1 << 20 }, createSummary())) {
    if (piece.kind !== 'rows') continue;
    expect(piece.rows.begin).toBe(position);
    rows += piece.rows.count;
    position = piece.rows.end;
  }
  return { rows, position };
}

describe('a line that is none for a skim', () => {
  /** The largest of what is read at once, in a file with this in its midst. */
  async function largestRead(middle: Buffer): Promise<number> {
    const other = join(folder, 'other.log');
    writeFileSync(other, Buffer.concat([Buffer.from(LINE), middle, Buffer.from(LINE)]));
    const pool = await openPool({ ...OPTIONS, jobs: 1 });
    const { plain } = await openSource({ path: other, size: undefined });
    if (!plain) throw new Error('a file is expected');
    let largest = 0;
    const onRead = ({ length }: Buffer): void => {
      largest = Math.max(largest, length);
    };
    const options: PlainReading = { skimmers: await pool.skimmers(), blockSize: OPTIONS.blockSize, from: 0, onRead };
    const summary = createSummary();
    for await (const piece of readPlain(plain, options, { path: other, maxRecordSize: 4 << 20 }, summary))
      if (piece.kind === 'lines') expect(piece.lines.length).toBeLessThanOrEqual(1);
    await pool.close();
    return largest;
  }

  it('is read at once', async () => {
    const long = Buffer.from(`${auditLine({ pad: 'x'.repeat(3 << 20) })}\n`);
    expect(await largestRead(long)).toBe(long.length);
  });

  it.each([
    ['has a hole', Buffer.alloc(3 << 20)],
    ['is skipped as too long', Buffer.from(`${'x'.repeat(5 << 20)}\n`)],
  ])('is read by parts where it %s', async (_, middle) => {
    expect(await largestRead(middle)).toBeLessThanOrEqual(64 * 1024);
  });
});

describe('threads', () => {
  it('give all rows in their order', async () => {
    const pool = await openPool(OPTIONS);
    expect(await reading(await pool.skimmers())).toEqual({ rows: 100, position: 100 * LINE.length });
    await pool.close();
  });

  it('tell whoever waits for one that dies, and whoever asks it then', async () => {
    const pool = await openPool(OPTIONS);
    const [skimmer] = await pool.skimmers();
    const file = openSync(path, 'r');
    const waiting = skimmer?.read(0, { file, ...PLACE });
    const told = expect(waiting).rejects.toThrow('the thread ended');
    await skimmer?.close();
    await told;
    await expect(skimmer?.read(1, { file, ...PLACE })).rejects.toThrow('the thread ended');
    closeSync(file);
    await pool.close();
  });

  it('say what the system says of a file that cannot be read', async () => {
    const pool = await openPool(OPTIONS);
    const [skimmer] = await pool.skimmers();
    await expect(skimmer?.read(0, { file: 1_000_000, ...PLACE })).rejects.toMatchObject({ code: 'EBADF' });
    await pool.close();
  });
});

describe('a thread that dies', () => {
  it('is an error that names file and place, and what came before is given', async () => {
    const pool = await openPool({ ...OPTIONS, jobs: 1 });
    const [healthy] = await pool.skimmers();
    if (!healthy) throw new Error('a skimmer is expected');
    let reads = 0;
    const dying: Skimmer = {
      ...healthy,
      async read(slot, place) {
        reads += 1;
        if (reads > 3) throw new Error('the thread ended with 1');
        return healthy.read(slot, place);
      },
    };
    await expect(reading([dying])).rejects.toThrow(`cannot read ${path}: at byte ${3 * OPTIONS.blockSize}: the thread`);
  });
});

import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { createDigests, type Digests } from '../../src/report/digests.ts';
import type { InputFile } from '../../src/report/model.ts';
import { readEvents } from '../../src/scan.ts';
import { findSources } from '../../src/sources/find.ts';
import { openSource } from '../../src/sources/open.ts';
import type { Source } from '../../src/sources/types.ts';
import { createSummary } from '../../src/summary.ts';
import { auditLine } from '../audit-event.ts';

const folder = mkdtempSync(join(tmpdir(), 'auditscan-digests-'));
afterAll(() => rmSync(folder, { recursive: true }));

const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');
const lines = (count: number): Buffer =>
  Buffer.from(Array.from({ length: count }, (_, index) => `${auditLine({ auditID: String(index) })}\n`).join(''));

let written = 0;
function source(content: Buffer, label?: string): Source {
  written += 1;
  const path = join(folder, `${written}.log`);
  writeFileSync(path, content);
  return { path, label, size: content.length };
}

/** Reads them as a report does. */
async function digested(...sources: readonly Source[]): Promise<ReturnType<Digests['result']>> {
  const digests = createDigests();
  const batches = readEvents({ sources, summary: createSummary(), onRead: (...read) => digests.read(...read) });
  for await (const _ of batches);
  return digests.result();
}

/** Bytes and where they stand; then that there is no more. */
function show(digests: Digests, file: Source, ...reads: readonly (readonly [string, number])[]): void {
  for (const [text, position] of reads) digests.read(Buffer.from(text), position, file);
  const [text = '', position = 0] = reads.at(-1) ?? [];
  digests.read(Buffer.alloc(0), position + text.length, file);
}

async function fileOf(content: Buffer): Promise<InputFile | undefined> {
  const { files } = await digested(source(content));
  return files[0];
}

describe('a file', () => {
  it.each<[string, Buffer]>([
    ['plain', lines(3)],
    ['of many blocks', lines(500)],
    ['compressed', gzipSync(lines(500))],
    ['of several compressed ones, one behind the other', Buffer.concat([gzipSync(lines(2)), gzipSync(lines(300))])],
    ['compressed twice', gzipSync(gzipSync(lines(20)))],
    ['with NULs behind what is compressed', Buffer.concat([gzipSync(lines(2)), Buffer.alloc(4_096)])],
    ['of no log', randomBytes(200_000).fill(0x78, 0, 4)],
    ['of one byte', Buffer.from('x')],
    ['without an end of line', lines(2).subarray(0, -1)],
  ])('%s is told by the sum of its bytes on disk', async (_name, content) => {
    expect(await fileOf(content)).toMatchObject({ bytes: content.length, sha256: sha256(content), label: null });
  });

  it('is told by its sum whatever is in it, as it was opened', () =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.boolean(), async (bytes, zip) => {
        const content = zip ? gzipSync(bytes) : Buffer.concat([Buffer.from('{'), bytes]);
        const file = source(content);
        const digests = createDigests();
        const { chunks } = await openSource(file, (read, position) => digests.read(read, position, file));
        for await (const _ of chunks);
        expect(digests.result().files).toEqual([
          { path: file.path, label: null, bytes: content.length, sha256: sha256(content) },
        ]);
      }),
      { numRuns: 50 },
    ));

  it('that may be rotated is told by its sum as well', async () => {
    const place = join(folder, 'rotated');
    mkdirSync(place);
    const [old, live] = [gzipSync(lines(300)), Buffer.from(`${auditLine({ auditID: 'live' })}\n`)];
    writeFileSync(join(place, 'audit.log.1.gz'), old);
    writeFileSync(join(place, 'audit.log'), live);
    const { sources } = await findSources([place], { rotated: true });
    expect(sources.every(({ found }) => found !== undefined)).toBe(true);
    expect((await digested(...sources)).files.map((file) => file.sha256)).toEqual([sha256(old), sha256(live)]);
  });

  it('is named by its path and its label, in the order in which they were read', async () => {
    const [a, b] = [source(lines(1), 'node-a'), source(lines(2))];
    expect((await digested(b, a)).files.map(({ path, label }) => [path, label])).toEqual([
      [b.path, null],
      [a.path, 'node-a'],
    ]);
  });

  it('that is empty is told as well', async () => {
    expect(await fileOf(Buffer.alloc(0))).toMatchObject({ bytes: 0, sha256: sha256(Buffer.alloc(0)) });
  });

  it('read twice is two', async () => {
    const file = source(lines(1));
    expect((await digested(file, { ...file })).files).toHaveLength(2);
  });
});

describe('a file that was not read to its end', () => {
  // The sum of what was read would be taken for that of the file.
  it.each<[string, Buffer]>([
    ['is damaged', gzipSync(randomBytes(400_000)).fill(0xff, 10)],
    ['is of UTF-16', Buffer.from(`\ufeff${'log line\n'.repeat(50_000)}`, 'utf16le')],
  ])('because it %s has no sum, or the right one', async (_name, content) => {
    const file = await fileOf(content);
    expect([undefined, null, sha256(content)]).toContain(file?.sha256);
  });

  it('because it was truncated meanwhile has no sum', () => {
    const digests = createDigests();
    const file: Source = { path: '/a', size: 4 };
    show(digests, file, ['ab', 0], ['cd', 2], ['ab', 0], ['cd', 2], ['ef', 4]);
    expect(digests.result().files).toEqual([{ path: '/a', label: null, bytes: 10, sha256: null }]);
  });

  it('does not take the sum away from the next', () => {
    const digests = createDigests();
    show(digests, { path: '/a', size: 1 }, ['a', 0], ['a', 0]);
    show(digests, { path: '/b', size: 1 }, ['b', 0]);
    expect(digests.result().files.map((file) => file.sha256)).toEqual([null, sha256(Buffer.from('b'))]);
  });
});

describe('the bytes', () => {
  it('are lent for the call', () => {
    const digests = createDigests();
    const file: Source = { path: '/a', size: 2 };
    const block = Buffer.from('a');
    digests.read(block, 0, file);
    block.write('b');
    show(digests, file, ['b', 1]);
    block.write('c');
    expect(digests.result().files[0]?.sha256).toBe(sha256(Buffer.from('ab')));
  });
});

describe('many files', () => {
  it('are counted beyond those that a report names', () => {
    const digests = createDigests();
    for (let index = 0; index < 203; index++) digests.read(Buffer.from('x'), 0, { path: `/${index}`, size: 1 });
    const { files, otherFiles } = digests.result();
    expect(files.map(({ path }) => path)).toEqual(Array.from({ length: 200 }, (_, index) => `/${index}`));
    expect(otherFiles).toBe(3);
  });

  it('that are none are none', () => {
    expect(createDigests().result()).toEqual({ files: [], otherFiles: 0 });
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { InputError } from '../../src/errors.ts';
import { readSource } from '../../src/sources/read.ts';

const folder = mkdtempSync(join(tmpdir(), 'auditscan-read-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  vi.restoreAllMocks();
});

function write(name: string, content: Buffer | string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function read(path: string): Promise<{ text: string; seen: number; error: unknown }> {
  let seen = 0;
  const pieces: Buffer[] = [];
  let error: unknown;
  try {
    for await (const piece of readSource({ path, size: undefined }, ({ length }) => (seen += length)))
      pieces.push(piece);
  } catch (caught) {
    error = caught;
  }
  return { text: Buffer.concat(pieces).toString(), seen, error };
}

describe('a file', () => {
  it('is read to its end, and its bytes on disk are told', async () => {
    const content = 'a line of a log\n'.repeat(100_000);
    const compressed = gzipSync(content);
    expect(await read(write('plain.log', content))).toEqual({ text: content, seen: content.length, error: undefined });
    expect(await read(write('x.log.gz', compressed))).toEqual({
      text: content,
      seen: compressed.length,
      error: undefined,
    });
  });

  it('is known by its bytes, not by its name', async () => {
    expect((await read(write('wrong.gz', 'plain\n'))).text).toBe('plain\n');
    expect((await read(write('wrong.log', gzipSync('zipped\n')))).text).toBe('zipped\n');
  });

  it('without anything is nothing', async () => {
    expect(await read(write('empty.log', ''))).toEqual({ text: '', seen: 0, error: undefined });
    expect(await read(write('empty.log.gz', ''))).toMatchObject({ text: '', error: undefined });
  });

  it('gives pieces that nobody writes to again', async () => {
    const content = Array.from({ length: 200_000 }, (_, index) => `${index}\n`).join('');
    const pieces: Buffer[] = [];
    const copies: Buffer[] = [];
    for await (const piece of readSource({ path: write('big.log', content), size: undefined })) {
      pieces.push(piece);
      copies.push(Buffer.from(piece));
    }
    expect(pieces.length).toBeGreaterThan(1);
    expect(Buffer.concat(pieces).equals(Buffer.concat(copies))).toBe(true);
  });
});

describe('what cannot be read', () => {
  it.each([
    ['a file that is gone', join(folder, 'none.log'), 'no such file or directory'],
    ['a directory', folder, 'is a directory'],
  ])('is an error that names %s', async (_, path, reason) => {
    const { error } = await read(path);
    expect(error).toEqual(new InputError(`cannot read ${path}: ${reason}`));
  });

  it('is an error that names a file that is damaged midway, after what was good', async () => {
    const compressed = gzipSync('good\n'.repeat(1_000));
    const path = write('cut.log.gz', compressed.subarray(0, compressed.length - 4));
    const { text, error } = await read(path);
    expect(error).toBeInstanceOf(InputError);
    expect(String(error)).toContain(`${path}: damaged gzip data`);
    expect(text).toBe('good\n'.repeat(1_000));
  });

  it('is an error that names a file in UTF-16', async () => {
    const path = write('wide.log', Buffer.from('\ufeff{}\n', 'utf16le'));
    expect(String((await read(path)).error)).toContain(`${path}: the text is UTF-16`);
  });
});

describe('standard input', () => {
  it('is read for -, compressed or not', async () => {
    for (const content of [Buffer.from('one\ntwo\n'), gzipSync('one\ntwo\n')]) {
      vi.spyOn(process, 'stdin', 'get').mockReturnValue(Readable.from([content]) as never);
      expect(await read('-')).toEqual({ text: 'one\ntwo\n', seen: content.length, error: undefined });
    }
  });

  it('that fails is an error', async () => {
    const broken = new Readable({
      read() {
        this.destroy(Object.assign(new Error('read EIO'), { code: 'EIO' }));
      },
    });
    vi.spyOn(process, 'stdin', 'get').mockReturnValue(broken as never);
    expect((await read('-')).error).toEqual(new InputError('cannot read -: input/output error'));
  });
});

import { spawnSync } from 'node:child_process';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.ts';
import { gunzip } from '../../src/sources/gzip.ts';

const TEXT = Buffer.from('a line of a log\n'.repeat(20));
const FLAGS = { text: 1, headerCrc: 2, extra: 4, name: 8, comment: 16 };

interface Member {
  readonly flags?: number;
  readonly fields?: readonly (Buffer | string)[];
  readonly content?: Buffer;
  readonly size?: number;
}

/** A member put together by hand: 10 bytes, the optional fields, the data, its checksum and size. */
function member({ flags = 0, fields = [], content = TEXT, size = content.length }: Member): Buffer {
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(content), 0);
  trailer.writeUInt32LE(size, 4);
  const header = Buffer.from([0x1f, 0x8b, 8, flags, 1, 2, 3, 4, 0, 3]);
  return Buffer.concat([header, ...fields.map((field) => Buffer.from(field)), deflateRawSync(content), trailer]);
}

async function take(bytes: Buffer, size = bytes.length): Promise<{ text: Buffer; error: unknown }> {
  async function* chunks(): AsyncIterable<Buffer> {
    for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
  }
  const pieces: Buffer[] = [];
  let error: unknown;
  try {
    for await (const piece of gunzip(chunks())) pieces.push(piece);
  } catch (caught) {
    error = caught;
  }
  return { text: Buffer.concat(pieces), error };
}

const HEADERS: readonly (readonly [string, Member])[] = [
  ['nothing more', {}],
  ['a mark for text', { flags: FLAGS.text }],
  ['a name, as gzip writes it', { flags: FLAGS.name, fields: ['audit.log\0'] }],
  ['a comment', { flags: FLAGS.comment, fields: ['a comment\0'] }],
  ['an extra field', { flags: FLAGS.extra, fields: [Buffer.from([6, 0]), 'BC\u0002\u0000\u0000\u0000'] }],
  ['an empty extra field', { flags: FLAGS.extra, fields: [Buffer.from([0, 0])] }],
  ['a checksum of its own', { flags: FLAGS.headerCrc, fields: [Buffer.from([0x12, 0x34])] }],
  [
    'all of them',
    {
      flags: 31,
      fields: [Buffer.from([3, 0]), 'abc', 'name\0', 'comment\0', Buffer.from([0x12, 0x34])],
    },
  ],
];

describe('a member whose header has', () => {
  it.each(HEADERS)('%s is undone, wherever the chunks end', async (_, parts) => {
    const bytes = Buffer.concat([member(parts), member(parts)]);
    for (const size of [bytes.length, 1, 2, 3, 7, 10, 11, 64])
      expect(await take(bytes, size), `chunks of ${size}`).toEqual({
        text: Buffer.concat([TEXT, TEXT]),
        error: undefined,
      });
  });

  it.each(HEADERS)('%s and that is cut is an error at every place', async (_, parts) => {
    const bytes = member(parts);
    for (let at = 0; at < bytes.length; at++) {
      const { text, error } = await take(bytes.subarray(0, at));
      expect(error, `cut at ${at}`).toBeInstanceOf(InputError);
      expect(TEXT.subarray(0, text.length).equals(text)).toBe(true);
    }
  });

  it('a name without an end is an error, not a search through the whole file', async () => {
    const { text, error } = await take(member({ flags: FLAGS.name, fields: ['x'.repeat(1_000_000)] }), 65_536);
    expect(error).toBeInstanceOf(InputError);
    expect(text.length).toBe(0);
  });

  it.each([
    ['another method', 2, 7],
    ['another magic', 1, 0x8c],
  ])('%s is an error, after the member before it', async (_, place, value) => {
    const bad = member({});
    bad[place] = value;
    const { text, error } = await take(Buffer.concat([member({}), bad]));
    expect(error).toBeInstanceOf(InputError);
    expect(text).toEqual(TEXT);
  });
});

describe('a member', () => {
  it('of nothing is nothing', async () => {
    expect(await take(member({ content: Buffer.alloc(0) }))).toEqual({ text: Buffer.alloc(0), error: undefined });
  });

  it('with a wrong size gives its content, and then an error', async () => {
    const { text, error } = await take(member({ size: 5 }));
    expect(error).toBeInstanceOf(InputError);
    expect(text).toEqual(TEXT);
  });

  it('followed by another at any distance is not lost', async () => {
    for (const zeros of [0, 1, 2, 7, 8, 9, 511, 70_000])
      for (const size of [1 << 20, 13]) {
        const bytes = Buffer.concat([member({}), Buffer.alloc(zeros), member({}), Buffer.alloc(zeros)]);
        if (zeros > 10_000 && size < 100) continue;
        expect(await take(bytes, size), `${zeros} zeros`).toEqual({
          text: Buffer.concat([TEXT, TEXT]),
          error: undefined,
        });
      }
  });

  it('may be one of thousands, as log shippers write one for every flush', async () => {
    const one = gzipSync('a line\n');
    const { text, error } = await take(Buffer.concat(Array<Buffer>(5_000).fill(one)), 65_536);
    expect(error).toBeUndefined();
    expect(text.toString()).toBe('a line\n'.repeat(5_000));
  });

  const available = spawnSync('gzip', ['--version']).status === 0;
  it.skipIf(!available)('is what the gzip command writes (skipped where there is none)', async () => {
    for (const level of ['-1', '-9']) {
      const { stdout } = spawnSync('gzip', ['-c', level], { input: TEXT });
      expect(await take(stdout, 9)).toEqual({ text: TEXT, error: undefined });
    }
  });
});

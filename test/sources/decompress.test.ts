import { spawnSync } from 'node:child_process';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.ts';
import { decompress } from '../../src/sources/decompress.ts';

interface Taken {
  readonly bytes: Buffer;
  readonly error: unknown;
  /** Whether the source was closed. */
  readonly closed: boolean;
}

/** All that comes out, kept as it came: pieces are the consumer's, nobody may write to them again. */
async function take(...chunks: readonly (Buffer | Error)[]): Promise<Taken> {
  let closed = false;
  async function* source(): AsyncIterable<Buffer> {
    try {
      for (const chunk of chunks) {
        if (chunk instanceof Error) throw chunk;
        yield chunk;
      }
    } finally {
      closed = true;
    }
  }
  const pieces: Buffer[] = [];
  let error: unknown;
  try {
    for await (const piece of decompress(source())) pieces.push(piece);
  } catch (caught) {
    error = caught;
  }
  return { bytes: Buffer.concat(pieces), error, closed };
}

function inPieces(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (let start = 0, i = 0; start < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    pieces.push(Buffer.from(bytes.subarray(start, start + size)));
    start += size;
  }
  return pieces;
}

const SMALL = Buffer.from(Array.from({ length: 40 }, (_, index) => `line ${index * 7919} ${index ** 5}\n`).join(''));
/** Text that is neither too easy nor impossible to compress, of megabytes. */
const LARGE = Buffer.from(
  Array.from({ length: 60_000 }, (_, index) => `{"n":${index},"hash":"${Math.imul(index, 2654435761) >>> 0}"}\n`).join(
    '',
  ),
);

/** `one line of a log\nand another\n`, without and with a checksum; and the lines `line 0` to `line 399`, level 19. */
const ZSTD_PLAIN = Buffer.from('KLUv/SAe8QAAb25lIGxpbmUgb2YgYSBsb2cKYW5kIGFub3RoZXIK', 'base64');
const ZSTD_CHECKED = Buffer.from('KLUv/SQe8QAAb25lIGxpbmUgb2YgYSBsb2cKYW5kIGFub3RoZXIKzVVTrQ==', 'base64');
const ZSTD_TEXT = Buffer.from('one line of a log\nand another\n');
const ZSTD_LINES = Buffer.from(
  'KLUv/WSiDKURAJpEnAcSoKWgOdEjAPBbWrKllBb7RasVdwBtAHcAx+7m3n6HXU8/Lx/f5+//8BWm8IQlHOGGGV74cAhXUU1JRbVYqytUEdGQUFCJNJoC1dDMyMR0OJsnTAnJiEhIhTJZglRQTEhENBiLI0SVOpVGW3a9oUXiUBgsyXEG1mgzWazjthdW07Mcd74/XDQS5RaEAcBAgEDz5MXr49v7hVdhFDZhEhZhDWPYwg4LYVVTPbXUUbdmvfo61EUTPbTQQZcmPXo60DXTPLPMMXfmvPk5zCWTPLLIIVemPHk5yBVTPLHEETdmvPg4xNWpT5cevZ19/R56ceLDhQcvJx+fB16b9mxZgRQ4gRIYgQ1k4AIPDIFVo9rUpBa11lhb7VqoFY1oQxNa0EojbbRpgVYzms1MZjHrjLPNnoVZyUg2MpGFrDLKJlsWZBWj2MQkFrHGGFvsWIhVR9100kXXjt26u9AVR9xwwgVXjty4ucDVRttsssXWjdu2t7DVoxeCKlJxilKMYossrngxFItIxCEKMYglkjjixECsIQ1nKMMYdsjhhg/DsIQkHKEIQ1ghhRMuDMIKUnCCEoxggwwueDAEq6RySimjbMly5WUoiyRySCGDLEly5GQga6RxRhlj7Mhx42MYa9KcKTNmJ+fmM8wKgY+oESA8fg7hrwERJPwBAIAAAAIACAAgAEAAAAEABAAQACAwYAAAAAAAAwAAAAAAAAAEAAAAAAAAABDAYwQAAAAAAMC5AQKqKj2BbJ8=',
  'base64',
);
const ZSTD_LINES_TEXT = Buffer.from(Array.from({ length: 400 }, (_, index) => `line ${index}\n`).join(''));
/** A frame that readers skip: its magic, its size, its bytes. */
const SKIPPABLE = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);

const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 6 });

describe('what is not compressed', () => {
  it.each(['', 'a', 'ab', 'abc', 'plain\n', '\u001f', '{"kind":"Event"}\n', 'PK\u0003\u0004'])(
    '%j is given as it is',
    async (text) => {
      expect(await take(Buffer.from(text))).toMatchObject({ bytes: Buffer.from(text), error: undefined, closed: true });
    },
  );

  it('is given as it is in any chunks', () =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 50 }), cuts, async (array, sizes) => {
        const bytes = Buffer.concat([Buffer.from('{'), Buffer.from(array)]);
        expect((await take(...inPieces(bytes, sizes))).bytes).toEqual(bytes);
      }),
    ));

  it.each([
    ['fffe', Buffer.from('\ufeff{"kind":"Event"}\n', 'utf16le')],
    ['feff', Buffer.from('\ufeff{"kind":"Event"}\n', 'utf16le').swap16()],
  ])('in UTF-16 (%s) is an error that says what to do', async (_, bytes) => {
    const { error, bytes: given } = await take(bytes);
    expect(error).toBeInstanceOf(InputError);
    expect(String(error)).toContain('iconv -f utf-16 -t utf-8');
    expect(given.length).toBe(0);
  });
});

describe('the source', () => {
  it.each([
    ['that is plain', [Buffer.from('a'), Buffer.from('b')]],
    ['that is gzip', [gzipSync(SMALL)]],
    ['that is zstd', [ZSTD_PLAIN]],
    ['that is damaged', [Buffer.concat([gzipSync(SMALL).subarray(0, 40), Buffer.alloc(200, 0xff)]), Buffer.from('x')]],
    ['that is UTF-16', [Buffer.from([0xff, 0xfe, 0x41, 0x00]), Buffer.from('x')]],
    ['that is compressed too often', [gzipSync(gzipSync(gzipSync(gzipSync(SMALL)))), Buffer.from('x')]],
  ])('%s is closed in the end, so that no file stays open', async (_, chunks) => {
    expect((await take(...chunks)).closed).toBe(true);
  });

  it('is closed when the consumer wants no more', async () => {
    for (const bytes of [LARGE, gzipSync(LARGE)]) {
      let closed = false;
      async function* source(): AsyncIterable<Buffer> {
        try {
          for (const piece of inPieces(bytes, [10_000])) yield piece;
        } finally {
          closed = true;
        }
      }
      for await (const piece of decompress(source())) if (piece.length > 0) break;
      expect(closed).toBe(true);
    }
  });

  it('that fails tells its own error, after what came before', async () => {
    const failure = new Error('the disk is gone');
    for (const [bytes, text] of [
      [SMALL, SMALL],
      [gzipSync(SMALL), SMALL],
      [ZSTD_PLAIN, ZSTD_TEXT],
    ] as const)
      expect(await take(bytes, failure)).toMatchObject({ error: failure, bytes: text });
  });
});

describe('gzip', () => {
  it('of any members in any chunks is all of them', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 80 }), { minLength: 1, maxLength: 4 }),
        cuts,
        async (members, sizes) => {
          // The empty start keeps the content from looking compressed itself.
          const plain = [Buffer.from('{'), ...members.map((member) => Buffer.from(member))];
          const { bytes, error } = await take(
            ...inPieces(Buffer.concat(plain.map((member) => gzipSync(member))), sizes),
          );
          expect(error).toBeUndefined();
          expect(bytes).toEqual(Buffer.concat(plain));
        },
      ),
      { numRuns: 60 },
    ));

  it('of two members is both, wherever the chunk ends', async () => {
    const bytes = Buffer.concat([gzipSync(Buffer.from('first\n')), gzipSync(Buffer.from('second\n'))]);
    for (let at = 1; at < bytes.length; at++) {
      const taken = await take(bytes.subarray(0, at), bytes.subarray(at));
      expect(String(taken.bytes), `cut at ${at}`).toBe('first\nsecond\n');
    }
  });

  it('of megabytes comes in pieces', async () => {
    const { bytes, error } = await take(...inPieces(gzipSync(LARGE), [100_000]));
    expect(error).toBeUndefined();
    expect(bytes.equals(LARGE)).toBe(true);
  });

  it('in gzip, in zstd-in-gzip, and three deep is undone', async () => {
    expect((await take(gzipSync(gzipSync(SMALL)))).bytes).toEqual(SMALL);
    expect((await take(gzipSync(gzipSync(gzipSync(SMALL))))).bytes).toEqual(SMALL);
    expect((await take(gzipSync(ZSTD_PLAIN))).bytes).toEqual(ZSTD_TEXT);
  });

  it('four deep is an attack', async () => {
    const { error } = await take(gzipSync(gzipSync(gzipSync(gzipSync(SMALL)))));
    expect(error).toEqual(new InputError('compressed more than 3 times over'));
  });

  it('that expands a thousandfold is given piece by piece', async () => {
    let largest = 0;
    let total = 0;
    async function* source(): AsyncIterable<Buffer> {
      yield gzipSync(Buffer.alloc(32 * 1024 * 1024, 'x'));
    }
    for await (const piece of decompress(source())) {
      largest = Math.max(largest, piece.length);
      total += piece.length;
    }
    expect(total).toBe(32 * 1024 * 1024);
    expect(largest).toBeLessThanOrEqual(64 * 1024);
  });
});

describe('gzip that is cut', () => {
  const whole = gzipSync(SMALL);

  it('at any place gives all that was there, and then an error', async () => {
    for (let at = 2; at < whole.length; at++) {
      const part = whole.subarray(0, at);
      const { bytes, error } = await take(...inPieces(part, [at % 2 === 0 ? at : 7]));
      expect(error, `cut at ${at}`).toBeInstanceOf(InputError);
      expect(String(error)).toContain('damaged gzip data');
      const possible = at < 10 ? Buffer.alloc(0) : gunzipSync(part, { finishFlush: constants.Z_SYNC_FLUSH });
      // What zlib holds back as bits, a letter or three, is of a line that is cut anyway.
      expect(bytes.length, `cut at ${at}`).toBeGreaterThanOrEqual(possible.length - 3);
      expect(bytes.equals(SMALL.subarray(0, bytes.length))).toBe(true);
    }
  });

  it('behind a whole member gives that member', async () => {
    const { bytes, error } = await take(Buffer.concat([whole, whole.subarray(0, 30)]));
    expect(error).toBeInstanceOf(InputError);
    expect(bytes.subarray(0, SMALL.length)).toEqual(SMALL);
  });

  it('of megabytes gives what came before', async () => {
    const compressed = gzipSync(LARGE);
    const part = compressed.subarray(0, compressed.length >> 1);
    const { bytes, error } = await take(...inPieces(part, [100_000]));
    expect(error).toBeInstanceOf(InputError);
    expect(bytes.length).toBe(gunzipSync(part, { finishFlush: constants.Z_SYNC_FLUSH }).length);
    expect(bytes.equals(LARGE.subarray(0, bytes.length))).toBe(true);
  });
});

describe('gzip that is damaged', () => {
  it('in the middle gives what came before, but for the piece that was being made', async () => {
    const compressed = gzipSync(LARGE);
    const place = compressed.length >> 1;
    const before = gunzipSync(compressed.subarray(0, place), { finishFlush: constants.Z_SYNC_FLUSH }).length;
    compressed.fill(0xff, place, place + 100);
    const { bytes, error } = await take(...inPieces(compressed, [64 * 1024]));
    expect(error).toBeInstanceOf(InputError);
    expect(bytes.length).toBeGreaterThan(before - 64 * 1024);
    expect(bytes.subarray(0, before - 64 * 1024).equals(LARGE.subarray(0, before - 64 * 1024))).toBe(true);
  });

  it('only in its checksum gives everything, and then an error', async () => {
    const compressed = gzipSync(SMALL);
    compressed[compressed.length - 6] = (compressed[compressed.length - 6] ?? 0) ^ 1;
    for (const sizes of [[compressed.length], [64], [1]]) {
      const { bytes, error } = await take(...inPieces(compressed, sizes));
      expect(error).toBeInstanceOf(InputError);
      expect(String(bytes)).toBe(String(SMALL));
    }
  });

  it('is no gzip at all: an error, and nothing', async () => {
    const { bytes, error } = await take(Buffer.from([0x1f, 0x8b, 0xff, 0xff, 1, 2, 3]));
    expect(error).toBeInstanceOf(InputError);
    expect(bytes.length).toBe(0);
  });

  it.each([
    ['in one chunk', (parts: Buffer[]) => [Buffer.concat(parts)]],
    ['in chunks of their own', (parts: Buffer[]) => parts],
  ])('behind its end by zeros, as some tools fill up with, is whole (%s)', async (_, chunked) => {
    const { bytes, error } = await take(...chunked([gzipSync(SMALL), Buffer.alloc(512)]));
    expect(error).toBeUndefined();
    expect(bytes).toEqual(SMALL);
  });

  it.each([
    ['one zero', 1, false],
    ['a block of zeros', 512, false],
    ['one zero, in chunks of their own', 1, true],
    ['a block of zeros, in chunks of their own', 512, true],
  ])('by %s between two members is read on or told of: nothing is skipped silently', async (_, zeros, apart) => {
    const parts = [gzipSync(SMALL), Buffer.alloc(zeros), gzipSync(SMALL)];
    const { bytes, error } = await take(...(apart ? parts : [Buffer.concat(parts)]));
    expect(bytes.subarray(0, SMALL.length)).toEqual(SMALL);
    if (error === undefined) expect(bytes.length).toBe(2 * SMALL.length);
    else expect(error).toBeInstanceOf(InputError);
  });

  it('by something else behind its end is told, after what is good', async () => {
    const { bytes, error } = await take(gzipSync(SMALL), Buffer.from('something else'));
    expect(error).toBeInstanceOf(InputError);
    expect(bytes).toEqual(SMALL);
  });
});

describe('zstd', () => {
  it.each([
    ['a frame', [ZSTD_PLAIN], ZSTD_TEXT],
    ['a frame with a checksum', [ZSTD_CHECKED], ZSTD_TEXT],
    ['two frames', [ZSTD_PLAIN, ZSTD_LINES], Buffer.concat([ZSTD_TEXT, ZSTD_LINES_TEXT])],
    ['a frame that is skipped, and one that is not', [SKIPPABLE, ZSTD_PLAIN], ZSTD_TEXT],
    [
      'frames around one that is skipped',
      [ZSTD_LINES, SKIPPABLE, ZSTD_LINES],
      Buffer.concat([ZSTD_LINES_TEXT, ZSTD_LINES_TEXT]),
    ],
    [
      'frames with checksums',
      [ZSTD_CHECKED, ZSTD_CHECKED, ZSTD_CHECKED],
      Buffer.concat([ZSTD_TEXT, ZSTD_TEXT, ZSTD_TEXT]),
    ],
  ])('%s is undone, wherever the chunks end', async (_, frames, text) => {
    const compressed = Buffer.concat(frames);
    for (const size of [compressed.length, 1, 2, 3, 5, 17, 100]) {
      const { bytes, error } = await take(...inPieces(compressed, [size]));
      expect(error, `chunks of ${size}`).toBeUndefined();
      expect(String(bytes), `chunks of ${size}`).toBe(String(text));
    }
  });

  it('in gzip is undone', async () => {
    expect((await take(gzipSync(ZSTD_LINES))).bytes).toEqual(ZSTD_LINES_TEXT);
  });

  it('that is cut gives what was there, and then an error', async () => {
    for (let at = 5; at < ZSTD_LINES.length - 4; at += 13) {
      const { bytes, error } = await take(ZSTD_PLAIN, ZSTD_LINES.subarray(0, at));
      expect(error, `cut at ${at}`).toBeInstanceOf(InputError);
      expect(String(error)).toContain('damaged zstd data');
      expect(bytes.subarray(0, ZSTD_TEXT.length)).toEqual(ZSTD_TEXT);
    }
  });

  it('that is damaged gives what came before, and then an error', async () => {
    const { bytes, error } = await take(
      ZSTD_PLAIN,
      Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x24, 0x1e, 0xff, 0xff, 0xff, 1, 2, 3]),
    );
    expect(error).toBeInstanceOf(InputError);
    expect(bytes).toEqual(ZSTD_TEXT);
  });

  const available = spawnSync('zstd', ['--version']).status === 0;
  it.skipIf(!available)('of megabytes comes in pieces, at any level (skipped where there is no zstd)', async () => {
    for (const options of [['-1'], ['-19', '--no-check'], ['-3', '--long=24', '--no-content-size']]) {
      const { stdout } = spawnSync('zstd', ['-c', '-q', ...options], { input: LARGE, maxBuffer: 1 << 28 });
      const { bytes, error } = await take(...inPieces(Buffer.concat([stdout, stdout]), [64 * 1024, 1_000]));
      expect(error, options.join(' ')).toBeUndefined();
      expect(bytes.equals(Buffer.concat([LARGE, LARGE])), options.join(' ')).toBe(true);
    }
  });

  it.skipIf(!available)(
    'that expands thousands of times is given piece by piece (skipped where there is no zstd)',
    async () => {
      const { stdout } = spawnSync('zstd', ['-c', '-q', '-19'], {
        input: Buffer.alloc(64 * 1024 * 1024, 'x'),
        maxBuffer: 1 << 28,
      });
      let total = 0;
      async function* source(): AsyncIterable<Buffer> {
        yield stdout;
      }
      for await (const piece of decompress(source())) {
        total += piece.length;
        expect(piece.length).toBeLessThanOrEqual(128 * 1024);
      }
      expect(total).toBe(64 * 1024 * 1024);
    },
  );
});

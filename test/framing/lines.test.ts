import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createSplitter, type Line, splitLines } from '../../src/framing/lines.ts';
import { createSummary, type Summary } from '../../src/summary.ts';

interface Cut {
  readonly lines: { text: string; offset: number; size: number; terminated: boolean }[];
  readonly summary: Summary;
}

async function* inChunks(...chunks: readonly Buffer[]): AsyncIterable<Buffer> {
  yield* chunks;
}

/** Copies every line at once, for its bytes are good until the next batch only. */
async function cut(chunks: AsyncIterable<Buffer>, maxRecordSize = 1_000): Promise<Cut> {
  const summary = createSummary();
  const lines: Cut['lines'] = [];
  const copy = (line: Line) => ({ ...line, text: line.bytes.toString('latin1'), bytes: undefined });
  for await (const batch of splitLines(chunks, { path: 'audit.log', maxRecordSize }, summary)) {
    for (const line of batch) {
      const { text, offset, size, terminated } = copy(line);
      lines.push({ text, offset, size, terminated });
    }
  }
  return { lines, summary };
}

const texts = ({ lines }: Cut): string[] => lines.map(({ text }) => text);

function rejected(summary: Summary): Record<string, { count: number; bytes: number; offset: number }> {
  return Object.fromEntries(
    [...summary.rejects].map(([reason, { count, bytes, first }]) => [reason, { count, bytes, offset: first.offset }]),
  );
}

function accounted({ lines, summary }: Cut): number {
  const inLines = lines.reduce((sum, line) => sum + line.size, 0);
  return inLines + summary.emptyBytes + [...summary.rejects.values()].reduce((sum, reject) => sum + reject.bytes, 0);
}

/** The same rules, written for bytes that lie in memory as a whole. */
function expected(bytes: Buffer, maxRecordSize: number) {
  const lines: Cut['lines'] = [];
  const rejects: Record<string, { count: number; bytes: number; offset: number }> = {};
  let emptyBytes = 0;
  const reject = (reason: string, offset: number, size: number): void => {
    const known = rejects[reason] ?? { count: 0, bytes: 0, offset };
    rejects[reason] = { count: known.count + 1, bytes: known.bytes + size, offset: known.offset };
  };
  for (let start = 0; start < bytes.length; ) {
    let end = start;
    if (bytes[start] === 0) {
      while (bytes[end] === 0) end++;
      reject('nul-hole', start, end - start);
      start = end;
      continue;
    }
    while (end < bytes.length && bytes[end] !== 0 && bytes[end] !== 0x0a) end++;
    const terminated = bytes[end] === 0x0a;
    const size = end - start + (terminated ? 1 : 0);
    const mark = start === 0 && bytes.toString('latin1', 0, Math.min(3, end)) === '\u00ef\u00bb\u00bf' ? 3 : 0;
    const text = bytes.toString('latin1', start + mark, end);
    if (end - start > maxRecordSize) reject('too-long', start, size);
    else if (/^[ \t\r]*$/.test(text)) emptyBytes += size;
    else {
      lines.push({ text, offset: start + mark, size: size - mark, terminated });
      emptyBytes += mark;
    }
    start += size;
  }
  return { lines, rejects, emptyBytes };
}

const piece = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('\n', '\r\n', '\0', '\0\0\0', ' ', '\t', '\u00ef\u00bb\u00bf', '{}', '"é"') },
  { weight: 2, arbitrary: fc.string({ maxLength: 12 }) },
  { weight: 1, arbitrary: fc.string({ minLength: 12, maxLength: 40, unit: fc.constantFrom('x', 'y') }) },
);
const stream = fc.array(piece, { maxLength: 30 }).map((pieces) => Buffer.from(pieces.join(''), 'latin1'));
const sizes = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 40 });

/** Cuts bytes into chunks of the sizes given, over and over; sizes of 0 make empty chunks. */
function chunksOf(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let start = 0;
  for (let i = 0; start < bytes.length; i++) {
    const length = lengths[i % lengths.length] || (i < lengths.length ? 0 : 1);
    chunks.push(bytes.subarray(start, start + length));
    start += length;
  }
  return chunks;
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('any bytes in any chunks', () => {
  it('give the lines, offsets, rejects and counts of the whole', () =>
    fc.assert(
      fc.asyncProperty(stream, sizes, fc.integer({ min: 1, max: 40 }), async (bytes, lengths, maxRecordSize) => {
        const result = await cut(inChunks(...chunksOf(bytes, lengths)), maxRecordSize);
        const model = expected(bytes, maxRecordSize);
        expect(result.lines).toEqual(model.lines);
        expect(rejected(result.summary)).toEqual(model.rejects);
        expect(result.summary.emptyBytes).toBe(model.emptyBytes);
      }),
      { numRuns: 1_000 },
    ));

  it('are accounted for to the last byte, and each line stands at its offset', () =>
    fc.assert(
      fc.asyncProperty(stream, sizes, fc.integer({ min: 1, max: 40 }), async (bytes, lengths, maxRecordSize) => {
        const result = await cut(inChunks(...chunksOf(bytes, lengths)), maxRecordSize);
        expect(result.summary.bytes).toBe(bytes.length);
        expect(accounted(result)).toBe(bytes.length);
        for (const { text, offset } of result.lines)
          expect(bytes.toString('latin1', offset, offset + text.length)).toBe(text);
      }),
    ));
});

describe('a splitter that is fed by hand', () => {
  const plain = ({ bytes, offset, size, terminated }: Line) => ({
    text: bytes.toString('latin1'),
    offset,
    size,
    terminated,
  });
  const options = { path: 'audit.log', maxRecordSize: 40 };

  it('gives the lines of the whole, and goes on behind any of them', () => {
    fc.assert(
      fc.property(stream, sizes, sizes, fc.nat(), (bytes, lengths, others, choice) => {
        const model = expected(bytes, options.maxRecordSize);
        const splitter = createSplitter(options, createSummary());
        const lines = chunksOf(bytes, lengths).flatMap((chunk) => splitter.add(chunk).map(plain));
        expect([...lines, ...splitter.end().map(plain)]).toEqual(model.lines);

        const last = model.lines[choice % (model.lines.length + 1)];
        if (!last) return;
        const start = last.offset + last.size;
        const resumed = createSplitter(options, createSummary(), start);
        const rest = chunksOf(bytes.subarray(start), others).flatMap((chunk) => resumed.add(chunk).map(plain));
        const all = [...rest, ...resumed.end().map(plain)];
        expect(all).toEqual(model.lines.filter(({ offset }) => offset >= start));
      }),
      { numRuns: 1_000 },
    );
  });

  it('has given up on nothing before the end: what is added behind it is a new line', () => {
    const splitter = createSplitter(options, createSummary());
    expect(splitter.add(Buffer.from('one\ntw')).map(plain)).toMatchObject([{ text: 'one' }]);
    expect(splitter.end().map(plain)).toEqual([{ text: 'tw', offset: 4, size: 2, terminated: false }]);
    expect(splitter.end()).toEqual([]);
    expect(splitter.add(Buffer.from('o\n')).map(plain)).toMatchObject([{ text: 'o', offset: 6 }]);
  });
});

describe('a stream', () => {
  it('without anything has no line', async () => {
    const result = await cut(inChunks());
    expect(result.lines).toEqual([]);
    expect(result.summary.bytes).toBe(0);
  });

  it('gives its last line without an end, and says so', async () => {
    const { lines } = await cut(inChunks(Buffer.from('one\ntwo')));
    expect(lines).toEqual([
      { text: 'one', offset: 0, size: 4, terminated: true },
      { text: 'two', offset: 4, size: 3, terminated: false },
    ]);
  });

  it('keeps the carriage return of CRLF out of nothing but the count of empty lines', async () => {
    const result = await cut(inChunks(Buffer.from('one\r\n\r\n \t\r\ntwo\r\n')));
    expect(texts(result)).toEqual(['one\r', 'two\r']);
    expect(result.summary.emptyBytes).toBe(6);
  });

  it('loses its byte order mark, also where that is cut', async () => {
    const mark = Buffer.from([0xef, 0xbb, 0xbf]);
    for (const chunks of [[mark, Buffer.from('one\n')], [...mark].map((byte) => Buffer.from([byte]))]) {
      const result = await cut(inChunks(...chunks, Buffer.from('two\n')));
      expect(texts(result).at(-1)).toBe('two');
      expect(texts(result).join()).not.toContain('\u00ef');
      expect(accounted(result)).toBe(result.summary.bytes);
    }
  });
});

describe('a line that is too long', () => {
  it.each([
    ['in one chunk', [`${'x'.repeat(11)}\ngood\n`]],
    ['in many', [...`${'x'.repeat(11)}\ngood\n`]],
    ['that ends with the chunk', [`${'x'.repeat(11)}\n`, 'good\n']],
    ['that begins a chunk before', ['xxxxxx', 'xxxxxxx\ngood\n']],
    ['that a hole ends', [`${'x'.repeat(11)}\0\0good\n`]],
    ['that a hole in the next chunk ends', ['x'.repeat(11), '\0', '\0good\n']],
  ])('%s does not take the next one with it', async (_, chunks) => {
    const result = await cut(inChunks(...chunks.map((chunk) => Buffer.from(chunk))), 10);
    expect(texts(result)).toEqual(['good']);
    expect(result.summary.rejects.get('too-long')?.count).toBe(1);
    expect(accounted(result)).toBe(result.summary.bytes);
  });

  it('of exactly the limit is no such line', async () => {
    const result = await cut(inChunks(Buffer.from(`${'x'.repeat(10)}\n${'y'.repeat(11)}\n`)), 10);
    expect(texts(result)).toEqual(['x'.repeat(10)]);
    expect(rejected(result.summary)).toEqual({ 'too-long': { count: 1, bytes: 12, offset: 11 } });
  });

  it('is not kept: nothing of it is put together', async () => {
    const concat = vi.spyOn(Buffer, 'concat');
    const chunk = Buffer.alloc(4_096, 'x');
    async function* long(): AsyncIterable<Buffer> {
      for (let i = 0; i < 4_096; i++) yield chunk;
      yield Buffer.from('\ngood\n');
    }
    const result = await cut(long(), 100_000);
    expect(texts(result)).toEqual(['good']);
    expect(concat).not.toHaveBeenCalled();
  });
});

describe('a hole of NULs', () => {
  it.each([
    ['at the start', '\0\0\0one\n', ['one'], 3],
    ['between lines', 'one\n\0\0two\n', ['one', 'two'], 2],
    ['in a line', 'one\0two\n', ['one', 'two'], 1],
    ['at the end', 'one\n\0\0\0', ['one'], 3],
    ['that is all', '\0'.repeat(50), [], 50],
  ])('%s is counted once and hides nothing', async (_, text, lines, bytes) => {
    for (const chunks of [[Buffer.from(text)], [...text].map((character) => Buffer.from(character))]) {
      const result = await cut(inChunks(...chunks));
      expect(texts(result)).toEqual(lines);
      expect(result.summary.rejects.get('nul-hole')).toMatchObject({ count: 1, bytes });
    }
  });

  it('leaves what stands before it without an end, and what stands behind it whole', async () => {
    const { lines } = await cut(inChunks(Buffer.from('half\0\0whole\n')));
    expect(lines.map(({ terminated }) => terminated)).toEqual([false, true]);
  });
});

describe('the work', () => {
  it('is linear for a line of 64 MB in chunks of 4 KB: its bytes are copied once', async () => {
    const concat = vi.spyOn(Buffer, 'concat');
    const chunk = Buffer.alloc(4_096, 'x');
    const count = (64 * 1024 * 1024) / chunk.length;
    async function* long(): AsyncIterable<Buffer> {
      for (let i = 0; i < count; i++) yield chunk;
      yield Buffer.from('\n');
    }
    let size = 0;
    const options = { path: 'audit.log', maxRecordSize: 128 * 1024 * 1024 };
    for await (const [line] of splitLines(long(), options, createSummary())) size += line?.bytes.length ?? 0;
    const copied = concat.mock.results.reduce((sum, { value }) => sum + (value as Buffer).length, 0);
    expect(size).toBe(64 * 1024 * 1024);
    expect(copied).toBe(size);
  });

  it.each([
    ['NULs between letters', 'a\0', 65_536],
    ['empty lines', '\n', 65_536],
    ['short lines', 'ab\n', 65_536],
    ['holes between lines', 'a\n\0', 65_536],
  ])('is linear for %s: no byte is searched again and again', async (_, unit, times) => {
    const chunk = Buffer.from(unit.repeat(times));
    let searched = 0;
    const indexOf = (value: number, from?: number): number => {
      const start = from ?? 0;
      const found: number = Buffer.prototype.indexOf.call(chunk, value, start);
      searched += (found < 0 ? chunk.length : found + 1) - start;
      return found;
    };
    chunk.indexOf = indexOf as typeof chunk.indexOf;
    await cut(inChunks(chunk));
    expect(searched).toBeLessThanOrEqual(4 * chunk.length);
  });
});

describe('a source that fails midway', () => {
  async function* failing(): AsyncIterable<Buffer> {
    yield Buffer.from('one\ntwo\nthr');
    throw new Error('the disk is gone');
  }

  it('has given what came before, the line that was being read as well, and then tells', async () => {
    const summary = createSummary();
    const lines: string[] = [];
    const reading = (async () => {
      for await (const batch of splitLines(failing(), { path: 'audit.log', maxRecordSize: 100 }, summary))
        lines.push(...batch.map(({ bytes }) => String(bytes)));
    })();
    await expect(reading).rejects.toThrow('the disk is gone');
    expect(lines).toEqual(['one', 'two', 'thr']);
    expect(summary.bytes).toBe(11);
  });
});

import { appendFileSync, mkdtempSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Position } from '../../src/follow/position.ts';
import {
  bytesBefore,
  createCompressedTail,
  createPlainTail,
  type Reading,
  type Tail,
  type TailOptions,
} from '../../src/follow/tail.ts';
import { createBeginning } from '../../src/sources/identity.ts';
import { createSummary } from '../../src/summary.ts';
import { timeOfTestLine } from '../sources/log-files.ts';

let folder: string;
let path: string;
let handles: FileHandle[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'auditscan-tail-'));
  path = join(folder, 'audit.log');
  handles = [];
});
afterEach(async () => {
  for (const handle of handles.splice(0)) await handle.close().catch(() => {});
  rmSync(folder, { recursive: true });
});

let clock = 5_000;
const options = (): TailOptions => ({
  path,
  inode: '1:2',
  signature: '',
  modified: 1_000,
  maxRecordSize: 1_000_000,
  summary: createSummary(),
  timeOf: timeOfTestLine,
  now: () => clock,
});

async function handleOf(file = path): Promise<FileHandle> {
  const handle = await open(file);
  handles.push(handle);
  return handle;
}

/** Each write has its own time, however fast the test is. */
let writes = 0;
function touch(): void {
  writes += 1;
  utimesSync(path, 1_000_000 + writes, 1_000_000 + writes);
}
function append(content: string | Buffer): void {
  appendFileSync(path, content);
  touch();
}

const positionOf = (tail: Tail): Position =>
  JSON.parse(JSON.stringify({ ...tail.state(), signature: '', size: undefined, drained: false }));

interface Read {
  readonly lines: { text: string; offset: number; size: number; terminated: boolean }[];
  readonly end: Exclude<Reading['kind'], 'lines'>;
}

/** Reads on until there are no more lines. */
async function readOn(tail: Tail): Promise<Read> {
  const lines: Read['lines'] = [];
  for (;;) {
    const reading = await tail.read();
    if (reading.kind !== 'lines') return { lines, end: reading.kind };
    for (const { bytes, offset, size, terminated } of reading.lines)
      lines.push({ text: bytes.toString('latin1'), offset, size, terminated });
  }
}
const textsOf = ({ lines }: Read): string[] => lines.map(({ text }) => text);

describe('a plain tail', () => {
  it('gives what became whole, and knows where it stands', async () => {
    writeFileSync(path, 'one\ntw');
    const tail = createPlainTail(await handleOf(), options());
    expect(await readOn(tail)).toEqual({ lines: [{ text: 'one', offset: 0, size: 4, terminated: true }], end: 'end' });
    expect(tail).toMatchObject({ position: 6, offset: 4, grown: 5_000 });
    append('o\n');
    expect(await readOn(tail)).toMatchObject({ lines: [{ text: 'two', offset: 4 }] });
    append('thr');
    await readOn(tail);
    expect(tail.end().map(({ bytes, terminated }) => [String(bytes), terminated])).toEqual([['thr', false]]);
  });

  it('has grown when something was read, at first when it was last written', async () => {
    writeFileSync(path, 'one\n');
    const tail = createPlainTail(await handleOf(), options());
    expect(tail.grown).toBe(1_000);
    clock = 7_000;
    await readOn(tail);
    clock = 9_000;
    await readOn(tail);
    expect(tail.grown).toBe(7_000);
  });

  it('remembers the time of the last line that tells one', async () => {
    writeFileSync(path, '{"id":"1","at":3}\nno time\n');
    const tail = createPlainTail(await handleOf(), options());
    await readOn(tail);
    expect(tail.state().lastTime).toBeUndefined();
    append('{"id":"2","at":4}\n');
    await readOn(tail);
    expect(tail.state().lastTime).toBe(240_000_000);
    append('no time\n');
    await readOn(tail);
    expect(tail.state().lastTime).toBe(240_000_000);
  });

  const long = Array.from({ length: 2_000 }, (_, index) => `line ${index}\n`).join('');

  it.each<[string, () => void]>([
    ['was truncated', () => truncateSync(path, 0)],
    ['was truncated and written to', () => writeFileSync(path, 'new\n')],
    ['was truncated and is as long as before', () => writeFileSync(path, long.replaceAll('line', 'rows'))],
    ['was truncated and is longer', () => writeFileSync(path, `${long.replaceAll('line', 'rows')}${long}`)],
    ['is a hole up to where it was', () => writeFileSync(path, `${'\0'.repeat(long.length)}new\n`)],
    ['was cut back to an earlier line', () => truncateSync(path, 70)],
    ['was written over before its end', () => writeFileSync(path, `${long.slice(0, -5)}XXXX\n`)],
    ['was written over and goes on', () => writeFileSync(path, `${long.slice(0, -5)}XXXX\nand more\n`)],
  ])('tells that the file is not what it was: it %s', async (_, change) => {
    writeFileSync(path, long);
    const tail = createPlainTail(await handleOf(), options());
    expect((await readOn(tail)).lines).toHaveLength(2_000);
    change();
    touch();
    expect(await readOn(tail)).toEqual({ lines: [], end: 'cut' });
  });

  it('tells it of an unfinished line as well', async () => {
    writeFileSync(path, 'half of a li');
    const tail = createPlainTail(await handleOf(), options());
    await readOn(tail);
    writeFileSync(path, 'something else\n');
    touch();
    expect((await readOn(tail)).end).toBe('cut');
  });

  it('takes bytes for what comes next only where those before are the same', async () => {
    writeFileSync(path, long);
    const first = createPlainTail(await handleOf(), options());
    await readOn(first);
    const position = positionOf(first);
    const same = await bytesBefore(await handleOf(), position);
    expect(same?.length).toBe(position.markerSize);
    writeFileSync(path, `${long.slice(0, -2)}X\n`);
    expect(await bytesBefore(await handleOf(), position)).toBeUndefined();
    truncateSync(path, 100);
    expect(await bytesBefore(await handleOf(), position)).toBeUndefined();
  });
});

describe('a compressed tail', () => {
  const text = Array.from({ length: 30_000 }, (_, index) => `line ${index}\n`).join('');
  const all = text.trim().split('\n');
  const zipped = gzipSync(text);

  async function compressedTail(resume?: Position): Promise<Tail | 'short' | 'other'> {
    return createCompressedTail(await handleOf(), options(), resume);
  }
  async function opened(resume?: Position): Promise<Tail> {
    const tail = await compressedTail(resume);
    if (typeof tail === 'string') throw new Error(tail);
    return tail;
  }

  it('gives its lines and is finished', async () => {
    writeFileSync(path, zipped);
    const tail = await opened();
    const read = await readOn(tail);
    expect(textsOf(read)).toEqual(all);
    expect(read.end).toBe('finished');
    expect(tail).toMatchObject({ position: text.length, offset: text.length });
  });

  it('goes on in its middle, wherever that is, also where a plain file was left', async () => {
    writeFileSync(path, text);
    for (const size of [1, 10, 4_096, 70_000, text.length]) {
      const plain = createPlainTail(await handleOf(), options());
      truncateSync(path, size);
      const before = await readOn(plain);
      writeFileSync(path, zipped);
      const after = await readOn(await opened(positionOf(plain)));
      expect([...textsOf(before), ...textsOf(after)]).toEqual(all);
      writeFileSync(path, text);
    }
  });

  it('is short where it ends before the position, and another where it holds something else there', async () => {
    writeFileSync(path, text);
    const plain = createPlainTail(await handleOf(), options());
    await readOn(plain);
    writeFileSync(path, gzipSync(text.slice(0, -100)));
    expect(await compressedTail(positionOf(plain))).toBe('short');
    writeFileSync(path, gzipSync(`${text.slice(0, -5)}XXXX\nand more\n`));
    expect(await compressedTail(positionOf(plain))).toBe('other');
  });

  it.each([0.2, 0.5, 0.99])('that breaks off after %d of it gives what is there, and then goes on', async (part) => {
    writeFileSync(path, zipped.subarray(0, zipped.length * part));
    const first = await opened();
    const before = await readOn(first);
    expect(before.end).toBe('damaged');
    const position = positionOf(first);
    writeFileSync(path, zipped);
    expect([...textsOf(before), ...textsOf(await readOn(await opened(position)))]).toEqual(all);
  });

  it('that breaks off before the position waits for the rest', async () => {
    writeFileSync(path, text);
    const plain = createPlainTail(await handleOf(), options());
    await readOn(plain);
    writeFileSync(path, zipped.subarray(0, 1_000));
    expect(await readOn(await opened(positionOf(plain)))).toEqual({ lines: [], end: 'damaged' });
  });
});

/** Bytes as they are hard to follow: lines, holes, blank lines, carriage returns, a mark; the first line is whole. */
const stream = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.string({ minLength: 1, maxLength: 20 }).map((text) => `${text}\n`) },
      { weight: 2, arbitrary: fc.constantFrom('\n', '\r\n', '\0', '\0\0\0\n', ' \n', 'torn', '\u00ef\u00bb\u00bf') },
      { weight: 1, arbitrary: fc.nat({ max: 9_000 }).map((size) => `${'0123456789'.repeat(size / 10)}\n`) },
    ),
    { maxLength: 30 },
  )
  .map((pieces) => Buffer.from(`first line\n${pieces.join('')}`, 'latin1'));

describe('any bytes, written in any pieces', () => {
  it('give the lines and places of the whole, over any number of restarts', () =>
    fc.assert(
      fc.asyncProperty(
        stream,
        fc.array(fc.tuple(fc.nat(10_000), fc.boolean()), { minLength: 1, maxLength: 10 }),
        async (bytes, pieces) => {
          writeFileSync(path, bytes);
          touch();
          const whole = await readOn(createPlainTail(await handleOf(), options()));
          writeFileSync(path, '');
          touch();
          const file = await handleOf();
          let tail = createPlainTail(file, options());
          const lines: Read['lines'] = [];
          let written = 0;
          for (let index = 0; written < bytes.length; index++) {
            const [size, restart] = pieces[index % pieces.length] ?? [0, false];
            append(bytes.subarray(written, written + 1 + size));
            written += 1 + size;
            lines.push(...(await readOn(tail)).lines);
            if (!restart) continue;
            const position = positionOf(tail);
            const before = await bytesBefore(file, position);
            expect(before, 'the bytes before the position').toBeDefined();
            tail = createPlainTail(file, options(), position, before);
          }
          expect(statSync(path).size).toBe(bytes.length);
          expect(lines).toEqual(whole.lines);
          await file.close();
        },
      ),
      { numRuns: 300 },
    ));

  it('give the lines of the whole from a compressed file as well', () =>
    fc.assert(
      fc.asyncProperty(stream, fc.nat(), async (bytes, at) => {
        writeFileSync(path, bytes);
        const whole = await readOn(createPlainTail(await handleOf(), options()));
        truncateSync(path, at % (bytes.length + 1));
        const plain = createPlainTail(await handleOf(), options());
        const before = await readOn(plain);
        writeFileSync(path, gzipSync(bytes));
        const tail = await createCompressedTail(await handleOf(), options(), positionOf(plain));
        if (typeof tail === 'string') throw new Error(tail);
        const after = await readOn(tail);
        expect([...before.lines, ...after.lines]).toEqual(whole.lines);
        for (const handle of handles.splice(0)) await handle.close();
      }),
      { numRuns: 200 },
    ));
});

it('a truncation in the middle of a hole is noticed, though one hole looks like the other', async () => {
  const [first, second] = ['{"a":1}\n', '{"b":2}\n'];
  const hole = Buffer.alloc(200_000);
  writeFileSync(path, Buffer.concat([hole, Buffer.from(first)]));
  const known = createBeginning();
  known.add(Buffer.from(first));
  const tail = createPlainTail(await handleOf(), { ...options(), beginning: known.mark });
  expect(await tail.read()).toEqual({ kind: 'lines', lines: [] });
  // The writer goes on at its old offset, in the same file.
  writeFileSync(path, Buffer.concat([hole, hole, Buffer.from(second)]));
  const kinds: string[] = [];
  for (let kind = 'lines'; kind === 'lines'; kinds.push(kind)) {
    const reading = await tail.read();
    kind = reading.kind;
    if (reading.kind === 'lines') expect(reading.lines).toEqual([]);
  }
  expect([kinds.at(-1), tail.offset, tail.beginning]).toEqual(['cut', 0, known.mark]);
});

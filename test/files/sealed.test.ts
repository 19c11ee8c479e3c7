import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.ts';
import { checkPlace, readSealed, type Seal, writeSealed } from '../../src/files/sealed.ts';

const isRoot = process.getuid?.() === 0;
const STATE: Seal = { kind: 'checkpoint', version: 3, noun: 'state', wayOut: 'do this or that', largest: 1 << 20 };
const LIST: Seal = { ...STATE, kind: 'known', noun: 'list' };

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'auditscan-sealed-'));
  path = join(folder, 'state');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const write = (value: unknown): Promise<void> => writeSealed(path, STATE, value);
const read = (): Promise<unknown> => readSealed(path, STATE, (value) => value);

async function errorOf(run: Promise<unknown>): Promise<string> {
  const error = await run.catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(InputError);
  return (error as Error).message;
}

const readError = (): Promise<string> => errorOf(read());

describe('what was sealed', () => {
  it('is read as it was written', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }), async (value) => {
        await write(value);
        expect(JSON.stringify(await read())).toBe(JSON.stringify(value));
      }),
    );
    expect(readdirSync(folder)).toEqual(['state']);
  });

  it('is a line with the sum of the rest, and the rest', async () => {
    for (const seal of [STATE, LIST]) {
      await writeSealed(path, seal, { a: ['ä'] });
      const sha256 = createHash('sha256').update('{"a":["ä"]}\n').digest('hex');
      expect(readFileSync(path, 'utf8')).toBe(
        `{"auditscan":"${seal.kind}","version":3,"sha256":"${sha256}","size":13}\n{"a":["ä"]}\n`,
      );
    }
  });

  it('is not there before it is written', async () => {
    expect(await read()).toBeUndefined();
    path = join(folder, 'none', 'state');
    expect(await read()).toBeUndefined();
  });

  it('is what the reader makes of it', async () => {
    await write([1]);
    expect(await readSealed(path, STATE, (value) => ({ value }))).toEqual({ value: [1] });
    expect(await errorOf(readSealed(path, STATE, () => undefined))).toContain('and yet it holds no state');
  });
});

describe('what is damaged', () => {
  it('is refused at whatever length it was cut', async () => {
    await write({ count: 1 });
    const bytes = readFileSync(path);
    for (let length = 0; length < bytes.length; length++) {
      writeFileSync(path, bytes.subarray(0, length));
      expect(await readError(), `${length} bytes`).toContain(STATE.wayOut);
    }
  });

  it('is refused whichever bit or byte of it is another', async () => {
    await write({ count: 1 });
    const bytes = readFileSync(path);
    for (let index = 0; index < bytes.length; index++) {
      const byte = bytes[index] ?? 0;
      const others = [0, 1, 2, 3, 4, 5, 6, 7].map((bit) => byte ^ (1 << bit)).concat(0x00, 0x0a, 0x20, 0x30, 0xff);
      for (const other of others.filter((value) => value !== byte)) {
        const flipped = Buffer.from(bytes);
        flipped[index] = other;
        writeFileSync(path, flipped);
        expect(await readError(), `byte ${index} is ${other}`).toContain(STATE.wayOut);
      }
    }
  });

  it('is told with what is wrong and the way out', async () => {
    const cases: [string | Buffer, string][] = [
      ['', 'it is empty'],
      ['{"kind":"Event"}\n', 'it does not begin as one does'],
      ['x'.repeat(100_000), 'it does not begin as one does'],
      ['null\n', 'it does not begin as one does'],
    ];
    for (const [text, what] of cases) {
      writeFileSync(path, text);
      expect(await readError()).toBe(`the state in ${path} cannot be used: ${what}; do this or that`);
    }

    await write({ count: 1 });
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, -3));
    expect(await readError()).toContain('9 of its 12 bytes are there');
    writeFileSync(path, Buffer.concat([bytes, bytes]));
    expect(await readError()).toContain(`it has ${bytes.length} bytes too many`);
    writeFileSync(path, bytes.toString().replace('"count":1', '"count":2'));
    expect(await readError()).toContain('its checksum is wrong');
    writeFileSync(path, bytes.toString().replace('"version":3', '"version":3 '));
    expect(await readError()).toContain('its checksum is wrong');
  });

  it('is refused where the sum is right and the rest is no JSON, or not UTF-8', async () => {
    for (const body of ['', '{', '\ufeff{}', Buffer.from('"\xff"', 'latin1')]) {
      const sha256 = createHash('sha256').update(body).digest('hex');
      const header = { auditscan: 'checkpoint', version: 3, sha256, size: Buffer.byteLength(body) };
      writeFileSync(path, Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), Buffer.from(body as string)]));
      expect(await readError(), String(body)).toBe(
        `the state in ${path} cannot be used: its checksum is right, and yet it holds no state; do this or that`,
      );
    }
  });

  it('of another version is told as such', async () => {
    await writeSealed(path, { ...STATE, version: 4 }, {});
    expect(await readError()).toBe(
      `the state in ${path} is of version 4, and this auditscan reads version 3: use the auditscan that wrote it, or start anew: do this or that`,
    );
  });

  it('of another kind is not taken for one', async () => {
    await writeSealed(path, LIST, {});
    expect(await readError()).toContain('it does not begin as one does');
  });
});

describe('what is too large', () => {
  it('is refused before it is read', async () => {
    writeFileSync(path, '');
    truncateSync(path, STATE.largest + 1);
    expect(await readError()).toBe(
      `the state in ${path} cannot be used: ${STATE.largest + 1} bytes are more than a state may have; name another file, or remove it`,
    );
  });

  it('is not written, nor is what is nested too deeply', async () => {
    await write(1);
    let deep: unknown = [];
    for (let i = 0; i < 100_000; i++) deep = [deep];
    for (const value of [deep, 'x'.repeat(STATE.largest)]) {
      expect(await errorOf(write(value))).toBe(
        `the state for ${path} cannot be written: it is too large, or nested too deeply`,
      );
    }
    expect(await read()).toBe(1);
  });

  it('is read as long as it was written', async () => {
    const longest = 'x'.repeat(STATE.largest - 256 - '""\n'.length);
    await write(longest);
    expect(await read()).toBe(longest);
    await errorOf(write(`${longest}x`));
  });
});

describe('a place', () => {
  it('has something to be read, or room for it', async () => {
    expect(await checkPlace(path, STATE)).toBe(false);
    expect(existsSync(path)).toBe(false);
    writeFileSync(path, '');
    expect(await checkPlace(path, STATE)).toBe(false);
    await writeSealed(path, { ...STATE, version: 4 }, {});
    expect(await checkPlace(path, STATE)).toBe(true);
    truncateSync(path, 30);
    expect(await checkPlace(path, STATE)).toBe(true);
  });

  it('is refused where something else is, be it of another kind', async () => {
    await writeSealed(path, LIST, {});
    for (const text of [readFileSync(path), 'notes', '{"auditscan":"check', '\n', '{"kind":"Event"}\n']) {
      writeFileSync(path, text);
      expect(await errorOf(checkPlace(path, STATE))).toBe(
        `${path} is no state of auditscan, and is not written over; name another file, or remove it`,
      );
      expect(readFileSync(path).equals(Buffer.from(text as string))).toBe(true);
    }
  });

  it('is no directory, no pipe, and nothing below a file', async () => {
    for (const look of [read, () => checkPlace(path, STATE)]) {
      mkdirSync(path);
      expect(await errorOf(look())).toBe(`the state in ${path} cannot be read: is a directory`);
      rmSync(path, { recursive: true });
      if (spawnSync('mkfifo', [path]).status === 0) {
        // What helps with a damaged one would not help.
        expect(await errorOf(look())).toBe(`the state in ${path} cannot be used: it is no regular file; name another`);
      }
      rmSync(path, { force: true });
      symlinkSync('state', path);
      expect(await errorOf(look())).toContain('too many symbolic links');
      rmSync(path);
    }
    writeFileSync(join(folder, 'file'), '');
    path = join(folder, 'file', 'state');
    expect(await readError()).toBe(`the state in ${path} cannot be read: a part of the path is not a directory`);
  });

  it.skipIf(isRoot)('is told where it may not be read (skipped for root, who may)', async () => {
    await write(1);
    chmodSync(path, 0);
    expect(await readError()).toBe(`the state in ${path} cannot be read: permission denied`);
    chmodSync(path, 0o600);
    expect(await read()).toBe(1);
  });
});

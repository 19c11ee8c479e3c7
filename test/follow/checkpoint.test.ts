import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { InputError } from '../../src/errors.ts';
import { fileBehind } from '../../src/files/replace.ts';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from '../../src/follow/checkpoint.ts';

const WRITER = fileURLToPath(new URL('counting-writer.ts', import.meta.url));
const WAY_OUT =
  '--from start reads everything again, --from end only what comes from now on, and both replace the file';
const isRoot = process.getuid?.() === 0;

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'auditscan-checkpoint-'));
  path = join(folder, 'state');
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const checkpoint = (count: number): Checkpoint => ({ command: 'detect', ended: false, parts: { count } });

async function errorOf(run: Promise<unknown>): Promise<string> {
  const error = await run.catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(InputError);
  return (error as Error).message;
}

const readError = (): Promise<string> => errorOf(readCheckpoint(path));
const writeError = (): Promise<string> => errorOf(writeCheckpoint(path, checkpoint(2)));

/** A file with a right header over whatever stands behind it. */
function writeBody(body: string | Buffer, version = 1): void {
  const bytes = Buffer.from(body as string);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const header = JSON.stringify({ auditscan: 'checkpoint', version, sha256, size: bytes.length });
  writeFileSync(path, Buffer.concat([Buffer.from(`${header}\n`), bytes]));
}

describe('a state', () => {
  it('is read as it was written', async () => {
    const written = { command: 'detect', ended: true, parts: { places: { a: 12 }, windows: [1, null, 'ä\n'] } };
    await writeCheckpoint(path, written);
    expect(await readCheckpoint(path)).toEqual(written);
    await writeCheckpoint(path, checkpoint(2));
    expect(await readCheckpoint(path)).toEqual(checkpoint(2));
  });

  it('is not there before it is written', async () => {
    expect(await readCheckpoint(path)).toBeUndefined();
    expect(await readCheckpoint(join(folder, 'none', 'state'))).toBeUndefined();
  });

  it('is two lines, the first with the sum of the second', async () => {
    await writeCheckpoint(path, checkpoint(1));
    const body = '{"command":"detect","ended":false,"parts":{"count":1}}\n';
    const sha256 = createHash('sha256').update(body).digest('hex');
    expect(readFileSync(path, 'utf8')).toBe(
      `{"auditscan":"checkpoint","version":1,"sha256":"${sha256}","size":${body.length}}\n${body}`,
    );
  });

  it('holds any JSON', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()),
        fc.string({ unit: 'binary' }),
        fc.boolean(),
        async (parts, command, ended) => {
          await writeCheckpoint(path, { command, ended, parts });
          expect(JSON.stringify(await readCheckpoint(path))).toBe(JSON.stringify({ command, ended, parts }));
        },
      ),
    );
  });

  it('is for its owner alone, also where the file before was for everybody', async () => {
    writeFileSync(path, '');
    chmodSync(path, 0o666);
    await writeCheckpoint(path, checkpoint(1));
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });
});

describe('a damaged state', () => {
  it('is refused at whatever length it was cut', async () => {
    await writeCheckpoint(path, checkpoint(1));
    const bytes = readFileSync(path);
    for (let length = 0; length < bytes.length; length++) {
      writeFileSync(path, bytes.subarray(0, length));
      expect(await readError(), `${length} bytes`).toContain(WAY_OUT);
    }
  });

  it('is refused whichever bit or byte of it is another', async () => {
    await writeCheckpoint(path, checkpoint(1));
    const bytes = readFileSync(path);
    for (let index = 0; index < bytes.length; index++) {
      const byte = bytes[index] ?? 0;
      const others = [0, 1, 2, 3, 4, 5, 6, 7].map((bit) => byte ^ (1 << bit)).concat(0x00, 0x0a, 0x20, 0x30, 0xff);
      for (const other of others.filter((value) => value !== byte)) {
        const flipped = Buffer.from(bytes);
        flipped[index] = other;
        writeFileSync(path, flipped);
        expect(await readError(), `byte ${index} is ${other}`).toContain(WAY_OUT);
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
      expect(await readError()).toBe(`the state in ${path} cannot be used: ${what}; ${WAY_OUT}`);
    }

    await writeCheckpoint(path, checkpoint(1));
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, -3));
    expect(await readError()).toContain('52 of its 55 bytes are there');
    writeFileSync(path, Buffer.concat([bytes, bytes]));
    expect(await readError()).toContain(`it has ${bytes.length} bytes too many`);
    writeFileSync(path, bytes.toString().replace('"count":1', '"count":2'));
    expect(await readError()).toContain('its checksum is wrong');
    writeFileSync(path, bytes.toString().replace('"version":1', '"version":1 '));
    expect(await readError()).toContain('its checksum is wrong');
  });

  it('is refused where the sum is right and the rest is not', async () => {
    const bodies = ['', '{', '[]', 'null', '{"command":1,"ended":true,"parts":{}}', '{"command":"a","parts":{}}'];
    bodies.push('{"command":"a","ended":true,"parts":[]}', '\ufeff{"command":"a","ended":true,"parts":{}}');
    const notUtf8 = Buffer.from('{"command":"\xff","ended":true,"parts":{}}', 'latin1');
    for (const body of [...bodies, notUtf8]) {
      writeBody(body);
      expect(await readError(), String(body)).toContain('its checksum is right, and yet it holds no state');
    }
  });

  it('of another version is told as such', async () => {
    writeBody('whatever a later version holds', 2);
    expect(await readError()).toBe(
      `the state in ${path} is of version 2, and this auditscan reads version 1: use the auditscan that wrote it, or start anew: ${WAY_OUT}`,
    );
  });

  it('is refused before it is read where it is too large', async () => {
    writeFileSync(path, '');
    truncateSync(path, 2 ** 30 + 1);
    expect(await readError()).toContain(
      `${2 ** 30 + 1} bytes are more than a state may have; name another file, or remove it`,
    );
  });
});

describe('what is no file', () => {
  it('is refused: a directory, and what lies below a file', async () => {
    mkdirSync(path);
    expect(await readError()).toBe(`the state in ${path} cannot be read: is a directory`);
    expect(await writeError()).toBe(`the state in ${path} cannot be written: it is a directory`);
    expect(readdirSync(folder)).toEqual(['state']);
    writeFileSync(join(folder, 'file'), '');
    path = join(folder, 'file', 'state');
    expect(await readError()).toBe(`the state in ${path} cannot be read: a part of the path is not a directory`);
    expect(await writeError()).toBe(`the state in ${path} cannot be written: a part of the path is not a directory`);
  });

  it('is refused, and not replaced: a pipe, a device', async () => {
    if (spawnSync('mkfifo', [path]).status !== 0) return;
    // --from would not help.
    expect(await readError()).toBe(`the state in ${path} cannot be used: it is no regular file; name another`);
    expect(await writeError()).toContain('it is no regular file');
    expect(lstatSync(path).isFIFO()).toBe(true);
    path = join(folder, 'null');
    symlinkSync('/dev/null', path);
    expect(await writeError()).toContain('it is no regular file');
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it.skipIf(isRoot)('is told: what may not be read or written (skipped for root, who may)', async () => {
    await writeCheckpoint(path, checkpoint(1));
    chmodSync(path, 0);
    expect(await readError()).toBe(`the state in ${path} cannot be read: permission denied`);
    chmodSync(path, 0o600);
    chmodSync(folder, 0o500);
    expect(await writeError()).toBe(`the state in ${path} cannot be written: permission denied`);
    chmodSync(folder, 0o700);
    expect(await readCheckpoint(path)).toEqual(checkpoint(1));
  });
});

describe('a write', () => {
  it('leaves nothing beside the state, whatever lay there', async () => {
    const other = join(folder, 'other');
    writeFileSync(other, 'mine');
    writeFileSync(`${path}.tmp`, 'left over by a killed run');
    await writeCheckpoint(path, checkpoint(1));
    // A link that somebody planted is taken away, not followed.
    symlinkSync(other, `${path}.tmp`);
    await writeCheckpoint(path, checkpoint(2));
    expect(readFileSync(other, 'utf8')).toBe('mine');
    expect(readdirSync(folder).sort()).toEqual(['other', 'state']);
    expect(lstatSync(path).isFile()).toBe(true);
    expect(await readCheckpoint(path)).toEqual(checkpoint(2));
  });

  it('goes to what a link points to, also before that is there', async () => {
    mkdirSync(join(folder, 'var'));
    symlinkSync('var', join(folder, 'lib'));
    symlinkSync('../var/real', join(folder, 'var', 'next'));
    symlinkSync(join('lib', 'next'), path);
    for (const count of [1, 2]) {
      await writeCheckpoint(path, checkpoint(count));
      expect(await readCheckpoint(path)).toEqual(checkpoint(count));
    }
    expect(readlinkSync(path)).toBe(join('lib', 'next'));
    expect(lstatSync(join(folder, 'var', 'real')).isFile()).toBe(true);
    expect(readdirSync(join(folder, 'var')).sort()).toEqual(['next', 'real']);
    expect(await fileBehind(path)).toBe(await fileBehind(join(folder, 'var', 'real')));
  });

  it('is refused where links lead nowhere', async () => {
    symlinkSync('state', path);
    expect(await readError()).toContain('too many symbolic links');
    expect(await writeError()).toContain('too many symbolic links');
    rmSync(path);
    symlinkSync('none/../state', path);
    expect(await writeError()).toContain('no such file or directory');
  });

  it('that fails leaves the state as it was, and nothing beside it', async () => {
    await writeCheckpoint(path, checkpoint(1));
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    for (const method of ['writeFile', 'sync'] as const) {
      const handle = await open(path);
      const failing = vi.spyOn(Object.getPrototypeOf(handle) as FileHandle, method).mockRejectedValueOnce(full);
      await handle.close();
      expect(await writeError()).toBe(`the state in ${path} cannot be written: no space left on device`);
      failing.mockRestore();
      expect(await readCheckpoint(path)).toEqual(checkpoint(1));
      expect(readdirSync(folder)).toEqual(['state']);
    }
  });

  it('is whole where the directory cannot be synced, and fails where the disk does', async () => {
    const handle = await open(path, 'w');
    const prototype = Object.getPrototypeOf(handle) as FileHandle;
    await handle.close();
    const sync = vi.spyOn(prototype, 'sync');
    for (const code of ['EINVAL', 'EPERM', 'EISDIR', 'ENOTSUP']) {
      sync.mockResolvedValueOnce().mockRejectedValueOnce(Object.assign(new Error(code), { code }));
      await writeCheckpoint(path, checkpoint(1));
      expect(await readCheckpoint(path)).toEqual(checkpoint(1));
    }
    sync.mockResolvedValueOnce().mockRejectedValueOnce(Object.assign(new Error('EIO'), { code: 'EIO' }));
    expect(await writeError()).toContain('input/output error');
  });

  it('needs the directory', async () => {
    path = join(folder, 'none', 'state');
    expect(await writeError()).toBe(`the state in ${path} cannot be written: no such file or directory`);
  });

  it('refuses what cannot be written as JSON', async () => {
    let deep: unknown = [];
    for (let i = 0; i < 100_000; i++) deep = [deep];
    const parts = { deep };
    expect(await errorOf(writeCheckpoint(path, { command: 'detect', ended: false, parts }))).toBe(
      `the state for ${path} cannot be written: it is too large, or nested too deeply`,
    );
    expect(existsSync(path)).toBe(false);
  });
});

/** Starts the writer, kills it a moment after it told of its first write, and gives the last number that it told. */
async function killWriter(state: string, moment: number): Promise<number> {
  const child = spawn(process.execPath, ['--import', 'tsx', WRITER, state], { stdio: ['ignore', 'pipe', 'inherit'] });
  let told = '';
  child.stdout.on('data', (chunk: Buffer) => {
    told += chunk.toString();
  });
  const closed = once(child, 'close');
  await Promise.race([once(child.stdout, 'data'), closed]);
  await delay(moment);
  child.kill('SIGKILL');
  expect((await closed)[1]).toBe('SIGKILL');
  return Number(told.trimEnd().split('\n').at(-1));
}

it('is whole and the latest after a kill at any instant', { timeout: 120_000 }, async () => {
  const lanes = Array.from({ length: 6 }, async (_, lane) => {
    const state = join(folder, `state-${lane}`);
    let before = 0;
    for (let kill = 0; kill < 5; kill++) {
      const told = await killWriter(state, Math.random() * 60);
      expect(told).toBeGreaterThan(before);
      before = Number((await readCheckpoint(state))?.parts.count);
      // It may have been killed between the write and the telling, never before what it told.
      expect(before === told || before === told + 1, `${before} after ${told}`).toBe(true);
    }
  });
  await Promise.all(lanes);
});

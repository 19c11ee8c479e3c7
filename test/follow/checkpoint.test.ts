import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
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
import { type Checkpoint, checkStatePlace, readCheckpoint, writeCheckpoint } from '../../src/follow/checkpoint.ts';

const WRITER = fileURLToPath(new URL('counting-writer.ts', import.meta.url));
const WAY_OUT =
  '--from start reads everything again, --from end only what comes from now on, and both replace the file';

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
});

describe('a damaged state', () => {
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
    truncateSync(path, statSync(path).size - 3);
    expect(await readError()).toBe(`the state in ${path} cannot be used: 52 of its 55 bytes are there; ${WAY_OUT}`);
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

describe('a write', () => {
  it('leaves nothing beside the state, whatever a killed run left there', async () => {
    writeFileSync(`${path}.tmp`, 'half a state');
    await writeCheckpoint(path, checkpoint(1));
    expect(readdirSync(folder)).toEqual(['state']);
    expect(await readCheckpoint(path)).toEqual(checkpoint(1));
  });

  it('that fails is told, and leaves the state as it was', async () => {
    await writeCheckpoint(path, checkpoint(1));
    const handle = await open(path);
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    vi.spyOn(Object.getPrototypeOf(handle) as FileHandle, 'writeFile').mockRejectedValueOnce(full);
    await handle.close();
    expect(await errorOf(writeCheckpoint(path, checkpoint(2)))).toBe(
      `the state in ${path} cannot be written: no space left on device`,
    );
    expect(await readCheckpoint(path)).toEqual(checkpoint(1));
    expect(readdirSync(folder)).toEqual(['state']);
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

describe('a place for a state', () => {
  it('is one where nothing is, nothing was written yet, or a state is, be it damaged', async () => {
    await checkStatePlace(path);
    writeFileSync(path, '');
    await checkStatePlace(path);
    await writeCheckpoint(path, checkpoint(1));
    truncateSync(path, 30);
    await checkStatePlace(path);
  });

  it('is no other file', async () => {
    writeFileSync(path, '{"auditscan":"known","version":1}\n');
    expect(await errorOf(checkStatePlace(path))).toBe(
      `${path} is no state of auditscan, and is not written over; name another file, or remove it`,
    );
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

import { mkdtempSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.ts';
import { findSources } from '../../src/sources/find.ts';
import { openSource } from '../../src/sources/open.ts';
import type { Source } from '../../src/sources/types.ts';
import { createRotation, testLine, writeLog } from './log-files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'auditscan-open-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const at = (name: string): string => join(folder, name);

/** A file's sources, or those of its set, as they stand now. */
async function find(path: string, rotated = false): Promise<readonly Source[]> {
  return (await findSources([at(path)], { rotated })).sources;
}
async function findOne(path: string): Promise<Source> {
  const [source] = await find(path);
  if (!source) throw new Error('nothing found');
  return source;
}

async function read(source: Source): Promise<{ name: string; text: string }> {
  const { path, chunks } = await openSource(source);
  const pieces: Buffer[] = [];
  for await (const chunk of chunks) pieces.push(Buffer.from(chunk));
  return { name: relative(folder, path), text: Buffer.concat(pieces).toString() };
}

async function errorOf(source: Source): Promise<string> {
  const error = await read(source).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(InputError);
  return (error as Error).message;
}

const LONG = Array.from({ length: 20_000 }, (_, index) => testLine(index, index)).join('');

describe('a file that nobody touched', () => {
  it.each(['audit.log', 'audit.log.1.gz', 'other name.txt'])('%s is read under its name', async (name) => {
    writeLog(at(name), LONG);
    expect(await read(await findOne(name))).toEqual({ name, text: LONG });
  });

  it.each(['', 'no line yet', '\0\0\0\0', '\0\0line\n'])('is read as it is: %j', async (text) => {
    writeLog(at('audit.log'), text);
    expect(await read(await findOne('audit.log'))).toEqual({ name: 'audit.log', text });
  });

  it('is read with what was written to it since', async () => {
    for (const text of ['', 'half a li', 'line\n']) {
      writeLog(at('audit.log'), text);
      const source = await findOne('audit.log');
      writeFileSync(at('audit.log'), 'more\n', { flag: 'a' });
      expect((await read(source)).text).toBe(`${text}more\n`);
    }
  });

  it('is damaged as it was', async () => {
    writeFileSync(at('audit.log.1.gz'), gzipSync(LONG).subarray(0, 10_000));
    expect(await errorOf(await findOne('audit.log.1.gz'))).toBe(
      `${at('audit.log.1.gz')}: damaged gzip data (it is cut off)`,
    );
    writeFileSync(at('audit.log.1.gz'), gzipSync(LONG).subarray(0, 12));
    expect(await errorOf(await findOne('audit.log.1.gz'))).toContain('damaged gzip data');
  });
});

describe('a file that was rotated since it was found', () => {
  it('is read under its new name', async () => {
    writeLog(at('audit.log'), LONG);
    const source = await findOne('audit.log');
    createRotation(folder).shift('new\n');
    expect(await read(source)).toEqual({ name: 'audit.log.1', text: LONG });
  });

  it('is read under its new name, also before its first line was whole', async () => {
    writeLog(at('audit.log'), 'half a li');
    const source = await findOne('audit.log');
    writeFileSync(at('audit.log'), 'ne\n', { flag: 'a' });
    createRotation(folder).shift('new\n');
    expect(await read(source)).toEqual({ name: 'audit.log.1', text: 'half a line\n' });
  });

  it('is read from what was made of it', async () => {
    writeLog(at('audit.log'), LONG);
    const source = await findOne('audit.log');
    const rotation = createRotation(folder);
    rotation.shift('new\n');
    rotation.shift('newer\n');
    rotation.compress('oldest');
    expect(await read(source)).toEqual({ name: 'audit.log.2.gz', text: LONG });
  });

  it('is read from the copy of copytruncate', async () => {
    writeLog(at('audit.log'), LONG);
    const source = await findOne('audit.log');
    createRotation(folder).copyTruncate('new\n');
    expect(await read(source)).toEqual({ name: 'audit.log.1', text: LONG });
  });

  it('is waited for while it has no name', async () => {
    writeLog(at('audit.log'), LONG);
    const source = await findOne('audit.log');
    renameSync(at('audit.log'), at('somewhere'));
    setTimeout(() => renameSync(at('somewhere'), at('audit.log.1')), 60);
    expect(await read(source)).toEqual({ name: 'audit.log.1', text: LONG });
  });

  it('is an error when it is gone, and nothing else is read in its place', async () => {
    writeLog(at('audit.log.1'), LONG);
    writeLog(at('audit.log'), testLine('live', 1));
    const source = await findOne('audit.log.1');
    rmSync(at('audit.log.1'));
    createRotation(folder).shift('new\n');
    expect(await errorOf(source)).toBe(`${at('audit.log.1')} was rotated away while this ran; what it held is missing`);
  });

  it('is nothing where there was nothing in it', async () => {
    writeLog(at('audit.log'), '');
    const source = await findOne('audit.log');
    rmSync(at('audit.log'));
    writeLog(at('audit.log'), testLine('other', 1));
    writeLog(at('audit.log.1'), testLine('another', 1));
    rmSync(at('audit.log'));
    expect((await read(source)).text).toBe('');
  });
});

describe('a file that is emptied while it is read', () => {
  /** Does something when the first piece was read. */
  async function readWith(source: Source, change: () => void): Promise<string> {
    let text = '';
    for await (const chunk of (await openSource(source)).chunks) {
      if (text === '') change();
      text += chunk.toString();
    }
    return text;
  }

  it.each(['', testLine('new', 1)])('goes on in the copy that was made of it (%j follows)', async (next) => {
    writeLog(at('audit.log'), LONG);
    const source = await findOne('audit.log');
    expect(await readWith(source, () => createRotation(folder).copyTruncate(next))).toBe(LONG);
  });

  it('goes on in the copy, compressed', async () => {
    writeLog(at('audit.log'), LONG);
    const source = await findOne('audit.log');
    const change = (): void => {
      const rotation = createRotation(folder);
      rotation.copyTruncate('new\n');
      rotation.compress('oldest');
    };
    expect(await readWith(source, change)).toBe(LONG);
  });

  it('is an error where there is no copy, and where more was written over it than was read', async () => {
    writeLog(at('audit.log'), LONG);
    const message = `${at('audit.log')}: the file was truncated while it was read; what it held may be missing`;
    await expect(readWith(await findOne('audit.log'), () => truncateSync(at('audit.log')))).rejects.toThrow(message);
    writeLog(at('audit.log'), LONG);
    const longer = `other\n${LONG}`;
    await expect(readWith(await findOne('audit.log'), () => writeFileSync(at('audit.log'), longer))).rejects.toThrow(
      message,
    );
  });

  it('is read to its end when it is renamed, compressed and removed meanwhile', async () => {
    writeLog(at('audit.log'), LONG);
    const source = await findOne('audit.log');
    const change = (): void => {
      const rotation = createRotation(folder);
      rotation.shift('new\n');
      rotation.compress('oldest');
      rmSync(at('audit.log.1.gz'));
    };
    expect(await readWith(source, change)).toBe(LONG);
  });
});

describe('a set that is rotated while it is read', () => {
  const step = fc.constantFrom('shift', 'copyTruncate', 'lumberjack', 'oldest', 'youngest', 'append', 'nothing');

  it('gives each generation that was there exactly once, whatever happens between', () => {
    let run = 0;
    return fc.assert(
      fc.asyncProperty(
        fc.array(fc.boolean(), { maxLength: 5 }),
        fc.array(fc.array(step, { maxLength: 3 }), { minLength: 6, maxLength: 6 }),
        async (compressed, steps) => {
          run += 1;
          const place = at(String(run));
          const contents: string[] = [];
          for (const [index, zip] of [...compressed, false].entries()) {
            const name = index === compressed.length ? 'audit.log' : `audit.log.${compressed.length - index}`;
            const text = testLine(`${run} ${index} a`, index) + testLine(`${run} ${index} b`, index);
            contents.push(text);
            writeLog(join(place, zip ? `${name}.gz` : name), text);
          }
          const rotation = createRotation(place);
          const sources = await find(`${run}/audit.log`, true);
          const texts: string[] = [];
          let written = 0;
          for (const [index, source] of sources.entries()) {
            for (const kind of steps[index] ?? []) {
              written += 1;
              const line = testLine(`${run} new ${written}`, 100);
              if (kind === 'append') writeFileSync(join(place, 'audit.log'), line, { flag: 'a' });
              else if (kind === 'oldest' || kind === 'youngest') rotation.compress(kind);
              else if (kind !== 'nothing') rotation[kind](line);
            }
            texts.push((await read(source)).text);
          }
          expect(texts).toHaveLength(contents.length);
          for (const [index, text] of texts.slice(0, -1).entries()) expect(text).toBe(contents[index]);
          // What is written to the live file while it is still that is read as well.
          expect(texts.at(-1)?.startsWith(contents.at(-1) ?? '?')).toBe(true);
        },
      ),
      { numRuns: 150 },
    );
  }, 60_000);
});

describe('finding a set', () => {
  it('while it is rotated misses and doubles nothing', async () => {
    const rotation = createRotation(folder);
    writeLog(at('audit.log'), testLine(0, 0));
    for (let index = 1; index < 8; index++) rotation.shift(testLine(index, index));
    let written = 8;
    const timer = setInterval(() => {
      if (written === 60) return;
      rotation.shift(testLine(written, written));
      written += 1;
      // Slower than a set is listed on a machine that is busy with something else: faster than that, no finder keeps up.
    }, 150);
    try {
      for (let round = 0; round < 30; round++) {
        const least = written;
        const sources = await find('audit.log', true);
        const ids: string[] = [];
        for (const source of sources) {
          for (const [, id = ''] of (await read(source)).text.matchAll(/"id":"(\d+)"/g)) ids.push(id);
        }
        expect(ids).toEqual(ids.map((_, index) => String(index)));
        expect(ids.length).toBeGreaterThanOrEqual(least);
      }
    } finally {
      clearInterval(timer);
    }
    expect(readFileSync(at('audit.log'), 'utf8')).toContain('"id"');
  }, 60_000);
});

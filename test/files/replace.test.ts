import { spawnSync } from 'node:child_process';
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
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { InputError } from '../../src/errors.ts';
import { checkReplaceable, fileBehind, type Replacement, replaceFile } from '../../src/files/replace.ts';

const isRoot = process.getuid?.() === 0;
const STATE: Replacement = { noun: 'state', isLocked: true };
const REPORT: Replacement = { noun: 'report', isLocked: false };
const BOTH: [string, Replacement][] = [
  ['under a lock', STATE],
  ['without a lock', REPORT],
];

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'auditscan-replace-'));
  path = join(folder, 'file');
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const content = (): string => readFileSync(path, 'utf8');

async function errorOf(kind: Replacement): Promise<string> {
  const error = await replaceFile(path, ['new'], kind).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(InputError);
  return (error as Error).message;
}

/** What every open file does its work by. */
async function prototypeOf(file: string): Promise<FileHandle> {
  const handle = await open(file, 'a');
  await handle.close();
  return Object.getPrototypeOf(handle) as FileHandle;
}

describe.each(BOTH)('a file that is replaced %s', (_name, kind) => {
  it('holds all parts, one after the other', async () => {
    await replaceFile(path, ['ä', Buffer.from('b\0'), '', new Uint8Array([0xff])], kind);
    expect(readFileSync(path).toString('latin1')).toBe('\xc3\xa4b\0\xff');
    await replaceFile(path, [], kind);
    expect(content()).toBe('');
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('is for its owner alone, also where the file before was for everybody', async () => {
    writeFileSync(path, '');
    chmodSync(path, 0o666);
    await replaceFile(path, ['new'], kind);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is what a link points to, also before that is there', async () => {
    mkdirSync(join(folder, 'var'));
    symlinkSync('var', join(folder, 'lib'));
    symlinkSync('../var/real', join(folder, 'var', 'next'));
    symlinkSync(join('lib', 'next'), path);
    for (const text of ['1', '2']) {
      await replaceFile(path, [text], kind);
      expect(content()).toBe(text);
    }
    expect(readlinkSync(path)).toBe(join('lib', 'next'));
    expect(lstatSync(join(folder, 'var', 'real')).isFile()).toBe(true);
    expect(readdirSync(join(folder, 'var')).sort()).toEqual(['next', 'real']);
    expect(await fileBehind(path)).toBe(await fileBehind(join(folder, 'var', 'real')));
  });

  it('is refused where links lead nowhere', async () => {
    symlinkSync('file', path);
    expect(await errorOf(kind)).toContain('too many symbolic links');
    rmSync(path);
    symlinkSync('none/../file', path);
    expect(await errorOf(kind)).toContain('no such file or directory');
  });

  it('is named by what it is for', async () => {
    path = join(folder, 'none', 'file');
    expect(await errorOf(kind)).toBe(`the ${kind.noun} in ${path} cannot be written: no such file or directory`);
  });

  it('is no directory, and nothing below a file', async () => {
    mkdirSync(path);
    expect(await errorOf(kind)).toBe(`the ${kind.noun} in ${path} cannot be written: it is a directory`);
    expect(readdirSync(folder)).toEqual(['file']);
    writeFileSync(join(folder, 'other'), '');
    path = join(folder, 'other', 'file');
    expect(await errorOf(kind)).toBe(
      `the ${kind.noun} in ${path} cannot be written: a part of the path is not a directory`,
    );
  });

  it('is no pipe and no device', async () => {
    if (spawnSync('mkfifo', [path]).status !== 0) return;
    expect(await errorOf(kind)).toContain('it is no regular file');
    expect(lstatSync(path).isFIFO()).toBe(true);
    path = join(folder, 'null');
    symlinkSync('/dev/null', path);
    expect(await errorOf(kind)).toContain('it is no regular file');
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(['file', 'null']);
  });

  it.skipIf(isRoot)('stays where its directory may not be written to (skipped for root, who may)', async () => {
    writeFileSync(path, 'old');
    chmodSync(folder, 0o500);
    expect(await errorOf(kind)).toBe(`the ${kind.noun} in ${path} cannot be written: permission denied`);
    chmodSync(folder, 0o700);
    expect(content()).toBe('old');
  });

  it('stays as it was where the write fails, with nothing beside it', async () => {
    writeFileSync(path, 'old');
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    const prototype = await prototypeOf(path);
    for (const method of ['writeFile', 'sync'] as const) {
      const failing = vi.spyOn(prototype, method).mockRejectedValueOnce(full);
      expect(await errorOf(kind)).toBe(`the ${kind.noun} in ${path} cannot be written: no space left on device`);
      failing.mockRestore();
      expect(content()).toBe('old');
      expect(readdirSync(folder)).toEqual(['file']);
    }
  });

  it('is whole where the directory cannot be synced, and told of where the disk fails', async () => {
    const sync = vi.spyOn(await prototypeOf(path), 'sync');
    for (const code of ['EINVAL', 'EPERM', 'EISDIR', 'ENOTSUP']) {
      sync.mockResolvedValueOnce().mockRejectedValueOnce(Object.assign(new Error(code), { code }));
      await replaceFile(path, [code], kind);
      expect(content()).toBe(code);
    }
    sync.mockResolvedValueOnce().mockRejectedValueOnce(Object.assign(new Error('EIO'), { code: 'EIO' }));
    expect(await errorOf(kind)).toContain('input/output error');
  });
});

describe('what lies beside the file', () => {
  it('is taken away under a lock, and not followed', async () => {
    const other = join(folder, 'other');
    writeFileSync(other, 'mine');
    writeFileSync(`${path}.tmp`, 'left over by a killed run');
    await replaceFile(path, ['1'], STATE);
    // A link that somebody planted.
    symlinkSync(other, `${path}.tmp`);
    await replaceFile(path, ['2'], STATE);
    expect(readFileSync(other, 'utf8')).toBe('mine');
    expect(readdirSync(folder).sort()).toEqual(['file', 'other']);
    expect(lstatSync(path).isFile()).toBe(true);
    expect(content()).toBe('2');
  });

  it('is left alone without a lock until it is a day old', async () => {
    const day = 86_400;
    const beside = (name: string, age: number): string => {
      writeFileSync(join(folder, name), 'half');
      utimesSync(join(folder, name), Date.now() / 1000 - age, Date.now() / 1000 - age);
      return name;
    };
    const old = [beside('file.0123456789abcdef.tmp', day + 60), beside('file.fedcba9876543210.tmp', 400 * day)];
    const others = [
      beside('file.0000000000000000.tmp', day - 60),
      beside('file.1111111111111111.tmp', -400 * day),
      ...['file.tmp', 'file.0123.tmp', 'file.0123456789abcdef.tmp2', 'fileX0123456789abcdef.tmp'].map((name) =>
        beside(name, 400 * day),
      ),
      beside('other.0123456789abcdef.tmp', 400 * day),
    ];
    await replaceFile(path, ['new'], REPORT);
    expect(readdirSync(folder).sort()).toEqual(['file', ...others].sort());
    expect(old.filter((name) => existsSync(join(folder, name)))).toEqual([]);
  });

  it('is left alone without a lock where it cannot be taken away', async () => {
    const name = join(folder, 'file.0123456789abcdef.tmp');
    mkdirSync(name);
    utimesSync(name, 0, 0);
    await replaceFile(path, ['new'], REPORT);
    expect(content()).toBe('new');
  });
});

it('two runs without a lock do not take from each other', async () => {
  const texts = Array.from({ length: 8 }, (_, run) => String(run).repeat(300_000));
  for (let round = 0; round < 5; round++) {
    await Promise.all(texts.map((text) => replaceFile(path, [text, text], REPORT)));
    expect(texts.map((text) => text + text)).toContain(content());
    expect(readdirSync(folder)).toEqual(['file']);
  }
});

describe('whether a file can be replaced', () => {
  const check = async (): Promise<string> => {
    const error: unknown = await checkReplaceable(path, 'report').catch((caught: unknown) => caught);
    if (error === undefined) return 'yes';
    expect(error).toBeInstanceOf(InputError);
    return (error as Error).message;
  };
  const refused = (reason: string): string => `the report in ${path} cannot be written: ${reason}`;

  it('is told without a change: there is none, or an old one, or one behind links', async () => {
    expect(await check()).toBe('yes');
    writeFileSync(path, 'old');
    chmodSync(path, 0o444);
    expect(await check()).toBe('yes');
    expect(content()).toBe('old');
    symlinkSync(path, join(folder, 'link'));
    symlinkSync('nothing there yet', join(folder, 'other'));
    for (const link of ['link', 'other']) {
      path = join(folder, link);
      expect(await check()).toBe('yes');
    }
    expect(readdirSync(folder).sort()).toEqual(['file', 'link', 'other']);
  });

  it('is told of a name in the folder where one is', async () => {
    path = 'no-such-file-of-ours.html';
    expect(await check()).toBe('yes');
  });

  it('is not where its directory is missing, also behind a link', async () => {
    const none = join(folder, 'none');
    path = join(none, 'file');
    expect(await check()).toBe(refused(`there is no directory ${none}; make it first`));
    path = join(folder, 'link');
    symlinkSync(join(none, 'file'), path);
    expect(await check()).toBe(refused(`there is no directory ${none}; make it first`));
  });

  it('is not of a directory, a pipe or a device', async () => {
    mkdirSync(path);
    expect(await check()).toBe(refused('it is a directory'));
    path = '/dev/null';
    expect(await check()).toBe(refused('it is no regular file'));
    path = join(folder, 'pipe');
    if (spawnSync('mkfifo', [path]).status === 0) expect(await check()).toBe(refused('it is no regular file'));
  });

  it('is not below a file, nor where links lead in a circle', async () => {
    writeFileSync(path, '');
    path = join(path, 'below');
    expect(await check()).toBe(refused('a part of the path is not a directory'));
    path = join(folder, 'circle');
    symlinkSync('circle', path);
    expect(await check()).toBe(refused('too many symbolic links'));
  });

  it.each([
    ['that is empty', ''],
    ['that ends as that of a directory', 'report/'],
    ['to which no other can be added', 'x'.repeat(250)],
  ])('is not with a name %s, for then the write fails', async (_name, name) => {
    path = name === '' ? '' : `${folder}/${name}`;
    expect(
      await replaceFile(path, ['new'], REPORT).then(
        () => 'written',
        () => 'failed',
      ),
    ).toBe('failed');
    expect(await check()).not.toBe('yes');
  });
});

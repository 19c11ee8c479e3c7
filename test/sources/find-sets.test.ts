import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.ts';
import { findSources } from '../../src/sources/find.ts';
import { findSets } from '../../src/sources/find-sets.ts';
import { differences } from '../../src/sources/labels.ts';
import { writeLog } from './log-files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'auditscan-sets-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function write(...names: readonly string[]): void {
  for (const name of names) writeLog(join(folder, name), `${name}\n`);
}

/** Live names relative to the folder. */
async function sets(...paths: readonly string[]): Promise<string[]> {
  const found = await findSets(paths.map((path) => join(folder, path)));
  return found.sets.map(({ path }) => relative(folder, path));
}

async function labels(label: string | undefined, ...paths: readonly string[]): Promise<(string | undefined)[]> {
  const found = await findSets(
    paths.map((path) => join(folder, path)),
    label,
  );
  return found.sets.map((set) => set.label);
}

describe('the set of', () => {
  it.each([
    ['a live file', 'audit.log'],
    ['a rotated one', 'audit.log.2.gz'],
    ['one with a time', 'audit-2026-02-22T10-15-30.123.log'],
    ['a glob', 'audit*'],
    ['a directory', '.'],
  ])('%s is that of the live name', async (_, path) => {
    write('audit.log', 'audit.log.1', 'audit.log.2.gz', 'audit-2026-02-22T10-15-30.123.log');
    expect(await sets(path)).toEqual(['audit.log']);
  });

  it.each(['audit.log.1', 'audit-2026-02-22T10-15-30.123.log.gz', 'audit.log-20261120'])(
    'a live file that is not there, when %s is',
    async (name) => {
      write(name);
      expect(await sets('audit.log')).toEqual(['audit.log']);
    },
  );

  it('a file that is not there, and has no generations, is an error', async () => {
    write('audit.log.1', 'other.log');
    await expect(sets('audit2.log')).rejects.toThrow('no such file or directory');
    await expect(sets('audit.log.2')).rejects.toThrow('no such file or directory');
    await expect(sets('nowhere/audit.log')).rejects.toThrow('no such file or directory');
  });

  it('a link to a file is that of the file, unless generations lie beside the link', async () => {
    write('real/audit.log', 'real/audit.log.1');
    mkdirSync(join(folder, 'links'));
    symlinkSync('../real/audit.log', join(folder, 'links/audit.log'));
    expect(await sets('links/audit.log')).toEqual(['real/audit.log']);
    write('links/audit.log.1');
    expect(await sets('links/audit.log')).toEqual(['links/audit.log']);
  });

  it('several names is one', async () => {
    write('logs/audit.log', 'logs/audit.log.1');
    symlinkSync('logs', join(folder, 'link'));
    expect(await sets('logs', 'link', 'logs/audit.log', 'logs/audit.log.1', 'link/audit.log', 'logs/*')).toEqual([
      'logs/audit.log',
    ]);
  });

  it('a live file and links to it beside it is one, and that is told', async () => {
    write('logs/audit.log', 'logs/audit.log.1');
    symlinkSync('audit.log', join(folder, 'logs/a-current.log'));
    symlinkSync('audit.log', join(folder, 'logs/z-current.log'));
    expect(await sets('logs')).toEqual(['logs/audit.log']);
    expect((await findSets([join(folder, 'logs')])).notes).toEqual(
      ['a-current.log', 'z-current.log'].map(
        (name) => `${join(folder, 'logs', name)} is named more than once and is read once`,
      ),
    );
  });

  it('a directory with several logs is each of them', async () => {
    write('a/audit.log', 'a/audit.log.1', 'a/other.log.1', 'b/audit.log');
    expect(await sets('.')).toEqual(['a/audit.log', 'a/other.log', 'b/audit.log']);
  });

  it('a pipe or standard input is none', async () => {
    await expect(findSets(['-'])).rejects.toThrow(InputError);
    if (spawnSync('mkfifo', [join(folder, 'pipe.log')]).status === 0) await expect(sets('pipe.log')).rejects.toThrow();
  });
});

describe('labels', () => {
  it('are the part of the directory in which logs of one name differ', async () => {
    write('node-1/audit.log', 'node-2/audit.log', 'node-10/audit.log.1');
    expect(await labels(undefined, '.')).toEqual(['node-1', 'node-10', 'node-2']);
  });

  it('leave out what is the same below', async () => {
    write('node-1/var/log/audit.log', 'node-2/var/log/audit.log');
    expect(await labels(undefined, '.')).toEqual(['node-1', 'node-2']);
  });

  it('stand behind the label that was given', async () => {
    write('node-1/audit.log', 'node-2/audit.log', 'single/other.log');
    expect(await labels('prod', '.')).toEqual(['prod/node-1', 'prod/node-2', 'prod']);
  });

  it('are not needed for one, nor for different names in one directory', async () => {
    write('node-1/audit.log', 'node-1/other.log');
    expect(await labels(undefined, 'node-1')).toEqual([undefined, undefined]);
    expect(await labels('prod', 'node-1/audit.log')).toEqual(['prod']);
  });

  it('are those of the real directories, however they are called', async () => {
    write('node-1/audit.log', 'node-2/audit.log');
    symlinkSync('node-2', join(folder, 'other'));
    expect(await labels(undefined, 'node-1', 'other', 'node-2')).toEqual(['node-1', 'node-2']);
  });

  it('are given to files as well, and the same to all of a set', async () => {
    write('node-1/audit.log', 'node-1/audit.log.1', 'node-2/audit.log');
    const paths = ['node-1/audit.log.1', 'node-1/audit.log', 'node-2/audit.log'].map((path) => join(folder, path));
    const { sources } = await findSources(paths);
    expect(sources.map(({ label }) => label)).toEqual(['node-1', 'node-1', 'node-2']);
  });

  it.each([
    [
      ['/x/a', '/x/b'],
      ['a', 'b'],
    ],
    [
      ['/x/logs', '/x/logs/old'],
      ['logs', 'logs/old'],
    ],
    [
      ['/a/x', '/a/x/x'],
      ['x', 'x/x'],
    ],
    [
      ['/log', '/a/log'],
      ['log', 'a/log'],
    ],
    [
      ['/', '/a'],
      ['/', 'a'],
    ],
    [
      ['/x/a/v/1', '/x/b/w/1', '/x/c/1'],
      ['a/v', 'b/w', 'c'],
    ],
  ])('of %j are %j', (paths, parts) => {
    expect(differences(paths)).toEqual(parts);
  });
});

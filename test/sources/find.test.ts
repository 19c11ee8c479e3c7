import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.ts';
import { findSources, findWellKnown, WELL_KNOWN } from '../../src/sources/find.ts';

const isRoot = process.getuid?.() === 0;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'auditscan-find-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function write(...names: readonly string[]): string[] {
  return names.map((name) => {
    const path = join(folder, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, 'twelve bytes');
    return path;
  });
}

/** Paths relative to the folder. */
async function found(...paths: readonly string[]): Promise<string[]> {
  const { sources } = await findSources(paths.map((path) => (path === '-' ? path : join(folder, path))));
  return sources.map(({ path }) => (path === '-' ? path : relative(folder, path)));
}

const notes = async (...paths: readonly string[]): Promise<readonly string[]> => (await findSources(paths)).notes;

async function errorOf(...paths: readonly string[]): Promise<string> {
  const error = await findSources(paths).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(InputError);
  return (error as Error).message;
}

describe('a file', () => {
  it('is that file, with its size and the label', async () => {
    const [path = ''] = write('audit.log');
    expect(await findSources([path], { label: 'node-1' })).toEqual({
      sources: [expect.objectContaining({ path, label: 'node-1', size: 12 })],
      notes: [],
    });
  });

  it('may have any name when it is named itself', async () => {
    write('whatever', 'odd [name]*.txt', '{a,b}');
    expect(await found('whatever', 'odd [name]*.txt', '{a,b}')).toEqual(['whatever', 'odd [name]*.txt', '{a,b}']);
  });

  it('is read in the order in which files are named', async () => {
    write('b.log', 'a.log');
    expect(await found('b.log', 'a.log')).toEqual(['b.log', 'a.log']);
  });

  it('that is not there is an error', async () => {
    const path = join(folder, 'none.log');
    expect(await errorOf(path)).toBe(`cannot read ${path}: no such file or directory`);
    const [file] = write('file');
    expect(await errorOf(`${file}/below`)).toBe(`cannot read ${file}/below: a part of the path is not a directory`);
  });

  it('that is not there is told before any other is taken', async () => {
    const [good = ''] = write('audit.log');
    expect(await errorOf(good, join(folder, 'none.log'))).toContain('none.log');
  });

  it.skipIf(isRoot)('that may not be read is an error (skipped for root, who may read everything)', async () => {
    const [path = ''] = write('audit.log');
    chmodSync(path, 0);
    expect(await errorOf(path)).toBe(`cannot read ${path}: permission denied`);
  });

  it('may be a pipe, whose size nobody knows', async () => {
    const path = join(folder, 'pipe');
    if (spawnSync('mkfifo', [path]).status !== 0) return;
    expect((await findSources([path])).sources).toEqual([{ path, label: undefined, log: path, size: undefined }]);
  });

  it('that a link goes nowhere from is an error', async () => {
    symlinkSync('nowhere', join(folder, 'link.log'));
    expect(await errorOf(join(folder, 'link.log'))).toContain('no such file or directory');
  });
});

describe('a file that is named twice', () => {
  it.each([
    ['by its name', ['audit.log', 'audit.log']],
    ['by two names of the same place', ['audit.log', './x/../audit.log']],
    ['by a link', ['audit.log', 'link.log']],
    ['by its directory', ['audit.log', '.']],
    ['by a glob', ['audit.log', '*.log']],
  ])('%s is read once, and told', async (_, paths) => {
    write('audit.log');
    mkdirSync(join(folder, 'x'));
    symlinkSync('audit.log', join(folder, 'link.log'));
    const { sources, notes } = await findSources(paths.map((path) => `${folder}/${path}`));
    expect(sources.filter(({ path }) => path.endsWith('audit.log') || path.endsWith('link.log'))).toHaveLength(1);
    expect(notes).toEqual(
      expect.arrayContaining([expect.stringContaining('is named more than once and was read once')]),
    );
  });
});

describe('standard input', () => {
  it('is -', async () => {
    write('audit.log');
    expect(await found('-', 'audit.log')).toEqual(['-', 'audit.log']);
    expect((await findSources(['-'])).sources).toEqual([{ path: '-', label: undefined, log: '-', size: undefined }]);
  });

  it('is read once', async () => {
    expect(await found('-', '-')).toEqual(['-']);
  });
});

describe('a directory', () => {
  it('is all the logs in it, each from its oldest generation to the live file', async () => {
    write(
      'audit.log',
      'audit-2026-02-22T10-00-00.000.log',
      'audit-2026-02-21T10-00-00.000.log.gz',
      'other.log.2.gz',
      'other.log',
      'other.log.1',
    );
    write('README.md', 'x.json', '.hidden.log', 'policy.yaml');
    expect(await found('.')).toEqual([
      'audit-2026-02-21T10-00-00.000.log.gz',
      'audit-2026-02-22T10-00-00.000.log',
      'audit.log',
      'other.log.2.gz',
      'other.log.1',
      'other.log',
    ]);
  });

  it('is searched in depth, but for what is hidden', async () => {
    write('node-1/audit.log', 'node-2/deep/audit.log', '.git/audit.log', 'empty/README');
    expect((await found('.')).sort()).toEqual(['node-1/audit.log', 'node-2/deep/audit.log']);
  });

  it('may hold links to files, and links that go nowhere or round in circles', async () => {
    write('real/audit.log');
    mkdirSync(join(folder, 'logs'));
    symlinkSync('../real/audit.log', join(folder, 'logs/audit.log'));
    symlinkSync('nowhere', join(folder, 'logs/gone.log'));
    symlinkSync('.', join(folder, 'logs/circle.log'));
    symlinkSync('..', join(folder, 'logs/up'));
    expect(await found('logs')).toEqual(['logs/audit.log']);
  });

  it('that is named like a log is a directory', async () => {
    write('audit.log/audit.log');
    expect(await found('.')).toEqual(['audit.log/audit.log']);
  });

  it('without a log is an error that says what was looked for', async () => {
    write('README.md');
    expect(await errorOf(folder)).toMatch(/^there is no log in .*\*\.log.*; name the files themselves$/);
  });

  it('holds a generation that lumberjack is just compressing once: the plain file, which is whole', async () => {
    write('audit-2026-02-21T10-00-00.000.log', 'audit-2026-02-21T10-00-00.000.log.gz', 'audit.log');
    expect(await found('.')).toEqual(['audit-2026-02-21T10-00-00.000.log', 'audit.log']);
  });
});

describe('a glob', () => {
  it.each([
    ['*.log', ['a.log', 'b.log']],
    ['?.log', ['a.log', 'b.log']],
    ['[ab].log', ['a.log', 'b.log']],
    ['{a,b}.log', ['a.log', 'b.log']],
    ['a*', ['a.log', 'a.txt']],
    ['sub/*', ['sub/c.log']],
    ['**/c.log', ['sub/c.log']],
    ['s?b', ['sub/c.log']],
  ])('%s is what it matches', async (pattern, files) => {
    write('a.log', 'b.log', 'a.txt', 'sub/c.log');
    expect((await found(pattern)).sort()).toEqual(files);
  });

  it('with a whole path gives whole paths, as findings and notes should show them', async () => {
    const [path] = write('a.log');
    expect((await findSources([join(folder, '*.log')])).sources.map((source) => source.path)).toEqual([path]);
  });

  it('gives generations in their order', async () => {
    write('audit.log', 'audit.log.1', 'audit.log.2', 'audit.log.10');
    expect(await found('audit.log*')).toEqual(['audit.log.10', 'audit.log.2', 'audit.log.1', 'audit.log']);
  });

  it('that matches nothing is an error', async () => {
    expect(await errorOf(join(folder, '*.log'))).toBe(`nothing matches ${join(folder, '*.log')}`);
  });

  it('matches names that hold other glob characters', async () => {
    write('odd [1].log', 'odd (2).log');
    expect((await found('odd*')).sort()).toEqual(['odd (2).log', 'odd [1].log']);
  });
});

describe('rotated files beside a log that was named alone', () => {
  it('are told of', async () => {
    const [live = ''] = write('audit.log', 'audit.log.1');
    expect(await notes(live)).toEqual([
      `one rotated file lies beside ${live}; --rotated, or naming the directory ${folder}, reads the whole set`,
    ]);
    write('audit.log.2.gz');
    expect(await notes(live)).toEqual([
      `2 rotated files lie beside ${live}; --rotated, or naming the directory ${folder}, reads the whole set`,
    ]);
  });

  it.each([
    ['all of them are named', ['audit.log', 'audit.log.1', 'audit.log.2.gz']],
    ['the directory is named', ['.']],
    ['a glob names them', ['audit.log*']],
  ])('are not told of where %s', async (_, paths) => {
    write('audit.log', 'audit.log.1', 'audit.log.2.gz', 'other.log', 'README.md');
    expect(await notes(...paths.map((path) => join(folder, path)))).toEqual([]);
  });

  it('are not told of where there are only other logs', async () => {
    const [live = ''] = write('audit.log', 'other.log', 'audit.log.bak', 'audit2.log');
    expect(await notes(live)).toEqual([]);
  });

  it('are told of once for all that were named', async () => {
    const [a = '', b = ''] = write('audit.log', 'audit.log.1', 'audit.log.2');
    expect((await notes(a, a)).filter((note) => note.includes('beside'))).toHaveLength(1);
    expect((await notes(a, b)).every((note) => note.startsWith('one rotated file lies beside'))).toBe(true);
  });
});

describe('the well-known places', () => {
  it('are those of the product', () => {
    expect(WELL_KNOWN).toHaveLength(6);
    for (const path of WELL_KNOWN) expect(path).toMatch(/^\/var\/.*\/audit\.log$/);
  });

  it('are asked in their order', async () => {
    const place = await findWellKnown();
    if (place !== undefined) expect(WELL_KNOWN).toContain(place);
  });
});

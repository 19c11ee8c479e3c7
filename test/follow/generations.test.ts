import {
  appendFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRotation } from '../sources/log-files.ts';
import { closeAll, type FollowingOptions, follow, LINGER } from './following.ts';

let folder: string;
let live: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'auditscan-generations-'));
  live = join(folder, 'audit.log');
});
afterEach(async () => {
  await closeAll();
  rmSync(folder, { recursive: true });
});

const at = (name: string): string => join(folder, name);
const write = (name: string, content: string | Buffer): void => writeFileSync(at(name), content);
const append = (content: string, name = 'audit.log'): void => appendFileSync(at(name), content);
const move = (from: string, to: string): void => renameSync(at(from), at(to));
/** Lines of a letter and a number, a generation for each letter. */
const lines = (letter: string, count: number, from = 0): string =>
  Array.from({ length: count }, (_, index) => `${letter}${from + index}\n`).join('');

/** A follower that has read what is there. */
async function followed(options: FollowingOptions = {}) {
  const following = follow(live, options);
  await following.settle();
  return following;
}

describe('a set that is there from the beginning', () => {
  it('is read from its oldest generation on, whatever its names and compression', async () => {
    write('audit.log.10.gz', gzipSync(lines('a', 2)));
    write('audit.log.2.gz', gzipSync(lines('b', 2)));
    write('audit.log.1', lines('c', 2));
    write('audit.log', lines('d', 2));
    const { given, errors, gaps } = await followed();
    expect(given).toEqual(['a0', 'a1', 'b0', 'b1', 'c0', 'c1', 'd0', 'd1']);
    expect([...errors, ...gaps]).toEqual([]);
  });

  it.each<[string, () => void]>([
    ['a compressed form beside the plain one', () => write('audit.log.1.gz', gzipSync(lines('a', 3_000)))],
    ['one that is being made', () => write('audit.log.1.gz', gzipSync(lines('a', 3_000)).subarray(0, 2_000))],
    ['one that is still empty', () => write('audit.log.1.gz', '')],
    ['a copy under another number', () => write('audit.log.2', lines('a', 3_000))],
    ['a compressed copy under another number', () => write('audit.log.2.gz', gzipSync(lines('a', 3_000)))],
    ['a hard link', () => linkSync(at('audit.log.1'), at('audit.log.2'))],
  ])('gives each line once with %s', async (_, make) => {
    write('audit.log.1', lines('a', 3_000));
    write('audit.log', lines('b', 1));
    make();
    const following = await followed();
    following.pass(LINGER);
    await following.settle();
    expect(following.given).toEqual([...lines('a', 3_000).trim().split('\n'), 'b0']);
    expect([...following.errors, ...following.gaps]).toEqual([]);
  });

  it('gives each line once with the first part of a copy under another number', async () => {
    write('audit.log.2', lines('a', 3_000).slice(0, 4_000));
    write('audit.log.1', lines('a', 3_000));
    write('audit.log', lines('b', 1));
    const { given } = await followed();
    expect([...given].sort()).toEqual(`${lines('a', 3_000)}b0`.split('\n').sort());
  });

  it.each([
    ['whole', lines('a', 3_000)],
    ['in the making', lines('a', 3_000).slice(0, 4_000)],
  ])('gives each line of the live file once beside a copy of it, %s', async (_, content) => {
    write('audit.log.1', content);
    write('audit.log', lines('a', 3_000));
    const following = await followed();
    append('a3000\n');
    await following.settle();
    expect(following.given).toEqual(lines('a', 3_001).trim().split('\n'));
  });

  it('of more generations than are held open is read, in order', async () => {
    for (let index = 1; index <= 150; index++) write(`audit.log.${index}`, lines(`g${150 - index}_`, 2));
    write('audit.log', lines('g150_', 2));
    const { given } = await followed();
    expect(given).toEqual(Array.from({ length: 151 }, (_, index) => [`g${index}_0`, `g${index}_1`]).flat());
  });
});

describe('a rotation', () => {
  it.each(['shift', 'lumberjack', 'copyTruncate'] as const)('by %s neither loses nor repeats a line', async (kind) => {
    const rotation = createRotation(folder);
    write('audit.log', lines('a', 2));
    const following = await followed();
    append('a2\n');
    rotation[kind]('b0\n');
    append('b1\n');
    await following.settle();
    expect(following.given).toEqual(['a0', 'a1', 'a2', 'b0', 'b1']);
    expect([...following.notes, ...following.gaps, ...following.errors]).toEqual([]);
  });

  it('gives lines with the name that their file has now', async () => {
    write('audit.log', lines('a', 1));
    const following = await followed();
    append('a1\n');
    createRotation(folder).shift('b0\n');
    await following.settle();
    move('audit.log.1', 'audit.log.2');
    append('a2\n', 'audit.log.2');
    await following.settle();
    expect(following.paths).toEqual(['audit.log', 'audit.log.1', 'audit.log', 'audit.log.2'].map(at));
  });

  it('with a date in the name is followed', async () => {
    write('audit.log', lines('a', 1));
    const following = await followed();
    move('audit.log', 'audit.log-20270101');
    write('audit.log', lines('b', 1));
    await following.settle();
    expect(following.given).toEqual(['a0', 'b0']);
  });

  it.each(['shift', 'lumberjack'] as const)('may come many times between two turns: by %s', async (kind) => {
    const rotation = createRotation(folder);
    write('audit.log', lines('g0_', 2));
    const following = await followed();
    for (let index = 1; index <= 100; index++) {
      rotation[kind](lines(`g${index}_`, 2));
      if (index % 3 === 0) rotation.compress('oldest');
    }
    await following.settle();
    expect(following.given).toEqual(Array.from({ length: 101 }, (_, index) => [`g${index}_0`, `g${index}_1`]).flat());
  });

  it('is followed where each of many files is compressed at once', async () => {
    const rotation = createRotation(folder);
    write('audit.log', lines('g0_', 2));
    const following = await followed();
    for (let index = 1; index <= 30; index++) {
      append(`g${index - 1}_2\n`);
      rotation.lumberjack(lines(`g${index}_`, 2));
      rotation.compress('youngest');
      await following.turn();
    }
    await following.settle();
    expect(following.given).toHaveLength(30 * 3 + 2);
    expect(new Set(following.given).size).toBe(following.given.length);
    expect(following.gaps).toEqual([]);
  });

  it('does not put a generation that lost its name before an older one that is still being read', async () => {
    const wide = (letter: string): string => `${letter}${'-'.repeat(3_000_000)}`;
    write('audit.log.1', [wide('a'), wide('b'), wide('c'), ''].join('\n'));
    write('audit.log', 'd\n');
    const following = follow(live, { maxRecordSize: 10_000_000 });
    await following.turn();
    unlinkSync(live);
    write('audit.log', 'e\n');
    await following.settle();
    expect(following.given.map((line) => line[0])).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('is remembered within bounds, however many there were', async () => {
    const rotation = createRotation(folder);
    write('audit.log', 'g0\n');
    const following = await followed();
    for (let index = 1; index <= 400; index++) {
      rotation.shift(`g${index}\n`);
      for (const name of readdirSync(folder)) if (Number(name.split('.')[2]) > 3) rmSync(at(name));
      await following.settle();
      following.pass(LINGER);
    }
    expect(following.given).toHaveLength(401);
    expect(following.snapshot().positions.length).toBeLessThan(300);
  });
});

describe('a file under the live name', () => {
  it('may be another one, put over it', async () => {
    write('audit.log', lines('a', 2));
    const following = await followed();
    append('a2\n');
    write('new', 'b0\n');
    move('new', 'audit.log');
    await following.settle();
    append('b1\n');
    await following.settle();
    expect(following.given).toEqual(['a0', 'a1', 'a2', 'b0', 'b1']);
  });

  it('may be a rewritten copy of itself', async () => {
    write('audit.log', lines('a', 3));
    const following = await followed();
    write('new', lines('a', 3));
    move('new', 'audit.log');
    append('a3\n');
    await following.settle();
    append('a4\n');
    await following.settle();
    expect(following.given).toEqual(lines('a', 5).trim().split('\n'));
    const again = await following.restart(following.snapshot());
    append('a5\n');
    expect(await again.settle()).toEqual(['a5']);
  });

  it('may be a copy of itself with other lines, which is told and read', async () => {
    write('audit.log', lines('a', 3));
    const following = await followed();
    write('new', 'a0\nx1\nx2\nx3\n');
    move('new', 'audit.log');
    expect(await following.settle()).toEqual(['a0', 'x1', 'x2', 'x3']);
    expect(following.notes).toEqual([expect.stringContaining('goes on otherwise')]);
  });

  it('may be a link that moves on', async () => {
    write('one.txt', lines('a', 2));
    write('two.txt', lines('b', 1));
    symlinkSync('one.txt', live);
    const following = await followed();
    append('a2\n', 'one.txt');
    symlinkSync('two.txt', at('new'));
    move('new', 'audit.log');
    append('a3\n', 'one.txt');
    await following.settle();
    append('a4\n', 'one.txt');
    append('b1\n', 'two.txt');
    await following.settle();
    expect(following.given).toEqual(['a0', 'a1', 'a2', 'a3', 'b0', 'a4', 'b1']);
  });

  it('may be missing at first, and come, and go, and come again', async () => {
    const following = await followed();
    expect(following.notes).toEqual([`waiting for ${live}, which is not there`]);
    write('audit.log', 'a0\n');
    await following.settle();
    unlinkSync(live);
    await following.settle();
    write('audit.log', 'b0\n');
    await following.settle();
    expect(following.given).toEqual(['a0', 'b0']);
    expect(following.notes).toHaveLength(1);
    expect(following.gaps).toEqual([]);
  });

  it('may be missing with its directory, and come again', async () => {
    const directory = at('logs');
    const following = follow(join(directory, 'audit.log'));
    await following.settle();
    mkdirSync(directory);
    write('logs/audit.log', 'a0\n');
    await following.settle();
    rmSync(directory, { recursive: true });
    await following.settle();
    mkdirSync(directory);
    write('logs/audit.log', 'b0\n');
    await following.settle();
    expect(following.given).toEqual(['a0', 'b0']);
  });

  it('may have the inode of one that is gone', async () => {
    write('audit.log', lines('a', 2));
    const following = await followed();
    const snapshot = following.snapshot();
    await following.close();
    // The same file with other content is what a reused inode looks like.
    write('audit.log', lines('b', 5));
    write('audit.log.1', lines('a', 3));
    const again = await following.restart(snapshot);
    expect(await again.settle()).toEqual(['a2', ...lines('b', 5).trim().split('\n')]);
    expect(again.gaps).toEqual([]);
  });
});

import { appendFileSync, mkdtempSync, rmSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
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
/** Lines of a letter and a number, a generation for each letter. */
const lines = (letter: string, count: number, from = 0): string =>
  Array.from({ length: count }, (_, index) => `${letter}${from + index}\n`).join('');
const old = (name: string): void => utimesSync(at(name), 1_000, 1_000);

/** A follower that has read what is there. */
async function followed(options: FollowingOptions = {}) {
  const following = follow(live, options);
  await following.settle();
  return following;
}

describe('from the end', () => {
  it('nothing old is given and everything new', async () => {
    write('audit.log.2.gz', gzipSync(lines('a', 3)));
    write('audit.log.1', lines('b', 3));
    old('audit.log.1');
    write('audit.log', lines('c', 3));
    const following = await followed({ from: 'end' });
    expect(following.given).toEqual([]);
    append('c3\n');
    createRotation(folder).shift('d0\n');
    await following.settle();
    expect(following.given).toEqual(['c3', 'd0']);
    expect(following.gaps).toEqual([]);
  });

  it('a half line that is finished later is given whole', async () => {
    write('audit.log', 'c0\nhal');
    const following = await followed({ from: 'end' });
    append('f\n');
    expect(await following.settle()).toEqual(['half']);
  });

  it('a rotated file that still grows is read on, however long it was quiet', async () => {
    write('audit.log.1', lines('b', 3));
    write('audit.log', lines('c', 3));
    old('audit.log');
    const following = await followed({ from: 'end' });
    append('b3\n', 'audit.log.1');
    await following.settle();
    old('audit.log.1');
    following.pass(LINGER);
    await following.settle();
    append('b4\n', 'audit.log.1');
    await following.settle();
    expect(following.given).toEqual(['b3', 'b4']);
  });

  it('nothing old is given of more generations than are held open', async () => {
    for (let index = 1; index <= 150; index++) write(`audit.log.${index}`, lines(`g${index}_`, 2));
    write('audit.log', lines('live', 2));
    const following = await followed({ from: 'end' });
    append('new\n');
    await following.settle();
    expect(following.given).toEqual(['new']);
  });

  it('nothing old is given of a file that is compressed later', async () => {
    write('audit.log.1', lines('b', 3_000));
    old('audit.log.1');
    write('audit.log', lines('c', 3));
    const following = await followed({ from: 'end' });
    const zipped = gzipSync(lines('b', 3_000));
    for (const part of [0, 0.5, 1]) {
      write('audit.log.1.gz', zipped.subarray(0, zipped.length * part));
      await following.settle();
    }
    unlinkSync(at('audit.log.1'));
    await following.settle();
    following.pass(LINGER);
    const again = await following.restart(following.snapshot());
    await again.settle();
    expect([...following.given, ...again.given]).toEqual([]);
    expect(again.gaps).toEqual([]);
  });
});

import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
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

describe('a compressed generation', () => {
  it('that grows, and nothing plain beside it, is read as far as it goes, and on', async () => {
    const zipped = gzipSync(Buffer.from(lines('a', 20_000)));
    write('audit.log', 'b0\n');
    write('audit.log.1.gz', '');
    const following = await followed();
    for (const part of [0.01, 0.3, 0.6, 1]) {
      write('audit.log.1.gz', zipped.subarray(0, zipped.length * part));
      await following.settle();
    }
    expect(following.given.filter((line) => line.startsWith('a'))).toEqual(lines('a', 20_000).trim().split('\n'));
    expect(following.errors).toEqual([]);
  });

  it('that breaks off and does not change is given up with a sentence, and what it has is given', async () => {
    const zipped = gzipSync(Buffer.from(lines('a', 20_000)));
    write('audit.log.1.gz', zipped.subarray(0, zipped.length / 2));
    write('audit.log', 'b0\n');
    const following = await followed();
    const before = following.given.length;
    following.pass(LINGER);
    await following.settle();
    expect(before).toBeGreaterThan(1_000);
    expect(following.errors).toEqual([expect.stringContaining(`${at('audit.log.1.gz')}: `)]);
    await following.settle();
    expect(following.errors).toHaveLength(1);
    write('audit.log.1.gz', zipped);
    await following.settle();
    expect(following.given.filter((line) => /^a\d+$/.test(line))).toEqual(lines('a', 20_000).trim().split('\n'));
  });

  it('that breaks off is given up at once where nothing is waited for', async () => {
    const zipped = gzipSync(Buffer.from(lines('a', 20_000)));
    write('audit.log.1.gz', zipped.subarray(0, zipped.length / 2));
    write('audit.log', 'b0\n');
    const following = await followed({ once: true });
    expect(following.errors).toHaveLength(1);
    expect(following.given).toContain('b0');
  });

  it('that breaks off takes the place of nothing: the plain file is read on', async () => {
    write('audit.log.1', lines('a', 20_000));
    write('audit.log', 'b0\n');
    const following = await followed();
    write('audit.log.1.gz', gzipSync(lines('a', 20_000)).subarray(0, 9_000));
    append('a20000\n', 'audit.log.1');
    await following.settle();
    expect(following.given.at(-1)).toBe('a20000');
    expect(following.given).toHaveLength(20_002);
  });

  it('is gone on with where its plain file was left', async () => {
    write('audit.log', lines('a', 3));
    const following = await followed();
    const snapshot = following.snapshot();
    append('a3\n');
    write('audit.log.1.gz', gzipSync(lines('a', 4)));
    write('audit.log', 'b0\n');
    const again = await following.restart(snapshot);
    expect(await again.settle()).toEqual(['a3', 'b0']);
    expect(again.gaps).toEqual([]);
  });

  it('is gone on with in its own middle', async () => {
    // More than a turn reads.
    const many = Array.from({ length: 60_000 }, (_, index) => `a${index} ${'-'.repeat(150)}\n`).join('');
    write('audit.log.1.gz', gzipSync(many));
    write('audit.log', 'b0\n');
    const following = follow(live);
    const first = await following.turn();
    const again = await following.restart(following.snapshot());
    const rest = await again.settle();
    expect(first.length).toBeLessThan(60_000);
    expect([...first, ...rest].map((line) => line.split(' ')[0])).toEqual([
      ...Array.from({ length: 60_000 }, (_, index) => `a${index}`),
      'b0',
    ]);
  });

  it('of members, or of a line that is broken off, is given once though it was read plain', async () => {
    write('audit.log', `${lines('a', 2_000)}half`);
    const following = await followed();
    move('audit.log', 'audit.log.1');
    write('audit.log', 'b0\n');
    await following.settle();
    following.pass(LINGER);
    expect(await following.settle()).toEqual(['torn: half']);
    const content = Buffer.from(`${lines('a', 2_000)}half`);
    const members = Buffer.concat([gzipSync(content.subarray(0, 500)), gzipSync(content.subarray(500))]);
    for (const part of [0.5, 0.9, 1]) {
      write('audit.log.1.gz', members.subarray(0, members.length * part));
      await following.settle();
    }
    unlinkSync(at('audit.log.1'));
    following.pass(LINGER);
    expect(await following.settle()).toEqual([]);
    const again = await following.restart(following.snapshot());
    expect(await again.settle()).toEqual([]);
  });

  it('of nothing is no damage', async () => {
    write('audit.log.1.gz', gzipSync(''));
    write('audit.log', 'b0\n');
    expect((await followed({ once: true })).errors).toEqual([]);
  });

  it('of one line without an end gives it', async () => {
    write('audit.log.1.gz', gzipSync('only'));
    write('audit.log', 'b0\n');
    const following = await followed({ once: true });
    await following.finish();
    expect([...following.given].sort()).toEqual(['b0', 'torn: only']);
  });

  it.each(['fresh', 'after its plain form'])('by zstd is read once, %s', async (when) => {
    const [text, zipped] = ['one line of a log\nand another\n', 'KLUv/SAe8QAAb25lIGxpbmUgb2YgYSBsb2cKYW5kIGFub3RoZXIK'];
    write('audit.log', text);
    const following = follow(live);
    if (when !== 'fresh') await following.settle();
    write('audit.log.1.zst', Buffer.from(zipped, 'base64'));
    unlinkSync(live);
    write('audit.log', 'b0\n');
    await following.settle();
    following.pass(LINGER);
    await following.settle();
    const again = await following.restart(following.snapshot());
    await again.settle();
    expect([...following.given, ...again.given]).toEqual(['one line of a log', 'and another', 'b0']);
    expect([...following.gaps, ...again.gaps]).toEqual([]);
  });
});

describe('a copy of the live file', () => {
  it('that stays beside it gives nothing, neither now nor after its own rotation', async () => {
    const rotation = createRotation(folder);
    write('audit.log', lines('a', 3));
    const following = await followed();
    copyFileSync(live, at('audit.log.1'));
    append('a3\n');
    await following.settle();
    const again = await following.restart(following.snapshot());
    append('a4\n');
    await again.settle();
    rotation.shift('b0\n');
    await again.settle();
    again.pass(LINGER);
    await again.settle();
    const third = await again.restart(again.snapshot());
    await third.settle();
    expect([...following.given, ...again.given, ...third.given]).toEqual(['a0', 'a1', 'a2', 'a3', 'a4', 'b0']);
    expect([...again.gaps, ...third.gaps]).toEqual([]);
  });

  it('is read where the live file was emptied before all of it was read', async () => {
    write('audit.log', lines('a', 2));
    const following = await followed();
    append('a2\n');
    copyFileSync(live, at('audit.log.1'));
    truncateSync(live);
    append('b0\n');
    await following.settle();
    expect(following.given).toEqual(['a0', 'a1', 'a2', 'b0']);
    expect(following.gaps).toEqual([]);
  });

  it('is compressed at once', async () => {
    write('audit.log', lines('a', 2));
    const following = await followed();
    write('audit.log.1.gz', gzipSync(lines('a', 3)));
    truncateSync(live);
    append('b0\n');
    await following.settle();
    expect([...following.given].sort()).toEqual(['a0', 'a1', 'a2', 'b0']);
    expect(following.gaps).toEqual([]);
  });

  it('keeps the half line that the live file ended with: torn, when it is over', async () => {
    write('audit.log', 'a0\nhalf');
    const following = await followed();
    copyFileSync(live, at('audit.log.1'));
    truncateSync(live);
    append('rest\nb0\n');
    await following.settle();
    following.pass(LINGER);
    await following.settle();
    expect([...following.given].sort()).toEqual(['a0', 'b0', 'rest', 'torn: half']);
  });

  it('keeps the half line where it has more of it', async () => {
    write('audit.log', 'a0\nhal');
    const following = await followed();
    append('f');
    copyFileSync(live, at('audit.log.1'));
    truncateSync(live);
    append('b0\n');
    await following.settle();
    following.pass(LINGER);
    await following.settle();
    expect([...following.given].sort()).toEqual(['a0', 'b0', 'torn: half']);
  });

  it('that was made and emptied twice between two turns gives its lines once', async () => {
    write('audit.log', 'a0\n');
    const following = await followed();
    copyFileSync(live, at('audit.log.2'));
    truncateSync(live);
    append('b0\n');
    copyFileSync(live, at('audit.log.1'));
    await following.settle();
    truncateSync(live);
    append('c0\n');
    await following.settle();
    expect([...following.given].sort()).toEqual(['a0', 'b0', 'c0']);
  });

  it('is read where the live file was seen truncated, and was truncated again before it was read', async () => {
    write('audit.log', 'a0\n');
    const following = await followed();
    truncateSync(live);
    append('b0\n');
    await following.turn();
    copyFileSync(live, at('audit.log.1'));
    truncateSync(live);
    append('c0\n');
    await following.settle();
    expect([...following.given].sort()).toEqual(['a0', 'b0', 'c0']);
  });

  it('that was cut short is gone on from', async () => {
    write('audit.log', lines('a', 5));
    write('audit.log.1', lines('a', 2));
    const following = await followed();
    expect(following.given).toEqual(lines('a', 5).trim().split('\n'));
  });
});

describe('a compressed file beside a plain one of the same name', () => {
  it.each(['audit.log', 'audit.log.1'])('that holds something else is a generation of its own: %s', async (name) => {
    write('audit.log', lines('a', 3));
    const following = await followed();
    append('a3\n');
    write(`${name}.gz`, gzipSync(lines('a', 4)));
    if (name !== 'audit.log') write(name, 'b0\n');
    write('audit.log', 'c0\n');
    const again = await following.restart(following.snapshot());
    await again.settle();
    expect([...again.given].sort()).toEqual(['a3', ...(name === 'audit.log' ? [] : ['b0']), 'c0']);
    expect(again.gaps).toEqual([]);
  });
});

describe('generations that begin with the same line', () => {
  const [first, second, third] = [1, 2, 3].map((n) => `# banner\n${lines(`${'abc'[n - 1]}`, 12 - 3 * n)}`);
  const all = [first, second, third].join('').trim().split('\n');

  it.each(['followed', 'between runs', 'compressed'])('are all read, %s', async (when) => {
    let following = follow(live);
    const given: string[] = [];
    const next = async (): Promise<void> => {
      await following.settle();
      if (when !== 'followed') {
        given.push(...following.given);
        following = await following.restart(following.snapshot());
      }
    };
    write('audit.log', first ?? '');
    await next();
    move('audit.log', 'audit.log.1');
    write('audit.log', second ?? '');
    await next();
    if (when === 'compressed') {
      write('audit.log.2.gz', gzipSync(first ?? ''));
      unlinkSync(at('audit.log.1'));
    } else move('audit.log.1', 'audit.log.2');
    move('audit.log', 'audit.log.1');
    write('audit.log', third ?? '');
    await next();
    await next();
    given.push(...following.given);
    expect(given.sort()).toEqual(all.sort());
  });
});

it('a rotated file of one line without an end is given once', async () => {
  write('audit.log.1', 'never ended');
  write('audit.log', 'b0\n');
  const following = await followed({ once: true });
  await following.finish();
  const again = await following.restart(following.snapshot());
  await again.settle();
  await again.finish();
  expect([...following.given].sort()).toEqual(['b0', 'torn: never ended']);
  expect(again.given).toEqual([]);
});

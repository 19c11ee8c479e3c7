import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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

describe('hostile content', () => {
  const shared = 'x'.repeat(100_000);

  it('with first lines that share their first 100 KB is of different generations', async () => {
    write('audit.log.2', `${shared}1\na\n`);
    write('audit.log.1', `${shared}2\nb\n`);
    write('audit.log', `${shared}3\nc\n`);
    const following = await followed();
    expect(following.given.map((line) => line.slice(-1))).toEqual(['1', 'a', '2', 'b', '3', 'c']);
    const again = await following.restart(following.snapshot());
    expect(await again.settle()).toEqual([]);
  });

  it('of generations that are the same but for the last line is read all', async () => {
    write('audit.log.3', `${lines('a', 3)}x\n`);
    write('audit.log.2', `${lines('a', 3)}y\n`);
    write('audit.log.1', `${lines('a', 3)}zz\n`);
    write('audit.log', 'b0\n');
    const following = await followed();
    following.pass(LINGER);
    await following.settle();
    expect(following.given).toEqual(expect.arrayContaining(['x', 'y', 'zz', 'b0']));
    const again = await following.restart(following.snapshot());
    expect(await again.settle()).toEqual([]);
  });

  it('that begins like a generation that was read, and is no longer, is read', async () => {
    write('audit.log', 'a0\nx\n');
    const following = await followed();
    move('audit.log', 'audit.log.1');
    write('audit.log', 'b0\n');
    await following.settle();
    following.pass(LINGER);
    await following.settle();
    move('audit.log.1', 'audit.log.3');
    move('audit.log', 'audit.log.2');
    write('audit.log', 'a0\ny\n');
    await following.settle();
    expect(following.given).toContain('y');
  });

  it('that begins with empty lines is told apart', async () => {
    write('audit.log.2', '\na0\n');
    write('audit.log.1', '\nb0\n');
    write('audit.log', '\nc0\n');
    expect((await followed()).given).toEqual(['a0', 'b0', 'c0']);
  });

  it('in names with control characters is no more than a name', async () => {
    const path = at('a\u001b[2J\nb.log');
    writeFileSync(path, 'a0\n');
    const following = follow(path);
    await following.settle();
    renameSync(path, `${path}.1`);
    writeFileSync(path, 'b0\n');
    await following.settle();
    expect(following.given).toEqual(['a0', 'b0']);
  });

  it('as a directory or a dangling link of a generation is left alone', async () => {
    mkdirSync(at('audit.log.1'));
    symlinkSync('nowhere', at('audit.log.2'));
    write('audit.log', 'a0\n');
    const { given, errors } = await followed();
    expect(given).toEqual(['a0']);
    expect(errors).toEqual([]);
  });

  it('that may not be read is told, and read as soon as it may be', async () => {
    const root = process.geteuid?.() === 0;
    write('audit.log.1', 'a0\n');
    write('audit.log', 'b0\n');
    chmodSync(folder, 0o755);
    chmodSync(at('audit.log.1'), 0o000);
    if (root) process.seteuid?.(65_534);
    try {
      const message = `cannot read ${at('audit.log.1')}: permission denied`;
      const following = await followed();
      expect(following.given).toEqual(['b0']);
      expect(new Set(following.errors)).toEqual(new Set([message]));
      // Without --follow each is a line of the summary.
      expect((await followed({ once: true })).errors).toEqual([message]);
      if (root) process.seteuid?.(0);
      chmodSync(at('audit.log.1'), 0o644);
      await following.settle();
      expect(following.given).toEqual(['b0', 'a0']);
    } finally {
      if (root) process.seteuid?.(0);
    }
  });
});

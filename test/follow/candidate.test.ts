import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.ts';
import { type Candidate, holdsNoMore, openCandidate, positionAtEnd } from '../../src/follow/candidate.ts';
import { WHOLE } from '../../src/follow/position.ts';

let folder: string;
let path: string;
let opened: Candidate[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'auditscan-candidate-'));
  path = join(folder, 'audit.log');
  opened = [];
});
afterEach(async () => {
  for (const { handle } of opened) await handle.close();
  rmSync(folder, { recursive: true });
});

async function examined(content: string | Buffer, name = 'audit.log'): Promise<Candidate> {
  writeFileSync(join(folder, name), content);
  const candidate = await openCandidate(join(folder, name));
  if (!candidate) throw new Error('it is there');
  opened.push(candidate);
  return candidate;
}

describe('what a file is', () => {
  it('is told by its content, not by its name', async () => {
    const text = 'first line\nsecond\n';
    const plain = await examined(text);
    const zipped = await examined(gzipSync(text), 'audit.log.1');
    const named = await examined(text, 'audit.log.2.gz');
    expect([plain, zipped, named].map(({ compressed }) => compressed)).toEqual([false, true, false]);
    expect(plain.beginning).toMatch(/^[\w-]{22}$/);
    expect([zipped.beginning, named.beginning]).toEqual([plain.beginning, plain.beginning]);
    expect([plain.size, zipped.size]).toEqual([18, 18]);
  });

  it.each([
    ['nothing', ''],
    ['half a line', 'half'],
    ['a hole', '\0\0\0'],
    ['nothing, compressed', gzipSync('')],
    ['half a line, compressed', gzipSync('half')],
    ['the beginning of a compressed file', gzipSync('first line\nsecond\n').subarray(0, 12)],
  ])('is not known of %s', async (_, content) => {
    expect((await examined(content)).beginning).toBeUndefined();
  });

  it('is the same with a hole before it', async () => {
    const [whole, holed] = [
      await examined('line\n', 'a.log'),
      await examined(`${'\0'.repeat(100_000)}line\n`, 'b.log'),
    ];
    expect(holed.beginning).toBe(whole.beginning);
  });

  it('is told of the part of a compressed file that is there', async () => {
    const text = Array.from({ length: 20_000 }, (_, index) => `line ${index}\n`).join('');
    const zipped = gzipSync(text);
    const part = await examined(zipped.subarray(0, zipped.length / 2), 'a.log.1.gz');
    expect(part.beginning).toBe((await examined(text)).beginning);
    expect(holdsNoMore(part, text.length)).toBe(false);
  });

  it('is nothing where there is no file, and an error where it cannot be read', async () => {
    expect(await openCandidate(join(folder, 'none'))).toBeUndefined();
    mkdirSync(path);
    await expect(openCandidate(path)).rejects.toThrow(InputError);
    await expect(openCandidate(path)).rejects.toThrow(`cannot read ${path}: `);
  });

  it('does not hold up anything where a pipe was put in its place', async () => {
    if (spawnSync('mkfifo', [path]).status !== 0) return;
    const candidate = await openCandidate(path).catch(() => undefined);
    await candidate?.handle.close();
    expect(candidate?.beginning).toBeUndefined();
  });
});

describe('whether a file holds more than was read', () => {
  it.each([
    ['as much', 6, false, true],
    ['more', 4, false, false],
    ['less', 8, false, true],
    ['whatever it holds', WHOLE, false, true],
    ['what nobody knows', undefined, false, false],
    ['as much, compressed', 6, true, true],
    ['more, compressed', 4, true, false],
  ])('%s', async (_, read, zip, expected) => {
    const candidate = await examined(zip ? gzipSync('one\nt\n') : 'one\nt\n');
    expect(holdsNoMore(candidate, read)).toBe(expected);
  });
});

describe('the end of a file', () => {
  const long = 'x'.repeat(200_000);

  it.each([
    ['with whole lines', 'one\ntwo\n', 8],
    ['with half a line', 'one\ntwo\nhal', 8],
    ['with half a line longer than a block', `one\n${long}`, 4],
    ['with a whole line longer than a block', `${long}\n`, 200_001],
    ['with nothing but half a line', 'half', 0],
    ['with nothing but half a long one', long, 0],
    ['with nothing', '', 0],
    ['at the edge of a block', `${'y'.repeat(65_535)}\n`, 65_536],
    ['behind the edge of a block', `\n${'y'.repeat(65_536)}`, 1],
  ])('%s is behind its last whole line', async (_, content, offset) => {
    const candidate = await examined(content);
    const position = await positionAtEnd(candidate, () => undefined);
    expect(position).toMatchObject({ path, offset, beginning: candidate.beginning, size: undefined, drained: false });
    expect(position.markerSize).toBe(Math.min(offset, 4096));
    expect(position.marker === undefined).toBe(offset === 0);
  });
});

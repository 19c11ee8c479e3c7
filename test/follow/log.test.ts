import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testLine } from '../sources/log-files.ts';
import { closeAll, type FollowingOptions, follow, LINGER } from './following.ts';

let folder: string;
let live: string;
let first: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'auditscan-log-'));
  live = join(folder, 'audit.log');
  first = join(folder, 'audit.log.1');
});
afterEach(async () => {
  await closeAll();
  rmSync(folder, { recursive: true });
});

async function followed(content: string, options: FollowingOptions = {}) {
  writeFileSync(live, content);
  const following = follow(live, options);
  await following.settle();
  return following;
}

/** What numbered logrotate does, with a first line for the new file. */
function rotate(content: string): void {
  renameSync(live, first);
  writeFileSync(live, content);
}

describe('lines', () => {
  it('are given as they become whole, each once', async () => {
    const following = await followed('a\nb');
    expect(following.given).toEqual(['a']);
    appendFileSync(live, 'b');
    expect(await following.settle()).toEqual([]);
    appendFileSync(live, '\r\nc\n');
    expect(await following.settle()).toEqual(['bb\r', 'c']);
    expect(await following.settle()).toEqual([]);
    expect(following.idle).toBe(true);
  });

  it('are given with the place that they have in the file, also after a restart', async () => {
    const following = await followed('\ufeffa\n\n');
    const again = await following.restart(following.snapshot());
    appendFileSync(live, '\0\0\0b\n');
    expect(await again.settle()).toEqual(['b']);
    expect(again.summary.rejects.get('nul-hole')?.first).toMatchObject({ path: live, offset: 6 });
  });

  it('that are too long are counted once, and the next one is given', async () => {
    const following = await followed(`a\n${'x'.repeat(200_000)}`, { maxRecordSize: 100_000 });
    appendFileSync(live, `${'x'.repeat(200_000)}\nb\n`);
    await following.settle();
    expect(following.given).toEqual(['a', 'b']);
    expect(following.summary.rejects.get('too-long')).toMatchObject({ count: 1, bytes: 400_001 });
  });

  it('come in turns of some megabytes', async () => {
    const line = `${'x'.repeat(99_999)}\n`;
    writeFileSync(live, line.repeat(200));
    const following = follow(live);
    const turns: number[] = [];
    do turns.push((await following.turn()).length);
    while (!following.idle);
    expect(Math.max(...turns)).toBeLessThan(60);
    expect(turns.reduce((sum, count) => sum + count)).toBe(200);
  });
});

describe('the unfinished last line', () => {
  it('of a rotated file is given when it is finished there', async () => {
    const following = await followed('a\nhal');
    rotate('b\n');
    await following.settle();
    appendFileSync(first, 'f\n');
    await following.settle();
    following.pass(LINGER);
    await following.settle();
    expect(following.given).toEqual(['a', 'b', 'half']);
  });

  it('of a rotated file is given as torn when that is over, and not before, and once', async () => {
    const following = await followed('a\nhalf');
    rotate('');
    following.pass(2 * LINGER);
    expect(await following.settle()).toEqual([]);
    // Its successor has begun.
    appendFileSync(live, 'b\n');
    await following.settle();
    expect(following.given).toEqual(['a', 'b', 'torn: half']);
    const again = await following.restart(following.snapshot());
    again.pass(LINGER);
    expect(await again.settle()).toEqual([]);
  });

  it('of the live file waits for another run, that of a rotated one does not', async () => {
    writeFileSync(first, 'a\nhalf');
    const following = await followed('b\nunfinished', { once: true });
    expect(following.given).toEqual(['a', 'b']);
    expect(await following.finish()).toEqual(['torn: half']);
    const again = await following.restart(following.snapshot());
    appendFileSync(live, ' no more\n');
    await again.settle();
    await again.finish();
    expect(again.given).toEqual(['unfinished no more']);
  });

  it('is not given up in a snapshot that does not cover it', async () => {
    const second = join(folder, 'audit.log.2');
    writeFileSync(second, 'a\nhalf a');
    writeFileSync(first, 'b\nhalf b');
    const following = await followed('c\n');
    following.pass(LINGER);
    await following.firstBatch();
    const again = await following.restart(following.snapshot());
    again.pass(LINGER);
    await again.settle();
    again.pass(LINGER);
    await again.settle();
    expect([...following.given, ...again.given].sort()).toEqual(['a', 'b', 'c', 'torn: half a', 'torn: half b']);
  });

  it('of a file that is emptied without a copy is given as torn', async () => {
    const following = await followed('a\nhalf');
    truncateSync(live);
    appendFileSync(live, 'b\n');
    await following.settle();
    expect([...following.given].sort()).toEqual(['a', 'b', 'torn: half']);
  });
});

describe('a file that is not what it was', () => {
  it.each([
    ['shorter', 'x\n'],
    ['as long', 'x\ny\nz\n'],
    ['longer', 'x\ny\nz\nand more\n'],
    ['without anything', ''],
  ])('was emptied: what it has now is given; it is %s', async (_, content) => {
    const following = await followed('a\nb\nc\n');
    writeFileSync(live, content);
    await following.settle();
    appendFileSync(live, 'last\n');
    await following.settle();
    expect(following.given).toEqual(['a', 'b', 'c', ...content.split('\n').slice(0, -1), 'last']);
    expect(following.gaps).toEqual([
      { path: live, label: undefined, certain: true, from: undefined, to: undefined, why: expect.stringContaining('') },
    ]);
    expect(following.gaps[0]?.why).toBe(`${live} was truncated, and no copy of it is there`);
  });

  it('has a hole, for the writer went on at its old offset', async () => {
    const following = await followed('a\nb\n');
    const handle = await open(live, 'r+');
    await handle.truncate(0);
    await handle.write('c\n', 4);
    await handle.close();
    await following.settle();
    expect(following.given).toEqual(['a', 'b', 'c']);
    expect(following.summary.rejects.get('nul-hole')).toMatchObject({ count: 1, bytes: 4 });
    appendFileSync(live, 'd\n');
    expect(await (await following.restart(following.snapshot())).settle()).toEqual(['d']);
  });

  it('was cut back to an earlier line: what comes then is given', async () => {
    const following = await followed('a\nb\nc\n');
    truncateSync(live, 4);
    await following.settle();
    appendFileSync(live, 'd\n');
    await following.settle();
    expect(following.given).toEqual(['a', 'b', 'c', 'd']);
    expect(following.gaps).toMatchObject([{ certain: true, why: `${live} was cut back by 2 bytes` }]);
    const again = await following.restart(following.snapshot());
    appendFileSync(live, 'e\n');
    expect(await again.settle()).toEqual(['e']);
  });

  it('was cut back and written on before anybody looked: what was written is given', async () => {
    const following = await followed('a\nb\nc\n');
    truncateSync(live, 2);
    appendFileSync(live, 'd\n');
    await following.settle();
    expect(following.given).toContain('d');
  });

  it('was written over in its middle', async () => {
    const following = await followed('a\nb\nc\n');
    const handle = await open(live, 'r+');
    await handle.write('X', 2);
    await handle.close();
    appendFileSync(live, 'd\n');
    await following.settle();
    expect(following.given).toEqual(expect.arrayContaining(['X', 'd']));
    expect(following.gaps).toMatchObject([{ certain: true, why: `${live} was written over` }]);
  });

  it('was written over between two runs', async () => {
    const following = await followed('a\nb\nc\n');
    const snapshot = following.snapshot();
    writeFileSync(live, 'a\nX\nY\nZ\n');
    const again = await following.restart(snapshot);
    await again.settle();
    expect(again.given).toEqual(['a', 'X', 'Y', 'Z']);
    expect(again.gaps).toMatchObject([{ certain: true }]);
  });
});

describe('a writer that goes on in the renamed file', () => {
  it('is followed beside the new file, and after a quiet time', async () => {
    const following = await followed('a1\n');
    rotate('b1\n');
    for (const quiet of [0, LINGER, 20 * LINGER]) {
      following.pass(quiet);
      await following.settle();
      appendFileSync(first, `a after ${quiet}\n`);
      await following.settle();
      appendFileSync(live, `b after ${quiet}\n`);
      await following.settle();
    }
    expect(following.given).toEqual([
      'a1',
      'b1',
      ...[0, LINGER, 20 * LINGER].flatMap((t) => [`a after ${t}`, `b after ${t}`]),
    ]);
    expect(following.gaps).toEqual([]);
  });

  it('is followed by a later run', async () => {
    const following = await followed('a1\n');
    rotate('b1\n');
    await following.settle();
    following.pass(LINGER);
    await following.settle();
    const snapshot = following.snapshot();
    appendFileSync(first, 'a2\n');
    expect(await (await following.restart(snapshot)).settle()).toEqual(['a2']);
  });

  it('loses nothing that it writes while a run ends', async () => {
    writeFileSync(first, 'a1\n');
    const following = await followed('b1\n', { once: true });
    appendFileSync(first, 'a2\n');
    await following.finish();
    const again = await following.restart(following.snapshot());
    await again.settle();
    expect([...following.given, ...again.given]).toEqual(['a1', 'b1', 'a2']);
  });

  it('is followed in a file that has no name any more', async () => {
    const handle = await open(live, 'a');
    await handle.write('a1\n');
    const following = follow(live);
    await following.settle();
    unlinkSync(live);
    writeFileSync(live, 'b1\n');
    await handle.write('a2\n');
    await following.settle();
    await handle.write('a3\n');
    await handle.close();
    await following.settle();
    expect(following.given).toEqual(['a1', 'a2', 'b1', 'a3']);
  });
});

describe('a restart', () => {
  it.each(['', 'half'])('with no whole line so far tells no gap: %j', async (content) => {
    const following = await followed(content);
    const again = await following.restart(following.snapshot());
    appendFileSync(live, '\n');
    rotate('b\n');
    await again.settle();
    again.pass(LINGER);
    await again.settle();
    expect(again.given).toEqual([...(content ? ['half'] : []), 'b']);
    expect(again.gaps).toEqual([]);
  });

  it('gives what came after the snapshot, in order, over rotations', async () => {
    const following = await followed('a1\n');
    const snapshot = following.snapshot();
    appendFileSync(live, 'a2\n');
    await following.settle();
    rotate('b1\n');
    renameSync(first, `${live}.2`);
    rotate('c1\n');
    expect(await (await following.restart(snapshot)).settle()).toEqual(['a2', 'b1', 'c1']);
  });

  it('from a snapshot before the first turn begins where it was to begin', async () => {
    writeFileSync(live, 'a\n');
    const following = follow(live, { from: 'start' });
    expect(await (await following.restart(following.snapshot())).settle()).toEqual(['a']);
  });
});

describe('a gap', () => {
  const minute = 60_000_000;

  it('is certain where the generation that was being read is gone', async () => {
    const following = await followed(testLine('a', 1));
    const snapshot = following.snapshot();
    writeFileSync(live, testLine('b', 3));
    const again = await following.restart(snapshot);
    await again.settle();
    expect(again.gaps).toEqual([
      {
        path: live,
        label: undefined,
        why: `${live}, read up to byte ${testLine('a', 1).length}, is not there any more`,
        certain: true,
        from: minute,
        to: 3 * minute,
      },
    ]);
    const third = await again.restart(again.snapshot());
    await third.settle();
    expect(third.gaps, 'told once').toEqual([]);
  });

  it('is told though nothing comes after it', async () => {
    const following = await followed(testLine('a', 1));
    const snapshot = following.snapshot();
    unlinkSync(live);
    const again = await following.restart(snapshot);
    await again.settle();
    expect(again.gaps).toMatchObject([{ certain: true, from: minute, to: undefined }]);
  });

  it('is not forgotten where the run ends before it could be told', async () => {
    const following = await followed(testLine('a', 1));
    const snapshot = following.snapshot();
    unlinkSync(live);
    const again = await following.restart(snapshot);
    await again.turn();
    const third = await again.restart(again.snapshot());
    await third.settle();
    expect([...again.gaps, ...third.gaps]).toMatchObject([{ certain: true }]);
  });

  it('is none where a rotated file that was read to its end is gone', async () => {
    const following = await followed(testLine('a', 1));
    rotate(testLine('b', 2));
    await following.settle();
    const snapshot = following.snapshot();
    unlinkSync(first);
    const again = await following.restart(snapshot);
    await again.settle();
    expect(again.gaps).toEqual([]);
  });

  it.each([
    [11, [{ certain: false, from: minute, to: 12 * minute }]],
    [9, []],
  ])('is told as not certain after a pause of %d minutes or not at all', async (pause, gaps) => {
    const following = await followed(testLine('a', 1));
    rotate(testLine('b', 1 + pause));
    await following.settle();
    expect(following.gaps).toMatchObject(gaps);
    expect(following.gaps).toHaveLength(gaps.length);
  });

  it('is none between lines of one file, nor where an old line is finished late', async () => {
    const following = await followed(testLine('a', 1) + testLine('b', 100));
    rotate(testLine('c', 101));
    await following.settle();
    appendFileSync(first, testLine('d', 200));
    appendFileSync(live, testLine('e', 201));
    await following.settle();
    expect(following.gaps).toEqual([]);
  });

  it('is not lost where the run is killed before the line comes that would end it', async () => {
    const following = await followed(testLine('a', 1));
    truncateSync(live);
    await following.turn();
    expect(following.gaps).toEqual([]);
    const again = await following.restart(following.snapshot());
    appendFileSync(live, testLine('b', 3));
    await again.settle();
    expect(again.gaps).toMatchObject([{ certain: true, from: minute, to: 3 * minute }]);
    expect((await again.restart(again.snapshot())).gaps).toEqual([]);
  });

  it.each([
    ['broken off', gzipSync('x'.repeat(1000)).subarray(0, 15)],
    ['empty', Buffer.alloc(0)],
  ])('is told though a compressed file lies there that is %s', async (_, content) => {
    const following = await followed(testLine('a', 1));
    const snapshot = following.snapshot();
    writeFileSync(live, testLine('b', 3));
    writeFileSync(`${live}.3.gz`, content);
    const again = await following.restart(snapshot);
    await again.settle();
    expect(again.gaps, 'it may yet be finished').toEqual([]);
    again.pass(LINGER);
    await again.settle();
    await again.settle();
    expect(again.gaps).toMatchObject([{ certain: true, from: minute }]);
    expect(again.given).toContain(testLine('b', 3).trim());
  });

  it('is told at once by a run that waits for nothing', async () => {
    const following = await followed(testLine('a', 1), { once: true });
    writeFileSync(live, testLine('b', 3));
    writeFileSync(`${live}.3.gz`, '');
    const again = await following.restart(following.snapshot());
    await again.settle();
    expect(again.gaps).toMatchObject([{ certain: true, from: minute, to: 3 * minute }]);
  });

  it('is none where rotated files are deleted, renamed and compressed while the log goes on', async () => {
    const following = await followed(testLine('0', 0));
    const generation = (number: number): string => `${live}.${number}`;
    for (let round = 1; round < 8; round++) {
      rmSync(`${generation(2)}.gz`, { force: true });
      if (round > 1) renameSync(generation(1), generation(2));
      renameSync(live, generation(1));
      writeFileSync(live, '');
      await following.settle();
      appendFileSync(live, testLine(round, 9 * round));
      await following.settle();
      following.pass(LINGER);
      await following.settle();
      if (round > 1) {
        writeFileSync(`${generation(2)}.gz`, gzipSync(testLine(round - 2, 9 * (round - 2))));
        rmSync(generation(2));
      }
      await following.settle();
    }
    expect(following.given).toHaveLength(8);
    expect(following.gaps).toEqual([]);
  });

  it('is seen between compressed generations', async () => {
    writeFileSync(join(folder, 'audit.log.2.gz'), gzipSync(testLine('a', 1)));
    writeFileSync(join(folder, 'audit.log.1.gz'), gzipSync(testLine('b', 30)));
    const following = await followed(testLine('c', 31));
    expect(following.gaps).toMatchObject([{ certain: false, from: minute, to: 30 * minute }]);
  });
});

it('a live file that was cut back while nobody read is read from its start, and that is told', async () => {
  const following = await followed('a\nb\nc\n');
  const snapshot = following.snapshot();
  await following.close();
  truncateSync(live, 2);
  appendFileSync(live, 'd\n');
  const again = await following.restart(snapshot);
  expect(await again.settle()).toEqual(['a', 'd']);
  expect(again.gaps).toMatchObject([{ certain: true, why: `${live} was cut back, and is read from its start` }]);
});

it('where reading stands is told with the time of the last event, though the youngest file has none', async () => {
  const following = await followed(testLine('a', 1) + testLine('b', 2));
  rotate('');
  await following.settle();
  expect(following.last()).toMatchObject({ offset: 0, lastTime: 2 * 60_000_000 });
});

import { copyFileSync, linkSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FindOptions, findSources } from '../../src/sources/find.ts';
import { testLine, timeOfTestLine, writeLog } from './log-files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'auditscan-rotated-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const at = (name: string): string => join(folder, name);
/** Each file holds a line of its own; the minute is its place in the list. */
const write = (...names: readonly string[]): void => {
  for (const [minute, name] of names.entries()) writeLog(at(name), testLine(name, minute));
};

async function found(paths: readonly string[], options: FindOptions = {}): Promise<string[]> {
  const { sources } = await findSources(paths.map(at), { timeOfLine: timeOfTestLine, ...options });
  return sources.map(({ path }) => relative(folder, path));
}
const rotated = (...paths: readonly string[]): Promise<string[]> => found(paths, { rotated: true });
const notes = async (path: string, options: FindOptions = {}): Promise<readonly string[]> =>
  (await findSources([at(path)], { timeOfLine: timeOfTestLine, ...options })).notes;

describe('a file with --rotated', () => {
  it.each(['audit.log', 'audit.log.1', 'audit.log*', '.'])('is its whole set, oldest first: %s', async (path) => {
    write('audit.log.10.gz', 'audit.log.2.gz', 'audit.log.1', 'audit.log');
    expect(await rotated(path)).toEqual(['audit.log.10.gz', 'audit.log.2.gz', 'audit.log.1', 'audit.log']);
    expect(await notes(path, { rotated: true })).toEqual([]);
  });

  it('leaves other logs beside it alone', async () => {
    write('audit.log.1', 'audit.log', 'other.log');
    expect(await rotated('audit.log')).toEqual(['audit.log.1', 'audit.log']);
  });

  it('may be missing itself; without --rotated as well, with a note', async () => {
    write('audit.log.2', 'audit.log.1');
    expect(await rotated('audit.log')).toEqual(['audit.log.2', 'audit.log.1']);
    expect(await found(['audit.log'])).toEqual(['audit.log.2', 'audit.log.1']);
    expect(await notes('audit.log')).toEqual([`there is no ${at('audit.log')}; its 2 rotated files are read`]);
    rmSync(at('audit.log.2'));
    expect(await notes('audit.log')).toEqual([`there is no ${at('audit.log')}; its one rotated file is read`]);
  });
});

describe('each generation is read once', () => {
  const lines = Array.from({ length: 9_000 }, (_, index) => testLine(index, index)).join('');

  it.each([
    ['the compressed file beside the plain one', (): void => writeFileSync(at('audit.log.1.gz'), gzipSync(lines))],
    [
      'a compressed file that is just being made',
      () => writeFileSync(at('audit.log.1.gz'), gzipSync(lines).subarray(0, 20_000)),
    ],
    ['a compressed file that is still empty', () => writeFileSync(at('audit.log.1.gz'), '')],
    ['a copy under the next number, compressed', () => writeFileSync(at('audit.log.2.gz'), gzipSync(lines))],
    ['a copy that is being made', () => writeFileSync(at('audit.log.2'), lines.slice(0, 100_000))],
  ])('%s', async (_, make) => {
    write('audit.log');
    writeLog(at('audit.log.1'), lines);
    make();
    expect(await rotated('audit.log')).toEqual(['audit.log.1', 'audit.log']);
    expect(await found(['.'])).toEqual(['audit.log.1', 'audit.log']);
    expect(await found(['audit*'])).toEqual(['audit.log.1', 'audit.log']);
  });

  it('copytruncate in the act: the live file, which holds more than the copy so far', async () => {
    writeLog(at('audit.log'), lines);
    writeLog(at('audit.log.1'), lines.slice(0, 100_000));
    expect(await rotated('audit.log')).toEqual(['audit.log']);
  });

  it('copytruncate, copied and not yet emptied: the copy', async () => {
    writeLog(at('audit.log'), lines);
    copyFileSync(at('audit.log'), at('audit.log.1'));
    expect(await rotated('audit.log')).toEqual(['audit.log.1']);
  });

  it('of two names of one file the older', async () => {
    writeLog(at('audit.log.1'), lines);
    linkSync(at('audit.log.1'), at('audit.log.2'));
    expect(await rotated('audit.log')).toEqual(['audit.log.2']);
  });

  it('the compressed file is the one that stays where it holds more', async () => {
    writeLog(at('audit.log.1'), lines.slice(0, 1_000));
    writeLog(at('audit.log.1.gz'), lines);
    expect(await rotated('audit.log')).toEqual(['audit.log.1.gz']);
  });
});

describe('nothing is hidden behind another file', () => {
  const lines = Array.from({ length: 9_000 }, (_, index) => testLine(index, index)).join('');

  it.each([
    ['by its name', 'audit.log.1.gz', 'something else\n'],
    ['by its name, without a whole line', 'audit.log.1.gz', 'something'],
    ['by its first line', 'audit.log.2.gz', `${lines.slice(0, lines.indexOf('\n') + 1)}other\n`],
    ['by its first bytes', 'audit.log.1.gz', `${lines.slice(0, 100_000)}other\n`],
    ['by all but its last byte', 'audit.log.1.gz', `${lines.slice(0, -1)}x`],
    ['by one line more', 'audit.log.2.gz', `${testLine('x', 0)}${lines}`],
  ])('%s', async (_, name, content) => {
    writeLog(at('audit.log.1'), lines);
    writeLog(at(name), content);
    write('audit.log');
    expect((await rotated('audit.log')).sort()).toEqual(['audit.log', 'audit.log.1', name].sort());
    expect((await found(['.'])).sort()).toEqual(['audit.log', 'audit.log.1', name].sort());
  });

  it('of another set', async () => {
    for (const name of ['audit.log', 'other.log', 'node/audit.log']) writeLog(at(name), lines);
    expect(await found(['.'])).toHaveLength(3);
  });

  it('that is damaged, but for what can be read of it', async () => {
    writeLog(at('audit.log.2'), lines);
    const other = gzipSync(`${lines.slice(0, 100_000)}other${'x'.repeat(100_000)}`);
    writeFileSync(at('audit.log.1.gz'), other.subarray(0, -20));
    expect(await rotated('audit.log')).toEqual(['audit.log.2', 'audit.log.1.gz']);
    writeFileSync(at('audit.log.1.gz'), gzipSync(`${lines}x`).subarray(0, -9));
    expect(await rotated('audit.log')).toEqual(['audit.log.1.gz']);
  });

  it('whatever is cut or changed of a copy: all that can be read is read', () => {
    const base = lines.slice(0, 600);
    return fc.assert(
      fc.asyncProperty(fc.nat(600), fc.nat(599), fc.boolean(), fc.boolean(), async (cut, change, changed, zip) => {
        let other = base.slice(0, cut);
        if (changed && change < cut) other = `${base.slice(0, change)}~${base.slice(change + 1, cut)}`;
        writeLog(at('audit.log.1'), base);
        rmSync(at('audit.log.1.gz'), { force: true });
        rmSync(at('audit.log.2'), { force: true });
        writeLog(at(zip ? 'audit.log.1.gz' : 'audit.log.2'), other);
        const kept = await rotated('audit.log');
        if (!base.startsWith(other)) expect(kept).toHaveLength(2);
        else if (other !== base) expect(kept).toContain('audit.log.1');
        else expect(kept).toHaveLength(1);
      }),
      { numRuns: 200 },
    );
  });
});

describe('the order of a set', () => {
  it('of lumberjack, logrotate, and both at once is that of its names, whatever the events say', async () => {
    write('audit.log', 'audit.log.1', 'audit.log.2.gz');
    expect(await rotated('audit.log')).toEqual(['audit.log.2.gz', 'audit.log.1', 'audit.log']);
    rmSync(at('audit.log.1'));
    rmSync(at('audit.log.2.gz'));
    write('audit-2026-02-22T10-00-00.000.log.1.gz', 'audit-2026-02-21T10-00-00.000.log.2.gz', 'audit.log');
    expect(await rotated('audit.log')).toEqual([
      'audit-2026-02-21T10-00-00.000.log.2.gz',
      'audit-2026-02-22T10-00-00.000.log.1.gz',
      'audit.log',
    ]);
  });

  it('of dated beside numbered names is that of the first events', async () => {
    const names = [
      'audit.log.3.gz',
      'audit.log.2.gz',
      'audit-2026-02-21T10-00-00.000.log',
      'audit.log-20260222',
      'audit-2026-02-23T10-00-00.000.log',
      'audit.log.1',
      'audit.log',
    ];
    write(...names);
    expect(await rotated('audit.log')).toEqual(names);
    // Without times the dated ones are the older ones.
    expect((await found(['audit.log'], { rotated: true, timeOfLine: undefined })).at(-2)).toBe('audit.log.1');
  });

  it('never turns names of one family round, even where times are missing or wrong', async () => {
    writeLog(at('audit.log.3'), testLine(3, 50));
    writeLog(at('audit.log.2'), 'no time\n');
    writeLog(at('audit.log.1'), testLine(1, 20));
    writeLog(at('audit-2026-02-21T10-00-00.000.log'), testLine('a', 40));
    writeLog(at('audit-2026-02-22T10-00-00.000.log'), testLine('b', 60));
    writeLog(at('audit.log'), testLine('live', 0));
    expect(await rotated('audit.log')).toEqual([
      'audit-2026-02-21T10-00-00.000.log',
      'audit.log.3',
      'audit.log.2',
      'audit.log.1',
      'audit-2026-02-22T10-00-00.000.log',
      'audit.log',
    ]);
  });
});

describe('--since', () => {
  const since = (minutes: number): FindOptions => ({ rotated: true, since: () => minutes * 60_000_000 });
  const set = (): void => {
    for (const [name, minute] of [
      ['audit.log.3', 0],
      ['audit.log.2.gz', 60],
      ['audit.log.1', 120],
      ['audit.log', 180],
    ] as const)
      writeLog(at(name), testLine(name, minute));
  };

  it.each([
    [0, 4],
    [70, 4],
    [70.1, 3],
    [130, 3],
    [131, 2],
    [190, 2],
    [191, 1],
    [9_999, 1],
  ])('%d: %d files are left', async (minutes, count) => {
    set();
    expect(await found(['audit.log'], since(minutes))).toHaveLength(count);
    expect(await found(['.'], since(minutes))).toHaveLength(count);
  });

  it('is told', async () => {
    set();
    expect(await notes('audit.log', since(131))).toEqual([
      `2 files of the set of ${at('audit.log')} ended before --since and were not read`,
    ]);
    expect(await notes('audit.log', since(80))).toEqual([
      `one file of the set of ${at('audit.log')} ended before --since and was not read`,
    ]);
  });

  it('leaves no file out that was named', async () => {
    set();
    expect(await found(['audit.log.3', 'audit.log.1'], { since: () => 9e15 })).toHaveLength(2);
    expect(await found(['audit.log*'], { since: () => 9e15 })).toHaveLength(4);
  });

  it('leaves nothing out behind a file that tells no time, or is out of order', async () => {
    set();
    writeLog(at('audit.log.2.gz'), 'torn\n');
    expect(await found(['audit.log'], since(9_999))).toHaveLength(4);
    writeLog(at('audit.log.2.gz'), testLine('x', 130));
    expect(await found(['audit.log'], since(9_999))).toHaveLength(3);
  });

  it('takes the time of the next line where the first is torn', async () => {
    set();
    writeLog(at('audit.log.2.gz'), `torn\n${testLine('x', 60)}`);
    expect(await found(['audit.log'], since(9_999))).toHaveLength(1);
  });

  it('does not look for a time for ever', async () => {
    set();
    writeLog(at('audit.log.2.gz'), `${'torn\n'.repeat(20)}${testLine('x', 60)}`);
    expect(await found(['audit.log'], since(9_999))).toHaveLength(4);
    writeLog(at('audit.log.2.gz'), `${'x'.repeat(1_200_000)}${testLine('x', 60)}`);
    expect(await found(['audit.log'], since(9_999))).toHaveLength(4);
  });

  it('leaves nothing out where two logs may lie side by side', async () => {
    set();
    writeLog(at('audit-2026-02-21T10-00-00.000.log'), testLine('other', 30));
    expect(await found(['audit.log'], since(9_999))).toHaveLength(5);
  });
});

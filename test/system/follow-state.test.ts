import { mkdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import {
  createLogFolder,
  endAll,
  eventLine,
  eventLines,
  type Follower,
  followWithState,
  type LogFolder,
  numbersIn,
  range,
  readOnWithState,
  start,
} from './follower.ts';
import { createMachine, type Machine, type Outcome, shell, text, until } from './machine.ts';

const OK = { exit: 0, signal: null };

let machine: Machine;

beforeAll(async () => {
  machine = await createMachine();
});
afterEach(endAll);
afterAll(() => machine.remove());

/** Follows the log of a folder with its state, in JSON lines. */
const follow = (folder: LogFolder, ...more: string[]): Follower => followWithState(machine, folder, ...more);

/** Reads what has come since, and ends. */
const readOn = (folder: LogFolder, more = ''): Promise<Outcome> => readOnWithState(machine, folder, more);
describe('two with one state', () => {
  it('the second is told who has it, and the first goes on', async () => {
    const folder = await createLogFolder(machine, eventLines(0, 3));
    const first = follow(folder);
    await first.has(3);
    await symlink('state', folder.path('other-name'));
    for (const name of ['state', './state', 'other-name']) {
      const second = await shell(machine, `auditscan query true --state ${name} audit.log`, { cwd: folder.folder });
      expect(second).toEqual({
        stdout: '',
        stderr: expect.stringMatching(
          new RegExp(
            `^auditscan: ${name} is in use by another auditscan \\(process ${first.pid} on \\S+ since \\S+\\); give each its own --state\\n$`,
          ),
        ),
        exit: 2,
      });
    }
    await folder.append(eventLine(3));
    await first.has(4);
    expect(await first.end()).toEqual(OK);
  });
});

describe('a state that cannot be used', () => {
  const header = (fields: object): string =>
    `${JSON.stringify({ auditscan: 'checkpoint', version: 1, sha256: '', size: 0, ...fields })}\n`;
  let good: Buffer;
  beforeAll(async () => {
    const folder = await createLogFolder(machine, eventLines(0, 3));
    await readOn(folder);
    good = await readFile(folder.state);
  });

  const cases: readonly (readonly [string, () => string | Buffer, string])[] = [
    ['empty', () => '', 'cannot be used: it is empty'],
    ['cut', () => good.subarray(0, -10), `bytes are there`],
    ['damaged', () => Buffer.concat([good.subarray(0, -10), Buffer.from('0123456789')]), 'its checksum is wrong'],
    ['too long', () => Buffer.concat([good, good]), 'bytes too many'],
    ['of another version', () => header({ version: 2 }), 'is of version 2, and this auditscan reads version 1'],
  ];

  it.each(cases)('%s: nothing is read, exit 2; --from start and --from end replace it', async (_name, content, why) => {
    const folder = await createLogFolder(machine, eventLines(0, 3));
    await writeFile(folder.state, content());
    for (const more of ['', '--follow', '--from checkpoint']) {
      const { stdout, stderr, exit } = await readOn(folder, more);
      expect({ stdout, exit }).toEqual({ stdout: '', exit: 2 });
      expect(stderr).toMatch(/^auditscan: the state in [^\n]*state [^\n]*--from start [^\n]*--from end [^\n]*\n$/);
      expect(stderr).toContain(why);
      expect(await readFile(folder.state)).toEqual(Buffer.from(content()));
    }
    expect(await folder.names()).toEqual(['audit.log', 'state']);
    for (const [from, numbers] of [
      ['start', [0, 1, 2]],
      ['end', []],
    ] as const) {
      await writeFile(folder.state, content());
      const begun = await readOn(folder, `--from ${from}`);
      expect([numbersIn(begun.stdout), begun.exit]).toEqual([numbers, 0]);
      expect((await readOn(folder)).stdout).toBe('');
    }
    await folder.append(eventLine(3));
    expect(numbersIn((await readOn(folder)).stdout)).toEqual([3]);
  });

  it.each(['', '--follow', '--from start', '--from end'])(
    'that is something else is left as it is: %s',
    async (more) => {
      const folder = await createLogFolder(machine, eventLines(0, 3));
      await writeFile(folder.state, 'Dear diary,\n');
      expect(await readOn(folder, more)).toEqual({
        stdout: '',
        stderr: `auditscan: ${folder.state} is no state of auditscan, and is not written over; name another file, or remove it\n`,
        exit: 2,
      });
      expect(await readFile(folder.state, 'utf8')).toBe('Dear diary,\n');
      expect(await folder.names()).toEqual(['audit.log', 'state']);
    },
  );

  it('of another command', async () => {
    const folder = await createLogFolder(machine, eventLines(0, 3));
    const detect = (more = ''): Promise<Outcome> =>
      shell(machine, `auditscan detect --state state audit.log ${more}`, { cwd: folder.folder });
    await readOn(folder);
    const refused = await detect();
    expect(refused).toEqual({
      stdout: '',
      stderr: expect.stringContaining('is the state of auditscan query, and detect would skip what it has read'),
      exit: 2,
    });
    expect((await detect('--from start -ojsonl')).stdout).toContain('event-2');
    expect((await readOn(folder)).stderr).toContain('is the state of auditscan detect');
  });

  it('a directory', async () => {
    const folder = await createLogFolder(machine, eventLines(0, 3));
    await mkdir(folder.state);
    for (const from of ['', '--from start', '--from end']) {
      const { stdout, stderr, exit } = await readOn(folder, from);
      expect({ stdout, exit }).toEqual({ stdout: '', exit: 2 });
      expect(stderr).toMatch(/^auditscan: the state in [^\n]* is a directory\n$/);
    }
    expect(await folder.names()).toEqual(['audit.log', 'state']);
  });

  it('behind a link to itself, below a file, in a directory that is not there', async () => {
    const folder = await createLogFolder(machine, eventLines(0, 3));
    await symlink('state', folder.state);
    expect(await readOn(folder)).toMatchObject({
      stdout: '',
      stderr: expect.stringContaining('too many symbolic links'),
      exit: 2,
    });
    for (const [name, why] of [
      ['audit.log/state', 'a part of the path is not a directory'],
      ['nope/state', 'there is no directory nope'],
    ]) {
      const { stdout, stderr, exit } = await shell(machine, `auditscan query true --state ${name} audit.log`, {
        cwd: folder.folder,
      });
      expect({ stdout, stderr: stderr.includes(why ?? ''), exit }).toEqual({ stdout: '', stderr: true, exit: 2 });
    }
  });

  it.each(['start', 'end'])('the log itself: --from %s does not replace it', async (from) => {
    const folder = await createLogFolder(machine, eventLines(0, 3));
    await symlink('audit.log', folder.path('link'));
    for (const name of ['audit.log', 'link']) {
      const script = `auditscan query true --state ${name} --from ${from} audit.log`;
      const { stdout, exit } = await shell(machine, script, { cwd: folder.folder });
      expect(await text(folder.log)).toBe(eventLines(0, 3));
      expect({ stdout, exit }).toEqual({ stdout: '', exit: 2 });
    }
  });

  it('without a name', async () => {
    const folder = await createLogFolder(machine, eventLines(0, 3));
    const { stdout, stderr, exit } = await shell(machine, 'auditscan query true --state "$STATE" audit.log', {
      cwd: folder.folder,
    });
    expect({ stdout, exit }).toEqual({ stdout: '', exit: 2 });
    expect(stderr).toMatch(/^auditscan: --state[^\n]*\n$/);
  });

  it('that may not be written: one sentence, exit 2, and what was read comes again', async () => {
    const folder = await createLogFolder(machine, eventLines(0, 3));
    // A limit of the size of files stands for a full disk.
    const limited = `ulimit -f 0; auditscan query true -q --state ${folder.state} -ojsonl ${folder.log}`;
    const { stdout, stderr, exit } = await shell(machine, limited);
    expect({ stdout, exit }).toEqual({ stdout: '', exit: 2 });
    expect(stderr).toMatch(/^auditscan: cannot lock [^\n]*\n$/);
    expect(await folder.names()).toEqual(['audit.log']);
    expect(numbersIn((await readOn(folder)).stdout)).toEqual([0, 1, 2]);
  });

  it('on a disk that fills: exit 2, the state stays as it was, and nothing is lost', async () => {
    const folder = await createLogFolder(machine, eventLines(0, 3));
    await readOn(folder);
    const before = await text(folder.state);
    // The state of a detection with many requests is above a kilobyte, its lock below.
    await folder.append(eventLines(3, 300));
    const limited = `ulimit -f 1; auditscan query true -q --requests --state state -ojsonl audit.log`;
    const { stderr, exit } = await shell(machine, limited, { cwd: folder.folder });
    expect(exit).toBe(2);
    expect(stderr).toMatch(/^auditscan: the state in state cannot be written: [^\n]*\n$/);
    expect(await text(folder.state)).toBe(before);
    expect(await folder.names()).toEqual(['audit.log', 'state']);
    expect(numbersIn((await readOn(folder)).stdout)).toEqual(range(3, 300));
  });
});

describe('repeats that a killed table held back', () => {
  const again = (n: number): string => eventLine(n, { objectRef: { ...JSON.parse(eventLine(0)).objectRef } });

  /** A follower that was killed with a state that holds three repeats. */
  const killed = async (): Promise<LogFolder> => {
    const folder = await createLogFolder(machine, again(1));
    const follower = start(machine, ['detect', '--follow', '--state', folder.state, folder.log]);
    await until('the first row', () => follower.stdout.includes('prod-exec') || undefined);
    await folder.append(again(2) + again(3) + again(4));
    const state = (): Promise<string> => text(folder.state).catch(() => 'none yet');
    await until('the repeats', async () => (await state()).includes('"count":3') || undefined);
    await follower.end('SIGKILL');
    return folder;
  };
  const detect = (folder: LogFolder, more: string): Promise<Outcome> =>
    shell(machine, `auditscan detect --state state audit.log ${more}`, { cwd: folder.folder });

  it('come first as JSON lines: one finding that stands for them; once', async () => {
    const folder = await killed();
    await folder.append(again(5));
    const { stdout, exit } = await detect(folder, '-ojsonl --fail-on high');
    expect(exit).toBe(1);
    const findings = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(findings).toMatchObject([
      {
        auditID: 'event-2',
        count: 3,
        first: expect.stringContaining('10:00:02'),
        last: expect.stringContaining('10:00:04'),
      },
      { auditID: 'event-5', count: 1 },
    ]);
    expect((await detect(folder, '-ojsonl')).stdout).toBe('');
    expect((await detect(folder, '')).stdout).toBe('');
  });

  it.each([
    ['csv', /^high,2026-02-22 10:00:02Z,2026-02-22 10:00:04Z,3,prod-exec,.*,event-2,[\da-f]{64},/m],
    ['json', /"auditID": ?"event-2"[\s\S]*"count": ?3/],
    ['table', /^high +02-22 10:00:02 +3 +prod-exec/m],
  ])('come as %s', async (form, row) => {
    const { stdout, stderr } = await detect(await killed(), `-o${form}`);
    expect(stdout).toMatch(row);
    expect(stderr).toContain('1 finding (1 high) in 0 requests');
  });
});

describe('a generation that is gone', () => {
  const GAP = /^gap: [^\n]*2026-02-22 10:00[^\n]* 10:10[^\n]*$/m;

  it.each(['', '--strict'])('is told with from and to; exit 2 with --strict (%s)', async (strict) => {
    const folder = await createLogFolder(machine, eventLines(0, 3));
    await readOn(folder);
    await rm(folder.log);
    await writeFile(folder.log, eventLines(600, 603));
    const { stdout, stderr, exit } = await readOn(folder, strict);
    expect(numbersIn(stdout)).toEqual([600, 601, 602]);
    expect(stderr).toMatch(GAP);
    expect(exit).toBe(strict ? 2 : 0);
    // It is told once.
    expect(await readOn(folder, strict)).toMatchObject({ stdout: '', exit: 0 });
  });

  it('is told while it follows, and the status is that of the whole run', async () => {
    const folder = await createLogFolder(machine, eventLines(0, 3));
    await readOn(folder);
    await rm(folder.log);
    await writeFile(folder.log, eventLines(600, 603));
    const follower = follow(folder, '--strict');
    await follower.has(3);
    await follower.says(GAP);
    expect(await follower.end()).toEqual({ exit: 2, signal: null });
  });

  it('damage that came since the last run is told, and is no error', async () => {
    const folder = await createLogFolder(machine, eventLines(0, 3));
    await readOn(folder);
    await folder.append('no JSON\n');
    const { stderr, exit } = await readOn(folder);
    expect(stderr).toContain('damage: 1 line that is not JSON');
    expect(exit).toBe(0);
  });

  it('copytruncate without a copy is one', async () => {
    const folder = await createLogFolder(machine, eventLines(0, 300));
    const follower = follow(folder);
    await follower.has(300);
    await truncate(folder.log);
    await folder.append(eventLines(600, 603));
    await follower.has(303);
    // Where it ends is told only if its first line came before the next look.
    await follower.says(/^gap: [^\n]*truncated[^\n]*2026-02-22 10:04/m);
    expect(await follower.end()).toEqual(OK);
  });
});

import { closeSync, openSync } from 'node:fs';
import { mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WELL_KNOWN } from '../../src/sources/find.ts';
import {
  createLogFolder,
  endAll,
  eventLine,
  eventLines,
  type Follower,
  followWithState,
  type LogFolder,
  numbersIn,
  peakMemory,
  processorTime,
  range,
  start,
} from './follower.ts';
import { createMachine, type Machine, shell, text, until } from './machine.ts';

const OK = { exit: 0, signal: null };

let machine: Machine;

beforeAll(async () => {
  machine = await createMachine();
});
afterEach(endAll);
afterAll(() => machine.remove());

/** Follows the log of a folder with its state, in JSON lines. */
const follow = (folder: LogFolder, ...more: string[]): Follower => followWithState(machine, folder, ...more);
describe('what is followed', () => {
  it('a log that does not exist yet', async () => {
    const folder = await createLogFolder(machine);
    await rm(folder.log);
    const follower = follow(folder);
    await follower.says('waiting for');
    await folder.append(eventLines(0, 2));
    await follower.has(2);
    expect(await follower.end()).toEqual(OK);
  });

  it('a log that does not exist yet, without a state: it is new from its first line', async () => {
    const folder = await createLogFolder(machine);
    await rm(folder.log);
    const follower = start(machine, ['query', 'true', '--follow', '-ojsonl', folder.log]);
    await follower.says('waiting for');
    await folder.append(eventLines(0, 2));
    await follower.has(2);
  });

  it('a directory, and the logs that come into it', async () => {
    const folder = await createLogFolder(machine, eventLines(0, 2));
    const follower = start(machine, ['query', 'true', '--follow', '--from', 'start', '-ojsonl', folder.folder]);
    await follower.has(2);
    await folder.append(eventLines(2, 4), 'other.log');
    await follower.has(4);
  });

  it('a directory that is empty yet', async () => {
    const { path, append } = await createLogFolder(machine);
    await mkdir(path('logs'));
    const follower = start(machine, ['query', 'true', '--follow', '-ojsonl', path('logs')]);
    await follower.says(`note: waiting for a log in ${path('logs')}\n`);
    await append(eventLines(0, 2), 'logs/audit.log');
    await follower.has(2);
    expect(await follower.end()).toEqual(OK);
    expect(follower.stderr).not.toMatch(/following|error/);
  });

  it('a log behind a link that leads nowhere yet, once', async () => {
    const { path, append } = await createLogFolder(machine);
    await mkdir(path('real'));
    await symlink('real/audit.log', path('link.log'));
    const follower = start(machine, ['query', 'true', '--follow', '-ojsonl', path('link.log')]);
    await follower.says('waiting for');
    await append(eventLines(0, 2), 'real/audit.log');
    await follower.has(2);
    // Longer than it takes until logs are looked for again.
    await new Promise((resolve) => setTimeout(resolve, 12_000));
    expect(numbersIn(follower.stdout)).toEqual([0, 1]);
  });

  it('two logs', async () => {
    const folder = await createLogFolder(machine, eventLines(0, 2));
    await folder.append(eventLines(2, 4), 'other.log');
    const args = ['query', 'true', '--follow', '--from', 'start', '-ojsonl', folder.log, folder.path('other.log')];
    const follower = start(machine, args);
    await follower.has(4);
    await rename(folder.log, folder.path('audit.log.1'));
    await folder.append(eventLines(4, 6));
    await folder.append(eventLines(6, 8), 'other.log');
    await folder.append(eventLines(8, 9), 'audit.log.1');
    await follower.has(9);
    expect(numbersIn(follower.stdout).sort((a, b) => a - b)).toEqual(range(0, 9));
  });

  it.each(['audit*.log', '*'])('a glob: %s', async (glob) => {
    const folder = await createLogFolder(machine, eventLines(0, 2));
    await folder.append(eventLines(2, 4), 'audit-b.log');
    await writeFile(folder.path('audit-b.log.2.gz'), gzipSync(eventLines(4, 6)));
    const follower = start(machine, ['query', 'true', '--follow', '--from', 'start', '-ojsonl', folder.path(glob)]);
    await follower.has(6);
    expect(numbersIn(follower.stdout).sort((a, b) => a - b)).toEqual(range(0, 6));
  });

  it('standard input, to its end', async () => {
    const folder = await createLogFolder(machine, eventLines(0, 50));
    const script = 'cat audit.log | auditscan detect --follow -ojsonl -';
    const { stdout, stderr, exit } = await shell(machine, script, { cwd: folder.folder });
    expect(numbersIn(stdout)).toEqual(range(0, 50));
    expect({ stderr, exit }).toEqual({ stderr: expect.stringMatching(/^50 findings /), exit: 0 });
  });

  it('standard input, as it comes', async () => {
    const follower = start(machine, ['detect', '--follow', '-ojsonl', '-'], { stdin: 'open' });
    follower.feed(eventLines(0, 2));
    await follower.has(2);
    follower.feed(eventLines(2, 3));
    await follower.has(3);
    expect(numbersIn(follower.stdout)).toEqual([0, 1, 2]);
  });

  it('nothing, where no log is named and none is at the well-known places', async () => {
    for (const script of ['auditscan detect --follow', 'cat /dev/zero | auditscan detect --follow --state state']) {
      const { stdout, stderr, exit } = await shell(machine, script);
      expect({ stdout, exit }).toEqual({ stdout: '', exit: 2 });
      expect(stderr).toBe(`auditscan: no log: name a file or a directory (nothing at ${WELL_KNOWN.join(', ')})\n`);
    }
  });

  it('no more than --limit rows', async () => {
    const folder = await createLogFolder(machine, eventLines(0, 5));
    const script = 'auditscan query auditID --follow --from start --limit 2 -q -ocsv audit.log';
    const { stdout, stderr, exit } = await shell(machine, script, { cwd: folder.folder });
    expect({ stdout, stderr, exit }).toEqual({ stdout: 'value\nevent-0\nevent-1\n', stderr: '', exit: 0 });
  });

  it.each([
    ['with --follow', ['--follow', '--from', 'start']],
    ['with --state', ['--state', 'state']],
  ])('not its own output, %s', async (_name, more) => {
    const folder = await createLogFolder(machine, eventLines(0, 100));
    const output = folder.path('output.jsonl');
    const descriptor = openSync(output, 'a');
    const follower = start(machine, ['query', 'true', '-ojsonl', ...more, '.'], {
      cwd: folder.folder,
      stdout: descriptor,
    });
    closeSync(descriptor);
    await until('all events', async () => numbersIn(await text(output)).length >= 100 || undefined);
    // What would be read again is there long before the answer to a signal.
    await follower.end();
    expect(numbersIn(await text(output))).toEqual(range(0, 100));
  });

  it('not its own state, which lies among the logs', async () => {
    const folder = await createLogFolder(machine, eventLines(0, 2));
    const args = ['query', 'true', '--follow', '--state', folder.path('state.jsonl'), '-ojsonl', folder.folder];
    const first = start(machine, args);
    await first.has(2);
    await until('a state', async () => (await folder.names()).includes('state.jsonl') || undefined);
    // Logs are looked for every ten seconds.
    await folder.append(eventLine(2), 'other.log');
    await first.has(3);
    await first.end();
    const second = start(machine, args);
    await folder.append(eventLine(3));
    await second.has(1);
    await second.end();
    for (const { stderr } of [first, second]) expect(stderr).not.toMatch(/damage|gap/);
    expect([first, second].map(({ stdout }) => numbersIn(stdout))).toEqual([[0, 1, 2], [3]]);
  });

  it.each(['nope/audit.log', 'nope*.log', '/dev/null', 'pipe'])('not %s', async (path) => {
    const { folder } = await createLogFolder(machine);
    const script = `mkfifo pipe; auditscan detect --follow --state state ${path}`;
    const { stdout, stderr, exit } = await shell(machine, script, { cwd: folder });
    expect({ stdout, exit }).toEqual({ stdout: '', exit: 2 });
    expect(stderr).toMatch(/^auditscan: [^\n]*\n$/);
    expect(stderr).toContain(path);
    expect(await readdir(folder)).not.toContain('state.lock');
  });
});

describe('--silence', () => {
  interface Told {
    readonly id: string;
    readonly detector: string;
    readonly severity: string;
  }
  const silencesIn = (output: string): Told[] =>
    output
      .split('\n')
      .filter((line) => line.includes('audit-log-silent'))
      .map((line) => JSON.parse(line) as Told);

  it('is told once, is a finding that keeps its id, and is told to be over', async () => {
    const folder = await createLogFolder(machine, eventLines(0, 2));
    const args = ['detect', '--follow', '--state', folder.state, '--silence', '2s', '-ojsonl', folder.log];
    const first = start(machine, args);
    await first.says(/^silence: nothing was written to \S+audit\.log for \d+ s$/m);
    await until('the finding', () => silencesIn(first.stdout).length > 0 || undefined);
    expect(await first.end()).toEqual(OK);

    const second = start(machine, args);
    await second.says('silence: nothing was written');
    await until('the finding', () => silencesIn(second.stdout).length > 0 || undefined);
    await folder.append(eventLine(2));
    await second.says(/^silence: \S+audit\.log goes on after \d+ s$/m);
    await until('another silence', () => silencesIn(second.stdout).length > 1 || undefined);
    expect(await second.end()).toEqual(OK);

    const ids = [first, second].map(({ stdout }) => silencesIn(stdout).map(({ id }) => id));
    expect(ids[0]).toHaveLength(1);
    expect(ids[1]).toEqual([ids[0]?.[0], expect.not.stringContaining(String(ids[0]?.[0]))]);
    expect(silencesIn(first.stdout)[0]).toMatchObject({ detector: 'audit-log-silent', severity: 'high' });
    expect(first.stderr.match(/^silence: /gm)).toHaveLength(1);
  });

  it('keeps its id whatever the log is called, and beside which others', async () => {
    const folder = await createLogFolder(machine, eventLines(0, 2));
    await mkdir(folder.path('node'));
    await folder.append(eventLines(0, 2), 'node/audit.log');
    const state = ['--state', folder.state, '--silence', '1s', '-ojsonl'];
    const idOf = async (cwd: string, ...paths: string[]): Promise<(string | undefined)[]> => {
      const follower = start(machine, ['detect', '--follow', ...state, ...paths], { cwd });
      await until('the findings', () => silencesIn(follower.stdout).length >= paths.length || undefined);
      await follower.end();
      return silencesIn(follower.stdout).map(({ id }) => id);
    };
    const [id] = await idOf(folder.folder, 'audit.log');
    expect(await idOf(folder.path('node'), '../audit.log')).toEqual([id]);
    const both = await idOf(folder.folder, 'audit.log', 'node/audit.log');
    expect(both).toContain(id);
    expect(new Set(both).size).toBe(2);
  });

  it('is a row for each log', async () => {
    const folder = await createLogFolder(machine, eventLines(0, 2));
    for (const name of ['b.log', 'c.log']) await folder.append(eventLines(0, 2), name);
    const args = ['detect', '--follow', '--silence', '1s', 'audit.log', 'b.log', 'c.log'];
    const follower = start(machine, args, { cwd: folder.folder });
    await follower.says(/written to c\.log/);
    expect(await follower.end()).toEqual(OK);
    const rows = [...follower.stdout.matchAll(/ (\d+) +audit-log-silent .* log=(\S+)/g)];
    expect(rows.map(([, count, log]) => [count, log])).toEqual([
      ['1', 'audit.log'],
      ['1', 'b.log'],
      ['1', 'c.log'],
    ]);
  });

  it('of a query is told on standard error alone', async () => {
    const folder = await createLogFolder(machine, eventLines(0, 2));
    const follower = follow(folder, '--silence', '2s');
    await follower.says('silence: nothing was written');
    expect(await follower.end()).toEqual(OK);
    expect(follower.stdout).toBe(eventLines(0, 2));
  });

  it('is left out below --severity, and counts for --fail-on', async () => {
    const folder = await createLogFolder(machine, eventLine(0, { verb: 'watch', objectRef: undefined }));
    const run = async (...more: string[]): Promise<Follower> => {
      const follower = start(machine, ['detect', '--follow', '--silence', '1s', '-ojsonl', ...more, folder.log]);
      await follower.says('silence: nothing was written');
      await follower.end();
      return follower;
    };
    expect((await run('--severity', 'critical')).stdout).toBe('');
    expect((await (await run('--fail-on', 'high')).ended).exit).toBe(1);
    expect((await (await run('--fail-on', 'critical')).ended).exit).toBe(0);
  });

  it('0 turns it off', async () => {
    const folder = await createLogFolder(machine, eventLines(0, 2));
    const [never, soon] = ['0', '1s'].map((silence) =>
      start(machine, ['detect', '--follow', '--silence', silence, '-ojsonl', folder.log]),
    );
    await soon?.says('silence: nothing was written');
    await never?.end();
    expect(never?.stderr).not.toContain('silence');
    expect(never?.stdout).toBe('');
  });
});

describe('months of it', () => {
  it('200 rotations leave few files open', async () => {
    const folder = await createLogFolder(machine, eventLine(0));
    const follower = follow(folder);
    const descriptors = async (): Promise<number> => (await readdir(`/proc/${follower.pid}/fd`)).length;
    await follower.has(1);
    const first = await descriptors();
    let most = 0;
    for (let rotation = 1; rotation <= 200; rotation++) {
      const stamp = new Date(Date.UTC(2026, 1, 22) + rotation * 1000).toISOString().replaceAll(':', '-').slice(0, -1);
      await rename(folder.log, folder.path(`audit-${stamp}.log`));
      await folder.append(eventLine(rotation));
      if (rotation > 10) {
        const [oldest] = await folder.names();
        if (oldest?.startsWith('audit-')) await rm(folder.path(oldest));
      }
      await follower.has(rotation + 1);
      most = Math.max(most, await descriptors());
    }
    process.stderr.write(`200 rotations: ${first} descriptors at first, ${most} at most\n`);
    expect(most).toBeLessThan(first + 64);
    expect(await follower.end()).toEqual(OK);
    expect(numbersIn(follower.stdout)).toEqual(range(0, 201));
  });

  it('an idle follower uses next to no processor time', async () => {
    const folder = await createLogFolder(machine, eventLines(0, 100));
    const follower = follow(folder);
    await follower.has(100);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const before = await processorTime(follower.pid);
    await new Promise((resolve) => setTimeout(resolve, 10_000));
    const used = (await processorTime(follower.pid)) - before;
    process.stderr.write(`idle: ${used} ms in 10 s, ${Math.round(await peakMemory(follower.pid))} MB\n`);
    expect(used).toBeLessThan(5_000);
  });
});

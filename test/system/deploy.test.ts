import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { endAll, eventLine, numbersIn, range, start } from './follower.ts';
import { createMachine, has, type Machine, type Outcome, ROOT, shell, text } from './machine.ts';

const DEPLOY = join(ROOT, 'deploy');
const UNITS = join(DEPLOY, 'systemd');

/** Where the files of deploy/ say that things are. */
const PLACES = { program: '/usr/local/bin', logs: '/var/log/kubernetes/audit', state: '/var/lib/auditscan' } as const;

const HARDENED = ['auditscan-report.service', 'auditscan-watch.service'];

let machine: Machine;

beforeAll(async () => {
  if (!has('systemd-analyze')) throw new Error('systemd-analyze is missing: install the package systemd');
  machine = await createMachine();
});
afterEach(endAll);
afterAll(() => machine.remove());

/** A node as the files of deploy/ expect it, in a folder: its program, its logs, its state. */
interface Node {
  /** A file of deploy/ with the paths of this node. */
  file(name: string): Promise<string>;
  /** The command line of a unit, to be given to a shell, for it holds nothing that systemd reads otherwise. */
  execStart(unit: string): Promise<string>;
  readonly logs: string;
  path(name: string): string;
  append(from: number, to: number): Promise<void>;
}

/** With a rotated set of the events 0 to 5 of the last minutes. */
async function createNode(): Promise<Node> {
  const folder = await mkdtemp(join(machine.folder, 'node-'));
  const [logs, state] = [join(folder, 'logs'), join(folder, 'state')];
  await mkdir(logs);
  await mkdir(state, { mode: 0o700 });
  const begin = Date.now() - 10 * 60_000;
  const lines = (from: number, to: number): string =>
    range(from, to)
      .map((n) => {
        const time = new Date(begin + n * 1000).toISOString().replace('Z', '000Z');
        return eventLine(n, { requestReceivedTimestamp: time, stageTimestamp: time });
      })
      .join('');
  const rotatedName = (n: number): string =>
    join(logs, `audit-${new Date(begin + n * 1000).toISOString().replaceAll(':', '-').replace('Z', '')}.log`);
  await writeFile(`${rotatedName(2)}.gz`, gzipSync(lines(0, 2)));
  await writeFile(rotatedName(4), lines(2, 4));
  await writeFile(join(logs, 'audit.log'), lines(4, 6));
  const file = async (name: string): Promise<string> =>
    (await text(join(DEPLOY, name)))
      .replaceAll(PLACES.program, machine.folder)
      .replaceAll(PLACES.logs, logs)
      .replaceAll(PLACES.state, state);
  return {
    file,
    logs,
    path: (name) => join(state, name),
    append: (from, to) => writeFile(join(logs, 'audit.log'), lines(from, to), { flag: 'a' }),
    async execStart(unit) {
      const [command, ...more] = valuesOf(await file(`systemd/${unit}`), 'ExecStart');
      if (command === undefined || more.length > 0) throw new Error(`${unit} has not one ExecStart=`);
      expect(command).not.toMatch(/[%$"'\\;&|<>]/);
      return command;
    },
  };
}

/** What a unit says of a key, in its order. */
function valuesOf(unit: string, key: string): string[] {
  return unit.split('\n').flatMap((line) => (line.startsWith(`${key}=`) ? [line.slice(key.length + 1)] : []));
}

const systemd = (...args: string[]): { exit: number | null; output: string } => {
  const { status, stdout, stderr } = spawnSync('systemd-analyze', args, { encoding: 'utf8' });
  return { exit: status, output: stdout + stderr };
};

const mode = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);

describe('units', () => {
  /** All of them as they are installed, with a program that is there; one of them may be changed. */
  async function install(change: (name: string, unit: string) => string = (_, unit) => unit): Promise<string> {
    const node = await createNode();
    const folder = await mkdtemp(join(machine.folder, 'units-'));
    for (const name of await readdir(UNITS))
      await writeFile(join(folder, name), change(name, await node.file(`systemd/${name}`)));
    return folder;
  }

  const UNIT = /\.(service|timer)$/;

  async function verify(folder: string): Promise<{ exit: number | null; output: string }> {
    const names = (await readdir(folder)).filter((name) => UNIT.test(name));
    // What is wrong with units of this machine is not told, nor asked.
    return systemd(
      ...['verify', '--man=no', '--recursive-errors=no'],
      ...names.map((name) => join(folder, name.replace('@.', '@auditscan-report.'))),
    );
  }

  it('are what systemd takes', async () => {
    expect(await verify(await install())).toEqual({ exit: 0, output: expect.not.stringContaining('auditscan') });
  });

  it.each([
    ['a key that does not exist', 'auditscan-report.service', 'PrivateTmp=yes', 'PrivateTemp=yes'],
    ['a value that does not exist', 'auditscan-watch.service', 'Restart=always', 'Restart=forever'],
    ['a program that is not there', 'auditscan-watch.service', '/auditscan detect', '/auditscam detect'],
    ['a time that is none', 'auditscan-report.timer', '06:00:00', '26:00:00'],
    ['a system call that does not exist', 'auditscan-watch.service', '@privileged', '@priviledged'],
    ['a wrong notifier', 'auditscan-notify@.service', 'Type=oneshot', 'Type=onceshot'],
  ])('%s is seen', async (_, file, right, wrong) => {
    const folder = await install((name, unit) => (name === file ? unit.replace(right, wrong) : unit));
    expect(await text(join(folder, file))).toContain(wrong);
    expect((await verify(folder)).output).toContain(`${file}:`);
  });

  /** As percent of all that a service may do by default. */
  const exposed = (file: string, limit: number): { exit: number | null; output: string } =>
    systemd('security', '--offline=true', '--no-pager', `--threshold=${limit}`, file);

  it.each(HARDENED)('%s is exposed to little, and to more without each half of its lines', async (name) => {
    // Measured with systemd 252: 0.5 of 10.
    const folder = await install();
    expect(exposed(join(folder, name), 8)).toMatchObject({ exit: 0 });
    for (const lines of [/^(Protect|Private)/, /^(Capability|Restrict|SystemCall|NoNew)/]) {
      const weaker = await install((_, unit) =>
        unit
          .split('\n')
          .filter((line) => !lines.test(line))
          .join('\n'),
      );
      expect(exposed(join(weaker, name), 8).exit).not.toBe(0);
    }
  });

  it('are hardened alike, and let V8 compile', async () => {
    const sections = await Promise.all(
      HARDENED.map(async (name) => {
        const unit = await text(join(UNITS, name));
        return unit.slice(unit.indexOf('# What a log can make')).split('\n\n')[0]?.trim();
      }),
    );
    expect(sections[0]).toContain('\nNoNewPrivileges=yes\n');
    expect(sections[1]).toBe(sections[0]);
    expect(valuesOf(sections[0] ?? '', 'MemoryDenyWriteExecute')).toEqual([]);
  });

  it('systemd takes the drop-in for logs of root, and it hides what it does not name', async () => {
    const folder = await install();
    for (const name of HARDENED) {
      await mkdir(join(folder, `${name}.d`));
      await cp(join(folder, 'root-only-logs.conf'), join(folder, `${name}.d/root-only-logs.conf`));
    }
    expect(await verify(folder)).toEqual({ exit: 0, output: expect.not.stringContaining('auditscan') });
    const hidden = valuesOf(await text(join(UNITS, 'root-only-logs.conf')), 'TemporaryFileSystem');
    expect(hidden).toEqual(['/:ro /run:ro']);
    await writeFile(
      join(folder, 'auditscan-watch.service.d/root-only-logs.conf'),
      '[Service]\nTemporaryFilesystem=/\n',
    );
    expect((await verify(folder)).output).toContain('TemporaryFilesystem');
  });

  it('the one who is told of a failure is', async () => {
    const folder = await install();
    for (const name of HARDENED)
      expect(valuesOf(await text(join(folder, name)), 'OnFailure')).toEqual(['auditscan-notify@%N.service']);
    const [command = ''] = valuesOf(await text(join(folder, 'auditscan-notify@.service')), 'ExecStart');
    await writeFile(machine.path('sendmail'), '#!/bin/sh\necho "$@"; cat\n', { mode: 0o755 });
    // What systemd makes of it.
    const line = command
      .replaceAll('%i', 'auditscan-report')
      .replaceAll('%H', 'cp-1')
      .replaceAll('$$', '$')
      .replaceAll('/usr/sbin/sendmail', machine.path('sendmail'));
    const env = { MONITOR_SERVICE_RESULT: 'exit-code', MONITOR_EXIT_STATUS: '1' };
    expect(await shell(machine, line, { shell: 'sh', env })).toEqual({
      stdout: expect.stringMatching(/^-i -t\nTo: root\nSubject: auditscan-report on cp-1: exit-code 1\n\nStatus 1 /),
      stderr: '',
      exit: 0,
    });
  });
});

describe('auditscan-report.service', () => {
  it('tells what is new, once, and says so by its status', async () => {
    const node = await createNode();
    const command = await node.execStart('auditscan-report.service');
    const [path = ''] = valuesOf(await node.file('systemd/auditscan-report.service'), 'Environment');
    const env = { PATH: path.replace(/^PATH=/, '') };
    expect(env.PATH).toBe(`${machine.folder}:/usr/bin:/bin`);
    const run = (): Promise<Outcome> => shell(machine, command, { shell: 'sh', env });
    const totals = async (): Promise<object> => JSON.parse(await text(node.path('report.json'))).totals;

    const first = await run();
    expect(first).toEqual({ stdout: '', stderr: expect.stringMatching(/^6 findings \(6 high\), 6 new,/), exit: 1 });
    expect(await totals()).toMatchObject({ findings: 6, newFindings: 6, requests: 6 });
    expect(await text(node.path('report.html'))).toMatch(/^<!doctype html>/i);

    expect(await run()).toMatchObject({ stdout: '', stderr: expect.stringMatching(/^no finding, 0 new,/), exit: 0 });
    expect(await totals()).toMatchObject({ findings: 0, newFindings: 0, requests: 0 });

    await node.append(6, 7);
    expect(await run()).toMatchObject({ stderr: expect.stringMatching(/^1 finding \(1 high\), 1 new,/), exit: 1 });
    expect(await totals()).toMatchObject({ findings: 1, newFindings: 1 });
    const names = await readdir(node.path('.'));
    expect(names.sort()).toEqual(['known', 'report.html', 'report.json']);
    for (const name of names) expect([name, await mode(node.path(name))]).toEqual([name, '600']);
  });

  it('a log that cannot be read is another status', async () => {
    const node = await createNode();
    await rename(node.logs, `${node.logs}-away`);
    const command = await node.execStart('auditscan-report.service');
    const { stdout, stderr, exit } = await shell(machine, command, { shell: 'sh' });
    expect({ stdout, exit }).toEqual({ stdout: '', exit: 2 });
    expect(stderr).toMatch(/^auditscan: [^\n]*audit\.log[^\n]*\n$/);
  });
});

describe('auditscan-watch.service', () => {
  it('gives what is there, then what comes; SIGTERM ends it, and a restart goes on', async () => {
    const node = await createNode();
    const [program, ...args] = (await node.execStart('auditscan-watch.service')).split(' ');
    expect(program).toBe(machine.path('auditscan'));
    const first = start(machine, args);
    await first.has(6);
    await node.append(6, 7);
    await first.has(7);
    expect(await first.end('SIGTERM')).toEqual({ exit: 0, signal: null });
    expect(await readdir(node.path('.'))).toEqual(['watch.state']);
    expect(await mode(node.path('watch.state'))).toBe('600');

    await node.append(7, 8);
    const second = start(machine, args);
    await second.has(1);
    expect(await second.end('SIGTERM')).toEqual({ exit: 0, signal: null });
    expect([numbersIn(first.stdout), numbersIn(second.stdout)]).toEqual([range(0, 7), [7]]);
  });

  it('a reader that goes away is a clean end, and so the unit starts it again whatever its status', async () => {
    const node = await createNode();
    const command = await node.execStart('auditscan-watch.service');
    let isOver = false;
    const outcome = shell(machine, `set -o pipefail; ${command} | head -n 1 > first`).finally(() => {
      isOver = true;
    });
    // It is noticed at the next row.
    for (let n = 6; !isOver && n < 600; n++) {
      await node.append(n, n + 1);
      await delay(200);
    }
    const { stderr, exit } = await outcome;
    expect({ stderr, exit }).toEqual({ stderr: expect.stringContaining('following '), exit: 0 });
    expect(valuesOf(await node.file('systemd/auditscan-watch.service'), 'Restart')).toEqual(['always']);
  });
});

describe('cron', () => {
  /** As cron runs it: by the shell and with the environment of the file, an empty pipe as input. */
  async function cronJob(node: Node): Promise<() => Promise<Outcome>> {
    const file = await node.file('cron/auditscan');
    expect(file.endsWith('\n')).toBe(true);
    const lines = file.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    const settings = lines.filter((line) => /^[A-Z]+=/.test(line)).map((line) => line.split('='));
    const env = Object.fromEntries(settings) as Record<string, string>;
    expect(env).toEqual({ SHELL: '/bin/sh', PATH: `${machine.folder}:/usr/bin:/bin`, MAILTO: 'root' });
    const jobs = lines.filter((line) => !/^[A-Z]+=/.test(line));
    expect(jobs).toHaveLength(1);
    const [, user, command = ''] = /^0 6 \* \* \* (\S+) (.*)$/.exec(jobs[0] ?? '') ?? [];
    expect(user).toBe('auditscan');
    // cron takes it for the end of the line.
    expect(command).not.toContain('%');
    return () => shell(machine, command, { shell: env.SHELL ?? '', env: { ...env, HOME: node.path('.') } });
  }
  const NEWS = /^auditscan report ended with status (\d) \(1: new findings[^\n]*\/report\.html\)\n$/;

  it('its file is one that cron reads', async () => {
    for (const name of await readdir(join(DEPLOY, 'cron'))) expect(name).toMatch(/^[\w-]+$/);
  });

  it('says one line of news, and nothing where there is none', async () => {
    const node = await createNode();
    const run = await cronJob(node);
    expect(await run()).toEqual({ stdout: expect.stringMatching(NEWS), stderr: '', exit: 1 });
    expect(await run()).toEqual({ stdout: '', stderr: '', exit: 0 });
    for (const name of await readdir(node.path('.'))) expect(await mode(node.path(name))).toBe('600');
  });

  it('says why there is no report', async () => {
    const node = await createNode();
    await rename(node.logs, `${node.logs}-away`);
    const { stdout, stderr, exit } = await (await cronJob(node))();
    expect(NEWS.exec(stdout)?.[1]).toBe('2');
    expect({ stderr, exit }).toEqual({ stderr: expect.stringMatching(/^auditscan: [^\n]*\n$/), exit: 2 });
  });
});

describe('auditscan.yaml', () => {
  const report = async (config: string): Promise<Outcome> => {
    const node = await createNode();
    return shell(machine, `auditscan report -o json --config ${config} ${node.logs}`);
  };

  it('is accepted, and hides nothing as it is', async () => {
    const { stdout, exit } = await report(join(DEPLOY, 'auditscan.yaml'));
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      totals: { findings: 6 },
      inputs: { excepted: 0 },
      outsideBusinessHours: { businessHours: 'Mon to Fri, 08:00 to 18:00, UTC' },
    });
  });

  it('is accepted with everything in it that is commented out', async () => {
    // What is no prose has two spaces behind its mark, or none.
    const all = (await text(join(DEPLOY, 'auditscan.yaml'))).replace(/^#(?=\S| {2})/gm, '');
    for (const key of ['lists', 'exceptions', 'severities', 'disabled'])
      expect(all).toMatch(new RegExp(`^${key}:`, 'm'));
    const { stderr, exit } = await report(await machine.write('all.yaml', all));
    expect({ stderr, exit }).toEqual({ stderr: expect.stringMatching(/^6 findings/), exit: 0 });
  });
});

describe('what the guides name', () => {
  it.each(['deploy/README.md', 'docs/reports.md', 'docs/configuration.md'])(
    '%s names files that are there',
    async (name) => {
      const guide = await readFile(join(ROOT, name), 'utf8');
      const links = [...guide.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path = '']) =>
        join(ROOT, name, '..', path),
      );
      const named = [...guide.matchAll(/(?<![\w/.-])(?:deploy|docs)\/[\w@./-]*\w(?!-?\*|[\w@/])/g)].map(([path]) =>
        join(ROOT, path),
      );
      expect(links.length + named.length).toBeGreaterThan(0);
      for (const path of [...links, ...named])
        expect([path, await stat(path).catch(() => 'missing')]).not.toContain('missing');
    },
  );

  it('deploy/README.md names every file beside it', async () => {
    const guide = await text(join(DEPLOY, 'README.md'));
    const names = (await readdir(DEPLOY, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile() && entry.name !== 'README.md')
      .map((entry) => join(entry.parentPath, entry.name).slice(DEPLOY.length + 1));
    expect(names.length).toBeGreaterThan(6);
    for (const name of names) expect(guide).toContain(`deploy/${name}`);
  });
});

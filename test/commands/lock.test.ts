import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { acquireLock } from '../../src/commands/lock.ts';
import { InputError, UsageError } from '../../src/errors.ts';

const HOLDER = fileURLToPath(new URL('lock-holder.ts', import.meta.url));
const hasProc = process.platform === 'linux';

/** What `link` fails with; undefined where it does not. */
const linkError = vi.hoisted(() => ({ code: undefined as string | undefined }));
/** What files and links of the system say instead of what they do. */
const system = vi.hoisted(() => new Map<unknown, string>());
vi.mock('node:fs/promises', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs/promises')>();
  const link: typeof original.link = async (...paths) => {
    if (linkError.code === undefined) return original.link(...paths);
    throw Object.assign(new Error(linkError.code), { code: linkError.code });
  };
  const or = (real: (...args: never[]) => unknown) =>
    ((path: unknown, ...rest: never[]) => {
      const said = system.get(path);
      return said === undefined ? real(path as never, ...rest) : Promise.resolve(said);
    }) as never;
  return { ...original, link, readFile: or(original.readFile), readlink: or(original.readlink) };
});

let folder: string;
let state: string;
let children: ChildProcess[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'auditscan-lock-'));
  state = join(folder, 'state');
  children = [];
  linkError.code = undefined;
  system.clear();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(children.map(kill));
  rmSync(folder, { recursive: true });
});

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function holder(path = state): Promise<ChildProcess> {
  const child = fork(HOLDER, [path], { execArgv: ['--import', 'tsx'] });
  children.push(child);
  await once(child, 'message');
  return child;
}

async function tell(child: ChildProcess, order: 'acquire' | 'check' | 'release'): Promise<string> {
  child.send(order);
  const [answer] = await once(child, 'message');
  return String(answer);
}

async function errorOf(run: Promise<unknown>): Promise<Error> {
  const error = await run.catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(Error);
  return error as Error;
}

async function refusal(): Promise<string> {
  const error = await errorOf(acquireLock(state));
  expect(error).toBeInstanceOf(UsageError);
  return error.message;
}

/** What a lock of ours says, to be changed and planted. */
async function ours(): Promise<Record<string, unknown>> {
  const lock = await acquireLock(state);
  const content = JSON.parse(readFileSync(`${state}.lock`, 'utf8'));
  await lock.release();
  return { ...content, token: 'theirs' };
}

/** A lock that was last touched so many seconds ago. */
function plant(content: unknown, age = 0): void {
  writeFileSync(`${state}.lock`, typeof content === 'string' ? content : `${JSON.stringify(content)}\n`);
  const time = Date.now() / 1000 - age;
  utimesSync(`${state}.lock`, time, time);
}

async function takesOver(content: unknown, age = 0): Promise<void> {
  plant(content, age);
  const lock = await acquireLock(state);
  await lock.check();
  expect(readdirSync(folder)).toEqual(['state.lock']);
  await lock.release();
  expect(readdirSync(folder)).toEqual([]);
}

describe('a lock', () => {
  it('says whose it is, is for its owner alone, and is gone when it is released', async () => {
    const lock = await acquireLock(state);
    const content = JSON.parse(readFileSync(`${state}.lock`, 'utf8'));
    expect(content).toMatchObject({
      pid: process.pid,
      host: hostname(),
      token: expect.stringMatching(/^[\da-f-]{36}$/),
    });
    expect(Math.abs(Date.parse(content.since) - Date.now())).toBeLessThan(10_000);
    if (hasProc) {
      expect(content.start).toBeGreaterThan(0);
      expect(content.boot).toMatch(/^[\da-f-]{36}$/);
      expect(content.pidNamespace).toMatch(/^pid:\[\d+\]$/);
    }
    expect(statSync(`${state}.lock`).mode & 0o777).toBe(0o600);
    await lock.check();
    expect(readdirSync(folder)).toEqual(['state.lock']);
    await lock.release();
    expect(readdirSync(folder)).toEqual([]);
    await lock.release();
  });

  it('is one for all names of the state', async () => {
    mkdirSync(join(folder, 'var'));
    const real = join(folder, 'var', 'state');
    symlinkSync(real, state);
    const lock = await acquireLock(state);
    expect((await errorOf(acquireLock(real))).message).toContain(`${real} is in use`);
    expect(readdirSync(folder).sort()).toEqual(['state', 'var']);
    await lock.release();
  });

  it.each(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])('needs no links (%s)', async (code) => {
    linkError.code = code;
    const lock = await acquireLock(state);
    await lock.check();
    expect(await refusal()).toContain('is in use by another auditscan (process');
    expect(readdirSync(folder)).toEqual(['state.lock']);
    await lock.release();
    await takesOver({ ...(await ours()), pid: 2 ** 30 });
  });

  it('that cannot be made is told', async () => {
    state = join(folder, 'none', 'state');
    const error = await errorOf(acquireLock(state));
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toBe(`cannot lock ${state}: there is no directory ${dirname(state)}; make it first`);
    state = join(folder, 'state');
    linkError.code = 'EIO';
    expect((await errorOf(acquireLock(state))).message).toBe(`cannot lock ${state}: input/output error`);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is not looked for behind a link, nor in a directory', async () => {
    const other = join(folder, 'other');
    for (const target of ['somewhere', 'other']) {
      writeFileSync(other, '');
      utimesSync(other, 0, 0);
      symlinkSync(target, `${state}.lock`);
      const error = await errorOf(acquireLock(state));
      expect(error).toBeInstanceOf(InputError);
      expect(error.message).toBe(`the lock ${state}.lock is a symbolic link, which nobody here made; remove it`);
      expect(lstatSync(`${state}.lock`).isSymbolicLink()).toBe(true);
      expect(readdirSync(folder).sort()).toEqual(['other', 'state.lock']);
      rmSync(`${state}.lock`);
    }
    mkdirSync(`${state}.lock`);
    expect((await errorOf(acquireLock(state))).message).toBe(`cannot lock ${state}: is a directory`);
  });
});

describe('a holder', () => {
  it('that lives keeps others out, until it releases the lock', async () => {
    const [one, other] = await Promise.all([holder(), holder()]);
    expect(await tell(one, 'acquire')).toBe('done');
    const { since } = JSON.parse(readFileSync(`${state}.lock`, 'utf8'));
    expect(await tell(other, 'acquire')).toBe(
      `UsageError: ${state} is in use by another auditscan (process ${one.pid} on ${hostname()} since ${since}); give each its own --state`,
    );
    expect(await tell(one, 'check')).toBe('done');
    expect(await tell(one, 'release')).toBe('done');
    expect(await tell(other, 'acquire')).toBe('done');
    expect(await tell(one, 'acquire')).toContain(`process ${other.pid} `);
  });

  it('of another file than a state is told by the option that names it', async () => {
    const lock = await acquireLock(state, '--known');
    expect((await errorOf(acquireLock(state, '--known'))).message).toMatch(/\); give each its own --known$/);
    expect(await refusal()).toMatch(/\); give each its own --state$/);
    await lock.release();
  });

  it('that was killed is followed at once', async () => {
    const [one, other] = await Promise.all([holder(), holder()]);
    expect(await tell(one, 'acquire')).toBe('done');
    await kill(one);
    const start = performance.now();
    expect(await tell(other, 'acquire')).toBe('done');
    expect(performance.now() - start).toBeLessThan(2000);
    expect(await tell(other, 'check')).toBe('done');
    expect(readdirSync(folder)).toEqual(['state.lock']);
  });

  it('in this very process keeps it too', async () => {
    const lock = await acquireLock(state);
    expect(await refusal()).toContain(`process ${process.pid} on ${hostname()}`);
    await lock.check();
    await lock.release();
  });

  it('is dead where no process has its pid', async () => {
    const child = await holder();
    await kill(child);
    await takesOver({ ...(await ours()), pid: child.pid });
  });

  it.runIf(hasProc)('is dead where its pid is that of a process which started at another time', async () => {
    const content = await ours();
    await takesOver({ ...content, start: Number(content.start) + 1 });
    await takesOver({ ...content, start: 1, pid: 1 });
  });

  it.runIf(hasProc)('is dead where it ended and nobody asked for its status', async () => {
    // The child of a shell that became another program, which knows of no child.
    const shell = fork('-', [], {
      execPath: '/bin/sh',
      execArgv: ['-c', 'sleep 0.2 & echo $!; exec sleep 30'],
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    children.push(shell);
    const [chunk] = await once(shell.stdout ?? shell, 'data');
    const pid = Number(String(chunk));
    await vi.waitFor(() => expect(readFileSync(`/proc/${pid}/stat`, 'latin1')).toContain(') Z '), 5000);
    await takesOver({ ...(await ours()), pid, start: null });
  });

  describe.runIf(hasProc)('before another start', () => {
    const machine = (id: string, namespace = 'pid:[4026531836]'): void => {
      system.set('/etc/machine-id', `${id}\n`).set('/proc/self/ns/pid', namespace);
    };
    const [one, other] = ['0123456789abcdef'.repeat(2), 'fedcba9876543210'.repeat(2)];

    it('of this machine is dead', async () => {
      machine(one);
      const content = await ours();
      expect(JSON.stringify(content)).not.toContain(one);
      await takesOver({ ...content, boot: 'another' });
    });

    it.each([
      ['of another machine with our host name', () => machine(other)],
      ['of a machine that has no id', () => machine('')],
      ['of a machine that has no id yet', () => machine('uninitialized')],
      ['in containers that share a name and an id', () => machine(one, 'pid:[4026532281]')],
    ])('%s is judged by its last sign of life', async (_name, prepare) => {
      prepare();
      const content = { ...(await ours()), boot: 'another' };
      machine(one, String((content as { pidNamespace?: string }).pidNamespace));
      plant(content, 50);
      expect(await refusal()).toContain('or wait a minute if that one was killed');
      await takesOver(content, 70);
    });

    it('as an older auditscan told it is judged by its last sign of life', async () => {
      machine(one);
      const { machine: _none, ...content } = await ours();
      plant({ ...content, boot: 'another' }, 50);
      expect(await refusal()).toContain('or wait a minute');
    });
  });

  it.runIf(hasProc)('on another machine is judged by its last sign of life', async () => {
    const content = { ...(await ours()), boot: 'another', host: 'another' };
    plant(content, 50);
    expect(await refusal()).toContain(`process ${process.pid} on another since`);
    await takesOver(content, 70);
  });

  it('in another pid namespace is judged by its last sign of life', async () => {
    const content = { ...(await ours()), pidNamespace: 'pid:[1]', pid: 1 };
    plant(content, 50);
    expect(await refusal()).toBe(
      `${state} is in use by another auditscan (process 1 on ${hostname()} since ${String((content as { since?: string }).since)}); give each its own --state, or wait a minute if that one was killed`,
    );
    await takesOver(content, 70);
    // Before the clock was set back.
    await takesOver(content, -3600);
  });

  it('of a system without /proc is asked by its pid alone', async () => {
    const nothing = { start: null, boot: null, pidNamespace: null };
    plant({ ...(await ours()), ...nothing });
    // Here there is a /proc, so that such a lock is somebody else's.
    if (hasProc) expect(await refusal()).toContain('or wait a minute');
    else expect(await refusal()).not.toContain('or wait a minute');
  });

  it.each([
    ['empty', ''],
    ['cut', '{"pid":12,"sta'],
    ['no object', '[1]'],
    ['without a pid', '{"host":"a"}'],
    [
      'of a pid that means others',
      { pid: -1, start: null, boot: null, pidNamespace: null, host: '', since: '', token: '' },
    ],
    ['long', `${' '.repeat(10_000)}{}`],
  ])('whose lock is damaged is judged by its age: %s', async (_name, content) => {
    plant(content, 50);
    expect(await refusal()).toBe(
      `${state} is in use by another auditscan (its lock cannot be read); give each its own --state, or wait a minute if that one was killed`,
    );
    await takesOver(content, 70);
  });
});

describe('check', () => {
  it('fails once the lock is another one, and release leaves that one alone', async () => {
    const lock = await acquireLock(state);
    const old = readFileSync(`${state}.lock`, 'utf8');
    const theirs = old.replace(/"token":"[^"]*"/, '"token":"theirs"');
    plant(theirs);
    const error = await errorOf(lock.check());
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toBe(
      `the lock ${state}.lock is gone or another auditscan's: this one stops, so that not both write ${state}`,
    );
    await lock.release();
    expect(readFileSync(`${state}.lock`, 'utf8')).toBe(theirs);
  });

  it('fails once the lock is gone, a link or a directory', async () => {
    const lock = await acquireLock(state);
    renameSync(`${state}.lock`, join(folder, 'away'));
    expect(await errorOf(lock.check())).toBeInstanceOf(InputError);
    symlinkSync('away', `${state}.lock`);
    expect(await errorOf(lock.check())).toBeInstanceOf(InputError);
    await lock.release();
    rmSync(`${state}.lock`);
    mkdirSync(`${state}.lock`);
    expect(await errorOf(lock.check())).toBeInstanceOf(InputError);
    await lock.release();
    expect(readdirSync(folder).sort()).toEqual(['away', 'state.lock']);
  });
});

describe('signs of life', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('come every ten seconds, whoever asks or not, until the lock is released or taken over', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const lock = await acquireLock(state);
    const text = readFileSync(`${state}.lock`, 'utf8');
    const age = (): number => Date.now() - statSync(`${state}.lock`).mtimeMs;
    for (let turn = 0; turn < 2; turn++) {
      plant(text, 3600);
      vi.advanceTimersByTime(9_999);
      await lock.check();
      expect(age()).toBeGreaterThan(3_000_000);
      vi.advanceTimersByTime(1);
      // `vi.waitFor` would go on with the clock.
      for (let look = 0; look < 500 && age() > 10_000; look++) await delay(10);
      expect(age()).toBeLessThan(10_000);
      expect(readFileSync(`${state}.lock`, 'utf8')).toBe(text);
    }
    const theirs = text.replace(/"token":"[^"]*"/, '"token":"theirs"');
    plant(theirs, 3600);
    vi.advanceTimersByTime(10_000);
    await lock.check().catch(() => {});
    expect(age()).toBeGreaterThan(3_000_000);
    await lock.release();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a takeover', () => {
  it('waits for one that is under way, and goes on where that was killed', async () => {
    const content = { ...(await ours()), pidNamespace: 'pid:[1]' };
    plant(content, 70);
    const claim = `${state}.lock.takeover`;
    writeFileSync(claim, '');
    let taken = false;
    const waiting = acquireLock(state).then((lock) => {
      taken = true;
      return lock;
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(taken).toBe(false);
    const old = Date.now() / 1000 - 6;
    utimesSync(claim, old, old);
    const lock = await waiting;
    expect(readdirSync(folder)).toEqual(['state.lock']);
    await lock.release();
  });

  it('is won by one of eight, race after race', { timeout: 120_000 }, async () => {
    const content = { ...(await ours()), pid: 2 ** 30 };
    const racers = await Promise.all(Array.from({ length: 8 }, () => holder()));
    for (let race = 0; race < 25; race++) {
      plant(content);
      const answers = await Promise.all(racers.map((racer) => tell(racer, 'acquire')));
      const winners = racers.filter((_racer, index) => answers[index] === 'done');
      expect(winners, answers.join('\n')).toHaveLength(1);
      const [winner] = winners;
      if (winner === undefined) return;
      for (const answer of answers.filter((text) => text !== 'done')) {
        expect(answer).toContain(`is in use by another auditscan (process ${winner.pid} `);
      }
      // It holds it for a while.
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(await tell(winner, 'check')).toBe('done');
      expect(await tell(winner, 'release')).toBe('done');
      expect(readdirSync(folder)).toEqual([]);
    }
  });
});

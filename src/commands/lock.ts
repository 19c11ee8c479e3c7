/**
 * A lock beside a file that a run leaves for the next: two runs that go on from the same state would each tell the same
 * findings, and write the state over that of the other. Node has no `flock`, so that a lock is a file, and somebody has to
 * judge whether its holder lives.
 */

import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, link, lstat, open, readFile, readlink, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as v from 'valibot';
import { codeOf, InputError, systemReason, UsageError } from '../errors.ts';
import { fileBehind } from '../files/replace.ts';

export interface Lock {
  /**
   * To be called before each write of the file.
   * @throws {InputError} when another process took the lock over.
   */
  check(): Promise<void>;
  /** Takes the lock away if it is still ours, and ends the signs of life. */
  release(): Promise<void>;
}

/** Milliseconds. A holder that cannot be asked counts as dead when it gave no sign of life for so long. */
const STALE = 60_000;

/** Milliseconds between two signs of life. */
const TOUCH = 10_000;

/** Milliseconds. Who takes a lock over needs far less, and was killed at it where it takes longer. */
const TAKEOVER = 5000;

/** Milliseconds until somebody is refused who finds neither a free lock nor a live holder. */
const PATIENCE = 15_000;

/** Milliseconds between two looks. */
const PAUSE = 20;

/** Bytes. A lock is far shorter. */
const LONGEST = 4096;

/** Of processes that no container holds: the kernel gives the first namespace this number, on every machine. */
const FIRST_NAMESPACE = 'pid:[4026531836]';

/** What `link` says where a file system has no links. */
const NO_LINKS: ReadonlySet<unknown> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** Who holds a lock. What a system does not tell is null. */
const holder = v.object({
  pid: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2 ** 31 - 1)),
  /** When the process started, in clock ticks since the machine did: a pid comes again, and this tells the two apart. */
  start: v.nullable(v.number()),
  /** Of each start of the machine another. */
  boot: v.nullable(v.string()),
  /** Where the pid counts: in a container, every first process is 1. */
  pidNamespace: v.nullable(v.string()),
  host: v.string(),
  /** Of each installed system another, without saying which. */
  machine: v.optional(v.nullable(v.string()), null),
  since: v.string(),
  token: v.string(),
});

type Holder = v.InferOutput<typeof holder>;

/** A lock that was found. */
interface Found {
  readonly text: string;
  /** Undefined where the text is none of ours, or not yet whole. */
  readonly holder: Holder | undefined;
  readonly inode: bigint;
  /** The last sign of life, by the clock of the file system. */
  readonly touched: number;
}

/**
 * Takes the lock of a state file, or of another that runs leave for the next. The lock lies beside the file itself where a
 * link leads to it, so that its names are one.
 * @param option names the file on the command line; who is refused is told to give each run its own.
 * @throws {UsageError} when another process holds it; {InputError} when it cannot be made.
 */
export async function acquireLock(file: string, option: '--state' | '--known' = '--state'): Promise<Lock> {
  const us = await ourselves();
  const refusal = (them: Holder | undefined): UsageError => inUse(file, option, them, us);
  const text = `${JSON.stringify(us)}\n`;
  try {
    const path = `${await fileBehind(file)}.lock`;
    const draft = `${path}.${us.token}`;
    await create(draft, text);
    try {
      await take(path, draft, text, us, refusal);
    } finally {
      await unlink(draft).catch(() => {});
    }
    return held(file, path, text);
  } catch (error) {
    if (error instanceof UsageError || error instanceof InputError) throw error;
    throw new InputError(await whyNot(file, error));
  }
}

async function whyNot(file: string, error: unknown): Promise<string> {
  const folder = dirname(await fileBehind(file).catch(() => file));
  if (codeOf(error) === 'ENOENT') return `cannot lock ${file}: there is no directory ${folder}; make it first`;
  const isDenied = codeOf(error) === 'EACCES' || codeOf(error) === 'EROFS';
  const wayOut = isDenied ? `; its directory, ${folder}, must be one that this user may write to` : '';
  return `cannot lock ${file}: ${systemReason(error)}${wayOut}`;
}

async function take(
  path: string,
  draft: string,
  text: string,
  us: Holder,
  refusal: (them: Holder | undefined) => UsageError,
): Promise<void> {
  // Signs of life are stamped by the file system, which may be another machine's.
  const ahead = (await lstat(draft)).mtimeMs - Date.now();
  // One from the future was stamped before the clock was set back, and a live holder would have stamped it anew.
  const age = (time: number): number => Math.abs(Date.now() + ahead - time);
  let found: Found | undefined;
  for (const start = performance.now(); performance.now() - start < PATIENCE; ) {
    if (await place(draft, path, text)) return;
    found = await read(path);
    if (found === undefined) continue;
    // A file server that was asked twice may refuse what it has done.
    if (found.text === text) return;
    if (!(await isDead(found, us, age(found.touched)))) throw refusal(found.holder);
    if (!(await removeDead(path, found, age))) await delay(PAUSE);
  }
  throw refusal(found?.holder);
}

/** Gives the draft its name, whole from the first moment. False where the name is taken. */
async function place(draft: string, path: string, text: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    if (!NO_LINKS.has(codeOf(error))) throw error;
  }
  // For a moment it is empty, which others take for one that is being made.
  return create(path, text);
}

/**
 * Takes the lock of a dead holder away. Of several that want to, one at a time may: else the slower would take away the new
 * lock of the faster. False where another is at it.
 */
async function removeDead(path: string, dead: Found, age: (time: number) => number): Promise<boolean> {
  const claim = `${path}.takeover`;
  if (!(await create(claim, ''))) {
    const other = await orAbsent(lstat(claim));
    // Its maker was killed at it. Two that see this at once may both go on; `check` tells the one that lost.
    if (other !== undefined && age(other.mtimeMs) > TAKEOVER) await orAbsent(unlink(claim));
    return false;
  }
  try {
    const now = await read(path);
    if (now?.text === dead.text && now.inode === dead.inode && now.touched === dead.touched) await unlink(path);
    return true;
  } finally {
    await orAbsent(unlink(claim));
  }
}

function held(file: string, path: string, text: string): Lock {
  let touching = false;
  // Of its own accord: a reader that stalls, or a huge file that is read past, holds up everything else, writes of the state
  // included. Only a write that the system itself holds up stops this, too: to a file or a terminal, never to a pipe.
  const signs = setInterval(async () => {
    if (touching) return;
    touching = true;
    // The same bytes once more, rather than a time of ours: the file system stamps them by its own clock. What fails here is
    // told by `check`.
    await withOurs(path, text, async (handle) => void (await handle.write(text, 0))).catch(() => {});
    touching = false;
  }, TOUCH);
  signs.unref();
  return {
    async check() {
      const ours = await withOurs(path, text, async () => {}).catch((error: unknown) => {
        throw new InputError(`the lock ${path} cannot be checked: ${systemReason(error)}`);
      });
      if (ours) return;
      throw new InputError(
        `the lock ${path} is gone or another auditscan's: this one stops, so that not both write ${file}`,
      );
    },
    async release() {
      clearInterval(signs);
      // One that stays behind does no harm: its holder is dead.
      await withOurs(path, text, () => unlink(path)).catch(() => {});
    },
  };
}

/** Does something with a lock that is still ours, on the very file that was read; false where it is not. */
async function withOurs(path: string, text: string, use: (handle: FileHandle) => Promise<void>): Promise<boolean> {
  const handle = await orAbsent(open(path, constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK));
  if (handle === undefined) return false;
  try {
    if ((await textOf(handle)) !== text) return false;
    await use(handle);
    return true;
  } finally {
    await handle.close();
  }
}

/** @returns undefined where there is no lock. */
async function read(path: string): Promise<Found | undefined> {
  const opened = open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  const handle = await orAbsent(opened).catch((error: unknown) => {
    if (codeOf(error) !== 'ELOOP') throw error;
    throw new InputError(`the lock ${path} is a symbolic link, which nobody here made; remove it`);
  });
  if (handle === undefined) return undefined;
  try {
    const text = await textOf(handle);
    const { ino, mtimeMs } = await handle.stat({ bigint: true });
    return { text, holder: holderIn(text), inode: ino, touched: Number(mtimeMs) };
  } finally {
    await handle.close();
  }
}

async function textOf(handle: FileHandle): Promise<string> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(LONGEST), 0, LONGEST, 0);
  return buffer.toString('utf8', 0, bytesRead);
}

function holderIn(text: string): Holder | undefined {
  try {
    const parsed = v.safeParse(holder, JSON.parse(text));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

async function isDead({ holder: them }: Found, us: Holder, age: number): Promise<boolean> {
  if (them === undefined) return age > STALE;
  if (isFromBeforeReboot(them, us)) return true;
  return canBeAsked(them, us) ? !(await runs(them, us)) : age > STALE;
}

/**
 * Whether the holder's machine is this one, and started anew since. A state may lie on a file system that machines share, and
 * so may they a host name; the images of containers may bring the id of one machine to many.
 */
function isFromBeforeReboot(them: Holder, us: Holder): boolean {
  const isHere = them.host === us.host && them.machine !== null && them.machine === us.machine;
  const inContainer = them.pidNamespace !== FIRST_NAMESPACE || us.pidNamespace !== FIRST_NAMESPACE;
  return isHere && !inContainer && them.boot !== null && us.boot !== null && them.boot !== us.boot;
}

/** Whether the holder's pid means the same process here. */
function canBeAsked(them: Holder, us: Holder): boolean {
  if (them.boot !== us.boot || them.pidNamespace !== us.pidNamespace) return false;
  // Without /proc there are no containers either.
  return us.pidNamespace !== null || (us.boot === null && them.host === us.host);
}

async function runs(them: Holder, us: Holder): Promise<boolean> {
  try {
    process.kill(them.pid, 0);
  } catch (error) {
    // Any other error is that of a process which is there, and not ours to signal.
    if (codeOf(error) === 'ESRCH') return false;
  }
  const seen = us.start === null ? undefined : await processStat(String(them.pid));
  if (seen === undefined) return true;
  // A process that ended stays in the list until its parent asks for it, and that may be never.
  const ended = seen.state === 'Z' || seen.state === 'X';
  return !ended && (them.start === null || seen.start === them.start);
}

async function ourselves(): Promise<Holder> {
  const seen = await processStat('self');
  return {
    pid: process.pid,
    // A /proc of another namespace than ours has other pids.
    start: seen?.pid === process.pid ? seen.start : null,
    boot: await readFile('/proc/sys/kernel/random/boot_id', 'latin1').then(
      (id) => id.trim(),
      () => null,
    ),
    pidNamespace: await readlink('/proc/self/ns/pid').catch(() => null),
    host: hostname(),
    machine: await machineId(),
    since: new Date().toISOString(),
    token: randomUUID(),
  };
}

/** As machine-id(5) wants it: the id itself is nobody else's to know. Null in a system that has none (yet). */
async function machineId(): Promise<string | null> {
  const id = (await readFile('/etc/machine-id', 'latin1').catch(() => '')).trim();
  return /^[\da-f]{32}$/.test(id) ? createHash('sha256').update(`auditscan ${id}`).digest('hex') : null;
}

/** What the kernel says of a process; undefined where it says nothing. Source: proc(5), /proc/pid/stat. */
async function processStat(pid: string): Promise<{ pid: number; state: string; start: number } | undefined> {
  const line = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
  // The second field is the name, in parentheses; it may hold blanks and parentheses of its own.
  const rest = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const [state = '', start] = [rest[0], rest[22 - 3]];
  return start === undefined ? undefined : { pid: Number.parseInt(line, 10), state, start: Number(start) };
}

function inUse(file: string, option: string, them: Holder | undefined, us: Holder): UsageError {
  const who =
    them === undefined ? 'its lock cannot be read' : `process ${them.pid} on ${them.host} since ${them.since}`;
  const asked = them !== undefined && canBeAsked(them, us);
  return new UsageError(
    `${file} is in use by another auditscan (${who}); give each its own ${option}${asked ? '' : ', or wait a minute if that one was killed'}`,
  );
}

/** Makes a file with a content, which must not be there yet; false where it is, and be it as a link. */
async function create(path: string, text: string): Promise<boolean> {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  let handle: FileHandle;
  try {
    handle = await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    await handle.writeFile(text);
    // After a power failure it is not an empty one, whose maker nobody knows.
    await handle.sync();
    return true;
  } catch (error) {
    await unlink(path).catch(() => {});
    throw error;
  } finally {
    await handle.close();
  }
}

/** Undefined where the file is not there. */
async function orAbsent<T>(operation: Promise<T>): Promise<T | undefined> {
  try {
    return await operation;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

import { spawn } from 'node:child_process';
import { appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { auditLine } from '../audit-event.ts';
import { CLI, type Machine, type Outcome, shell, until } from './machine.ts';

/** Event number `n`, which `prod-exec` finds; each is of a pod of its own, a second after the one before. */
export function eventLine(n: number, fields: Readonly<Record<string, unknown>> = {}): string {
  const time = new Date(Date.UTC(2026, 1, 22, 10) + n * 1000).toISOString().replace('Z', '000Z');
  return `${auditLine({
    auditID: `event-${n}`,
    requestURI: `/api/v1/namespaces/prod/pods/web-${n}/exec?command=id`,
    objectRef: { resource: 'pods', subresource: 'exec', namespace: 'prod', name: `web-${n}`, apiVersion: 'v1' },
    responseStatus: { metadata: {}, code: 101 },
    requestReceivedTimestamp: time,
    stageTimestamp: time,
    ...fields,
  })}\n`;
}

/** The lines of the events from one number up to, and without, another. */
export function eventLines(from: number, to: number): string {
  return range(from, to)
    .map((n) => eventLine(n))
    .join('');
}

export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

/** The numbers of the events, or of the findings about them, in JSON lines; a piece of a line counts as none. */
export function numbersIn(output: string): number[] {
  return output.split('\n').flatMap((line) => {
    try {
      const { auditID } = JSON.parse(line) as { auditID: string };
      return auditID.startsWith('event-') ? [Number(auditID.slice('event-'.length))] : [];
    } catch {
      return [];
    }
  });
}

/** A folder of its own with a log in it. */
export interface LogFolder {
  readonly folder: string;
  readonly log: string;
  readonly state: string;
  path(name: string): string;
  append(text: string, name?: string): Promise<void>;
  names(): Promise<string[]>;
}

let folders = 0;

export async function createLogFolder(machine: Machine, text = ''): Promise<LogFolder> {
  const folder = machine.path(`folder-${++folders}`);
  await mkdir(folder);
  const path = (name: string): string => join(folder, name);
  await writeFile(path('audit.log'), text);
  return {
    folder,
    path,
    log: path('audit.log'),
    state: path('state'),
    append: (text, name = 'audit.log') => appendFile(path(name), text),
    names: async () => (await readdir(folder)).sort(),
  };
}

export interface Ending {
  readonly exit: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The program while it runs. */
export interface Follower {
  readonly pid: number;
  /** What came so far. */
  readonly stdout: string;
  readonly stderr: string;
  /** Waits until so many different events, or findings about them, were printed as JSON lines. */
  has(count: number): Promise<void>;
  /** Waits for a text on standard error. */
  says(text: string | RegExp): Promise<void>;
  /** Writes to standard input, which stays open. */
  feed(text: string): void;
  signal(name: NodeJS.Signals): void;
  /** Sends a signal, and waits for the end. */
  end(name?: NodeJS.Signals): Promise<Ending>;
  readonly ended: Promise<Ending>;
}

export interface FollowerOptions {
  readonly cwd?: string;
  /** A descriptor, or `unread` for a pipe that nobody reads before the program has ended. */
  readonly stdout?: number | 'unread';
  /** Otherwise there is none. */
  readonly stdin?: 'open';
}

const running = new Set<Follower>();

/** Starts the program; to be ended by {@link endAll} at the latest. */
export function start(machine: Machine, args: readonly string[], options: FollowerOptions = {}): Follower {
  const { cwd = machine.folder, stdout = 'pipe', stdin } = options;
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd,
    env: machine.env,
    stdio: [stdin === 'open' ? 'pipe' : 'ignore', typeof stdout === 'number' ? stdout : 'pipe', 'pipe'],
  });
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  const read = (): void => void child.stdout?.on('data', (chunk: Buffer) => output.push(chunk));
  if (stdout === 'unread') child.once('exit', read);
  else read();
  child.stderr?.on('data', (chunk: Buffer) => errors.push(chunk));
  const ended = new Promise<Ending>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exit, signal) => {
      running.delete(follower);
      resolve({ exit, signal });
    });
  });
  const follower: Follower = {
    pid: child.pid ?? 0,
    ended,
    get stdout() {
      return Buffer.concat(output).toString();
    },
    get stderr() {
      return Buffer.concat(errors).toString();
    },
    async has(count) {
      await until(`${count} events of ${args.join(' ')}`, () =>
        new Set(numbersIn(follower.stdout)).size >= count ? true : undefined,
      );
    },
    async says(text) {
      await until(`${text} from ${args.join(' ')}`, () => {
        const { stderr } = follower;
        return (typeof text === 'string' ? stderr.includes(text) : text.test(stderr)) || undefined;
      });
    },
    feed: (text) => void child.stdin?.write(text),
    signal: (name) => void child.kill(name),
    end(name = 'SIGTERM') {
      child.kill(name);
      return ended;
    },
  };
  running.add(follower);
  return follower;
}

/** Kills what a failed test left behind. */
export async function endAll(): Promise<void> {
  await Promise.all(Array.from(running, (follower) => follower.end('SIGKILL')));
}

/** A field of /proc/PID/status: `VmHWM`, `SigCgt`. */
export async function statusField(pid: number, name: string): Promise<string> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1] ?? '';
}

/** The most memory that a process ever had, in megabytes. */
export async function peakMemory(pid: number): Promise<number> {
  return Number.parseInt(await statusField(pid, 'VmHWM'), 10) / 1024;
}

/** Whether the program would handle a signal itself. */
export async function catches(pid: number, signal: number): Promise<boolean> {
  return (BigInt(`0x${await statusField(pid, 'SigCgt')}`) & (1n << BigInt(signal - 1))) !== 0n;
}

/** The bytes that a process has written, to whatever it was. */
export async function bytesWritten(pid: number): Promise<number> {
  return Number(/^wchar: (\d+)$/m.exec(await readFile(`/proc/${pid}/io`, 'utf8'))?.[1]);
}

/** Milliseconds of processor time that a process has used. */
export async function processorTime(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
  // Behind the name come the fields from the third on; a tick is a hundredth of a second.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[14 - 3]) + Number(fields[15 - 3])) * 10;
}

/** Follows the log of a folder with its state, in JSON lines. */
export function followWithState(machine: Machine, { log, state }: LogFolder, ...more: string[]): Follower {
  return start(machine, ['query', 'true', '--follow', '--state', state, '-ojsonl', log, ...more]);
}

/** Reads what has come since, and ends. */
export function readOnWithState(machine: Machine, { log, state, folder }: LogFolder, more: string): Promise<Outcome> {
  return shell(machine, `auditscan query true --state ${state} -ojsonl ${log} ${more}`, { cwd: folder });
}

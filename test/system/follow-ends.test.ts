import { closeSync, openSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import {
  bytesWritten,
  catches,
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
  readOnWithState,
  start,
} from './follower.ts';
import { createMachine, type Machine, type Outcome, shell, text, until } from './machine.ts';

const SIGTERM = 15;
/** Bytes that a pipe takes, at least, that nobody reads. */
const PIPE = 65_536;
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
describe.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s', (signal) => {
  it('ends with 0, and the next start goes on with nothing lost and nothing twice', async () => {
    const folder = await createLogFolder(machine, eventLines(0, 3));
    const given: number[] = [];
    for (const [first, next] of [
      [3, 6],
      [6, 500],
      [500, 510],
    ] as const) {
      const follower = follow(folder);
      await follower.has(given.length > 0 ? 1 : 3);
      // The signal comes in the middle of what is being read.
      await folder.append(eventLines(first, next));
      expect(await follower.end(signal)).toEqual(OK);
      expect(follower.stderr).not.toMatch(/error|gap|damage/);
      given.push(...numbersIn(follower.stdout));
      expect(await folder.names()).toEqual(['audit.log', 'state']);
      await folder.append(eventLine(1000 + first));
    }
    given.push(...numbersIn((await readOn(folder)).stdout));
    expect(given).toEqual([...range(0, 6), 1003, ...range(6, 500), 1006, ...range(500, 510), 1500]);
  });

  it('ends a follower without a state', async () => {
    const { log } = await createLogFolder(machine, eventLines(0, 3));
    const follower = start(machine, ['query', 'true', '--follow', '-ojsonl', log]);
    await follower.says('following');
    expect(await follower.end(signal)).toEqual(OK);
    expect(follower.stdout).toBe('');
  });

  it('ends a follower of standard input that brings nothing', async () => {
    const follower = start(machine, ['detect', '--follow', '-ojsonl', '-'], { stdin: 'open' });
    follower.feed(eventLines(0, 2));
    await follower.has(2);
    expect(await follower.end(signal)).toEqual(OK);
  });

  it('in the middle of a line of standard input is no damage, and takes what is whole', async () => {
    for (const [end, count] of [
      [eventLine(2).slice(0, 100), 2],
      [eventLine(2).trimEnd(), 3],
    ] as const) {
      const follower = start(machine, ['detect', '--follow', '--strict', '-ojsonl', '-'], { stdin: 'open' });
      follower.feed(eventLines(0, 2) + end);
      await follower.has(2);
      expect(await follower.end(signal)).toEqual(OK);
      expect(follower.stderr).not.toContain('damage');
      expect(numbersIn(follower.stdout)).toEqual(range(0, count));
    }
  });
});

it('the end of standard input in the middle of a line is damage', async () => {
  const script = 'auditscan detect --follow --strict -ojsonl -';
  const stdin = eventLines(0, 2) + eventLine(2).slice(0, 100);
  const { stdout, stderr, exit } = await shell(machine, script, { stdin });
  expect({ numbers: numbersIn(stdout), exit }).toEqual({ numbers: [0, 1], exit: 2 });
  expect(stderr).toContain('damage: 1 piece of an event (torn)');
});

describe('a reader that stalls', () => {
  let folder: LogFolder;
  /** Two kilobytes each, so that 200 MB are soon written. */
  const big = (from: number, to: number): string =>
    range(from, to)
      .map((n) => eventLine(n, { userAgent: `kubectl/${'x'.repeat(1500)}` }))
      .join('');
  beforeAll(async () => {
    folder = await createLogFolder(machine, big(0, 1000));
  });

  it('holds up neither memory nor the end, and the next start gives all that it did not take', async () => {
    const follower = start(machine, ['query', 'true', '--follow', '--state', folder.state, '-ojsonl', folder.log], {
      stdout: 'unread',
    });
    await follower.says('following');
    let next = 1000;
    for (let size = 0; size < 200_000_000; next += 1000) {
      const lines = big(next, next + 1000);
      size += lines.length;
      await folder.append(lines);
    }
    const before = await processorTime(follower.pid);
    await until('the follower at rest', async () => {
      const used = await processorTime(follower.pid);
      await new Promise((resolve) => setTimeout(resolve, 1000));
      // Less than one that is at work gets where many others want a processor.
      return (await processorTime(follower.pid)) - used < 50 || undefined;
    });
    const peak = await peakMemory(follower.pid);
    process.stderr.write(`stalled reader: ${Math.round(peak)} MB, ${before} ms\n`);
    expect(peak).toBeLessThan(400);
    expect(await follower.end()).toEqual(OK);
    expect(await folder.names()).toEqual(['audit.log', 'state']);
    const taken = numbersIn(follower.stdout);
    expect(taken.length).toBeLessThan(1000);

    const { stdout, stderr, exit } = await shell(
      machine,
      `auditscan query auditID -q --state ${folder.state} -ocsv ${folder.log}`,
    );
    expect({ stderr, exit }).toEqual({ stderr: '', exit: 0 });
    const rest = [...stdout.matchAll(/^event-(\d+)$/gm)].map((match) => Number(match[1]));
    expect(rest.at(-1)).toBe(next - 1);
    expect(new Set([...taken, ...rest]).size).toBe(next);
  });

  it('does not hold up a second signal', async () => {
    const { log } = await createLogFolder(machine, big(0, 1000));
    const follower = start(machine, ['query', 'true', '--follow', '--from', 'start', '-ojsonl', log], {
      stdout: 'unread',
    });
    // Before its output is stuck, one signal would be enough.
    let before = 0;
    await until('output that is stuck', async () => {
      const last = before;
      before = await bytesWritten(follower.pid);
      // Longer than the program ever waits for a processor.
      await new Promise((resolve) => setTimeout(resolve, 1000));
      return (before > PIPE && before === last) || undefined;
    });
    follower.signal('SIGINT');
    await until('the first signal to be taken', async () => !(await catches(follower.pid, SIGTERM)) || undefined);
    expect(await follower.end()).toEqual({ exit: null, signal: 'SIGTERM' });
  });
});

describe('a reader that goes away', () => {
  it.each(['jsonl', 'csv', 'table'])('is a clean end, and the rest comes at the next start (%s)', async (form) => {
    const count = 20_000;
    const folder = await createLogFolder(machine, eventLines(0, count));
    const { stdout, stderr } = await shell(
      machine,
      `auditscan query auditID -q --follow --state state -o${form} audit.log | head -n 3; echo "\${PIPESTATUS[*]}"`,
      { cwd: folder.folder },
    );
    const lines = stdout.trimEnd().split('\n');
    expect({ stderr, status: lines.pop() }).toEqual({ stderr: '', status: '0 0' });
    expect(await folder.names()).not.toContain('state.lock');
    const rest = numbersIn((await readOn(folder)).stdout);
    expect(rest).toEqual(range(rest[0] ?? 0, count));
    expect(rest.length).toBeGreaterThan(0);
  });

  it.each([
    ['high', 1],
    ['critical', 0],
  ])('is no end of what was found: --fail-on %s gives %d', async (severity, status) => {
    const folder = await createLogFolder(machine, eventLines(0, 3000));
    const { stdout } = await shell(
      machine,
      `auditscan detect -q --follow --from start --fail-on ${severity} -ojsonl audit.log | head -n 1 > seen; echo "\${PIPESTATUS[*]}"`,
      { cwd: folder.folder },
    );
    expect(stdout).toBe(`${status} 0\n`);
  });
});

describe('killed with SIGKILL', () => {
  const findings = async (file: string): Promise<string[]> => (await text(file)).split('\n').slice(0, -1);

  it('each finding is whole somewhere, and a half line is a line of its own', async () => {
    const folder = await createLogFolder(machine, eventLines(0, 200));
    const out = folder.path('out.jsonl');
    let next = 200;
    for (let round = 0; round < 4; round++) {
      const descriptor = openSync(out, 'a');
      const args = ['detect', '--follow', '--state', folder.state, '-ojsonl', folder.log];
      const follower = start(machine, args, { stdout: descriptor });
      closeSync(descriptor);
      await until('findings', async () => (await text(out)).includes(`event-${next - 1}"`) || undefined);
      await folder.append(eventLines(next, next + 200));
      expect(await follower.end('SIGKILL')).toEqual({ exit: null, signal: 'SIGKILL' });
      next += 200;
      // What a write leaves that was cut short.
      await appendFile(out, `{"id":"half of round ${round}`);
    }
    const last = await shell(machine, `auditscan detect -q --state state -ojsonl audit.log >> ${out}`, {
      cwd: folder.folder,
    });
    expect(last).toEqual({ stdout: '', stderr: '', exit: 0 });
    const lines = await findings(out);
    const halves = lines.filter((line) => !line.endsWith('}'));
    expect(halves).toEqual(range(0, 4).map((round) => `{"id":"half of round ${round}`));
    const ids = new Map<number, Set<string>>();
    for (const line of lines.filter((line) => line.endsWith('}'))) {
      const { id, auditID } = JSON.parse(line) as { id: string; auditID: string };
      const number = Number(auditID.slice('event-'.length));
      ids.set(number, (ids.get(number) ?? new Set()).add(id));
    }
    expect([...ids.keys()].sort((a, b) => a - b)).toEqual(range(0, next));
    // What comes again has the id that it had.
    for (const same of ids.values()) expect(same.size).toBe(1);
  });

  it('the next start works at once, and finds its lock free', async () => {
    const folder = await createLogFolder(machine, eventLines(0, 3));
    const killed = follow(folder);
    await killed.has(3);
    await killed.end('SIGKILL');
    expect(await folder.names()).toContain('state.lock');
    const next = follow(folder);
    await folder.append(eventLine(3));
    await next.has(1);
    expect(await next.end()).toEqual(OK);
    expect(await folder.names()).toEqual(['audit.log', 'state']);
  });
});

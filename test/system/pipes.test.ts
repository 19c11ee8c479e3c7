import { spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLI, createMachine, type Machine, makeLog, SAMPLE, SHELLS, shell, text } from './machine.ts';

let machine: Machine;
let log: string;
let auditId: string;

beforeAll(async () => {
  machine = await createMachine();
  log = await makeLog(machine, 'big.log', '20MB');
  auditId = (JSON.parse((await text(`${SAMPLE}/audit.log`)).split('\n')[0] ?? '') as { auditID: string }).auditID;
});
afterAll(() => machine.remove());

describe('a reader that goes away is a clean end', () => {
  // Longer than a pipe holds, so that the write does fail; or quiet, so that nothing may be said.
  it.each([
    ['query', () => `auditscan query true ${log} -ojsonl`],
    ['query as a table', () => `auditscan query true ${log}`],
    ['query as JSON', () => `auditscan query true ${log} -ojson`],
    ['query as csv', () => `auditscan query true ${log} -ocsv`],
    ['top', () => `auditscan top --by requestURI,auditID --limit 0 ${log}`],
    ['detect', () => `auditscan detect -q ${SAMPLE}`],
    ['detect as JSON lines', () => `auditscan detect -q -ojsonl ${SAMPLE}`],
    ['show', () => `auditscan show -q ${auditId} ${SAMPLE}`],
    ['detectors list', () => 'auditscan detectors list'],
    ['help', () => 'auditscan detect --help'],
  ])('%s', async (_name, command) => {
    const { stdout, stderr } = await shell(machine, `${command()} | head -n 1; echo "\${PIPESTATUS[*]}"`);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).not.toBe('');
    expect({ status: lines[1], stderr }).toEqual({ status: '0 0', stderr: '' });
  });

  it('and the rest of the log is not read', async () => {
    const { stdout } = await shell(
      machine,
      `cat ${log} ${log} ${log} | auditscan query true -ojsonl | head -n 1 > /dev/null; echo "\${PIPESTATUS[*]}"`,
    );
    // 141 is cat's death by SIGPIPE: nobody read on.
    expect(stdout).toBe('141 0 0\n');
  });

  it('also with a finding: nobody can be sure that there was none', async () => {
    const { stdout } = await shell(machine, `auditscan detect -q ${SAMPLE} | true; echo "\${PIPESTATUS[0]}"`);
    expect(stdout).toBe('0\n');
  });

  it('on standard error too', async () => {
    const script = `auditscan detect ${SAMPLE} 2>&1 > out.txt | true; echo "\${PIPESTATUS[0]}"`;
    expect((await shell(machine, script)).stdout).toBe('0\n');
    expect((await text(machine.path('out.txt'))).split('\n').length).toBeGreaterThan(40);
  });
});

describe('closed streams', () => {
  it.each(SHELLS.filter((name) => name !== 'fish'))('end without a stack, in %s', async (name) => {
    const closedOut = await shell(machine, `auditscan detect ${SAMPLE} >&-`, { shell: name });
    expect(closedOut.stderr).not.toMatch(/\n {4}at |node:/);
    const closedError = await shell(machine, `auditscan detect ${SAMPLE} 2>&-`, { shell: name });
    expect(closedError.exit).toBe(0);
    expect(closedError.stdout).toMatch(/^SEVERITY/);
    const closedIn = await shell(machine, `auditscan detect -q ${SAMPLE} <&-`, { shell: name });
    expect(closedIn).toMatchObject({ exit: 0, stderr: '' });
    expect(closedIn.stdout).toBe(closedError.stdout);
  });
});

describe('a full disk', () => {
  const commands = [
    `auditscan detect ${SAMPLE}`,
    `auditscan detect ${SAMPLE} -ojsonl`,
    `auditscan detect ${SAMPLE} -ojson`,
    `auditscan detect ${SAMPLE} -ocsv`,
    `auditscan query true ${SAMPLE}`,
    `auditscan top --by verb ${SAMPLE}`,
    'auditscan detectors list',
  ];

  it.each(commands)('is one sentence and exit 2: %s', async (command) => {
    const { exit, stderr } = await shell(machine, `${command} > /dev/full`);
    expect({ exit, stderr }).toEqual({
      exit: 2,
      stderr: expect.stringMatching(/^auditscan: [^\n]*no space left on device[^\n]*\n$/),
    });
  });

  it.each(['auditscan --help', 'auditscan --version'])('is no silence: %s', async (command) => {
    expect((await shell(machine, `${command} > /dev/full`)).exit).not.toBe(0);
  });

  it('of standard error loses no finding', async () => {
    const { exit, stdout } = await shell(machine, `auditscan detect ${SAMPLE} 2> /dev/full`);
    expect(exit).toBe(0);
    expect(stdout.split('\n').length).toBeGreaterThan(40);
  });
});

describe('signals', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s ends a scan whose input goes on', async (signal) => {
    // Standard input stays open: the program would wait for more for ever.
    const child = spawn(process.execPath, [CLI, 'detect', '-'], { env: machine.env, stdio: ['pipe', 'pipe', 'pipe'] });
    const ended = new Promise<{ exit: number | null; signal: string | null }>((resolve) =>
      child.on('close', (exit, by) => resolve({ exit, signal: by })),
    );
    child.stdout.resume();
    child.stderr.resume();
    child.stdin.on('error', () => {});
    const file = await open(log);
    const { buffer } = await file.read(Buffer.alloc(4_000_000), 0, 4_000_000);
    await file.close();
    // More than a pipe holds was taken, so the scan is under way.
    await new Promise((resolve) => child.stdin.write(buffer, resolve));
    child.kill(signal);
    expect(await ended).toEqual({ exit: null, signal });
  });

  it('stop a table that nobody reads', async () => {
    const child = spawn(process.execPath, [CLI, 'query', 'true', log, '-ojsonl'], { env: machine.env });
    const ended = new Promise<string | null>((resolve) => child.on('close', (_exit, by) => resolve(by)));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.stdout.pause();
    child.kill('SIGINT');
    child.stdout.resume();
    expect(await ended).toBe('SIGINT');
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditLine } from '../audit-event.ts';
import { createMachine, has, type Machine, makeLog, SAMPLE, shell, text, until } from './machine.ts';
import { endOf, openTerminal, statusOf, type Terminal } from './terminal.ts';

const ESCAPE = '\u001b';
/** What only the progress bar writes. */
const DRAWN = new RegExp(`[█░\\r${ESCAPE}]`);

let machine: Machine;
const opened: Terminal[] = [];

async function open(columns: number, script: string, rows?: number): Promise<Terminal> {
  const terminal = await openTerminal(machine, columns, script, rows);
  opened.push(terminal);
  return terminal;
}

beforeAll(async () => {
  if (!has('tmux')) throw new Error('these tests need tmux');
  machine = await createMachine();
});
afterAll(async () => {
  await Promise.all(opened.map((terminal) => terminal.close()));
  await machine.remove();
});

describe.each([40, 80, 100, 120, 200])('the table of findings in %d columns', (columns) => {
  it('breaks no line, has all rows, and colours', async () => {
    const plain = (await shell(machine, `auditscan detect -q ${SAMPLE}`)).stdout.trimEnd().split('\n');
    const terminal = await open(columns, `auditscan detect -q ${SAMPLE}`);
    const screen = await terminal.done();
    const table = screen.slice(0, endOf(screen) - 1);
    expect(table).toHaveLength(plain.length);
    expect(await terminal.joined()).toEqual(screen);
    // The first column is whole, and the headings stand in line with what is below them.
    expect(table.map((line) => line.split(' ')[0])).toEqual(plain.map((line) => line.split(' ')[0]));
    const second = table[0]?.indexOf('FIRST') ?? -1;
    for (const line of table.slice(1)) expect(line.slice(second - 1, second + 2)).toMatch(/^ \d\d$/);
    const colours = await terminal.colours();
    expect(colours).toContain(`${ESCAPE}[1mSEVERITY`);
    expect(colours).toMatch(new RegExp(`${ESCAPE}\\[[0-9;]*31m *high`));
  });
});

describe('colours', () => {
  it.each([
    ['NO_COLOR', `NO_COLOR=1 auditscan detect -q ${SAMPLE}/audit.log`],
    ['--no-color', `auditscan detect -q --no-color ${SAMPLE}/audit.log`],
    ['TERM=dumb', `TERM=dumb auditscan detect -q ${SAMPLE}/audit.log`],
    ['a pipe', `auditscan detect -q ${SAMPLE}/audit.log | cat`],
  ])('are not there with %s', async (_name, script) => {
    const terminal = await open(120, script);
    expect((await terminal.done())[0]).toMatch(/^SEVERITY/);
    expect(await terminal.colours()).not.toContain(ESCAPE);
  });

  it.each([
    ['--color against NO_COLOR', `NO_COLOR=1 auditscan detect -q --color ${SAMPLE}/audit.log`],
    ['--color through a pipe', `auditscan detect -q --color ${SAMPLE}/audit.log | cat`],
    ['an empty NO_COLOR, which is none', `NO_COLOR= auditscan detect -q ${SAMPLE}/audit.log`],
  ])('are there with %s', async (_name, script) => {
    const terminal = await open(120, script);
    await terminal.done();
    expect(await terminal.colours()).toContain(`${ESCAPE}[1mSEVERITY`);
  });
});

describe('a hostile log', () => {
  const hostile = {
    user: { username: `eve${ESCAPE}[2J${ESCAPE}[H${ESCAPE}]0;owned\u0007\u009b2J\r\u202egnp`, groups: ['x'] },
    userAgent: `${ESCAPE}[2J\u009b31m\u202egnp.exe${ESCAPE}c${ESCAPE}[?1049h`,
    objectRef: { resource: 'secrets', namespace: 'prod', name: `${ESCAPE}[1;1Hx\n\b\b\b\u0085y`, apiVersion: 'v1' },
    requestURI: `/api/${ESCAPE}[2J`,
    auditID: `id${ESCAPE}[2J`,
    verb: 'get',
  };
  beforeAll(async () => {
    await machine.write('hostile.log', `${auditLine(hostile)}\n${ESCAPE}[2J not JSON\n`);
    await machine.write(`name${ESCAPE}[2J.log`, `${auditLine(hostile)}\nx\n`);
  });

  it.each([
    'auditscan detect hostile.log',
    'auditscan detect hostile.log -owide',
    'auditscan detect hostile.log -ojson',
    'auditscan query true hostile.log -owide',
    'auditscan query true hostile.log -ojsonl',
    'auditscan query true hostile.log -ocsv',
    'auditscan query true hostile.log -omarkdown',
    "auditscan query '{user.username: userAgent}' hostile.log",
    "auditscan query '$error(user.username)' hostile.log",
    'auditscan top --by user,user-agent=userAgent,name hostile.log',
    "auditscan show $'id\\e[2J' hostile.log",
    'auditscan detect name*.log',
    "auditscan detect $'nope\\e[2J.log'",
    "auditscan query $'verb = \\e[2J' hostile.log",
    "auditscan detect hostile.log --user $'-\\e[2J' --label $'\\e[2J'",
    "auditscan detect hostile.log --detector $'\\e[2J'",
    "auditscan $'\\e[2J'",
    "auditscan detect $'--\\e[2J'",
    "auditscan detect hostile.log --timezone $'\\e[2J'",
  ])('leaves the screen alone: %s', async (command) => {
    const before = ['BEFORE 1', 'BEFORE 2', 'BEFORE 3'];
    const terminal = await open(80, `printf '%s\\n' '${before.join("' '")}'\n${command}\n`);
    const title = await terminal.title();
    const screen = await terminal.done();
    expect(screen.slice(0, 3)).toEqual(before);
    expect(screen.join('\n')).not.toMatch(/[\u0080-\u009f\u202e]/u);
    expect(await terminal.title()).toBe(title);
    expect(endOf(screen)).toBeGreaterThan(3);
    // Nothing is painted but by us.
    if (command.includes('detect name')) expect(screen.join('\n')).toContain('name\\u001b[2J.log');
  });
});

/** Left to the interpreter, which sorts with a promise for each comparison; it never matches. */
const SLOW = `id: slow
title: Slow
severity: low
attack: [T1609]
description: Takes its time.
match: $count($sort([1..80])) = 0
`;

describe('the progress bar', () => {
  const BAR = /^[█░]{20} \d+ % of 24\.0 MB, \d+(\.\d)? [KM]B\/s, \d+ (s|min) left$/;
  /** Of an input whose size is unknown. */
  const COUNT = /^\d+(\.\d)? MB read, \d+(\.\d)? [KM]B\/s$/;
  let log: string;
  /** The log, read with a detector that takes its time: the bar comes after a second, and the others are done by then. */
  let slowly: string;
  beforeAll(async () => {
    log = await makeLog(machine, 'big.log', '24MB');
    slowly = `--detectors ${await machine.write('slow.yaml', SLOW)} ${log}`;
  });

  it('comes on standard error, and is gone at the end', async () => {
    const terminal = await open(100, `printf 'BEFORE\\n'\nauditscan detect ${slowly} > out.txt`);
    await until('the bar', async () => (await terminal.screen()).find((line) => BAR.test(line)));
    const screen = await terminal.done();
    expect(screen.join('\n')).not.toMatch(/[█░]/);
    expect(screen[0]).toBe('BEFORE');
    expect(screen[1]).toMatch(/findings? .* in [\d,]+ requests/);
    expect(statusOf(screen)).toBe(0);
    expect(await text(machine.path('out.txt'))).not.toMatch(DRAWN);
  });

  it('makes room for the table', async () => {
    const terminal = await open(120, `auditscan detect ${slowly}`);
    await until('the bar', async () => (await terminal.screen()).find((line) => BAR.test(line)));
    const screen = await terminal.done();
    expect(screen[0]).toMatch(/^SEVERITY/);
    expect(screen.join('\n')).not.toMatch(/[█░]/);
  });

  it('has no share where the size is unknown', async () => {
    // Until the bar was seen, the pipe does not end.
    const go = machine.path('go');
    const script = `{ cat ${log}; until [ -e ${go} ]; do sleep 0.1; head -n 2 ${log}; done; } | auditscan detect - > /dev/null`;
    const terminal = await open(100, script);
    await until('the bar', async () => (await terminal.screen()).find((line) => COUNT.test(line)));
    await machine.write('go', '');
    expect((await terminal.done())[0]).toMatch(/findings? .* in [\d,]+ requests/);
  });

  it('is not there where standard error goes elsewhere, nor with -q', async () => {
    const terminal = await open(
      100,
      `auditscan detect ${slowly} > /dev/null 2> err.txt; auditscan detect -q ${slowly} > /dev/null`,
    );
    const screen = await terminal.done();
    expect(screen.slice(0, endOf(screen)).join('')).toBe('');
    const errors = await text(machine.path('err.txt'));
    expect(errors).toMatch(/^\d+ findings? [^\n]*\n((note|next): [^\n]*\n)*$/);
    expect(errors).not.toMatch(DRAWN);
  });

  it('fits into 40 columns', async () => {
    const terminal = await open(40, `auditscan detect ${slowly} > /dev/null`);
    const screen = await terminal.done();
    expect(screen.join('\n')).not.toMatch(/[█░]/);
  });

  it('is gone after Ctrl-C', async () => {
    const terminal = await open(100, `trap : INT\nauditscan detect ${slowly} > /dev/null`);
    await until('the bar', async () => (await terminal.screen()).find((line) => BAR.test(line)));
    await terminal.type('C-c');
    expect((await terminal.done()).join('\n')).not.toMatch(/[█░]/);
  });

  it('and the program with it end at Ctrl-C', async () => {
    // The input goes on until the test is over, so that nothing but Ctrl-C can end the program; the shell does not wait
    // for what writes it.
    const over = machine.path('over');
    const input = `trap '' INT; cat ${log}; until [ -e ${over} ]; do sleep 0.1; head -n 2 ${log}; done`;
    const terminal = await open(100, `trap : INT\nauditscan detect - < <(${input}) > /dev/null`);
    await until('the bar', async () => (await terminal.screen()).find((line) => COUNT.test(line)));
    await terminal.type('C-c');
    expect(statusOf(await terminal.done())).toBe(130);
    await machine.write('over', '');
  });
});

describe('standard input', () => {
  it('is not waited for where it is a terminal', async () => {
    const terminal = await open(100, 'auditscan detect');
    const screen = await terminal.done();
    expect(screen[0]).toMatch(/^auditscan: no log: name a file/);
    expect(statusOf(screen)).toBe(2);
  });
});

import { appendFile, rm, writeFile } from 'node:fs/promises';

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { createLogFolder, endAll, eventLine, eventLines, range } from './follower.ts';
import { createMachine, has, type Machine, shell, until } from './machine.ts';
import { endOf, openTerminal, statusOf, type Terminal } from './terminal.ts';

const ESCAPE = '\u001b';

let machine: Machine;

beforeAll(async () => {
  machine = await createMachine();
});
afterEach(endAll);
afterAll(() => machine.remove());
describe('in a terminal', () => {
  const opened: Terminal[] = [];
  const open = async (columns: number, script: string): Promise<Terminal> => {
    const terminal = await openTerminal(machine, columns, script);
    opened.push(terminal);
    return terminal;
  };
  const shows = (terminal: Terminal, what: RegExp): Promise<string[]> =>
    until(`${what}`, async () => {
      const screen = await terminal.screen();
      return screen.some((line) => what.test(line)) ? screen : undefined;
    });
  beforeAll(() => {
    if (!has('tmux')) throw new Error('these tests need tmux');
  });
  afterAll(() => Promise.all(opened.map((terminal) => terminal.close())));

  it.each([60, 100, 200])('rows come at once, below their headings, in %d columns', async (columns) => {
    const folder = await createLogFolder(machine, eventLines(0, 2));
    const terminal = await open(columns, `cd ${folder.folder}; trap : INT; auditscan detect --follow audit.log`);
    await shows(terminal, /^following audit\.log from the end/);
    const rows = (screen: readonly string[]): string[] => screen.filter((line) => /^high +02-22 10:0/.test(line));
    const showsRows = (count: number): Promise<true> =>
      until(`${count} rows`, async () => rows(await terminal.screen()).length >= count || undefined);
    await folder.append(eventLine(2));
    await showsRows(1);
    await folder.append(eventLines(3, 5));
    await showsRows(3);
    await terminal.type('C-c');
    const screen = await terminal.done();
    expect(statusOf(screen)).toBe(0);
    expect(screen[0]).toBe('following audit.log from the end; Ctrl-C ends');
    const headings = screen[1] ?? '';
    expect(headings).toMatch(/^SEVERITY +FIRST +COUNT +DETECTOR +ACTOR/);
    expect(screen.slice(2, 5)).toEqual(rows(screen));
    for (const heading of ['FIRST', 'DETECTOR', 'ACTOR', 'ACTION']) {
      const column = headings.indexOf(heading);
      for (const row of rows(screen)) expect(row.slice(column - 1, column + 1)).toMatch(/^ \S$/);
    }
    // No line is broken.
    expect((await terminal.joined()).slice(0, 5)).toEqual(screen.slice(0, 5));
    // What the terminal makes of Ctrl-C stands on a line of its own.
    expect(screen.slice(5, 7)).toEqual(['^C', expect.stringMatching(/^3 findings/)]);
  });

  it('repeats are a row with a count; the first comes at once', async () => {
    const folder = await createLogFolder(machine);
    const terminal = await open(140, `cd ${folder.folder}; trap : INT; auditscan detect --follow audit.log`);
    await shows(terminal, /^following/);
    const again = (n: number): string => eventLine(n, { objectRef: { ...JSON.parse(eventLine(0)).objectRef } });
    await folder.append(again(1));
    await shows(terminal, /^high +02-22 10:00:01 +1 +prod-exec/);
    await folder.append(again(2) + again(3) + again(4));
    // A finding of another kind behind them tells when they were read.
    await folder.append(eventLine(5));
    await shows(terminal, /^high +02-22 10:00:05 +1 +prod-exec/);
    await terminal.type('C-c');
    const screen = await terminal.done();
    const rows = screen.filter((line) => line.includes('prod-exec'));
    const counts = rows.map((line) => Number(/prod-exec/.test(line) && /10:00:\d\d +(\d+) /.exec(line)?.[1]));
    // One row for each minute, should the machine have stopped for so long.
    expect(counts.slice(0, 1)).toEqual([1]);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(5);
    expect(rows.length).toBeLessThan(5);
    expect(screen.join('\n')).toContain('5 findings (5 high)');
  });

  it('repeats come after a minute, while nothing else does', async () => {
    const folder = await createLogFolder(machine);
    const terminal = await open(140, `cd ${folder.folder}; trap : INT; auditscan detect --follow audit.log`);
    await shows(terminal, /^following/);
    const again = (n: number): string => eventLine(n, { objectRef: { ...JSON.parse(eventLine(0)).objectRef } });
    await folder.append(again(1));
    await shows(terminal, /^high +02-22 10:00:01 +1 +prod-exec/);
    await folder.append(again(2) + again(3));
    await shows(terminal, /^high +02-22 10:00:02 +2 +prod-exec/);
  });

  it('repeats are never held back from programs', async () => {
    const folder = await createLogFolder(
      machine,
      range(0, 30)
        .map((n) =>
          eventLine(n, { objectRef: { resource: 'pods', subresource: 'exec', namespace: 'prod', name: 'web' } }),
        )
        .join(''),
    );
    for (const form of ['jsonl', 'csv']) {
      const { stdout } = await shell(machine, `auditscan detect -q --state ${form} -o${form} audit.log`, {
        cwd: folder.folder,
      });
      expect(stdout.match(/event-\d+/g)).toHaveLength(30);
    }
  });

  it('hostile names leave the screen alone', async () => {
    const hostile = {
      user: { username: `eve${ESCAPE}[2J${ESCAPE}[H${ESCAPE}]0;owned\u0007\u009b2J\r\u202egnp`, groups: ['x'] },
      userAgent: `${ESCAPE}[2J\u009b31m\u202egnp.exe${ESCAPE}c${ESCAPE}[?1049h`,
      auditID: `id${ESCAPE}[2J`,
    };
    const folder = await createLogFolder(machine);
    const name = `audit${ESCAPE}[2J\u009b2J.log`;
    await writeFile(folder.path(name), '');
    const script = [
      `cd ${folder.folder}; trap : INT; printf 'BEFORE 1\\nBEFORE 2\\n'`,
      `auditscan detect --follow --silence 1s ./*2J.log &`,
      `auditscan query true --follow -owide --state $'st\\e[2J' ./*2J.log &`,
      `until [ -e go ]; do sleep 0.1; done; kill %1 %2; wait`,
      `auditscan detect --state $'st\\e[2J' ./*2J.log`,
      `printf 'x' > $'st\\e[2J'; auditscan query true --state $'st\\e[2J' ./*2J.log`,
      `auditscan query true --follow --silence $'\\e[2J' ./*2J.log`,
      `auditscan query true --follow --from $'\\e[2J' ./*2J.log`,
    ].join('\n');
    const terminal = await open(200, script);
    const title = await terminal.title();
    await shows(terminal, /^silence: /);
    await appendFile(folder.path(name), eventLine(1, hostile));
    await shows(terminal, /^high .*tamper/);
    await rm(folder.path(name));
    await writeFile(folder.path(name), `${ESCAPE}[2J no JSON\n`);
    await shows(terminal, /^damage: /);
    await folder.append('', 'go');
    const screen = await terminal.done();
    expect(screen.slice(0, 2)).toEqual(['BEFORE 1', 'BEFORE 2']);
    expect(screen.join('\n')).not.toMatch(/[\u0080-\u009f\u202e]/u);
    expect(await terminal.title()).toBe(title);
    expect(screen.join('\n')).toContain('following audit\\u001b[2J\\u009b2J.log from the end');
    expect(endOf(screen)).toBeGreaterThan(10);
  });
});

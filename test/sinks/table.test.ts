import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { table, wide } from '../../src/sinks/table.ts';
import type { Column } from '../../src/sinks/types.ts';
import { HOSTILE, hostileText, UNSEEN } from './hostile.ts';
import { textOf, writesOf } from './run.ts';

const COLUMNS: Column[] = [
  { key: 'severity', title: 'Severity', severity: true },
  { key: 'actor', title: 'Actor', shrink: 2 },
  { key: 'count', title: 'Count', align: 'right' },
  { key: 'agent', title: 'User agent', wide: true },
];

const ROWS = [
  { severity: 'critical', actor: 'jane', count: 12, agent: 'kubectl' },
  { severity: 'low', actor: 'system:node:n1', count: 3, agent: 'curl' },
];

describe('table', () => {
  it('looks as kubectl prints', async () => {
    expect(await textOf(table, COLUMNS, ROWS)).toBe(
      [
        'SEVERITY  ACTOR           COUNT',
        'critical  jane               12',
        'low       system:node:n1      3',
        '',
      ].join('\n'),
    );
  });

  it('shows all columns when wide, and no blanks at line ends', async () => {
    expect(await textOf(wide, COLUMNS, ROWS)).toBe(
      [
        'SEVERITY  ACTOR           COUNT  USER AGENT',
        'critical  jane               12  kubectl',
        'low       system:node:n1      3  curl',
        '',
      ].join('\n'),
    );
  });

  it('takes the keys of the rows where columns are not known', async () => {
    expect(await textOf(table, undefined, [{ user: 'a' }, { ns: 'prod', user: 'b' }])).toBe(
      'USER  NS\na\nb     prod\n',
    );
  });

  it('writes nothing for an empty run', async () => {
    expect(await writesOf(table, COLUMNS, [])).toEqual([]);
    expect(await writesOf(table, undefined, [])).toEqual([]);
    expect(await writesOf(table, undefined, [{}])).toEqual([]);
  });

  it('colours severities and headings only when asked to', async () => {
    const text = await textOf(table, COLUMNS, ROWS, { colour: true });
    expect(text).toContain('\u001b[1mSEVERITY\u001b[0m');
    expect(text).toContain('\u001b[1;97;41mcritical\u001b[0m');
    expect(text).toContain('\u001b[36mlow\u001b[0m');
    expect(stripVTControlCharacters(text)).toBe(await textOf(table, COLUMNS, ROWS));
  });

  it('cuts into the terminal, the gladly shrinking column first', async () => {
    const rows = [{ severity: 'high', actor: 'system:serviceaccount:kube-system:default', count: 1 }];
    expect(await textOf(table, COLUMNS, rows, { width: 30 })).toBe(
      'SEVERITY  ACTOR          COUNT\nhigh      system:servi…      1\n',
    );
  });

  it('marks that columns have no place at all', async () => {
    const columns = ['first', 'second', 'third', 'fourth'].map((key) => ({ key, title: key }));
    const row = Object.fromEntries(columns.map(({ key }) => [key, `${key} and more`]));
    expect(await textOf(table, columns, [row], { width: 22 })).toBe('FIRST     SECOND    …\nfirst a…  second …  …\n');
  });

  it('keeps wide characters, and what other tools would miscount, in line', async () => {
    const rows = [
      { a: '漢字', b: 1 },
      { a: '🫠e\u0301', b: 2 },
      { a: 'नमस्ते', b: 3 },
      { a: 'x', b: 4 },
    ];
    const lines = (await textOf(table, undefined, rows)).trimEnd().split('\n');
    const widths = lines.map((line) => stringWidth(line));
    expect(new Set(widths).size).toBe(1);
  });

  it('measures the first 1,000 rows, and later rows keep their widths on a full line', async () => {
    const rows = [...Array(1000).fill({ a: 'x'.repeat(16), b: 'y' }), { a: 'z'.repeat(30), b: 'y' }];
    const lines = (await textOf(table, undefined, rows, { width: 19 })).split('\n');
    expect(lines[1000]).toBe(`${'x'.repeat(16)}  y`);
    expect(lines[1001]).toBe(`${'z'.repeat(15)}…  y`);
  });

  it('lets a later cell use what is left of the line, and cuts nothing without a terminal', async () => {
    const rows = [...Array(1000).fill({ a: 'x', b: 'y' }), { a: 'z'.repeat(30), b: 'y' }];
    expect((await textOf(table, undefined, rows, { width: 20 })).split('\n')[1001]).toBe(`${'z'.repeat(16)}…  y`);
    expect((await textOf(table, undefined, rows)).split('\n')[1001]).toBe(`${'z'.repeat(30)}  y`);
  });

  it('caps a cell at 200 columns without a terminal', async () => {
    const text = await textOf(table, [{ key: 'a', title: 'a' }], [{ a: 'x'.repeat(1e6) }]);
    expect(text).toBe(`A\n${'x'.repeat(199)}…\n`);
  });

  it('shows hostile text as text', async () => {
    const text = await textOf(
      table,
      undefined,
      HOSTILE.map((value) => ({ [value]: value, value })),
    );
    expect(text.replaceAll('\n', '')).not.toMatch(UNSEEN);
    expect(text.split('\n')).toHaveLength(HOSTILE.length + 2);
  });

  it('writes once for a batch, and holds nothing back after the first rows', async () => {
    const rows = Array(1500).fill({ a: 'x' });
    const writes = await writesOf(table, undefined, rows, { batch: 100 });
    // Ten batches wait, then each is written as it comes.
    expect(writes).toHaveLength(6);
  });

  it('draws what it holds when it is flushed, and nothing for nothing', async () => {
    const rows = [{ a: 'xxx', b: 'y' }, { a: 'x', b: 'y' }, { a: 'xxxx' }];
    expect(await writesOf(table, undefined, rows, { batch: 1, flush: true, width: 6 })).toEqual([
      'A    B\nxxx  y\n',
      'x    y\n',
      'xx…\n',
    ]);
    for (const columns of [COLUMNS, undefined]) expect(await writesOf(table, columns, [], { flush: true })).toEqual([]);
    expect(await writesOf(table, undefined, [{}], { flush: true })).toEqual([]);
  });

  it('lets a later cell use what is left of the line after a flush too', async () => {
    const rows = [{ a: 'x', b: 'y' }, ...Array(2).fill({ a: 'z'.repeat(30), b: 'y' })];
    expect(await textOf(table, undefined, rows, { batch: 1, flush: true, width: 20 })).toBe(
      `A  B\nx  y\n${`${'z'.repeat(16)}…  y\n`.repeat(2)}`,
    );
  });

  it('keeps free what columns usually take where a flush leaves few rows to measure', async () => {
    const columns: Column[] = [
      { key: 'a', title: 'a', usual: 6 },
      { key: 'n', title: 'n', align: 'right', usual: 3 },
      { key: 'b', title: 'b' },
    ];
    const rows = [
      { a: 'x', n: 1, b: 'y' },
      { a: 'xxxxxx', n: 100, b: 'y' },
    ];
    const flushed = await writesOf(table, columns, rows, { batch: 1, flush: true });
    expect(flushed).toEqual(['A         N  B\nx         1  y\n', 'xxxxxx  100  y\n']);
    // What is measured needs no guess: at the end, and after 1,000 rows.
    expect(await textOf(table, columns, rows.slice(0, 1))).toBe('A  N  B\nx  1  y\n');
    const many = await textOf(table, columns, Array(1000).fill(rows[0]), { batch: 1000, flush: true });
    expect(many.split('\n').slice(0, 2)).toEqual(['A  N  B', 'x  1  y']);
  });

  it('gives up what is usual before it passes the terminal', async () => {
    const columns: Column[] = [
      { key: 'a', title: 'a', usual: 50, shrink: 1 },
      { key: 'b', title: 'b' },
    ];
    const rows = [
      { a: 'x', b: 'y' },
      { a: 'x'.repeat(20), b: 'y' },
    ];
    expect(await textOf(table, columns, rows, { batch: 1, flush: true, width: 20 })).toBe(
      `A${' '.repeat(18)}B\nx${' '.repeat(18)}y\n${'x'.repeat(16)}…  y\n`,
    );
  });

  const anyRun = fc.record({
    columns: fc.array(
      fc.record({
        title: hostileText,
        align: fc.constantFrom('left' as const, 'right' as const),
        shrink: fc.constantFrom(0 as const, 1 as const, 2 as const),
        severity: fc.boolean(),
        usual: fc.integer({ min: 0, max: 300 }),
      }),
      { minLength: 1, maxLength: 12 },
    ),
    cells: fc.array(
      fc.array(fc.oneof(hostileText, fc.constantFrom('high', 'critical'), fc.integer(), fc.json()), { maxLength: 12 }),
      { minLength: 1, maxLength: 12 },
    ),
    width: fc.integer({ min: 20, max: 200 }),
    colour: fc.boolean(),
    batch: fc.integer({ min: 1, max: 12 }),
    flush: fc.boolean(),
  });

  it('never breaks a row, never passes the terminal, never ends in a blank', async () => {
    await fc.assert(
      fc.asyncProperty(anyRun, async ({ columns, cells, width, colour, batch, flush }) => {
        const named = columns.map((column, index) => ({ ...column, key: String(index) }));
        const rows = cells.map((row) => Object.fromEntries(row.map((cell, index) => [String(index), cell])));
        const text = await textOf(table, named, rows, { width, colour, batch, flush });
        const lines = stripVTControlCharacters(text).split('\n');
        expect(lines).toHaveLength(rows.length + 2);
        for (const line of lines) {
          expect(stringWidth(line)).toBeLessThanOrEqual(width);
          expect(line).not.toMatch(/ $/);
          expect(line).not.toMatch(UNSEEN);
        }
        const unflushed = flush ? await textOf(table, named, rows, { width, colour, batch }) : text;
        expect(unflushed).toBe(await textOf(table, named, rows, { width, colour, batch: 1 }));
      }),
      { numRuns: 200 },
    );
  });
});

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

  const anyRun = fc.record({
    columns: fc.array(
      fc.record({
        title: hostileText,
        align: fc.constantFrom('left' as const, 'right' as const),
        shrink: fc.constantFrom(0 as const, 1 as const, 2 as const),
        severity: fc.boolean(),
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
  });

  it('never breaks a row, never passes the terminal, never ends in a blank', async () => {
    await fc.assert(
      fc.asyncProperty(anyRun, async ({ columns, cells, width, colour, batch }) => {
        const named = columns.map((column, index) => ({ ...column, key: String(index) }));
        const rows = cells.map((row) => Object.fromEntries(row.map((cell, index) => [String(index), cell])));
        const text = await textOf(table, named, rows, { width, colour, batch });
        const lines = stripVTControlCharacters(text).split('\n');
        expect(lines).toHaveLength(rows.length + 2);
        for (const line of lines) {
          expect(stringWidth(line)).toBeLessThanOrEqual(width);
          expect(line).not.toMatch(/ $/);
          expect(line).not.toMatch(UNSEEN);
        }
        expect(text).toBe(await textOf(table, named, rows, { width, colour, batch: 1 }));
      }),
      { numRuns: 200 },
    );
  });
});

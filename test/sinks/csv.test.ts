import fc from 'fast-check';
import { expect, it } from 'vitest';
import { csv } from '../../src/sinks/csv.ts';
import { forTerminal } from '../../src/sinks/escape.ts';
import { hostileText, UNSEEN } from './hostile.ts';
import { textOf, writesOf } from './run.ts';

/** RFC 4180, line feed or CRLF. */
function readCsv(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n)/y;
  while (field.lastIndex < text.length) {
    const match = field.exec(text);
    if (match === null) throw new Error('not a CSV');
    record.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] !== ',') {
      records.push(record);
      record = [];
    }
  }
  return records;
}

it('has keys for a heading, wide columns too, and a line feed at line ends', async () => {
  const columns = [
    { key: 'time', title: 'Time' },
    { key: 'sourceIPs', title: 'Source IPs', wide: true },
  ];
  expect(await textOf(csv, columns, [{ time: '10:15', sourceIPs: ['10.0.0.1'] }, { time: 'x' }])).toBe(
    'time,sourceIPs\n10:15,"[""10.0.0.1""]"\nx,\n',
  );
});

it('is the heading alone for an empty run, nothing where no columns are known', async () => {
  expect(await textOf(csv, [{ key: 'a', title: 'A' }], [])).toBe('a\n');
  expect(await textOf(csv, undefined, [])).toBe('');
});

it('takes the keys of the first rows, however rows come', async () => {
  const rows = [{ a: 1 }, { b: 2, a: 3 }];
  for (const batch of [1, 2]) expect(await textOf(csv, undefined, rows, { batch })).toBe('a,b\n1,\n3,2\n');
});

it('holds at most 1,000 rows for their keys', async () => {
  const rows = [...Array(1000).fill({ a: 1 }), { a: 2, late: 3 }, { a: 4 }];
  const text = await textOf(csv, undefined, rows, { batch: 700 });
  expect(text).toBe(`a\n${'1\n'.repeat(1000)}2\n4\n`);
});

it('takes the keys that a flush finds, and keeps them', async () => {
  const rows = [{ a: 1 }, { a: 2, late: 3 }, { late: 4 }];
  expect(await writesOf(csv, undefined, rows, { batch: 1, flush: true })).toEqual(['a\n1\n', '2\n', '""\n']);
});

it('waits with its columns where a flush finds no key', async () => {
  const rows = [{}, { a: 1 }, {}];
  expect(await writesOf(csv, undefined, rows, { batch: 1, flush: true })).toEqual(['a\n""\n1\n', '""\n']);
  for (const none of [[], [{}]]) expect(await writesOf(csv, undefined, none, { flush: true })).toEqual([]);
});

it('has its heading once where it is flushed, and none for an empty flush', async () => {
  const columns = [{ key: 'a', title: 'A' }];
  expect(await writesOf(csv, columns, [{ a: 1 }, { a: 2 }], { batch: 1, flush: true })).toEqual(['a\n1\n', '2\n']);
  expect(await writesOf(csv, columns, [], { flush: true })).toEqual(['a\n']);
  expect(await writesOf(csv, [], [{ a: 1 }], { flush: true })).toEqual([]);
});

it('does not take a hostile number of keys', async () => {
  const keys = Array.from({ length: 10_000 }, (_, index) => [`k${index}`, index]);
  const [heading] = readCsv(await textOf(csv, undefined, [Object.fromEntries(keys)]));
  expect(heading).toHaveLength(256);
});

it('has no empty line for an empty record', async () => {
  expect(await textOf(csv, [{ key: 'a', title: 'A' }], [{}])).toBe('a\n""\n');
});

it('is read back as it was but for escapes and apostrophes before formulas', async () => {
  const cell = fc.oneof(hostileText, fc.integer(), fc.double(), fc.boolean(), fc.constant(undefined));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(cell, cell, cell), { maxLength: 8 }), async (cells) => {
      const columns = ['0', '1', '2'].map((key) => ({ key, title: key }));
      const text = await textOf(
        csv,
        columns,
        cells.map((row) => ({ ...row })),
      );
      expect(text.replaceAll('\n', '')).not.toMatch(UNSEEN);
      const [heading, ...records] = readCsv(text);
      expect(heading).toEqual(['0', '1', '2']);
      expect(records).toHaveLength(cells.length);
      for (const [y, record] of records.entries()) {
        for (const [x, field] of record.entries()) {
          const value = cells[y]?.[x];
          if (typeof value !== 'string') expect(field).toBe(value === undefined ? '' : String(value));
          else expect(withoutApostrophes(field)).toBe(withoutApostrophes(forTerminal(value)));
        }
      }
    }),
  );
});

function withoutApostrophes(text: string): string {
  return text.replace(/(^|;)'+/g, '$1');
}

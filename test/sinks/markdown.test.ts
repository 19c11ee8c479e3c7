import { expect, it } from 'vitest';
import { markdown } from '../../src/sinks/markdown.ts';
import { HOSTILE, UNSEEN } from './hostile.ts';
import { textOf, writesOf } from './run.ts';

const COLUMNS = [
  { key: 'actor', title: 'Actor' },
  { key: 'count', title: 'Count', align: 'right' as const, wide: true },
];

it('is a GitHub table', async () => {
  expect(await textOf(markdown, COLUMNS, [{ actor: 'a|b', count: 2 }, {}])).toBe(
    '| Actor | Count |\n| --- | ---: |\n| `a`&#124;`b` | 2 |\n|  |  |\n',
  );
});

it('is the heading alone for an empty run, nothing where no columns are known', async () => {
  expect(await textOf(markdown, COLUMNS, [])).toBe('| Actor | Count |\n| --- | ---: |\n');
  expect(await textOf(markdown, undefined, [])).toBe('');
});

it('has its heading once where it is flushed', async () => {
  const rows = [{ actor: 'a', count: 1 }, { actor: 'b' }];
  const writes = ['| Actor | Count |\n| --- | ---: |\n| a | 1 |\n', '| b |  |\n'];
  expect(await writesOf(markdown, COLUMNS, rows, { batch: 1, flush: true })).toEqual(writes);
  expect(await textOf(markdown, undefined, rows, { batch: 1, flush: true })).toBe(
    '| actor | count |\n| --- | --- |\n| a | 1 |\n| b |  |\n',
  );
  expect(await writesOf(markdown, undefined, [], { flush: true })).toEqual([]);
});

it('caps a cell at 500 columns, and code spans still close', async () => {
  const text = await textOf(markdown, [{ key: 'a', title: 'A' }], [{ a: '<'.repeat(1e6) }]);
  expect(text).toBe(`| A |\n| --- |\n| \`${'<'.repeat(499)}…\` |\n`);
});

it('keeps hostile text in its cell', async () => {
  const text = await textOf(
    markdown,
    undefined,
    HOSTILE.map((value) => ({ value, end: 'x' })),
  );
  expect(text.replaceAll('\n', '')).not.toMatch(UNSEEN);
  for (const line of text.trimEnd().split('\n')) expect(line.split('|')).toHaveLength(4);
});

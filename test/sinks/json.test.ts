import { describe, expect, it } from 'vitest';
import { json } from '../../src/sinks/json.ts';
import { jsonl } from '../../src/sinks/jsonl.ts';
import { HOSTILE, UNSEEN } from './hostile.ts';
import { textOf, writesOf } from './run.ts';

const ROWS = [{ a: 1 }, { a: 2 }, { a: 3 }];

describe('json', () => {
  it('is an array with a row on each line, however rows come', async () => {
    const text = '[\n{"a":1},\n{"a":2},\n{"a":3}\n]\n';
    expect(await textOf(json, undefined, ROWS)).toBe(text);
    expect(await textOf(json, undefined, ROWS, { batch: 1 })).toBe(text);
  });

  it('is an empty array for an empty run', async () => {
    expect(await textOf(json, undefined, [])).toBe('[]\n');
    expect(await textOf(json, undefined, [], { flush: true })).toBe('[]\n');
  });

  it('is the same array where it is flushed', async () => {
    expect(await writesOf(json, undefined, ROWS, { batch: 1, flush: true })).toEqual([
      '[\n{"a":1}',
      ',\n{"a":2}',
      ',\n{"a":3}',
      '\n]\n',
    ]);
  });
});

describe('jsonl', () => {
  it('is a row on each line', async () => {
    expect(await textOf(jsonl, undefined, ROWS)).toBe('{"a":1}\n{"a":2}\n{"a":3}\n');
  });

  it('is nothing for an empty run', async () => {
    expect(await writesOf(jsonl, undefined, [])).toEqual([]);
  });

  it('holds nothing back that a flush could write', async () => {
    expect(await writesOf(jsonl, undefined, ROWS, { batch: 2, flush: true })).toEqual([
      '{"a":1}\n{"a":2}\n',
      '{"a":3}\n',
    ]);
    expect(await writesOf(jsonl, undefined, [], { flush: true })).toEqual([]);
  });

  it('writes once for a batch, and in parts where rows are huge', async () => {
    expect(await writesOf(jsonl, undefined, ROWS, { batch: 2 })).toHaveLength(2);
    expect(await writesOf(jsonl, undefined, Array(3).fill({ a: 'x'.repeat(1 << 20) }))).toHaveLength(3);
  });

  it('waits for a slow reader', async () => {
    let release = () => {};
    const out = { write: () => new Promise<void>((resolve) => (release = resolve)) };
    const sink = jsonl(out, undefined, { width: undefined, colour: false });
    let written = false;
    const write = sink.write([{ cells: {}, json: () => '{}' }]).then(() => {
      written = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(written).toBe(false);
    release();
    await write;
  });
});

it.each([
  ['json', json],
  ['jsonl', jsonl],
])('%s keeps hostile text in meaning and off the terminal', async (_name, sink) => {
  const rows = HOSTILE.map((value) => ({ [value]: value }));
  const text = await textOf(sink, undefined, rows);
  expect(text.replaceAll('\n', '')).not.toMatch(UNSEEN);
  const read: unknown =
    sink === json
      ? JSON.parse(text)
      : text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line));
  expect(read).toEqual(rows);
});

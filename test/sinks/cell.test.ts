import { expect, it } from 'vitest';
import { cellAt, cellText } from '../../src/sinks/cell.ts';
import { rowOf } from './run.ts';

it.each([
  ['text', 'text'],
  ['', ''],
  [undefined, ''],
  [null, ''],
  [0, '0'],
  [-5.5, '-5.5'],
  [false, 'false'],
  [12n, '12'],
  [['a', 1], '["a",1]'],
  [{ a: { b: null } }, '{"a":{"b":null}}'],
  [{ big: 1n }, '{"big":"1"}'],
])('case %#', (cell, text) => expect(cellText(cell)).toBe(text));

it('never throws', () => {
  const cycle: unknown[] = [];
  cycle.push(cycle);
  expect(cellText(cycle)).toBe('[cannot be shown as JSON]');

  let deep: unknown[] = [];
  for (let i = 0; i < 200_000; i++) deep = [deep];
  expect(cellText(deep)).toBe('[nested too deeply]');

  const thrower = {
    toJSON() {
      throw new Error('no');
    },
  };
  expect(cellText(thrower)).toBe('[cannot be shown as JSON]');
  expect(cellText(Symbol('s'))).toBe('Symbol(s)');
  expect(cellText({ toJSON: () => undefined })).toBe('');
});

it('finds only what is in the row itself', () => {
  expect(cellAt(rowOf({ a: 1 }), 'a')).toBe(1);
  expect(cellAt(rowOf({ a: 1 }), 'constructor')).toBeUndefined();
  expect(cellAt(rowOf(JSON.parse('{"__proto__":"x"}')), '__proto__')).toBe('x');
});

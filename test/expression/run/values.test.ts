import fc from 'fast-check';
import jsonata from 'jsonata';
import { beforeEach, describe, expect, it } from 'vitest';
import { EvaluationError } from '../../../src/expression/failure.ts';
import { MAX_SEQUENCE, refill } from '../../../src/expression/run/budget.ts';
import {
  append,
  boolean,
  createSequence,
  isArrayOfNumbers,
  isDeepEqual,
  isNumeric,
  isSequence,
  lookup,
  operation,
  push,
  toText,
  unwrap,
} from '../../../src/expression/run/values.ts';
import { plain } from '../both.ts';
import { isSame } from '../oracle.ts';
import { anything } from '../random-event.ts';

beforeEach(refill);

const failing = (code: string) => expect.objectContaining({ code });

/** The value, or the code of the failure. */
function outcome(run: () => unknown): unknown {
  try {
    return plain(run());
  } catch (error) {
    if (error instanceof EvaluationError) return `error ${error.code}`;
    throw error;
  }
}

describe('a sequence', () => {
  it('is an array that a path made, not one of the event', () => {
    expect(isSequence(createSequence(1))).toBe(true);
    expect(isSequence([1])).toBe(false);
    expect(isSequence({ sequence: true, length: 1 })).toBe(false);
    expect(isSequence(undefined)).toBe(false);
  });

  it.each([
    ['of nothing is nothing', [], undefined],
    ['of one item is that item', [1], 1],
    ['of one list is that list', [[1]], [1]],
    ['of more stays', [1, 2], [1, 2]],
  ])('%s', (_, items, value) => {
    expect(plain(unwrap(createSequence(...items), false))).toEqual(value);
  });

  it('stays where `[]` says so, and for good', () => {
    const sequence = createSequence(1);
    expect(unwrap(sequence, true)).toBe(sequence);
    expect(unwrap(sequence, false)).toBe(sequence);
    expect(unwrap(createSequence(), true)).toBeUndefined();
  });

  it('is the only thing that is unwrapped', () => {
    for (const value of [[1], [], 'a', null, undefined, { a: 1 }]) expect(unwrap(value, true)).toBe(value);
  });

  it('has an end', () => {
    const sequence = createSequence();
    sequence.length = MAX_SEQUENCE - 1;
    push(sequence, 1);
    expect(() => push(sequence, 1)).toThrow(failing('D2015'));
    expect(() => append(sequence, 1)).toThrow(failing('D2015'));
  });
});

describe('a number', () => {
  it.each([
    [0, true],
    [-0, true],
    [1.5, true],
    [Number.NaN, false],
    ['1', false],
    [null, false],
    [undefined, false],
  ])('%s: %s', (value, expected) => {
    expect(isNumeric(value)).toBe(expected);
  });

  it.each([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('%s is an error', (value) => {
    expect(() => isNumeric(value)).toThrow(failing('D1001'));
    expect(() => isArrayOfNumbers(['a', value])).toThrow(failing('D1001'));
  });

  it('is in a list of numbers where all are', () => {
    expect(isArrayOfNumbers([])).toBe(true);
    expect(isArrayOfNumbers([1, 2])).toBe(true);
    expect(isArrayOfNumbers([1, '2'])).toBe(false);
    expect(isArrayOfNumbers(1)).toBe(false);
  });
});

describe('truth', () => {
  it.each<[unknown, boolean | undefined]>([
    [undefined, undefined],
    [null, false],
    ['', false],
    ['false', true],
    [0, false],
    [-0, false],
    [Number.NaN, false],
    [-1, true],
    [{}, false],
    [{ a: undefined }, true],
    [[], false],
    [[0], false],
    [[[]], false],
    [[[1]], true],
    [[0, 0], false],
    [[0, 1], true],
    [[undefined], undefined],
    [[undefined, undefined], false],
    [() => true, false],
  ])('of %j is %s', (value, expected) => {
    expect(boolean(value)).toBe(expected);
  });
});

describe('a field', () => {
  it.each<[unknown, unknown]>([
    [{ a: 1 }, 1],
    [{ a: null }, null],
    [{ a: [1] }, [1]],
    [{}, undefined],
    [null, undefined],
    ['a', undefined],
    [5, undefined],
    [
      [{ a: 1 }, { a: [2, 3] }, {}, 4, [{ a: 5 }]],
      [1, 2, 3, 5],
    ],
    [[], []],
  ])('of %j is %j', (value, expected) => {
    expect(plain(lookup(value, 'a'))).toEqual(expected);
  });

  it.each(['constructor', 'toString', '__proto__', 'length', 'hasOwnProperty'])(
    '%s is one only where it was sent',
    (key) => {
      expect(lookup({}, key)).toBeUndefined();
      expect(lookup('text', key)).toBeUndefined();
      expect(plain(lookup([[]], key))).toEqual([]);
      expect(lookup(JSON.parse(`{"${key}": 1}`), key)).toBe(1);
    },
  );
});

describe('two lists', () => {
  it.each<[unknown, unknown, unknown]>([
    [undefined, 1, 1],
    [1, undefined, 1],
    [undefined, undefined, undefined],
    [1, 2, [1, 2]],
    [[1], [2, [3]], [1, 2, [3]]],
    [null, [], [null]],
  ])('%j and %j are %j', (first, second, expected) => {
    expect(plain(append(first, second))).toEqual(expected);
  });

  it('are no sequence any more', () => {
    expect(isSequence(append(createSequence(1), 2))).toBe(false);
  });
});

describe('equality', () => {
  it.each<[unknown, unknown, boolean]>([
    [1, 1, true],
    [0, -0, true],
    [Number.NaN, Number.NaN, false],
    ['1', 1, false],
    [null, null, true],
    [{ a: 1, b: [2] }, { b: [2], a: 1 }, true],
    [{ a: undefined }, { b: undefined }, false],
    [[1, 2], [2, 1], false],
    [[], {}, false],
    [['a'], { 0: 'a', length: 1 }, true],
    [createSequence('a'), ['a'], true],
    [createSequence('a'), { 0: 'a', length: 1, sequence: true }, false],
  ])('of %j and %j: %s', (left, right, expected) => {
    expect(isDeepEqual(left, right)).toBe(expected);
    expect(isDeepEqual(right, left)).toBe(expected);
  });
});

describe('text', () => {
  it.each<[unknown, string]>([
    ['a', 'a'],
    [1.0, '1'],
    [0.1 + 0.2, '0.3'],
    [1e21, '1e+21'],
    [null, 'null'],
    [[1, 'a', null], '[1,"a",null]'],
    [{ a: { b: 0.1 + 0.2 } }, '{"a":{"b":0.3}}'],
    [[Number.NaN], '[null]'],
    ['\ud83d', '\ud83d'],
    [['\ud83d'], '["\\ud83d"]'],
    [createSequence(1, 2), '[1,2]'],
    [() => 1, ''],
  ])('of %j is %j', (value, expected) => {
    expect(toText(value)).toBe(expected);
  });

  it('is indented where that is asked for', () => {
    expect(toText({ a: [1] }, 2)).toBe('{\n  "a": [\n    1\n  ]\n}');
  });

  it('is none of what is beyond all bounds', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) expect(() => toText(value)).toThrow(failing('D3001'));
    expect(() => toText([Number.POSITIVE_INFINITY])).toThrow(failing('D1001'));
  });
});

describe('an operator', () => {
  const OPERATORS = ['=', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/', '%', '&', 'in'] as const;
  const value = fc
    .oneof(
      anything.map((text) => JSON.parse(text) as unknown),
      fc.constantFrom<unknown>(undefined, Number.NaN, 1, 2, 'a', 'b'),
    )
    .map((json) => ({ json }));

  it.each(OPERATORS)('%s is that of jsonata', async (operator) => {
    const interpreted = jsonata(`$a ${operator} $b`, { sequence: MAX_SEQUENCE } as never);
    const apply = operation(operator);
    await fc.assert(
      fc.asyncProperty(fc.tuple(value, value), fc.boolean(), async ([{ json: a }, { json: other }], same) => {
        const b = same ? structuredClone(a) : other;
        refill();
        const expected = await interpreted.evaluate({}, { a, b }).catch((error) => `error ${error.code}`);
        const compiled = outcome(() => apply(a, b));
        if (!isSame(compiled, expected)) expect(compiled).toEqual(expected);
      }),
      { numRuns: 400 },
    );
  });
});

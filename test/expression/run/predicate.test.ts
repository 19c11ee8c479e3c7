import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../../src/expression/compile.ts';
import { eventOf } from '../../audit-event.ts';
import { both } from '../both.ts';
import { deepFreeze } from '../random-event.ts';

/** JSONata where it is not what people expect, and the compiled expression must be what JSONata is. */
const EVENT = {
  ...{ verb: 'get', n: 5, zero: 0, empty: '', yes: true, no: false, nothing: null, list: ['x'], none: [], o: { a: 1 } },
  ...{
    two: [{ p: true }, { p: false }],
    one: [{ p: true }],
    numbers: [1, 2, 3],
    nested: [[1], [2, 3]],
    falsy: [0, '', null],
  },
  c: [
    { n: [1, 2], m: 'a' },
    { n: [3], m: 'b' },
    { n: [], m: 'a' },
  ],
};

describe.each<[string, [expression: string, value: unknown][]]>([
  [
    'a missing value',
    [
      ['missing = verb', false],
      ['missing != verb', false],
      ['missing = missing', false],
      ['missing != missing', false],
      ['$not(missing)', undefined],
      ['$not(missing = "x")', true],
      ['$not($not(missing))', undefined],
      ['$exists(missing)', false],
      ['missing > 1', undefined],
      ['missing > missing', undefined],
      ['missing + 1', undefined],
      ['missing & "a"', 'a'],
      ['missing & missing', ''],
      ['missing in ["x"]', false],
      ['"x" in missing', false],
      ['[missing, 1, missing]', [1]],
      ['{"a": missing}', {}],
      ['-missing', undefined],
      ['missing ? 1', undefined],
      ['missing ? 1 : 2', 2],
      ['missing ?? 1', 1],
      ['missing ?: 1', 1],
      ['missing[0]', undefined],
      ['missing[$not(missing)]', undefined],
      ['$count(missing)', 0],
      ['$not($match("b", /(a)|b/).groups)', true],
    ],
  ],
  [
    'comparing',
    [
      ['n > "1"', 'T2009'],
      ['"1" < n', 'T2009'],
      ['nothing > 1', 'T2010'],
      ['yes > 1', 'T2010'],
      ['numbers > 1', 'T2010'],
      ['o > 1', 'T2010'],
      ['missing > true', 'T2010'],
      ['n > 4 and verb >= "get"', true],
      ['n < 4', false],
    ],
  ],
  [
    'equality',
    [
      ['5 = "5"', false],
      ['n = 5', true],
      ['numbers = [1, 2, 3]', true],
      ['numbers = [1, 3, 2]', false],
      ['o = {"a": 1}', true],
      ['{"a": 1, "b": 2} = {"b": 2, "a": 1}', true],
      ['nothing = null', true],
      ['two.p = true', false],
      ['one.p = true', true],
      ['list = "x"', false],
      ['list = ["x"]', true],
      ['["x"] = "x"', false],
      ['c.m[0] = "a"', false],
      ['(c.m)[0] = "a"', true],
      // Both have the same names for their properties.
      ['["x"] = {"0": "x", "length": 1}', true],
      ['c.m = {"0": "a", "1": "b", "2": "a", "length": 3, "sequence": true}', false],
    ],
  ],
  [
    'in',
    [
      ['"x" in list', true],
      ['list in ["x"]', false],
      ['verb in "get"', true],
      ['verb in ["list", "get"]', true],
      ['"2" in numbers', false],
      ['o in [o]', true],
      ['o in [{"a": 1}]', false],
      ['($x := [1,2].([["a"]]); $x[[0]] in $x[[1,1]])', false],
      ['true in two.p', true],
    ],
  ],
  [
    'a function with the wrong type',
    [
      ['$contains(n, "5")', 'T0410'],
      ['$contains(nothing, "5")', 'T0410'],
      ['$contains(numbers, "5")', 'T0410'],
      ['$lowercase(o)', 'T0410'],
      ['$lowercase(list)', 'T0410'],
      ['$lowercase(missing)', undefined],
      ['$contains(missing, "a")', undefined],
      ['$contains(verb, missing)', undefined],
      ['$length()', 'T0411'],
      ['verb.$length()', 3],
      ['$join(numbers)', 'T0412'],
      ['$sum(list)', 'T0412'],
      ['$count()', 'T0410'],
    ],
  ],
  [
    'filters',
    [
      ['c.n[0]', [1, 3]],
      ['(c.n)[0]', 1],
      ['c.n[-1]', [2, 3]],
      ['numbers[1]', 2],
      ['numbers[1.9]', 2],
      ['numbers[-1]', 3],
      ['numbers[7]', undefined],
      ['numbers[[0, 2]]', [1, 3]],
      ['numbers[[0, 0]]', [1, 1]],
      ['numbers[$ > 1]', [2, 3]],
      ['numbers["a"]', [1, 2, 3]],
      ['numbers[zero]', undefined],
      ['numbers[missing]', undefined],
      ['c[m = "a"].n', [1, 2]],
      ['c[m = "b"].n', [3]],
      ['c[m = "b"].n[0]', 3],
      ['c[1][m = "b"].m', 'b'],
      ['verb[0]', 'get'],
      ['verb[1]', undefined],
      ['verb[$ = "get"]', 'get'],
      ['"a"[0]', 'a'],
      ['nested[0]', [1]],
      ['nested[[0]]', [1]],
    ],
  ],
  [
    'lists that stay lists',
    [
      ['one.p', true],
      ['one.p[]', [true]],
      ['one[].p', [true]],
      ['two[p].p[]', [true]],
      ['verb[]', ['get']],
      ['missing[]', undefined],
      ['$string(n)[]', '5'],
      ['none', []],
      ['none.a', undefined],
      ['c.m', ['a', 'b', 'a']],
      ['c[0].m', 'a'],
      ['nested.$', [1, 2, 3]],
      ['nested', [[1], [2, 3]]],
      ['c.[m]', [['a'], ['b'], ['a']]],
      ['one.[p]', [true]],
      ['[one.p]', [true]],
      ['[[1], 2, numbers]', [[1], 2, 1, 2, 3]],
    ],
  ],
  [
    'truth',
    [
      ['none ? 1 : 2', 2],
      ['{} ? 1 : 2', 2],
      ['empty ? 1 : 2', 2],
      ['zero ? 1 : 2', 2],
      ['nothing ? 1 : 2', 2],
      ['falsy ? 1 : 2', 2],
      ['[false, false] ? 1 : 2', 2],
      ['[false, true] ? 1 : 2', 1],
      ['"false" ? 1 : 2', 1],
      ['o ? 1 : 2', 1],
      ['[[]] ? 1 : 2', 2],
      ['[[0]] ? 1 : 2', 2],
      ['empty ?? 1', ''],
      ['empty ?: 1', 1],
    ],
  ],
  [
    'and, or',
    [
      ['no and $sqrt(-1)', false],
      ['yes or $sqrt(-1)', true],
      ['yes and $sqrt(-1)', 'D3060'],
      ['no or $sqrt(-1)', 'D3060'],
      ['missing and yes', false],
      ['missing or verb', true],
      ['none or falsy', false],
    ],
  ],
  [
    'names of JavaScript',
    [
      ['verb.length', undefined],
      ['list.length', undefined],
      ['constructor', undefined],
      ['__proto__', undefined],
      ['o.hasOwnProperty', undefined],
      ['list.sequence', undefined],
      ['$lookup(o, "toString")', undefined],
      ['$keys(list)', undefined],
    ],
  ],
  [
    'grouping',
    [
      ['c{m: n}', { a: [1, 2], b: [3] }],
      ['c{m: $count($)}', { a: 2, b: 1 }],
      ['c{m: $.n[0]}', { a: 1, b: 3 }],
      ['c{n: m}', 'T1003'],
      ['{"a": 1, "a": 2}', 'D1009'],
      ['missing{"a": 1}', { a: 1 }],
      ['none{"a": 1}', { a: 1 }],
      ['{"_jsonata_lambda": 1}', 'D1013'],
      ['{"_jsonata_function": 1}', 'D1013'],
      ['c{missing: 1}', {}],
      ['{"b": 1, "10": 2, "9": 3} ~> $keys()', ['9', '10', 'b']],
    ],
  ],
  [
    'variables',
    [
      ['($x := 1; ($x := 2); $x)', 1],
      ['($x := 1; ($x := $x + 1; $x))', 2],
      ['($x := $y := 2; $x + $y)', 4],
      ['(($x := 1); $x)', undefined],
      ['($x := c; $x.m)', ['a', 'b', 'a']],
      ['c.($x := m; $x & "!")', ['a!', 'b!', 'a!']],
      ['()', undefined],
      ['(1; 2; 3)', 3],
    ],
  ],
  [
    'what begins with an array constructor',
    [
      ['[1, 2].$', [1, 2]],
      ['[c].m', ['a', 'b', 'a']],
      ['[missing].a', []],
      ['[null][0].a', 'unknown'],
      ['["abc"][0].$', ['a', 'b', 'c']],
      ['["[", ["["]]', ['[', ['[']]],
    ],
  ],
  [
    'numbers',
    [
      ['0.1 + 0.2', 0.1 + 0.2],
      ['$string(0.1 + 0.2)', '0.3'],
      ['0.1 + 0.2 & ""', '0.3'],
      ['1 / 0', Number.POSITIVE_INFINITY],
      ['(1 / 0) + 1', 'D1001'],
      ['$string(1 / 0)', 'D3001'],
      ['[1 / 0] & ""', 'D1001'],
      ['0 / 0', Number.NaN],
      ['0 / 0 = 0 / 0', false],
      ['-5 % 3', -2],
      ['-"a"', 'D1002'],
      ['verb * 2', 'T2001'],
      ['2 * verb', 'T2002'],
      ['[1..3]', [1, 2, 3]],
      ['[3..1]', []],
      ['[1..1]', [1]],
      ['[1.5..3]', 'T2003'],
      ['[1.."3"]', 'T2004'],
      ['[1..2000000]', 'D2015'],
      ['[1..20000000]', 'D2014'],
    ],
  ],
])('%s', (_, rows) => {
  it.each(rows)('%s', async (expression, value) => {
    expect(await both(expression, EVENT)).toEqual(value);
  });
});

describe('what an event says beyond all bounds', () => {
  it.each<[string, unknown]>([
    ['n = n', true],
    ['n > 1', true],
    ['n in [n]', true],
    ['$exists(n)', true],
    ['n ? 1 : 2', 'D1001'],
    ['n + 1', 'D1001'],
    ['[1][$$.n]', 'D1001'],
    ['$type(n)', 'D1001'],
    ['$sum([n])', Number.POSITIVE_INFINITY],
    ['n & ""', 'D3001'],
    ['$ & ""', 'D1001'],
  ])('%s', async (expression, value) => {
    expect(await both(expression, '{"n": 1e999}')).toEqual(value);
  });

  it('a key that is a prototype elsewhere', async () => {
    const event = '{"o": {"__proto__": {"a": 1}}, "k": "__proto__"}';
    expect(await both('o.__proto__.a', event)).toBe(1);
    expect(await both('o.a', event)).toBeUndefined();
    expect(await both('$string({k: 1})', event)).toBe('{"__proto__":1}');
  });
});

describe('a compiled expression', () => {
  const run = (text: string, fields: Record<string, unknown>): unknown =>
    compileExpression(text).predicate?.(deepFreeze(eventOf(fields)));

  it.each([
    ['sourceIPs[]', { sourceIPs: ['a'] }],
    ['user.groups{"a": 1}', { user: { groups: [] } }],
    ['$distinct(user.groups)', { user: { groups: ['a', 'a'] } }],
    ['$append(user.groups, "a")', { user: { groups: [] } }],
    ['user.groups.[$]', { user: { groups: ['a'] } }],
  ])('writes to no event: %s', (text, fields) => {
    expect(() => run(text, fields)).not.toThrow();
  });

  it('tells the first failure of a constructor, whichever is quicker', () => {
    expect(() => run('[$sqrt(missing.x ? 1 : -1), 1 + "a"]', {})).toThrow(expect.objectContaining({ code: 'D3060' }));
  });

  it('groups by more keys than jsonata can', () => {
    const value = run('requestObject{name: 1}', {
      requestObject: Array.from({ length: 2_000 }, (_, index) => ({ name: `k${index}` })),
    });
    expect(Object.keys(value as object)).toHaveLength(2_000);
  });

  it('keeps nothing of an evaluation that failed', () => {
    const predicate = compileExpression(
      '($x := verb; $contains($x, /e/) and $match($x, /(.)/)[1].match = "e")',
    ).predicate;
    expect(predicate).toBeDefined();
    for (const [verb, value] of [
      ['get', true],
      [5, 'fails'],
      ['get', true],
      ['list', false],
      ['get', true],
    ] as const) {
      if (value === 'fails') expect(() => predicate?.({ verb } as never)).toThrow();
      else expect(predicate?.({ verb })).toBe(value);
    }
  });
});

import { describe, expect, it } from 'vitest';
import { builtins } from '../../../src/expression/run/builtins.ts';
import { JSONATA_FUNCTIONS } from '../../../src/expression/tree/names.ts';
import { both } from '../both.ts';
import { FUNCTIONS } from '../random-words.ts';

/** Of functions that other tests do not look at more closely; each is asked of jsonata as well. */
const CASES: Readonly<Record<string, readonly (readonly [expression: string, value: unknown])[]>> = {
  boolean: [
    ['$boolean("")', false],
    ['$boolean([0, 1])', true],
    ['verb.$boolean()', true],
    ['$boolean(missing)', undefined],
  ],
  not: [
    ['$not(0)', true],
    ['$not([])', true],
    ['$not(missing)', undefined],
    ['$not(1, 2)', 'T0410'],
  ],
  exists: [
    ['$exists(null)', true],
    ['$exists([])', true],
    ['$exists(missing)', false],
    ['$exists()', 'T0410'],
  ],
  type: [
    ...([
      ['$type(null)', 'null'],
      ['$type([])', 'array'],
      ['$type({})', 'object'],
      ['$type(1)', 'number'],
    ] as const),
    ...([
      ['$type("")', 'string'],
      ['$type(true)', 'boolean'],
      ['$type(missing)', undefined],
      ['$type(0/0)', 'object'],
    ] as const),
  ],
  count: [
    ['$count([1, [2, 3]])', 2],
    ['$count("a")', 1],
    ['$count(missing)', 0],
    ['$count(null)', 1],
    ['$count([[1, 2]])', 1],
  ],
  sum: [
    ['$sum([1, 2.5])', 3.5],
    ['$sum([])', 0],
    ['$sum(5)', 5],
    ['$sum(["1"])', 'T0412'],
    ['$sum(missing)', undefined],
  ],
  average: [
    ['$average([1, 2])', 1.5],
    ['$average([])', undefined],
    ['$average(missing)', undefined],
  ],
  max: [
    ['$max([1, 3, 2])', 3],
    ['$max([])', undefined],
    ['$max("a")', 'T0412'],
    ['$max([[1], 2])', 'T0412'],
  ],
  min: [
    ['$min([1, -3, 2])', -3],
    ['$min(missing)', undefined],
  ],
  number: [
    ...([
      ['$number("12")', 12],
      ['$number("-1.5e3")', -1500],
      ['$number("0x1F")', 31],
      ['$number("0b11")', 3],
    ] as const),
    ...([
      ['$number("0o17")', 15],
      ['$number(true)', 1],
      ['$number(false)', 0],
      ['$number("")', 'D3030'],
    ] as const),
    ...([
      ['$number(" 1")', 'D3030'],
      ['$number("1e999")', 'D3030'],
      ['$number("+1")', 'D3030'],
      ['$number(".5")', 'D3030'],
    ] as const),
    // The anchors of jsonata's pattern bind to the first and the last alternative alone.
    ...([
      ['$number("0x1Fz")', Number.NaN],
      ['$number(null)', 'T0410'],
      ['$number([1])', 'T0410'],
    ] as const),
  ],
  abs: [
    ['$abs(-1.5)', 1.5],
    ['$abs("1")', 'T0410'],
    ['$abs(missing)', undefined],
  ],
  floor: [
    ['$floor(-1.5)', -2],
    ['$floor(1.5)', 1],
  ],
  ceil: [
    ['$ceil(-1.5)', -1],
    ['$ceil(1.2)', 2],
  ],
  sqrt: [
    ['$sqrt(9)', 3],
    ['$sqrt(-1)', 'D3060'],
  ],
  power: [
    ['$power(2, 10)', 1024],
    ['$power(2, 1024)', 'D3061'],
    ['$power(-1, 0.5)', 'D3061'],
    ['$power(2, missing)', 'D3061'],
  ],
  round: [
    ...([
      ['$round(2.5)', 2],
      ['$round(3.5)', 4],
      ['$round(-2.5)', -2],
      ['$round(-0.5)', 0],
      ['$round(1.005, 2)', 1],
    ] as const),
    ...([
      ['$round(1.015, 2)', 1.02],
      ['$round(125, -1)', 120],
      ['$round(1e21, 2)', 1e21],
      ['$round(1.5, 0)', 2],
    ] as const),
    ...([
      ['$round(12.345, 1.5)', Number.NaN],
      ['$round(missing, 1)', undefined],
    ] as const),
  ],
  string: [
    ...([
      ['$string(1)', '1'],
      ['$string(null)', 'null'],
      ['$string({"a": [1]})', '{"a":[1]}'],
      ['$string("a")', 'a'],
    ] as const),
    ...([
      ['$string([1], true)', '[\n  1\n]'],
      ['$string(missing)', undefined],
      ['verb.$string()', 'get'],
    ] as const),
    ...([
      ['$string(0.1 + 0.2)', '0.3'],
      ['$string(1e21)', '1e+21'],
      ['$string(1 / 3)', '0.333333333333333'],
    ] as const),
  ],
  length: [
    ['$length("😀a")', 2],
    ['$length("")', 0],
    ['$length("\\uD83D")', 1],
    ['$length(1)', 'T0410'],
  ],
  lowercase: [
    ['$lowercase("ÀẞA")', 'àßa'],
    ['verb.$lowercase()', 'get'],
  ],
  uppercase: [['$uppercase("ßa")', 'SSA']],
  trim: [
    ['$trim("  a \\n\\t b ")', 'a b'],
    ['$trim(" ")', ''],
    ['$trim("\\u00a0a")', '\u00a0a'],
  ],
  substring: [
    ...([
      ['$substring("héllo", 1)', 'éllo'],
      ['$substring("hello", -2)', 'lo'],
      ['$substring("hello", -9)', 'hello'],
    ] as const),
    ...([
      ['$substring("hello", 1, 2)', 'el'],
      ['$substring("hello", -3, 2)', 'll'],
      ['$substring("hello", 1, 0)', ''],
    ] as const),
    ...([
      ['$substring("😀😀a", 1, 1)', '😀'],
      ['$substring("hello", 1.7)', 'ello'],
      ['$substring("hello", missing)', 'hello'],
    ] as const),
    ...([
      ['$substring("hello", 9)', ''],
      ['$substring("hello", 1, -1)', ''],
      ['$substring("hello", -2, 9)', 'lo'],
    ] as const),
  ],
  substringBefore: [
    ['$substringBefore("a-b-c", "-")', 'a'],
    ['$substringBefore("a", "-")', 'a'],
    ['$substringBefore("a", "")', ''],
  ],
  substringAfter: [
    ...([
      ['$substringAfter("a-b-c", "-")', 'b-c'],
      ['$substringAfter("a", "")', 'a'],
    ] as const),
    ...([
      ['$substringAfter("undefined", missing)', 'unknown'],
      ['$substringAfter("a", missing)', 'a'],
    ] as const),
  ],
  contains: [
    ['$contains("abc", "b")', true],
    ['$contains("abc", /B/)', false],
    ['$contains("a", "")', true],
    ['verb.$contains("g")', true],
  ],
  match: [
    [
      '$match("ab1", /([a-z])(\\d)?/)',
      [
        { match: 'a', index: 0, groups: ['a', undefined] },
        { match: 'b1', index: 1, groups: ['b', '1'] },
      ],
    ],
    ['$match("a", /a/)', { match: 'a', index: 0, groups: [] }],
    ['$match("a", /b/)', undefined],
    ['$match("a", "a")', 'T0410'],
  ],
  replace: [
    ['$replace("a.b.c", ".", "-")', 'a-b-c'],
    ['$replace("abc", /[ac]/, "")', 'b'],
  ],
  split: [
    ...([
      ['$split("a,b", ",")', ['a', 'b']],
      ['$split("ab", "")', ['a', 'b']],
      ['$split("a", ",")', ['a']],
    ] as const),
    ...([
      ['$split("a,b,c", ",", 2)', ['a', 'b']],
      ['$split("a1b2c", /\\d/)', ['a', 'b', 'c']],
      ['$split("a", ",", 0)', []],
    ] as const),
    ...([
      ['$split("a1b2c", /\\d/, 1)', ['a']],
      ['$split("😀", "")', ['\ud83d', '\ude00']],
      ['$split("a", missing)', 'unknown'],
    ] as const),
  ],
  join: [
    ['$join(["a", "b"], "-")', 'a-b'],
    ['$join("a")', 'a'],
    ['$join([])', ''],
    ['$join([1])', 'T0412'],
    ['$join(missing)', undefined],
  ],
  base64encode: [
    ['$base64encode("abc")', 'YWJj'],
    ['$base64encode("é")', '6Q=='],
  ],
  base64decode: [
    ['$base64decode("YWJj")', 'abc'],
    ['$base64decode("*")', ''],
  ],
  encodeUrl: [
    ['$encodeUrl("a b/?é")', 'a%20b/?%C3%A9'],
    ['$encodeUrl("\\uD83D")', 'D3140'],
  ],
  encodeUrlComponent: [
    ['$encodeUrlComponent("a/b")', 'a%2Fb'],
    ['$encodeUrlComponent("\\uD83D")', 'D3140'],
  ],
  decodeUrl: [
    ['$decodeUrl("a%20b%2F")', 'a b%2F'],
    ['$decodeUrl("%")', 'D3140'],
  ],
  decodeUrlComponent: [
    ['$decodeUrlComponent("a%2Fb")', 'a/b'],
    ['$decodeUrlComponent("%c3")', 'D3140'],
  ],
  append: [
    ['$append(1, [2, [3]])', [1, 2, [3]]],
    ['$append(missing, 1)', 1],
    ['$append([], missing)', []],
    ['$append(1)', 'T0410'],
  ],
  distinct: [
    ['$distinct([1, "1", 1, [1], [1], {"a": 1}, {"a": 1}])', [1, '1', [1], { a: 1 }]],
    ['$distinct("a")', 'a'],
    ['$distinct([0/0, 0/0])', [Number.NaN, Number.NaN]],
    ['$distinct(list.a)', [1, 2]],
  ],
  reverse: [
    ['$reverse([1, 2, 3])', [3, 2, 1]],
    ['$reverse("a")', ['a']],
    ['$reverse(missing)', undefined],
  ],
  keys: [
    ...([
      ['$keys({"b": 1, "a": 2})', ['b', 'a']],
      ['$keys([{"a": 1}, {"b": 1, "a": 2}])', ['a', 'b']],
      ['$keys({"a": 1})', 'a'],
    ] as const),
    ...([
      ['$keys({})', undefined],
      ['$keys("a")', undefined],
      ['$keys({"b": 1, "10": 1, "9": 1})', ['9', '10', 'b']],
    ] as const),
  ],
  lookup: [
    ...([
      ['$lookup({"a": 1}, "a")', 1],
      ['$lookup([{"a": 1}, {"a": 2}], "a")', [1, 2]],
      ['$lookup({}, "constructor")', undefined],
    ] as const),
    ...([
      ['$lookup("a", "length")', undefined],
      ['$lookup({"undefined": 1}, missing)', 1],
    ] as const),
  ],
  merge: [
    ...([
      ['$merge([{"a": 1}, {"b": 2, "a": 3}])', { a: 3, b: 2 }],
      ['$merge([])', {}],
      ['$merge({"a": 1})', { a: 1 }],
    ] as const),
    ...([
      ['$merge([1])', 'T0412'],
      ['$merge(missing)', undefined],
    ] as const),
  ],
  spread: [
    ...([
      ['$spread({"a": 1, "b": 2})', [{ a: 1 }, { b: 2 }]],
      ['$spread({"a": 1})', { a: 1 }],
      ['$spread("a")', 'a'],
    ] as const),
    ...([
      ['$spread([{"a": 1}, {}, 5, []])', [{ a: 1 }, 5]],
      ['$spread([])', undefined],
      ['$spread({})', undefined],
    ] as const),
    ...([
      ['$spread([[]])', []],
      ['$spread(null)', null],
      ['$spread(missing)', undefined],
    ] as const),
  ],
};

const EVENT = { verb: 'get', list: [{ a: 1 }, { a: 2 }, { a: 1 }] };

describe.each(Object.entries(CASES))('$%s', (_, cases) => {
  it.each(cases)('%s', async (expression, value) => {
    expect(await both(expression, EVENT)).toEqual(value);
  });
});

describe('the functions', () => {
  it('are all looked at, here and by the fuzz', () => {
    expect(Object.keys(CASES).sort()).toEqual(Object.keys(builtins).sort());
    expect(Object.keys(FUNCTIONS)).toEqual(expect.arrayContaining(Object.keys(builtins)));
  });

  it("are jsonata's", () => {
    expect(Object.keys(builtins).filter((name) => !JSONATA_FUNCTIONS.has(name))).toEqual([]);
  });

  it('are found by their own names only', () => {
    for (const name of ['constructor', 'toString', '__proto__']) expect(Object.hasOwn(builtins, name)).toBe(false);
  });
});

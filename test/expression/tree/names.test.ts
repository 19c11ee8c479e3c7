import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import jsonata from 'jsonata';
import { describe, expect, it } from 'vitest';
import { findUnknownName, JSONATA_FUNCTIONS } from '../../../src/expression/tree/names.ts';

const require = createRequire(import.meta.url);

function unknownIn(text: string, known: readonly string[] = []): { name: string; position: number } | undefined {
  return findUnknownName(jsonata(text).ast(), (name) => known.includes(name));
}

describe("jsonata's own functions", () => {
  it('are those of the version that is pinned', () => {
    const { version } = require('jsonata/package.json') as { version: string };
    expect(version).toBe('2.2.2');
  });

  it('are all known, and no others', () => {
    const source = readFileSync(require.resolve('jsonata'), 'utf8');
    const bound = [...source.matchAll(/\.bind\('(\w+)', defineFunction\(/g)].map(([, name]) => name);
    expect(bound.length).toBeGreaterThan(60);
    expect([...JSONATA_FUNCTIONS].sort()).toEqual([...new Set(bound)].sort());
  });

  it.each([...JSONATA_FUNCTIONS])('$%s is one', async (name) => {
    expect(await jsonata(`$type($${name})`).evaluate({})).toBe('function');
  });
});

describe('a name that nothing defines', () => {
  it.each([
    ['$nope', 'nope', 0],
    ['a = $nope', 'nope', 4],
    ['$nope(1)', 'nope', 0],
    ['a[$nope]', 'nope', 2],
    ['$count(a.b[c = $nope])', 'nope', 15],
    ['{"k": $nope}', 'nope', 6],
    ['[$nope]', 'nope', 1],
    ['a ? b : $nope', 'nope', 8],
    ['a^($nope)', 'nope', 3],
    ['a{$nope: 1}', 'nope', 2],
    ['a ~> $nope', 'nope', 5],
    ['$sum(?, $nope)', 'nope', 8],
    ['function($x){ $nope }', 'nope', 14],
    ['($x := $nope; $x)', 'nope', 7],
    ['$ ~> |a|{"b": $nope}|', 'nope', 14],
    ['$startsWith(a, "b")', 'startsWith', 0],
    ['$Count(a)', 'Count', 0],
    ['$constructor', 'constructor', 0],
    ['$hasOwnProperty("x")', 'hasOwnProperty', 0],
    ['$a and $b', 'a', 0],
  ])('in %s is found where it stands', (text, name, position) => {
    expect(unknownIn(text)).toEqual({ name, position });
  });

  it.each([
    'a',
    '$',
    '$$',
    '$$.a and $.b',
    '$count(a)',
    '($x := 1; $x + 1)',
    '($f := function($x){ $x }; $f(1))',
    'a@$f.b[$f.c]',
    'a#$i[$i = 1]',
    'a@$f#$i.{"f": $f, "i": $i}',
    'a[0]#$i.b[$i]',
    'a^(b)#$i.$i',
    '$map(a, function($v, $i, $all){ $v & $i & $count($all) })',
    'λ($x)<n:n>{ $x }',
    '"$nope"',
    '/\\$nope/',
    '`$nope`',
    'a /* $nope */',
  ])('is not in %s', (text) => {
    expect(unknownIn(text)).toBeUndefined();
  });

  it('is none where the caller knows it', () => {
    expect(unknownIn('$glob(a, $lists)', ['glob', 'lists'])).toBeUndefined();
    expect(unknownIn('$glob(a, $lists)', ['glob'])).toEqual({ name: 'lists', position: 9 });
  });
});

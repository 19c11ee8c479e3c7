import jsonata from 'jsonata';
import { describe, expect, it } from 'vitest';
import { type AstNode, isNode, walk } from '../../../src/expression/tree/ast.ts';

const astOf = (text: string): unknown => jsonata(text).ast();

/** Every shape that src/expression reads. An upgrade of jsonata that changes one must fail here first. */
describe('the syntax tree of jsonata 2.2.2', () => {
  const name = (value: string, position: number) => ({ type: 'name', value, position });
  const variable = (value: string, position: number) => ({ type: 'variable', value, position });

  it.each<[string, unknown]>([
    ['$x', variable('x', 2)],
    ['$', variable('', 1)],
    ['$$', variable('$', 2)],
    [
      '($x := 1; $x)',
      {
        type: 'block',
        position: 1,
        expressions: [
          {
            type: 'bind',
            value: ':=',
            position: 6,
            lhs: variable('x', 3),
            rhs: { type: 'number', value: 1, position: 8 },
          },
          variable('x', 12),
        ],
      },
    ],
    [
      'function($a,$b){$a}',
      {
        type: 'lambda',
        position: 9,
        arguments: [variable('a', 11), variable('b', 14)],
        body: variable('a', 18),
      },
    ],
    [
      '$f(1)',
      {
        type: 'function',
        value: '(',
        position: 3,
        procedure: variable('f', 2),
        arguments: [{ type: 'number', value: 1, position: 4 }],
      },
    ],
    [
      '$f(?, 1)',
      {
        type: 'partial',
        value: '(',
        position: 3,
        procedure: variable('f', 2),
        arguments: [
          { type: 'operator', value: '?', position: 4 },
          { type: 'number', value: 1, position: 7 },
        ],
      },
    ],
    [
      '$ ~> |a|{"b":1}|',
      {
        type: 'apply',
        value: '~>',
        position: 4,
        lhs: variable('', 1),
        rhs: {
          type: 'transform',
          position: 6,
          pattern: { type: 'path', steps: [name('a', 7)] },
          update: {
            type: 'unary',
            value: '{',
            position: 9,
            lhs: [
              [
                { type: 'string', value: 'b', position: 12 },
                { type: 'number', value: 1, position: 14 },
              ],
            ],
          },
        },
      },
    ],
    ['a@$f.b', { type: 'path', steps: [{ ...name('a', 1), focus: 'f', tuple: true }, name('b', 6)] }],
    ['a#$i.b', { type: 'path', steps: [{ ...name('a', 1), index: 'i', tuple: true }, name('b', 6)] }],
    ['a@$f#$i.b', { type: 'path', steps: [{ ...name('a', 1), focus: 'f', index: 'i', tuple: true }, name('b', 9)] }],
    [
      'a[0]#$i',
      {
        type: 'path',
        steps: [
          {
            ...name('a', 1),
            tuple: true,
            stages: [
              { type: 'filter', expr: { type: 'number', value: 0, position: 3 }, position: 2 },
              { type: 'index', value: 'i', position: 5 },
            ],
          },
        ],
      },
    ],
    [
      'a^(b)#$i',
      {
        type: 'path',
        steps: [
          name('a', 1),
          {
            type: 'sort',
            position: 2,
            index: 'i',
            tuple: true,
            terms: [{ descending: false, expression: { type: 'path', steps: [name('b', 4)] } }],
          },
        ],
      },
    ],
  ])('of %s', (text, ast) => {
    expect(JSON.parse(JSON.stringify(astOf(text)))).toEqual(ast);
  });

  it('holds a regex as a global RegExp', () => {
    const { type, value, position } = astOf('/ab+/im') as Record<string, unknown>;
    expect(type).toBe('regex');
    expect(value).toEqual(/ab+/gim);
    expect(position).toBe(7);
  });
});

describe('a walk', () => {
  const types = (root: unknown): unknown[] => [...walk(root)].map(({ type }) => type);

  it('meets every node, parents before children, in the order of the text', () => {
    expect(types(astOf('$a + $b.c'))).toEqual(['binary', 'variable', 'path', 'variable', 'name']);
    const variables = [...walk(astOf('$f($a, [$b, {"k": $c}][$d]) ? $e^($g){$h: $i}'))].filter(
      ({ type }) => type === 'variable',
    );
    expect(new Set(variables.map(({ value }) => value))).toEqual(new Set('fabcdeghi'));
  });

  it('meets each node once, also where the tree is none', () => {
    const shared: Record<string, unknown> = { type: 'shared' };
    shared.self = shared;
    expect(types({ type: 'root', a: shared, b: [shared, { type: 'leaf', up: shared }] })).toEqual([
      'root',
      'shared',
      'leaf',
    ]);
    expect(types(astOf('a.b.%.c')).filter((type) => type === 'parent')).toHaveLength(1);
  });

  it('goes as deep as it must', () => {
    let root: AstNode = { type: 'leaf' };
    for (let i = 0; i < 100_000; i++) root = { type: 'node', child: [root] };
    expect(types(root)).toHaveLength(100_001);
  });

  it('does not take a RegExp, an array or a value for a node', () => {
    for (const value of [/a/, [], 'text', 5, null, undefined, true]) expect(isNode(value)).toBe(false);
    expect(isNode({})).toBe(true);
    expect(types([/a/, 'text', null])).toEqual([]);
  });
});

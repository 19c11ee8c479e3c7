import { readFileSync } from 'node:fs';
import jsonata from 'jsonata';
import { describe, expect, it } from 'vitest';
import { builtins } from '../../src/expression/run/builtins.ts';
import { children, type Form, type Node } from '../../src/expression/tree/node.ts';
import { isRefusal, normalise } from '../../src/expression/tree/normalise.ts';
import { AST_CASES } from './ast-cases.ts';
import { currentTrees, goldenTrees } from './ast-golden.ts';

const LISTS = { list: ['a'] };

function read(text: string): Node {
  const result = normalise(jsonata(text).ast(), LISTS);
  if (isRefusal(result)) throw new Error(`${text}: ${result.reason}`);
  return result;
}

function refusal(text: string): { reason: string; position: number } | undefined {
  const result = normalise(jsonata(text).ast(), LISTS);
  return isRefusal(result) ? result : undefined;
}

describe('the syntax trees of jsonata', () => {
  it('are those of the version that the compiler was made after', () => {
    const { version } = JSON.parse(readFileSync('node_modules/jsonata/package.json', 'utf8')) as { version: string };
    expect(version, 'read what changed; then compare with the interpreter anew, by bench/fuzz-expressions.ts').toBe(
      '2.2.2',
    );
  });

  const golden = goldenTrees();
  const current = currentTrees();

  it('are remembered for each case', () => {
    expect(Object.keys(golden)).toEqual(Object.keys(current));
  });

  it.each(AST_CASES)('%s', (text) => {
    expect(current[text]).toEqual(golden[text]);
  });
});

describe('the cases', () => {
  it('make every kind of node', () => {
    const kinds: Record<Form['kind'], true> = {
      ...{ literal: true, path: true, name: true, wildcard: true, descendant: true, context: true, root: true },
      ...{ variable: true, constant: true, binary: true, negate: true, array: true, object: true, condition: true },
      ...{ block: true, bind: true, call: true, regex: true },
    };
    const made = new Set<string>();
    const pending = ['$list', ...AST_CASES].flatMap((text) => {
      const node = normalise(jsonata(text.replaceAll('$f(', '$string(')).ast(), LISTS);
      return isRefusal(node) ? [] : [node];
    });
    for (let node = pending.pop(); node; node = pending.pop()) {
      made.add(node.form.kind);
      pending.push(...children(node));
    }
    expect([...made].sort()).toEqual(Object.keys(kinds).sort());
  });

  it('are more often read than refused', () => {
    const refused = AST_CASES.filter((text) => refusal(text.replaceAll('$f(', '$string(')));
    expect(refused.length).toBeLessThan(AST_CASES.length / 4);
  });
});

describe('what is read', () => {
  it.each<[string, Form]>([
    ['-5', { kind: 'literal', value: -5 }],
    ['"a"', { kind: 'literal', value: 'a' }],
    ['null', { kind: 'literal', value: null }],
    ['$', { kind: 'context' }],
    ['$$', { kind: 'root' }],
    ['$list', { kind: 'constant', name: 'list', value: ['a'] }],
    // Elsewhere it is an error long before.
    ['$nothing', { kind: 'constant', name: 'nothing', value: undefined }],
    ['*', { kind: 'wildcard' }],
    ['**', { kind: 'descendant' }],
  ])('%s', (text, form) => {
    expect(read(text).form).toEqual(form);
  });

  it('a minus zero', () => {
    expect(read('-0').form).toHaveProperty('value', -0);
  });

  it('filters of a step apart from those of all that a path makes', () => {
    const inner = read('a.b[0]');
    expect(inner.filters).toEqual([]);
    expect(inner.form).toMatchObject({ kind: 'path', steps: [{ stages: [] }, { stages: [{ form: { value: 0 } }] }] });
    const outer = read('(a.b)[0]');
    expect(outer.form.kind).toBe('block');
    expect(outer.filters).toMatchObject([{ form: { kind: 'literal', value: 0 } }]);
  });

  it.each(['a[]', 'a.b[]', 'a[].b', 'a.b[0][]', '$string(a)[].b'])('%s keeps lists', (text) => {
    expect(read(text).form).toMatchObject({ kind: 'path', keepsArray: true });
  });

  it.each(['(a)[]', '$string(a)[]', 'a[] ~> $string()'])('%s keeps a list as a whole', (text) => {
    expect(read(text).keepsArray).toBe(true);
  });

  it('what is left of ~> as the first argument', () => {
    expect(read('a ~> $append(b)').form).toMatchObject({ kind: 'call', name: 'append', args: [{}, {}], isOurs: false });
    expect(read('a ~> $glob("b")').form).toMatchObject({ kind: 'call', name: 'glob', isOurs: true });
  });

  it('nothing that is applied to a call to the right of ~>', () => {
    expect(read('a ~> $string()[0]')).toMatchObject({ filters: [], form: { kind: 'call' } });
  });

  it('the place of what it reads', () => {
    expect(read('a = $string(b)').position).toBe(3);
  });
});

describe('what is left to the interpreter, and why', () => {
  const nested = (depth: number): string => `${'('.repeat(depth)}a${')'.repeat(depth)}`;

  it.each<[string, string, number]>([
    ['function($a){$a}', 'it defines a function', 9],
    ['(λ($a){$a})(1)', 'it calls what is no function by name', 12],
    ['$string(?)', 'it applies a function partially', 8],
    ['a ~> |b|{"c": 1}|', 'it applies (`~>`) what is no call', 4],
    ['|b|{"c": 1}|', 'it transforms (`| … |`)', 1],
    ['a^(b)', 'it sorts (`^(…)`)', 2],
    ['verb and a^(b).c', 'it sorts (`^(…)`)', 11],
    ['a.b[%.c]', 'it binds positions or parents (`@`, `#`, `%`)', 3],
    ['a.b.%', 'it binds positions or parents (`@`, `#`, `%`)', 3],
    ['a@$x.b', 'it binds positions or parents (`@`, `#`, `%`)', 1],
    ['a#$i', 'it binds positions or parents (`@`, `#`, `%`)', 1],
    ['a.b[0]#$i', 'it binds positions or parents (`@`, `#`, `%`)', 3],
    ['/a/', 'it uses a regex as a value', 3],
    ['$string(/a/)', 'it uses a regex as a value', 11],
    ['$replace(a, "b", /c/)', 'it uses a regex as a value', 20],
    // jsonata copies what is left of these as JSON, in which a regex is nothing.
    ['$contains(a, /b/) ?? 1', 'it uses a regex as a value', 16],
    ['$contains(a, /b/) ?: 1', 'it uses a regex as a value', 16],
    ['a ~> /b/', 'it applies (`~>`) what is no call', 4],
    ['a ~> $string', 'it applies (`~>`) what is no call', 4],
    ['$map(a, $string)', '$map is not compiled', 5],
    ['$now()', '$now is not compiled', 5],
    ['$pad(a, 5)', '$pad is not compiled', 5],
    ['$nothing(a)', '$nothing is not compiled', 9],
    ['a(b)', 'it calls what is no function by name', 2],
    ['a.b(c)', 'it calls what is no function by name', 4],
    ['(a)(b)', 'it calls what is no function by name', 4],
    ['$string(a)(b)', 'it calls what is no function by name', 11],
    ['$list[0](a)', 'it calls what is no function by name', 9],
    ['($x := a; $x(b))', 'it calls what is no function by name', 13],
    ['[$string]', 'it uses the function $string as a value', 8],
    ['$glob', 'it uses the function $glob as a value', 5],
    ['$x := 1', 'it binds a variable outside of a block', 5],
    ['[$x := 1]', 'it binds a variable outside of a block', 6],
    ['a ? $x := 1 : 2', 'it binds a variable outside of a block', 9],
    ['($$ := 1)', 'it binds $$', 6],
    ['(($list := 1); $list)', 'it binds $list anew', 20],
    ['(($string := 1); $string)', 'it binds $string anew', 24],
  ])('%s', (text, reason, position) => {
    expect(refusal(text)).toEqual({ reason, position });
  });

  it('is what is nested too deeply', () => {
    expect(refusal(nested(90))).toBeUndefined();
    expect(refusal(nested(1_000))?.reason).toMatch(/^it is nested too deeply/);
  });

  it('is no function of ours, and none that is compiled', () => {
    for (const name of Object.keys(builtins)) expect(refusal(`$${name}()`), name).toBeUndefined();
  });
});

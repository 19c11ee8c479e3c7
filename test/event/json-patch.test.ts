import { describe, expect, it } from 'vitest';
import { sparseDocument } from '../../src/event/json-patch.ts';

const add = (path: unknown, value: unknown) => ({ op: 'add', path, value });
const replace = (path: unknown, value: unknown) => ({ op: 'replace', path, value });

describe('the document that a JSON Patch writes', () => {
  it.each([
    ['nothing', [], {}],
    ['one value', [add('/spec/hostPID', true)], { spec: { hostPID: true } }],
    ['replace as add', [replace('/spec/hostPID', true)], { spec: { hostPID: true } }],
    ['values side by side', [add('/a/b', 1), add('/a/c', 2)], { a: { b: 1, c: 2 } }],
    ['the later value', [add('/a', 1), replace('/a', 2)], { a: 2 }],
    ['null and false', [add('/a', null), add('/b', false)], { a: null, b: false }],
    ['escaped keys', [add('/metadata/annotations/a~1b~0c', 'x')], { metadata: { annotations: { 'a/b~c': 'x' } } }],
    ['~01, which is ~1 and no slash', [add('/a~01', 1)], { 'a~1': 1 }],
    ['an empty key', [add('/', 1)], { '': 1 }],
    ['an item at a place', [add('/c/0/image', 'x')], { c: [{ image: 'x' }] }],
    ['items at the end', [add('/c/-', 'x'), add('/c/-', 'y')], { c: ['x', 'y'] }],
    ['items behind those of an array', [add('/c', ['x']), add('/c/-', 'y')], { c: ['x', 'y'] }],
    ['places in their order', [add('/c/2', 'z'), add('/c/1', 'y')], { c: ['y', 'z'] }],
    ['fields of one item', [add('/c/0/a', 1), add('/c/0/b', 2)], { c: [{ a: 1, b: 2 }] }],
    ['into a value that came before', [add('/a', { b: { c: 1 } }), add('/a/b/d', 2)], { a: { b: { c: 1, d: 2 } } }],
    ['into an item that came before', [add('/c', [{ a: 1 }]), add('/c/0/b', 2)], { c: [{ a: 1, b: 2 }] }],
    ['the whole document', [add('', { spec: { hostPID: true } })], { spec: { hostPID: true } }],
    ['into the whole document', [replace('', { a: { b: 1 } }), add('/a/c', 2)], { a: { b: 1, c: 2 } }],
  ])('holds %s', (_, operations, document) => {
    expect(sparseDocument(operations)).toEqual(document);
  });

  it('does not hold what only is tested or removed', () => {
    const operations = [{ op: 'test', path: '/a', value: 1 }, { op: 'remove', path: '/b' }, add('/c', 1)];
    expect(sparseDocument(operations)).toEqual({ c: 1 });
  });

  it('holds an item before which another was inserted: add at a place moves, it does not replace', () => {
    const [evil, good] = [{ image: 'evil' }, { image: 'good' }];
    for (const operations of [
      [add('/c/0', evil), add('/c/0', good)],
      [add('/c', [evil]), add('/c/0', good)],
    ]) {
      const { c } = sparseDocument(operations) as { c: unknown[] };
      expect(c).toHaveLength(2);
      expect(c).toEqual(expect.arrayContaining([evil, good]));
    }
    expect(sparseDocument([add('/c/0', evil), replace('/c/0', good)])).toEqual({ c: [good] });
  });

  it.each(['copy', 'move'])('holds a value that it put elsewhere first, at the place that it is %s to', (op) => {
    const operations = [add('/x', { image: 'evil' }), { op, from: '/x', path: '/spec/containers/-' }];
    expect(sparseDocument(operations)).toMatchObject({ spec: { containers: [{ image: 'evil' }] } });
  });

  it.each([
    ['a list', { a: [1, 2] }, '/a/0', { a: [2] }],
    ['an object', { a: { b: 1, c: 2 } }, '/a/b', { a: { c: 2 } }],
  ])('does not hold what it removes again from %s', (_, value, path, document) => {
    expect(sparseDocument([add('', value), { op: 'remove', path }])).toEqual(document);
  });

  /** The API server's library reads places with Go's Atoi, and counts negative ones from the end. */
  it.each(['-1', '-2', '+0', '+1', '00', '01', '-0'])('holds an item at the place %s, which is no key', (place) => {
    expect(sparseDocument([add(`/c/${place}`, 'x')])).toEqual({ c: ['x'] });
    expect(sparseDocument([replace(`/c/${place}/a/b`, 'x')])).toEqual({ c: [{ a: { b: 'x' } }] });
    expect(sparseDocument([add('/c', ['w', 'w', 'w']), add(`/c/${place}`, 'x')])).toMatchObject({
      c: expect.arrayContaining(['w', 'x']),
    });
  });

  /** The API server's library takes what stands behind the first slash, and nothing of what stands before it. */
  it('is written through a path that does not begin with a slash', () => {
    expect(sparseDocument([add('x/spec/hostPID', true)])).toEqual({ spec: { hostPID: true } });
    expect(sparseDocument([add('/y', 1), { op: 'move', from: 'x/y', path: 'x/z' }])).toMatchObject({ z: 1 });
  });

  it('is not the patch itself: what the event holds stays as it was', () => {
    const operations = [add('/a', { b: 1 }), add('/a/c', 2), add('/d', [{}]), add('/d/0/e', 1), add('/d/-', 2)];
    const before = structuredClone(operations);
    expect(sparseDocument(operations)).toBeTypeOf('object');
    expect(operations).toEqual(before);
  });
});

describe('a patch that means harm', () => {
  it.each([
    [[add('/__proto__/polluted', true)]],
    [[add('/a/__proto__/polluted', true)]],
    [[add('/constructor/prototype/polluted', true)]],
    [[add('', JSON.parse('{"__proto__":{"polluted":true}}') as unknown)]],
    [[add('/a', JSON.parse('{"__proto__":{"polluted":true}}') as unknown), add('/a/b', 1)]],
    [[add('', JSON.parse('{"__proto__":{"polluted":true}}') as unknown), add('/polluted', 1)]],
  ])('%j changes no prototype', (operations) => {
    expect(sparseDocument(operations)).toBeTypeOf('object');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect((Object as unknown as Record<string, unknown>).polluted).toBeUndefined();
  });

  it.each([
    [[null, 1, 'x', [], {}]],
    [[{ op: 'add' }, { op: 'add', path: '/a' }, add(5, 1), add(null, 1), add({}, 1)]],
    [
      [
        { path: '/a', value: 1 },
        { op: ['add'], path: '/a', value: 1 },
      ],
    ],
    [[add('', 5), add('', null), add('', [1])]],
    [
      [
        { op: 'copy', path: '/a' },
        { op: 'move', from: 5, path: '/a' },
        { op: 'move', from: '/none', path: '/a' },
      ],
    ],
  ])('%j writes nothing', (operations) => {
    expect(sparseDocument(operations)).toEqual({});
  });

  it('writes through a value that is no object', () => {
    expect(sparseDocument([add('/a', 'text'), add('/a/b', 1)])).toEqual({ a: { b: 1 } });
  });

  it('goes deeper than any API object without an effect', () => {
    expect(sparseDocument([add('/a'.repeat(100_000), 1), add('/b', 1)])).toEqual({ b: 1 });
  });

  it('with a value 100,000 deep is no exception', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`) as unknown;
    expect(() => sparseDocument([add('/spec', deep), add('/spec/a/a/b', 1)])).not.toThrow();
  });

  const fill = (count: number, operation: (index: number) => unknown): unknown[] =>
    Array.from({ length: count }, (_, index) => operation(index));

  it.each([
    ['appends', fill(9_000, (index) => add('/c/-', index))],
    ['inserts', fill(9_000, (index) => add('/c/0', index))],
    ['appends to a long list', [add('/c', Array(300_000).fill(0)), ...fill(9_000, () => add('/c/-', 1))]],
    ['inserts into a long list', [add('/c', Array(300_000).fill(0)), ...fill(9_000, () => add('/c/0', 1))]],
    [
      'changes in a long list',
      [add('/c', Array(100_000).fill({})), ...fill(9_000, (i) => add(`/c/${99_999 - i}/x`, 1))],
    ],
    [
      'removals from a long list',
      [add('/c', Array(100_000).fill(0)), ...fill(2_000, () => ({ op: 'remove', path: '/c/0' }))],
    ],
    [
      'copies of something large',
      [
        ...fill(4_500, (index) => add(`/a/k${index}`, index)),
        ...fill(4_500, (i) => ({ op: 'copy', from: '/a', path: `/b${i}` })),
      ],
    ],
  ])('of as many operations as the API server takes is done at once: %s', { timeout: 120_000 }, (_, operations) => {
    expect(sparseDocument(operations)).toBeTypeOf('object');
  });

  it('that copies a value into itself again and again does not become endless', () => {
    const copies = fill(40, () => ['b', 'c'].map((key) => ({ op: 'copy', from: '/a', path: `/a/${key}` })));
    const pending: unknown[] = [sparseDocument([add('/a', { x: 1 }), ...copies.flat()])];
    let nodes = 0;
    for (; pending.length > 0 && nodes < 1_000_000; nodes++) {
      const value = pending.pop();
      if (typeof value === 'object' && value !== null) pending.push(...Object.values(value));
    }
    expect(nodes).toBeLessThan(1_000_000);
  });
});

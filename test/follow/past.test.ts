import { describe, expect, it } from 'vitest';
import { createPast } from '../../src/follow/past.ts';
import type { Position } from '../../src/follow/position.ts';
import type { GenerationFile } from '../../src/sources/log-set.ts';

const position = (name: string, fields: Partial<Position> = {}): Position => ({
  path: `/logs/${name}`,
  signature: `signature of ${name}`,
  beginning: `beginning of ${name}`,
  offset: 10,
  marker: 'marker',
  markerSize: 10,
  size: 10,
  drained: true,
  lastTime: undefined,
  ...fields,
});
const file = (name: string, signature = `signature of ${name}`): GenerationFile => ({
  path: `/logs/${name}`,
  signature,
  inode: '1:2',
  size: 10,
  modified: 0,
});

describe('what is past', () => {
  it('is known by its signature where it was read to its end', () => {
    const [read, unfinished] = [position('a'), position('b', { size: undefined })];
    const past = createPast([read, unfinished]);
    expect(past.unchanged(file('another name', read.signature))).toBe(read);
    expect(past.unchanged(file('b'))).toBeUndefined();
    expect(past.unfinished()).toEqual([unfinished]);
  });

  it('is known by its beginning, whichever of those that begin so', () => {
    const past = createPast([position('a'), position('b', { beginning: 'beginning of a' }), position('c')]);
    expect(past.beginningWith('beginning of a')).toHaveLength(2);
    expect(past.beginningWith('')).toEqual([]);
  });

  it('is what was added and not removed', () => {
    const [a, b] = [position('a'), position('b')];
    const known = [a];
    const past = createPast(known);
    past.add(b);
    past.remove(a);
    expect(past.all()).toEqual([b]);
    expect([past.has(a), past.has(b)]).toEqual([false, true]);
    expect(known, 'what it was made of').toEqual([a]);
  });
});

describe('what is remembered', () => {
  const many = Array.from({ length: 1_000 }, (_, index) => position(`audit-${index}.log`));

  it('is what is there, and the latest of the others', () => {
    const past = createPast(many);
    past.forget([file('audit-3.log'), file('other', 'signature of audit-4.log')]);
    const paths = past.all().map(({ path }) => path);
    expect(paths.slice(0, 2)).toEqual(['/logs/audit-3.log', '/logs/audit-4.log']);
    expect(paths.length).toBeLessThan(300);
    expect(paths.at(-1)).toBe('/logs/audit-999.log');
  });

  it('is bounded where all had the same few names, one after the other', () => {
    const past = createPast(many.map((one, index) => ({ ...one, path: `/logs/audit.log.${1 + (index % 3)}` })));
    past.forget([file('audit.log.1'), file('audit.log.2'), file('audit.log.3')]);
    expect(past.all().length).toBeLessThan(300);
  });
});

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { parseChecked, readDocument } from '../../src/detect/document.ts';
import { DetectorError } from '../../src/errors.ts';

const schema = v.strictObject({
  name: v.string(),
  size: v.optional(v.pipe(v.number(), v.maxValue(9, 'must be at most 9'))),
  list: v.optional(v.array(v.strictObject({ a: v.number() }))),
});
const folder = mkdtempSync(join(tmpdir(), 'auditscan-document-'));

function messageOf(text: string): string {
  try {
    parseChecked('f.yaml', text, schema);
  } catch (error) {
    expect(error).toBeInstanceOf(DetectorError);
    return (error as Error).message;
  }
  throw new Error('no error');
}

describe('a YAML file', () => {
  it('is its value, with the lines where things stand', () => {
    const { value, path, line } = parseChecked('f.yaml', '# first\nname: x\nlist:\n  - a: 1\n  -\n    a: 2\n', schema);
    expect(value).toEqual({ name: 'x', list: [{ a: 1 }, { a: 2 }] });
    expect(path).toBe('f.yaml');
    expect(line(['name'])).toBe(2);
    expect(line(['list', 0, 'a'])).toBe(4);
    expect(line(['list', 1, 'a'])).toBe(6);
    expect(line(['list', 7, 'b'])).toBe(3);
    expect(line(['nothing'])).toBe(1);
    expect(line([])).toBe(1);
  });

  it.each([
    ['a wrong type', 'name: 5\n', 'f.yaml:1: "name" must be string, but is 5'],
    ['a key that is missing', 'size: 1\n', 'f.yaml:1: "name" is missing'],
    ['a key that is missing below', 'name: x\nlist:\n  - {}\n', 'f.yaml:3: "list.0.a" is missing'],
    ['an unknown key', 'name: x\nsize: 1\nnmae: y\n', 'f.yaml:3: there is no key "nmae" here'],
    ['an unknown key below', 'name: x\nlist:\n  - a: 1\n    b: 2\n', 'f.yaml:4: there is no key "list.0.b" here'],
    ['a value that is refused', 'name: x\n\nsize: 10\n', /^f\.yaml:3: size: must be at most 9/],
    ['a key that stands twice', 'name: x\nname: y\n', 'f.yaml:2: Map keys must be unique'],
    ['a list for a mapping', '- name\n', /^f\.yaml:1: /],
    ['nothing', '', /^f\.yaml:1: "the file" must be Object, but is null$/],
    ['only a comment', '# nothing\n', /^f\.yaml:1: "the file" must be Object/],
    ['a text', 'just words\n', /^f\.yaml:1: "the file" must be Object/],
    ['two documents', 'name: x\n---\nname: y\n', /^f\.yaml:\d: .*multiple documents/],
    ['a flow that is not closed', 'name: x\nlist: [\n', /^f\.yaml:\d: /],
    ['a tab as indentation', 'name: x\nlist:\n\t- a: 1\n', /^f\.yaml:3: /],
    ['an alias to nothing', 'name: *x\n', /^f\.yaml(:1)?: .*x/],
  ])('with %s says where and what', (_, text, message) => {
    if (typeof message === 'string') expect(messageOf(text)).toBe(message);
    else expect(messageOf(text)).toMatch(message);
  });

  it('says it in one line', () => {
    for (const text of ['a: [', 'name: x\nname: y', '"', '{', 'a: b: c', '%', '? [', '&a *a'])
      expect(messageOf(text)).not.toContain('\n');
  });

  it('whose aliases double and double again is refused, quickly', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x,x]',
      ...'bcdefghi'
        .split('')
        .map((name, index) => `${name}: &${name} [${Array(10).fill(`*${'abcdefghi'[index]}`).join()}]`),
    ];
    expect(messageOf(`${bomb.join('\n')}\n`)).toMatch(/^f\.yaml: .*alias/i);
  });

  it('that is larger than any detector is refused', () => {
    expect(messageOf(`name: ${'x'.repeat(5 * 1024 * 1024)}\n`)).toBe('f.yaml is larger than 4 MiB');
  });

  it('changes no prototype', () => {
    expect(messageOf('name: x\n__proto__: { polluted: true }\n')).toContain('__proto__');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('reading', () => {
  it('a file checks it', async () => {
    const path = join(folder, 'good.yaml');
    writeFileSync(path, 'name: x\n');
    expect((await readDocument(path, schema)).value).toEqual({ name: 'x' });
  });

  it.each([
    ['a file that is not there', join(folder, 'none.yaml'), 'no such file or directory'],
    ['a folder', folder, 'is a directory'],
  ])('%s names it and the reason', async (_, path, reason) => {
    await expect(readDocument(path, schema)).rejects.toThrow(new DetectorError(`cannot read ${path}: ${reason}`));
  });
});

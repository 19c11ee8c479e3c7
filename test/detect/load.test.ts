import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_LISTS } from '../../src/detect/lists.ts';
import { detectorFiles, loadDetectors } from '../../src/detect/load.ts';
import { DetectorError } from '../../src/errors.ts';
import { detectorText } from './detector-text.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'auditscan-load-'));
});

/** Writes a detector; its id is the file's name unless another is given. */
function write(path: string, id = path.replace(/^.*\//, '').replace(/\..*$/, '')): string {
  const file = join(folder, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, detectorText('true').replace('test-detector', id));
  return file;
}

const options = { lists: DEFAULT_LISTS };

describe('the detectors', () => {
  it('of own folders come to those of the pack, sorted by id', async () => {
    write('zz-mine.yaml');
    write('aa-mine.yml');
    const ids = (await loadDetectors([folder], options)).map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['aa-mine', 'zz-mine']));
    expect(ids.length).toBeGreaterThan(2);
    expect(ids).toEqual([...ids].sort());
  });

  it('may be one file', async () => {
    const file = write('only-mine.txt');
    expect((await loadDetectors([file], options)).map(({ path }) => path)).toContain(file);
  });

  it('take their severities from the configuration', async () => {
    write('my-own.yaml');
    const detectors = await loadDetectors([folder], { ...options, severities: { 'my-own': 'critical' } });
    expect(detectors.find(({ id }) => id === 'my-own')?.severity).toBe('critical');
  });

  it('of which two have the same id are an error that names both files', async () => {
    const [a, b] = [write('a/mine.yaml'), write('b/other.yaml', 'mine')];
    await expect(loadDetectors([folder], options)).rejects.toThrow(
      new DetectorError(`${b}: the id mine is taken by ${a}; give yours another one`),
    );
  });

  it('cannot take an id of the pack', async () => {
    const [first] = await loadDetectors([], options);
    write('mine.yaml', first?.id);
    await expect(loadDetectors([folder], options)).rejects.toThrow(`the id ${first?.id} is taken by ${first?.path}`);
  });

  it('of which one is broken are an error that names it', async () => {
    write('good-one.yaml');
    writeFileSync(join(folder, 'broken.yaml'), 'id: 5\n');
    await expect(loadDetectors([folder], options)).rejects.toThrow(`${join(folder, 'broken.yaml')}:1: `);
  });
});

describe('the files of a folder', () => {
  it('are all its YAML files, in it and in the folders in it', async () => {
    const files = [write('b.yaml'), write('sub/deep/a.yml'), write('sub/c.yaml')];
    write('README.md');
    write('x.yaml.bak');
    expect((await detectorFiles(folder)).sort()).toEqual(files.sort());
  });

  it('are each taken once from a mounted ConfigMap, which keeps them in a hidden folder with links to them', async () => {
    write('..2026_11_21_07_00_00.123/mine.yaml');
    symlinkSync('..2026_11_21_07_00_00.123', join(folder, '..data'));
    symlinkSync(join('..data', 'mine.yaml'), join(folder, 'mine.yaml'));
    expect(await detectorFiles(folder)).toEqual([join(folder, 'mine.yaml')]);
  });

  it('are not the hidden ones that an editor leaves', async () => {
    const file = write('mine.yaml');
    write('.mine.yaml');
    write('.git/mine.yaml');
    expect(await detectorFiles(folder)).toEqual([file]);
  });

  it('are files: a folder may be named like one', async () => {
    const file = write('rules.yaml/mine.yaml');
    expect(await detectorFiles(folder)).toEqual([file]);
  });

  it('must be there', async () => {
    await expect(detectorFiles(folder)).rejects.toThrow(
      new DetectorError(`there is no detector (*.yaml) in ${folder}`),
    );
    const none = join(folder, 'none');
    await expect(detectorFiles(none)).rejects.toThrow(
      new DetectorError(`cannot read the detectors of ${none}: no such file or directory`),
    );
  });
});

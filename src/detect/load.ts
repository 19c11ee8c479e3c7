import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DetectorError, systemReason } from '../errors.ts';
import { compileDetector } from './compile-detector.ts';
import type { Detector, DetectorOptions } from './detector.ts';
import { compilePrepared, documentOf, markOf, readPrepared } from './prepared.ts';

/** The pack that comes with the program. */
export const PACK = fileURLToPath(new URL('../../queries', import.meta.url));

/**
 * The detectors of the pack and of the user's own folders, by id.
 * @throws {DetectorError} for the first file that is broken, or an id that two files claim.
 */
export async function loadDetectors(
  folders: readonly string[] = [],
  options: DetectorOptions = {},
): Promise<Detector[]> {
  const detectors = new Map<string, Detector>();
  const add = (detector: Detector): void => {
    const { id, path } = detector;
    const other = detectors.get(id);
    if (other) throw new DetectorError(`${path}: the id ${id} is taken by ${other.path}; give yours another one`);
    detectors.set(id, detector);
  };
  for (const detector of await loadPack(options)) add(detector);
  for (const folder of folders) {
    for (const path of await detectorFiles(folder)) {
      const { readDetector } = await import('./detector.ts');
      add(await readDetector(path, options));
    }
  }
  return [...detectors.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Each as it was prepared, where what is in the file is known; only a file that is not needs what reads YAML. */
async function loadPack(options: DetectorOptions): Promise<Detector[]> {
  const [prepared, paths] = await Promise.all([readPrepared(), detectorFiles(PACK)]);
  const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8').catch(() => undefined)));
  const detectors: Detector[] = [];
  for (const [index, path] of paths.entries()) {
    const text = texts[index];
    const known = text === undefined ? undefined : prepared[markOf(text)];
    detectors.push(
      known
        ? compileDetector(documentOf(path, known), options, (...given) => compilePrepared(known, ...given))
        : await (await import('./detector.ts')).readDetector(path, options),
    );
  }
  return detectors;
}

/**
 * The detector files of a folder and the folders in it, or the one file named.
 * @throws {DetectorError} when the folder cannot be read or has none.
 */
export async function detectorFiles(folder: string): Promise<string[]> {
  try {
    if (!(await stat(folder)).isDirectory()) return [folder];
    const names = await readdir(folder, { recursive: true });
    // Hidden are an editor's leavings, and the folder behind the links of a mounted ConfigMap.
    const paths = names
      .filter((name) => /\.ya?ml$/.test(name) && !/(^|\/)\./.test(name))
      .map((name) => join(folder, name))
      .sort();
    const found = await Promise.all(paths.map((path) => stat(path)));
    const files = paths.filter((_, index) => found[index]?.isFile());
    if (files.length > 0) return files;
  } catch (error) {
    throw new DetectorError(`cannot read the detectors of ${folder}: ${systemReason(error)}`);
  }
  throw new DetectorError(`there is no detector (*.yaml) in ${folder}`);
}

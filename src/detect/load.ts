import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DetectorError, systemReason } from '../errors.ts';
import { type Detector, type DetectorOptions, readDetector } from './detector.ts';

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
  for (const folder of [PACK, ...folders]) {
    for (const path of await detectorFiles(folder)) {
      const detector = await readDetector(path, options);
      const other = detectors.get(detector.id);
      if (other)
        throw new DetectorError(`${path}: the id ${detector.id} is taken by ${other.path}; give yours another one`);
      detectors.set(detector.id, detector);
    }
  }
  return [...detectors.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
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
      .map((name) => join(folder, name));
    const files: string[] = [];
    for (const path of paths.sort()) if ((await stat(path)).isFile()) files.push(path);
    if (files.length > 0) return files;
  } catch (error) {
    throw new DetectorError(`cannot read the detectors of ${folder}: ${systemReason(error)}`);
  }
  throw new DetectorError(`there is no detector (*.yaml) in ${folder}`);
}

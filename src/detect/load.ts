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
    if ((await stat(folder)).isFile()) return [folder];
    const entries = await readdir(folder, { recursive: true });
    const files = entries.filter((name) => /\.ya?ml$/.test(name)).sort();
    if (files.length > 0) return files.map((name) => join(folder, name));
  } catch (error) {
    throw new DetectorError(`cannot read the detectors of ${folder}: ${systemReason(error)}`);
  }
  throw new DetectorError(`there is no detector (*.yaml) in ${folder}`);
}

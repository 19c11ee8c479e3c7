import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../command-line.ts';

/** Inputs that nobody here wrote; not a part of the repository. */
export const SHARED = join(ROOT, '..', 'shared');
export const hasShared = existsSync(join(SHARED, 'formats'));

if (!hasShared) {
  process.stderr.write(
    `\nCONFORMANCE NOT RUN: the folder ${SHARED} is not there, and what is compared with it was skipped.\n\n`,
  );
}

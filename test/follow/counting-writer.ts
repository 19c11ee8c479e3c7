/** Writes one checkpoint after another, each with the next number, and tells the number as soon as it is written. */

import { writeSync } from 'node:fs';
import { readCheckpoint, writeCheckpoint } from '../../src/follow/checkpoint.ts';

const [, , path = ''] = process.argv;
let count = Number((await readCheckpoint(path))?.parts.count ?? 0);
for (;;) {
  count++;
  // Of sizes that take a moment to write, so that some are cut.
  const padding = 'x'.repeat((count * 7919) % 400_000);
  await writeCheckpoint(path, { command: 'detect', ended: false, parts: { count, padding } });
  writeSync(1, `${count}\n`);
}

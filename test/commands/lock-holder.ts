/** A process that does with a lock what its parent tells it to, and answers with what came of it. */

import { acquireLock, type Lock } from '../../src/commands/lock.ts';

const [, , path = ''] = process.argv;
let lock: Lock | undefined;

async function answer(order: unknown): Promise<string> {
  try {
    if (order === 'acquire') lock = await acquireLock(path);
    else if (order === 'check') await lock?.check();
    else if (order === 'release') await lock?.release();
    return 'done';
  } catch (error) {
    return String(error);
  }
}

process.on('message', (order) => {
  void answer(order).then((text) => process.send?.(text));
});
process.send?.('ready');

import { Worker } from 'node:worker_threads';
import { createSearch } from '../sieve/load.ts';
import { type BlockRows, SLOTS } from './block.ts';
import type { Answer, Request, ThreadStart } from './protocol.ts';
import type { Skimmer } from './skimmer.ts';

/** What the build makes of thread.ts, from wherever this file is run. */
const THREAD = new URL('../../dist/pool/thread.js', import.meta.url);
/** MiB of heap: pairs of keys are numbered there, and with the skim in TypeScript the keys themselves lie there. */
const HEAP = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 1 };

interface Waiting {
  readonly resolve: (rows: BlockRows) => void;
  readonly reject: (error: unknown) => void;
}

/** A skimmer in a thread of its own. Whoever waits when the thread dies is told so, and whoever asks it then. */
export function startThread(start: ThreadStart): Promise<Skimmer> {
  const worker = new Worker(THREAD, { workerData: start, resourceLimits: HEAP, execArgv: [], env: {} });
  const waiting: (Waiting | undefined)[] = Array.from({ length: SLOTS });
  let dead: Error | undefined;

  const ask = (request: Request): Promise<BlockRows> =>
    new Promise((resolve, reject) => {
      if (dead) reject(dead);
      else {
        waiting[request.slot] = { resolve, reject };
        worker.postMessage(request);
      }
    });
  const settle = (slot: number): Waiting | undefined => {
    const known = waiting[slot];
    waiting[slot] = undefined;
    return known;
  };

  return new Promise((resolve, reject) => {
    const die = (error: Error): void => {
      dead ??= error;
      reject(dead);
      for (let slot = 0; slot < SLOTS; slot++) settle(slot)?.reject(dead);
    };
    worker.on('error', (error) => die(new Error(`the thread ended: ${error.message}`, { cause: error })));
    worker.on('exit', (code) => die(new Error(`the thread ended with ${code}`)));
    worker.on('message', (answer: Answer) => {
      if (answer.kind === 'rows') settle(answer.slot)?.resolve(answer.rows);
      else if (answer.kind === 'failed') settle(answer.slot)?.reject(failureOf(answer));
      else {
        resolve({
          memory: Buffer.from(answer.memory.buffer),
          contains: createSearch(start.module, answer.memory),
          ways: answer.ways,
          read: (slot, place) => ask({ kind: 'read', slot, place }),
          resume: (slot, at) => ask({ kind: 'resume', slot, at }),
          async close() {
            await worker.terminate();
          },
        });
      }
    });
  });
}

function failureOf({ message, code }: { readonly message: string; readonly code: unknown }): Error {
  return code === undefined ? new Error(message) : Object.assign(new Error(message), { code });
}

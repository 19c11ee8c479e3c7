import { setTimeout as delay } from 'node:timers/promises';
import { InputError } from '../errors.ts';
import type { LineBatch } from '../follow/log.ts';
import { splitLines } from '../framing/lines.ts';
import { DEFAULT_MAX_RECORD_SIZE } from '../scan.ts';
import { readSource } from '../sources/read.ts';
import type { Plan } from './plan.ts';
import type { Watched } from './silence.ts';

/** Milliseconds between two looks at what is due, while nothing comes. */
const LOOK = 1_000;

/** The lines of standard input, with a look at what is due while it is silent. */
export async function* followInput(
  { reading, summary }: Plan,
  signal: AbortSignal,
  onSettled: (logs: readonly Watched[]) => Promise<void>,
): AsyncIterable<LineBatch> {
  const maxRecordSize = reading.maxRecordSize ?? DEFAULT_MAX_RECORD_SIZE;
  let grown = Date.now();
  const settle = () => onSettled([{ set: { path: '-' }, grown, last: () => undefined }]);
  signal.addEventListener('abort', () => process.stdin.destroy());
  const source = readSource({ path: '-', size: undefined });
  const batches = splitLines(source, { path: '-', maxRecordSize }, summary)[Symbol.asyncIterator]();
  const silent = () => delay(LOOK, 'silent' as const, { ref: false });
  try {
    for (;;) {
      const next = batches.next();
      while ((await Promise.race([next, silent()])) === 'silent') await settle();
      const { done, value } = await next;
      if (done) return;
      grown = Date.now();
      yield { path: '-', label: undefined, lines: value };
      await settle();
    }
  } catch (error) {
    if (!signal.aborted && !(error instanceof InputError)) throw error;
    if (!signal.aborted && error instanceof InputError) summary.inputErrors.push(error.message);
  }
}

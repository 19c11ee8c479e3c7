import { InputError } from '../errors.ts';
import { lineTime } from '../event/line-time.ts';
import type { LineBatch } from '../follow/log.ts';
import { type Line, splitLines } from '../framing/lines.ts';
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
  // It cannot be read again: when the run began is what tells this stream from others, before it tells a time itself.
  const marker = new Date(grown).toISOString();
  let offset = 0;
  let lastTime: number | undefined;
  const log = { set: { path: '-' }, last: () => ({ offset, marker, lastTime }) };
  const settle = () => onSettled([{ ...log, grown }]);
  signal.addEventListener('abort', () => process.stdin.destroy());
  const source = readSource({ path: '-', size: undefined });
  const batches = splitLines(source, { path: '-', maxRecordSize }, summary)[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = batches.next();
      await lookWhile(next, settle);
      const { done, value } = await next;
      if (done) return;
      grown = Date.now();
      const last = value.at(-1);
      if (last) {
        offset = last.offset + last.size;
        lastTime = lineTime(last.bytes) ?? lastTime;
      }
      yield { path: '-', label: undefined, lines: signal.aborted ? withoutHalf(value) : value };
      await settle();
    }
  } catch (error) {
    if (!signal.aborted && !(error instanceof InputError)) throw error;
    if (!signal.aborted && error instanceof InputError) summary.inputErrors.push(error.message);
  }
}

/**
 * Waits until a promise is settled, and looks at what is due meanwhile. It is asked once: each `Promise.race` with it would
 * leave something behind, for as long as nothing comes.
 */
export async function lookWhile(next: Promise<unknown>, look: () => Promise<void>): Promise<void> {
  let isSettled = false;
  let wake = (): void => {};
  const settled = (): void => {
    isSettled = true;
    wake();
  };
  next.then(settled, settled);
  while (!isSettled) {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LOOK).unref();
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    if (!isSettled) await look();
  }
}

/** Where a signal ended the reading in the middle of a line, what came of it is no damage; it may be whole nevertheless. */
function withoutHalf(lines: readonly Line[]): readonly Line[] {
  const last = lines.at(-1);
  return !last || last.terminated || isJson(last.bytes) ? lines : lines.slice(0, -1);
}

function isJson(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString());
    return true;
  } catch {
    return false;
  }
}

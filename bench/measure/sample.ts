import { closeSync, openSync, readSync, statSync, writeSync } from 'node:fs';

const BLOCK = 4 * 1024 * 1024;
const LINE_END = 0x0a;

/** @throws {Error} where the log ends in the middle of a line: peers fail there, or count it differently. */
export function checkWholeLines(path: string): void {
  const file = openSync(path, 'r');
  try {
    const last = Buffer.alloc(1);
    readSync(file, last, 0, 1, statSync(path).size - 1);
    if (last[0] !== LINE_END)
      throw new Error(`${path} ends in the middle of a line; peers stop there: cut it off first`);
  } finally {
    closeSync(file);
  }
}

/** Reads a file to its end, so that every command finds it in memory. */
export function warm(path: string): void {
  const file = openSync(path, 'r');
  const block = Buffer.allocUnsafe(BLOCK);
  while (readSync(file, block) > 0);
  closeSync(file);
}

/** Writes the whole lines of the first bytes of a log to another file, and returns its size. */
export function writeSample(path: string, bytes: number, target: string): number {
  const [from, to] = [openSync(path, 'r'), openSync(target, 'w')];
  const block = Buffer.allocUnsafe(BLOCK);
  let written = 0;
  while (written < bytes) {
    const length = readSync(from, block, 0, Math.min(BLOCK, bytes - written), written);
    const whole = block.subarray(0, length).lastIndexOf(LINE_END) + 1;
    if (whole === 0) break;
    written += writeSync(to, block, 0, whole);
  }
  closeSync(from);
  closeSync(to);
  return written;
}

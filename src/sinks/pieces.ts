import type { Output } from './types.ts';

/** Code units in one write: far more than a pipe takes at once, far less than the longest string (2^29). */
const WRITE_UNITS = 1 << 20;

/** Writes pieces of text joined: one write for a batch, several where its rows are huge; waits for a slow reader. */
export async function writePieces(out: Output, pieces: Iterable<string>): Promise<void> {
  let text = '';
  for (const piece of pieces) {
    text += piece;
    if (text.length < WRITE_UNITS) continue;
    await out.write(text);
    text = '';
  }
  if (text !== '') await out.write(text);
}

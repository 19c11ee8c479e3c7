import { forJson } from './escape.ts';
import { writePieces } from './pieces.ts';
import type { Row, SinkFactory } from './types.ts';

/** One JSON text on a line for each row (JSON Lines). */
export const jsonl: SinkFactory = (out) => ({
  write: (rows) => writePieces(out, lines(rows)),
  async flush() {},
  async end() {},
});

function* lines(rows: readonly Row[]): Generator<string> {
  for (const row of rows) yield `${forJson(row.json())}\n`;
}

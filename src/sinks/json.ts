import { forJson } from './escape.ts';
import { writePieces } from './pieces.ts';
import type { Row, SinkFactory } from './types.ts';

/** One JSON array, each row on a line of its own, so that line tools get somewhere with it too. */
export const json: SinkFactory = (out) => {
  let empty = true;

  function* elements(rows: readonly Row[]): Generator<string> {
    for (const row of rows) {
      yield empty ? '[\n' : ',\n';
      empty = false;
      yield forJson(row.json());
    }
  }

  return {
    write: (rows) => writePieces(out, elements(rows)),
    async flush() {},
    end: () => out.write(empty ? '[]\n' : '\n]\n'),
  };
};

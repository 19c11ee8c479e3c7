import { cellAt } from './cell.ts';
import { withColumns } from './columns.ts';
import { forCsv } from './escape.ts';
import { writePieces } from './pieces.ts';
import type { Column, Row, SinkFactory } from './types.ts';

/**
 * RFC 4180 but for the line end: a line feed alone, which spreadsheets and databases take as well, while a carriage return
 * sticks to the last field in cut, awk, join and grep. The heading has the columns' keys, not their titles: programs read
 * this form, and keys stay when a title is reworded.
 */
export const csv: SinkFactory = (out, known) =>
  withColumns(known, (columns) => {
    let headed = false;

    function* heading(): Generator<string> {
      if (headed) return;
      headed = true;
      yield record(columns.map((column) => column.key));
    }

    function* records(rows: readonly Row[]): Generator<string> {
      if (rows.length > 0) yield* heading();
      for (const row of rows) yield record(cellsOf(row, columns));
    }

    return {
      write: (rows) => writePieces(out, records(rows)),
      async flush() {},
      end: () => writePieces(out, heading()),
    };
  });

function cellsOf(row: Row, columns: readonly Column[]): unknown[] {
  return columns.map((column) => cellAt(row, column.key));
}

function record(cells: readonly unknown[]): string {
  const line = cells.map(forCsv).join(',');
  // A record of one empty field would be an empty line, which readers skip.
  return line === '' ? '""\n' : `${line}\n`;
}

import { cellAt, cellText } from './cell.ts';
import { withColumns } from './columns.ts';
import { forMarkdown } from './escape.ts';
import { writePieces } from './pieces.ts';
import { plainWidths, type Widths, widthsFor } from './plain-width.ts';
import type { Column, Row, SinkFactory } from './types.ts';

/** Columns of text in one cell; a request body in a table makes it useless, and GitHub refuses long comments. */
const CELL_WIDTH = 500;

/** A table as GitHub reads it, for tickets and reports. Columns are not padded: that would need all rows first. */
export const markdown: SinkFactory = (out, known) =>
  withColumns(known, (columns) => {
    let headed = false;
    let widths = plainWidths;

    function* heading(): Generator<string> {
      if (headed) return;
      headed = true;
      yield line(columns.map((column) => cell(column.title, widths)));
      yield line(columns.map((column) => (column.align === 'right' ? '---:' : '---')));
    }

    function* lines(rows: readonly Row[]): Generator<string> {
      if (rows.length > 0) yield* heading();
      for (const row of rows) yield line(cellsOf(row, columns, widths));
    }

    return {
      async write(rows) {
        widths = await widthsFor(rows, columns);
        await writePieces(out, lines(rows));
      },
      async flush() {},
      async end() {
        widths = await widthsFor([], columns);
        await writePieces(out, heading());
      },
    };
  });

function cellsOf(row: Row, columns: readonly Column[], widths: Widths): string[] {
  return columns.map((column) => cell(cellText(cellAt(row, column.key)), widths));
}

function cell(text: string, { forTerminalWithin }: Widths): string {
  // Cut before it is Markdown: a cut cannot tear a code span then.
  return forMarkdown(forTerminalWithin(text, CELL_WIDTH));
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`;
}

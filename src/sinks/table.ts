import { cellAt, cellText } from './cell.ts';
import { bold, isSeverity, paintSeverity } from './colour.ts';
import { withColumns } from './columns.ts';
import { type GridCell, lineDrawer } from './grid.ts';
import { layOut, type Measure, widen } from './layout.ts';
import { writePieces } from './pieces.ts';
import { plainWidths, widthsFor } from './plain-width.ts';
import type { Column, Output, Row, Sink, SinkFactory, SinkOptions } from './types.ts';

/** Rows held back and measured before the first line is drawn, unless a flush asks for it earlier. */
const MEASURED = 1000;

/** The most terminal columns that a cell takes, also where no terminal sets a limit. */
const CELL_WIDTH = 200;

/** As kubectl prints: no lines, headings in capitals, two blanks between columns. */
export const table: SinkFactory = (out, known, options) =>
  withColumns(known, (columns) => {
    const narrow = columns.filter((column) => column.wide !== true);
    return tableOf(out, narrow.length > 0 ? narrow : columns, options);
  });

/** The same with the columns that the plain table leaves out. */
export const wide: SinkFactory = (out, known, options) =>
  withColumns(known, (columns) => tableOf(out, columns, options));

/**
 * Holds the first rows back and fits the columns to them; later rows keep these widths, so that columns stay in line. A
 * column grows afterwards only for a longer cell, and only into what is left of the terminal's line; where there is no
 * terminal, nothing is cut for being late. Where a flush leaves few rows to measure, columns get what they usually take as
 * well. Held are texts already cut, never the rows, whose cells may be megabytes.
 */
function tableOf(out: Output, columns: readonly Column[], options: SinkOptions): Sink {
  const width = usable(options.width);
  /** Those for any text from the first rows on that hold more than ASCII. */
  let widths = plainWidths;
  let headings: readonly GridCell[] = [];
  let held: GridCell[][] = [];
  let grid: Grid | undefined;

  function* receive(rows: readonly Row[]): Generator<string> {
    for (const row of rows) {
      const cells = columns.map((column) => gridCell(cellText(cellAt(row, column.key))));
      if (grid !== undefined) yield bodyLine(grid, cells);
      else if (held.push(cells) === MEASURED) yield* drawHeld(measure(columns, headings, held));
    }
  }

  function* drawHeld(measures: readonly Measure[]): Generator<string> {
    const first = gridOf(columns, layOut(measures, width));
    grid = first;
    yield first.line(headings.map((heading, index) => paint(cut(heading, first.widths[index]), bold)));
    for (const cells of held) yield bodyLine(grid, cells);
    held = [];
  }

  function bodyLine(current: Grid, cells: readonly GridCell[]): string {
    const needs = cells.map((cell) => cell.width);
    const widened = widen(current.widths, needs, width);
    if (widened !== current.widths) grid = gridOf(columns, widened);
    return (grid ?? current).line(
      cells.map((cell, index) => {
        const severity = columns[index]?.severity === true && isSeverity(cell.text) ? cell.text : undefined;
        const shown = cut(cell, widened[index]);
        return severity === undefined ? shown : paint(shown, (text) => paintSeverity(text, severity));
      }),
    );
  }

  function gridCell(raw: string): GridCell {
    const text = widths.forTerminalWithin(raw, CELL_WIDTH);
    return { text, width: widths.displayWidth(text) };
  }

  function cut(cell: GridCell, most = 0): GridCell {
    if (cell.width <= most) return cell;
    const text = widths.fitWidth(cell.text, most);
    return { text, width: widths.displayWidth(text) };
  }

  function paint(cell: GridCell, colour: (text: string) => string): GridCell {
    return options.colour && cell.text !== '' ? { ...cell, text: colour(cell.text) } : cell;
  }

  return {
    async write(rows) {
      if (widths === plainWidths) {
        widths = await widthsFor(rows, columns);
        headings = columns.map((column) => gridCell(column.title.trim().toUpperCase()));
      }
      await writePieces(out, receive(rows));
    },
    async flush() {
      if (held.length > 0) await writePieces(out, drawHeld(withUsual(columns, measure(columns, headings, held))));
    },
    async end() {
      if (held.length > 0) await writePieces(out, drawHeld(measure(columns, headings, held)));
    },
  };
}

/** Columns of certain widths, and how to draw a line of them. */
interface Grid {
  readonly widths: readonly number[];
  readonly line: (cells: readonly GridCell[]) => string;
}

function gridOf(columns: readonly Column[], widths: readonly number[]): Grid {
  const drawn = columns.map((column, index) => ({ width: widths[index] ?? 0, align: column.align ?? 'left' }));
  return { widths, line: lineDrawer(drawn) };
}

function measure(columns: readonly Column[], headings: readonly GridCell[], rows: readonly GridCell[][]): Measure[] {
  return columns.map((column, index) => {
    const heading = headings[index]?.width ?? 0;
    const natural = rows.reduce((widest, cells) => Math.max(widest, cells[index]?.width ?? 0), Math.max(1, heading));
    return { heading, natural, shrink: column.shrink ?? 0 };
  });
}

/** With room for the cells that are still to come. */
function withUsual(columns: readonly Column[], measures: readonly Measure[]): Measure[] {
  return measures.map((measure, index) => ({
    ...measure,
    natural: Math.max(measure.natural, columns[index]?.usual ?? 0),
  }));
}

/** Some pseudo-terminals report 0 columns, which tells nothing; in fewer than four the mark of more columns has no room. */
function usable(width: number | undefined): number | undefined {
  return width === undefined || width < 1 ? undefined : Math.max(4, width);
}

/** Columns for the forms that have a heading, where nobody knew them beforehand. */

import { cellText } from './cell.ts';
import type { Column, Row, Sink } from './types.ts';

/** Rows looked at for their keys. A key that first appears later has no column; the JSON forms show it. */
const ROWS = 1000;

/** Ends the look earlier where rows are huge: code units of text in the rows held. */
const UNITS = 16 << 20;

/** The most columns taken from keys: rows may be objects out of a hostile log, each with keys of its own. */
const COLUMNS = 256;

const nothing: Sink = {
  async write() {},
  async flush() {},
  async end() {},
};

/**
 * The sink that `open` makes for the columns: at once where they are known, else for the keys of the first rows, in order of
 * appearance; until then, or until a flush, rows are held back. How rows came in batches makes no difference. A run without
 * columns, or without rows that could tell them, writes nothing.
 */
export function withColumns(columns: readonly Column[] | undefined, open: (columns: readonly Column[]) => Sink): Sink {
  if (columns !== undefined) return columns.length === 0 ? nothing : open(columns);

  let sink: Sink | undefined;
  let held: Row[] = [];
  let units = 0;

  async function start(): Promise<Sink> {
    sink = withColumns(columnsOf(held), open);
    const rows = held;
    held = [];
    await sink.write(rows);
    return sink;
  }

  return {
    async write(rows) {
      if (sink !== undefined) return sink.write(rows);
      for (const [index, row] of rows.entries()) {
        held.push(row);
        units += sizeOf(row);
        if (held.length < ROWS && units < UNITS) continue;
        await (await start()).write(rows.slice(index + 1));
        return;
      }
    },
    async flush() {
      // Rows without a key tell no columns, and would leave those that come later without any.
      if (sink === undefined && columnsOf(held).length === 0) return;
      await (sink ?? (await start())).flush();
    },
    async end() {
      await (sink ?? (await start())).end();
    },
  };
}

function columnsOf(rows: readonly Row[]): Column[] {
  const keys = new Set<string>();
  for (const row of rows) {
    for (const key of Object.keys(row.cells)) if (keys.size < COLUMNS) keys.add(key);
  }
  return [...keys].map((key) => ({ key, title: key }));
}

function sizeOf(row: Row): number {
  return Object.entries(row.cells).reduce((sum, [key, cell]) => sum + key.length + cellText(cell).length, 0);
}

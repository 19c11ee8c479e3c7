/**
 * What every output form is given: named columns and rows. A sink escapes whatever it prints for the place where it will
 * be read (terminal, JSON, spreadsheet, Markdown); callers pass raw values and never escape.
 */

import type { Severity } from '../detect/finding.ts';

/** A cell as it came out of an event or an expression; anything that is not a string is shown as compact JSON. */
export type Cell = unknown;

export interface Column {
  /** Key of the cell in {@link Row.cells}. */
  readonly key: string;
  /** Heading; printed in capitals by the table forms, as it is by csv and markdown. */
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Only in the wide table (and in csv and markdown, which have room). */
  readonly wide?: boolean;
  /** How gladly the column gives up width when the terminal is narrow: 0 (default) not at all, 1, 2 first. */
  readonly shrink?: 0 | 1 | 2;
  /** Terminal columns that its cells usually take; a table that is drawn before it has measured much keeps them free. */
  readonly usual?: number;
  /** Colour the cell by this severity (terminal tables only). */
  readonly severity?: boolean;
}

export interface Row {
  readonly cells: Readonly<Record<string, Cell>>;
  /** The row as one JSON text without line ends, for json and jsonl; made only when asked for. */
  json(): string;
}

/** Where a sink writes. `write` resolves once the text may be forgotten: a slow reader slows the scan, not the memory. */
export interface Output {
  write(text: string): Promise<void>;
}

export interface SinkOptions {
  /** Terminal columns to fit into; undefined when the output is no terminal, and then nothing is cut to a width. */
  readonly width: number | undefined;
  readonly colour: boolean;
}

/**
 * One output run. Batches arrive in order; the sink may hold rows back (a table measures its first rows) and must have
 * written everything when `end` resolves. Nothing is written after `end`. An empty run writes what an empty document is
 * in that form: `[]` for json, the heading alone for csv and markdown when columns are known, nothing for the others.
 */
export interface Sink {
  write(rows: readonly Row[]): Promise<void>;
  /**
   * Writes every row that was held back; nothing where there is none. For runs that wait for more: what the form measures
   * is settled by the rows so far, and rows that come later keep to it.
   */
  flush(): Promise<void>;
  end(): Promise<void>;
}

/**
 * `columns` undefined: they are not known beforehand (a query whose rows are objects); forms with a heading take the keys
 * of the first rows, in order of appearance.
 */
export type SinkFactory = (out: Output, columns: readonly Column[] | undefined, options: SinkOptions) => Sink;

/** Colours for severities are shared by the table and by the summary on standard error. */
export type Paint = (text: string, severity: Severity) => string;

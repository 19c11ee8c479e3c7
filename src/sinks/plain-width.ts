/** Widths of printable ASCII, which nearly all text in a log is: what measures any text takes longer to load than a small log to read. */

import { cellAt } from './cell.ts';
import type { Cell, Column, Row } from './types.ts';

export const ELLIPSIS = '…';
const printableAscii = /^[ -~]*$/;
/** What was cut, too. */
const asciiWithEllipsis = new RegExp(`^[ -~]*${ELLIPSIS}?$`);

/**
 * The most UTF-16 code units that a text may need to fill one column: a character of two, with eight combining marks of two
 * (escape.ts escapes more).
 */
const UNITS_PER_COLUMN = 18;

/** Measures and cuts texts: those of width.ts any, {@link plainWidths} printable ASCII alone. */
export interface Widths {
  /** Columns that text takes: two for wide characters and emoji, none for combining marks. The text is safe already. */
  displayWidth(text: string): number;
  /** Safe text in at most `width` columns, cut between graphemes and ended by an ellipsis where it was longer. */
  fitWidth(text: string, width: number): string;
  /** Raw text made safe for a terminal, in at most `width` columns. A megabyte costs no more than a line. */
  forTerminalWithin(text: string, width: number): string;
}

export const plainWidths: Widths = {
  displayWidth: (text) => text.length,
  fitWidth: fitPlain,
  forTerminalWithin: (text, width) => fitPlain(clip(text, width), width),
};

/** Those of width.ts only where a cell or a heading needs them. */
export async function widthsFor(rows: readonly Row[], columns: readonly Column[]): Promise<Widths> {
  const isPlain =
    columns.every(({ title }) => isPrintableAscii(title)) &&
    rows.every((row) => columns.every(({ key }) => isPlainCell(cellAt(row, key))));
  return isPlain ? plainWidths : import('./width.ts');
}

export function isPrintableAscii(text: string): boolean {
  return printableAscii.test(text);
}

/** Whether each character takes one column. */
export function isPlainText(text: string): boolean {
  return asciiWithEllipsis.test(text);
}

function isPlainCell(cell: Cell): boolean {
  if (typeof cell === 'string') return isPrintableAscii(cell);
  return cell === null || cell === undefined || typeof cell === 'number' || typeof cell === 'boolean';
}

/** As {@link Widths.fitWidth}, of {@link isPlainText}. */
export function fitPlain(text: string, width: number): string {
  if (width < 1) return '';
  return text.length <= width ? text : text.slice(0, width - 1) + ELLIPSIS;
}

/** The start of a text, enough of it to fill the columns, with an ellipsis where something was left off. */
export function clip(text: string, width: number): string {
  const units = width * UNITS_PER_COLUMN;
  if (text.length <= units) return text;
  const last = text.charCodeAt(units - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  const start = text.slice(0, splitsPair ? units - 1 : units);
  // Through a buffer: a slice keeps the whole text in memory for as long as it lives.
  return Buffer.from(start, 'utf16le').toString('utf16le') + ELLIPSIS;
}

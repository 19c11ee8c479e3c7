/** Widths in terminal columns, and cutting to them. */

import stringWidth from 'string-width';
import { forTerminal } from './escape.ts';

const ELLIPSIS = '…';
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const printableAscii = /^[ -~]*$/;

/**
 * The most UTF-16 code units that a text may need to fill one column: a character of two, with eight combining marks of two
 * ({@link forTerminal} escapes more).
 */
const UNITS_PER_COLUMN = 18;

/** Columns that text takes: two for wide characters and emoji, none for combining marks. The text is safe already. */
export function displayWidth(text: string): number {
  return stringWidth(text, { countAnsiEscapeCodes: true });
}

/** Raw text made safe for a terminal, in at most `width` columns. A megabyte costs no more than a line. */
export function forTerminalWithin(text: string, width: number): string {
  return fitWidth(forTerminal(clip(text, width)), width);
}

/** Safe text in at most `width` columns, cut between graphemes and ended by an ellipsis where it was longer. */
export function fitWidth(text: string, width: number): string {
  if (width < 1) return '';
  const start = clip(text, width);
  if (printableAscii.test(start)) {
    return start.length <= width ? start : start.slice(0, width - 1) + ELLIPSIS;
  }
  // No code unit takes more than two columns; what surely fits is not taken apart.
  if (start.length * 2 <= width) return start;
  let used = 0;
  let end = 0;
  for (const { segment, index } of graphemes.segment(start)) {
    used += displayWidth(segment);
    if (used > width) return start.slice(0, end) + ELLIPSIS;
    if (used < width) end = index + segment.length;
  }
  return start;
}

/** The start of a text, enough of it to fill the columns, with an ellipsis where something was left off. */
function clip(text: string, width: number): string {
  const units = width * UNITS_PER_COLUMN;
  if (text.length <= units) return text;
  const last = text.charCodeAt(units - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  const start = text.slice(0, splitsPair ? units - 1 : units);
  // Through a buffer: a slice keeps the whole text in memory for as long as it lives.
  return Buffer.from(start, 'utf16le').toString('utf16le') + ELLIPSIS;
}

/** Widths in terminal columns, and cutting to them. The functions are those of {@link Widths}, for any text. */

import stringWidth from 'string-width';
import { forTerminal } from './escape.ts';
import { clip, ELLIPSIS, fitPlain, isPlainText, isPrintableAscii } from './plain-width.ts';

let segmenter: Intl.Segmenter | undefined;

/** Columns that text takes: two for wide characters and emoji, none for combining marks. The text is safe already. */
export function displayWidth(text: string): number {
  return isPlainText(text) ? text.length : stringWidth(text, { countAnsiEscapeCodes: true });
}

/** Raw text made safe for a terminal, in at most `width` columns. A megabyte costs no more than a line. */
export function forTerminalWithin(text: string, width: number): string {
  return fitWidth(forTerminal(clip(text, width)), width);
}

/** Safe text in at most `width` columns, cut between graphemes and ended by an ellipsis where it was longer. */
export function fitWidth(text: string, width: number): string {
  if (width < 1) return '';
  const start = clip(text, width);
  if (isPrintableAscii(start)) return fitPlain(start, width);
  // No code unit takes more than two columns; what surely fits is not taken apart.
  if (start.length * 2 <= width) return start;
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  let used = 0;
  let end = 0;
  for (const { segment, index } of segmenter.segment(start)) {
    used += displayWidth(segment);
    if (used > width) return start.slice(0, end) + ELLIPSIS;
    if (used < width) end = index + segment.length;
  }
  return start;
}

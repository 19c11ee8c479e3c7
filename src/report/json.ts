import { forJson } from '../sinks/escape.ts';
import type { Report } from './model.ts';

/** The report as one JSON document, indented for whoever looks into it, and safe on a terminal. */
export function renderJson(report: Report): string {
  const text = JSON.stringify(report, undefined, 2);
  // Line by line, for `forJson` makes one line of several. Within a string a line feed is an escape already.
  return `${text.split('\n').map(forJson).join('\n')}\n`;
}

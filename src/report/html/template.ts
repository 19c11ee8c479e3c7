/** HTML made of templates: whatever is put in is escaped, unless a template or {@link trusted} made it. */

import { forHtml } from '../../sinks/escape.ts';

/** HTML that is fit to be written. Nothing but this file makes one. */
export class Html {
  readonly text: string;
  /** What makes it a type of its own: no object of the same shape passes for one. */
  readonly #made = true;

  constructor(text: string) {
    this.text = text;
  }

  static is(value: unknown): value is Html {
    return typeof value === 'object' && value !== null && #made in value;
  }
}

/** What may stand in a template; of `false`, `null` and `undefined` nothing is written. */
export type Value = Html | string | number | false | null | undefined | readonly Value[];

/**
 * `html\`<td class="actor">${name}</td>\``. Values stand in the text of an element or in an attribute with double quotes,
 * and nowhere else.
 */
export function html(literals: TemplateStringsArray, ...values: readonly Value[]): Html {
  const parts = compact(literals);
  let text = parts[0] ?? '';
  for (const [index, value] of values.entries()) text += written(value) + (parts[index + 1] ?? '');
  return new Html(text);
}

/** Text that is HTML already, and that we made: never what came from a log. */
export function trusted(text: string): Html {
  return new Html(text);
}

function written(value: Value): string {
  if (value === undefined || value === null || value === false) return '';
  if (typeof value === 'string') return forHtml(value);
  if (typeof value === 'number') return String(value);
  if (Html.is(value)) return value.text;
  return value.map(written).join('');
}

const compacted = new WeakMap<TemplateStringsArray, readonly string[]>();

/** The literals without the indentation of our source. A line end stays: it parts words. */
function compact(literals: TemplateStringsArray): readonly string[] {
  let parts = compacted.get(literals);
  if (parts === undefined) {
    parts = literals.map((literal) => literal.replace(/\n\s*/g, '\n'));
    compacted.set(literals, parts);
  }
  return parts;
}

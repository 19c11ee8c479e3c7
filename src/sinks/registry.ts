/** The output forms by name. A new form is one file and one line here. */

import { csv } from './csv.ts';
import { json } from './json.ts';
import { jsonl } from './jsonl.ts';
import { markdown } from './markdown.ts';
import { table, wide } from './table.ts';
import type { SinkFactory } from './types.ts';

export const sinks = {
  table,
  wide,
  json,
  jsonl,
  csv,
  markdown,
} as const satisfies Record<string, SinkFactory>;

export type OutputForm = keyof typeof sinks;

/** In the order in which help and errors name them. */
export const OUTPUT_FORMS = Object.keys(sinks) as readonly OutputForm[];

const HUMAN_FORMS: ReadonlySet<OutputForm> = new Set<OutputForm>(['table', 'wide', 'markdown']);

/** Read by people, who want findings that belong together on one row with a count; programs get each by itself. */
export function isHumanForm(form: OutputForm): boolean {
  return HUMAN_FORMS.has(form);
}

/** What the detectors of the findings look for, once for each: their rows link here. */

import type { DetectorNote } from '../model.ts';
import { type Html, html, type Value } from './template.ts';
import { within } from './texts.ts';

/** A note, and where on the page it stands. */
export interface PlacedNote {
  readonly note: DetectorNote;
  /** Not made of the detector's name, which may hold anything. */
  readonly anchor: string;
}

export function placeNotes(notes: readonly DetectorNote[]): ReadonlyMap<string, PlacedNote> {
  return new Map(notes.map((note, index) => [note.id, { note, anchor: `detector-${index}` }]));
}

/** @param notes of detectors whose findings are on the page. */
export function detectorsSection(notes: readonly Html[]): Value {
  if (notes.length === 0) return undefined;
  return html`<section id="detectors" aria-labelledby="detectors-title">
    <h2 id="detectors-title">About these detectors</h2>
    <dl class="detectors">${notes}</dl>
    </section>`;
}

export function noteHtml({ note, anchor }: PlacedNote): Html {
  const { id, description, falsePositives } = note;
  return html`<div id="${anchor}"><dt><code>${within(id, 100)}</code></dt>
    <dd>${within(description, 700)}${falsePositives && html` <span class="known"><b>Known false positives:</b> ${within(falsePositives, 500)}</span>`}</dd></div>
    `;
}

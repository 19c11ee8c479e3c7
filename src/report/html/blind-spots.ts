/** What the log could not show, and the banner where part of it could not be read. */

import { countText } from '../../sinks/quantities.ts';
import { firstOfEachKind, KIND_NAMES } from '../blind-spots.ts';
import type { BlindSpot } from '../model.ts';
import { type Html, html, type Value } from './template.ts';
import { number, within } from './texts.ts';

/** Spots that the page has room for. */
const MAX_SPOTS = 60;
const MAX_IN_BANNER = 3;

const UNREAD: ReadonlySet<BlindSpot['kind']> = new Set(['error', 'damage', 'gap', 'late', 'start', 'end']);

/** Whether part of what was asked for could not be read. */
export function isUnread({ kind }: BlindSpot): boolean {
  return UNREAD.has(kind);
}

/** Whether part of what was asked for is not in the report, which whoever opens it must know first. */
export function isMissing({ kind }: BlindSpot): boolean {
  return UNREAD.has(kind) || kind === 'failure' || kind === 'selection' || kind === 'limit';
}

/** Of the worst of them, in a word. */
export function worstKind([worst]: readonly BlindSpot[]): string | undefined {
  return worst && KIND_NAMES[worst.kind];
}

export function unreadBanner(spots: readonly BlindSpot[]): Value {
  const missing = spots.filter(isMissing);
  if (missing.length === 0) return undefined;
  const shown = firstOfEachKind(missing, MAX_IN_BANNER);
  const left = missing.length - shown.length;
  return html`<aside class="banner" aria-labelledby="banner-title">
    <p id="banner-title"><b>This report does not cover all that was asked for.</b></p>
    <ul>${shown.map(({ text }) => html`<li>${within(text, 220)}</li>`)}</ul>
    <p><a href="#blind-spots">${left > 0 ? `${number(left)} more, and what else` : 'What'} these logs could not show</a></p>
    </aside>`;
}

export function blindSpotsSection(spots: readonly BlindSpot[]): Html {
  const shown = spots.slice(0, MAX_SPOTS);
  return html`<section id="blind-spots" aria-labelledby="blind-spots-title">
    <h2 id="blind-spots-title">What these logs could not show</h2>
    ${
      shown.length === 0
        ? html`<p class="empty">Nothing is known to be missing: all that these logs hold was read. What the audit policy leaves out leaves no trace.</p>`
        : html`<ul class="spots">${shown.map((spot) => html`<li><span class="badge k-${isMissing(spot) ? 'unread' : 'policy'}">${KIND_NAMES[spot.kind]}</span> <span>${within(spot.text, 500)}</span></li>`)}</ul>`
    }
    ${spots.length > shown.length && html`<p class="note">${countText(spots.length - shown.length, 'more spot')} not shown; <code>auditscan report -o json</code> gives all.</p>`}
    </section>`;
}

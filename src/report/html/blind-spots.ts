/** What the log could not show, and the banner where part of it could not be read. */

import { countText } from '../../sinks/quantities.ts';
import type { BlindSpot } from '../model.ts';
import { type Html, html, type Value } from './template.ts';
import { number, within } from './texts.ts';

/** Spots that the page has room for. */
const MAX_SPOTS = 60;
const MAX_IN_BANNER = 3;

const KINDS: Readonly<Record<BlindSpot['kind'], string>> = {
  error: 'not read',
  damage: 'damaged',
  gap: 'gap',
  failure: 'not judged',
  start: 'begins late',
  end: 'ends early',
  level: 'audit level',
  stage: 'audit stage',
  limit: 'limit',
};
const UNREAD: ReadonlySet<BlindSpot['kind']> = new Set(['error', 'damage', 'gap', 'start', 'end']);

/** Whether part of what was asked for could not be read, which whoever opens the report must know first. */
export function isUnread({ kind }: BlindSpot): boolean {
  return UNREAD.has(kind);
}

export function unreadBanner(spots: readonly BlindSpot[]): Value {
  const unread = spots.filter(isUnread);
  if (unread.length === 0) return undefined;
  const shown = unread.slice(0, MAX_IN_BANNER);
  const left = unread.length - shown.length;
  return html`<aside class="banner" aria-labelledby="banner-title">
    <p id="banner-title"><b>This report does not cover all that was asked for.</b></p>
    <ul>${shown.map(({ text }) => html`<li>${within(text, 220)}</li>`)}</ul>
    <p><a href="#blind-spots">${left > 0 ? `${number(left)} more, and what else` : 'What'} this log could not show</a></p>
    </aside>`;
}

export function blindSpotsSection(spots: readonly BlindSpot[]): Html {
  const shown = spots.slice(0, MAX_SPOTS);
  return html`<section id="blind-spots" aria-labelledby="blind-spots-title">
    <h2 id="blind-spots-title">What this log could not show</h2>
    ${
      shown.length === 0
        ? html`<p class="empty">Nothing is known to be missing: all that these logs hold was read. What the audit policy leaves out leaves no trace.</p>`
        : html`<ul class="spots">${shown.map(({ kind, text }) => html`<li><span class="badge k-${UNREAD.has(kind) || kind === 'failure' ? 'unread' : 'policy'}">${KINDS[kind]}</span> <span>${within(text, 500)}</span></li>`)}</ul>`
    }
    ${spots.length > shown.length && html`<p class="note">${countText(spots.length - shown.length, 'more spot')} not shown; <code>auditscan report -o json</code> gives all.</p>`}
    </section>`;
}

/** The head of the page: what, when, and the numbers that decide whether to read on. */

import { countText } from '../../sinks/quantities.ts';
import type { Report, ReportedFinding } from '../model.ts';
import { isMissing, worstKind } from './blind-spots.ts';
import { selectionText, windowText } from './made.ts';
import { type Html, html, type Value } from './template.ts';
import { number, type Times, within } from './texts.ts';

export function headline(report: Report, times: Times): Html {
  const { window, generated, title, tool, timezone } = report;
  const isBounded = window.since !== null || window.until !== null || window.sinceLast;
  const seen = times.span(window.first, window.last);
  const parts = [
    isBounded && `Window: ${windowText(window, times, timezone)}`,
    seen === undefined ? 'No event in it' : `Events: ${seen}`,
    window.selection.length > 0 && html`<b>Only</b> ${selectionText(window)}`,
    html`Made ${times.long(generated)}${timezone !== 'UTC' && ` ${timezone}`} by ${tool.name} ${within(tool.version, 40)}`,
  ].filter((part) => part !== false);
  return html`<header class="top">
    <div class="row">
    <p class="brand">auditscan <span>report</span></p>
    <button type="button" id="theme" hidden>Dark theme</button>
    </div>
    <h1>${within(title, 160)}</h1>
    <p class="when">${parts.map((part, index) => html`${index > 0 && html`<span class="dot"> · </span>`}${part}`)}</p>
    </header>`;
}

/** @param shown findings that have a row, to which a number leads. */
export function headlineNumbers(report: Report, shown: readonly ReportedFinding[]): Html {
  const { totals, actors, blindSpots: spots } = report;
  const inRows = new Set(shown.map(({ severity }) => severity));
  const { requests, outcomes, newFindings } = totals;
  const share = requests > 0 && outcomes.denied > 0 ? percentText(outcomes.denied / requests) : undefined;
  return html`<section class="headline" aria-label="Headline numbers">
    <ul class="tiles">
    ${totals.bySeverity.map(({ severity, findings, new: fresh }) =>
      tile(severity, findings, {
        note: fresh !== null && findings > 0 && `${number(fresh)} new`,
        style: `s-${severity}`,
        link: inRows.has(severity) ? html` href="#findings" data-severity="${severity}"` : undefined,
      }),
    )}
    </ul>
    <ul class="tiles plain">
    ${newFindings !== null && tile(newFindings === 1 ? 'new finding' : 'new findings', newFindings, { note: totals.findings > 0 && `of ${number(totals.findings)}` })}
    ${tile(requests === 1 ? 'request' : 'requests', requests, { note: countText(totals.events, 'event') })}
    ${tile('denied', outcomes.denied, { note: share && `${share} of all` })}
    ${tile(totals.actors === 1 && actors.isComplete ? 'actor' : 'actors', `${number(totals.actors)}${actors.isComplete ? '' : '+'}`, { note: countText(totals.namespaces, 'namespace') })}
    ${tile(spots.length === 1 ? 'blind spot' : 'blind spots', spots.length === 0 ? 'none known' : spots.length, {
      note: spots.length > 0 && `worst: ${worstKind(spots)}`,
      style: spots.some(isMissing) ? 'warned' : undefined,
      link: html` href="#blind-spots"`,
    })}
    </ul>
    </section>`;
}

interface TileOptions {
  readonly note?: Value;
  readonly style?: string | undefined;
  /** Attributes of the link that the tile is. */
  readonly link?: Html | undefined;
}

function tile(name: string, value: number | string, { note, style, link }: TileOptions): Html {
  const text = typeof value === 'number' ? number(value) : value;
  const size = text.length > 9 ? ' longer' : text.length > 7 && ' long';
  const inside = html`<span class="value${size}">${text}</span> <span class="name">${name}</span>${note && html` <span class="more">${note}</span>`}`;
  return html`<li class="tile${style && ` ${style}`}${value === 0 && ' zero'}">${link ? html`<a${link}>${inside}</a>` : inside}</li>`;
}

function percentText(share: number): string {
  return share < 0.001 ? 'under 0.1 %' : `${(share * 100).toFixed(1)} %`;
}

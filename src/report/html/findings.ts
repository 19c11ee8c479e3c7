/** The findings: the filters and the table, or that nothing was found. */

import type { Severity } from '../../detect/finding.ts';
import type { Outcome } from '../../event/outcome.ts';
import { countText } from '../../sinks/quantities.ts';
import type { Report } from '../model.ts';
import { isUnread } from './blind-spots.ts';
import { findingRow } from './finding-row.ts';
import { type Html, html, type Value } from './template.ts';
import { number, type Times } from './texts.ts';
import { STACK, WORST_FIRST } from './timeline.ts';

/** @param room bytes that the rows may take together. */
export function findingsSection(report: Report, times: Times, room: number): Html {
  const rows = rowsWithin(report, times, room);
  return html`<section id="findings" aria-labelledby="findings-title" tabindex="-1">
    <h2 id="findings-title">Findings</h2>
    ${rows.length === 0 && report.totals.findings === 0 ? nothingFound(report, times) : table(report, rows)}
    ${notShown(report, rows.length)}
    ${toldBefore(report)}
    </section>`;
}

/** As many as there is room for, from the worst on. */
function rowsWithin(report: Report, times: Times, room: number): Html[] {
  const notes = new Map(report.detectors.map((note) => [note.id, note]));
  const rows: Html[] = [];
  let left = room;
  for (const finding of report.findings) {
    const row = findingRow(finding, notes.get(finding.detector), times, isNewKnown(report));
    left -= Buffer.byteLength(row.text);
    if (left < 0) break;
    rows.push(row);
  }
  return rows;
}

function isNewKnown({ totals }: Report): boolean {
  return totals.newFindings !== null;
}

interface Column {
  readonly key: string;
  readonly title: string;
  /** How it is sorted; numbers stand in `data-v`. */
  readonly sort: 'number' | 'text';
  /** What the first press of the button does. */
  readonly most?: true;
}

const COLUMNS: readonly Column[] = [
  { key: 'severity', title: 'Severity', sort: 'number', most: true },
  { key: 'first', title: 'First', sort: 'number' },
  { key: 'last', title: 'Last', sort: 'number' },
  { key: 'count', title: 'Count', sort: 'number', most: true },
  { key: 'new', title: 'New', sort: 'number', most: true },
  { key: 'title', title: 'Finding', sort: 'text' },
  { key: 'actor', title: 'Actor', sort: 'text' },
  { key: 'action', title: 'Action', sort: 'text' },
  { key: 'outcome', title: 'Outcome', sort: 'text' },
];
const DETAILS: Column = { key: 'details', title: 'Details', sort: 'text' };

function table(report: Report, rows: readonly Html[]): Html {
  const columns = COLUMNS.filter(({ key }) => key !== 'new' || isNewKnown(report));
  return html`${filters(report, rows.length)}
    <table class="findings" role="table" aria-labelledby="findings-title" data-sorts>
    <thead role="rowgroup">
    <tr role="row">${columns.map((column) => heading(column, column.key === 'severity' ? html` rowspan="2"` : undefined))}</tr>
    <tr role="row">${heading(DETAILS, html` colspan="${columns.length - 1}"`)}</tr>
    </thead>
    ${rows}
    </table>
    <p class="empty" id="no-match" hidden>No finding matches these filters.</p>`;
}

function heading({ key, title, sort, most }: Column, span: Value): Html {
  return html`<th role="columnheader" scope="col" class="c-${key}" data-key="${key}" data-sort="${sort}"${most && html` data-most`}${span}>${title}</th>`;
}

/** Hidden until the script is there, which they need. Only what is there can be chosen. */
function filters({ findings, totals }: Report, shown: number): Html {
  const rows = findings.slice(0, shown);
  const severities = WORST_FIRST.filter((severity) => rows.some((row) => row.severity === severity));
  const outcomes = [...STACK].reverse().filter((outcome) => rows.some((row) => row.outcome === outcome));
  return html`<div class="filters" id="filters" role="search" aria-label="Filter the findings" hidden>
    <div class="field">
    <label for="filter">Filter</label>
    <input id="filter" type="search" placeholder="actor, object, IP, audit ID …" autocomplete="off" spellcheck="false" aria-keyshortcuts="/" aria-describedby="filter-hint">
    <kbd aria-hidden="true">/</kbd>
    <span class="unseen" id="filter-hint">All words must be in the finding. Escape clears the filter.</span>
    </div>
    ${choices('Severity', 'severity', severities)}
    ${choices('Outcome', 'outcome', outcomes)}
    ${totals.newFindings !== null && html`<label class="choice"><input type="checkbox" id="new-only"> <span>New only</span></label>`}
    <button type="button" id="open-all" aria-pressed="false">Open all</button>
    <p class="status" id="status" role="status" aria-live="polite"></p>
    </div>`;
}

function choices(title: string, name: string, values: readonly (Severity | Outcome)[]): Value {
  if (values.length < 2) return undefined;
  const letter = name === 'severity' ? 's' : 'o';
  return html`<fieldset><legend>${title}</legend>
    ${values.map((value) => html`<label class="choice"><input type="checkbox" name="${name}" value="${value}"> <i class="swatch ${letter}-${value}"></i><span>${value}</span></label>`)}
    </fieldset>`;
}

function notShown({ findings, otherFindings }: Report, shown: number): Value {
  const groups = findings.length - shown;
  const parts = [
    groups > 0 && `${countText(groups, 'more row')} ${groups === 1 ? 'has' : 'have'} no room on this page`,
    otherFindings > 0 &&
      `${countText(otherFindings, 'more finding')} ${otherFindings === 1 ? 'is' : 'are'} in groups that this report has no room for`,
  ].filter((part) => part !== false);
  if (parts.length === 0) return undefined;
  return html`<p class="note">${parts.join('; ')}: <code>auditscan detect -o jsonl</code> gives all.</p>`;
}

function toldBefore({ toldBefore: told }: Report): Value {
  if (!told) return undefined;
  return html`<p class="note">${countText(told, 'finding')} from before the window, which an earlier report told, ${told === 1 ? 'is' : 'are'} left out.</p>`;
}

/** What was looked at belongs to it: nothing found in nothing is no good news. */
function nothingFound({ totals, inputs, blindSpots, window }: Report, times: Times): Html {
  const { requests, events, actors, namespaces } = totals;
  const span = times.span(window.first, window.last);
  if (requests === 0)
    return html`<div class="verdict warn"><p class="big">There was nothing to look at</p>
      <p>No request in ${countText(inputs.files.length + inputs.otherFiles, 'input')} lies in the window. That is no news of the cluster, good or bad.</p></div>`;
  const unread = blindSpots.some(isUnread);
  return html`<div class="verdict ${unread ? 'warn' : 'good'}">
    <p class="big">${unread ? 'Nothing found in what could be read' : 'Nothing found'}</p>
    <p>${countText(inputs.detectors, 'detector')} looked at ${countText(requests, 'request')} (${countText(events, 'event')}) by ${countText(actors, 'actor')} in ${countText(namespaces, 'namespace')}${span !== undefined && html`, ${span}`}. None of them matched${inputs.excepted > 0 && html`, but for ${countText(inputs.excepted, 'match', 'matches')} that the configuration excepts`}.</p>
    ${unread && html`<p><a href="#blind-spots">Some of the log could not be read.</a></p>`}
    </div>
    <p class="note">${number(inputs.files.length + inputs.otherFiles)} inputs were read; <a href="#made">how this report was made</a> names them.</p>`;
}

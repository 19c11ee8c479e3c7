/** The findings: the filters and the table, or that nothing was found. */

import type { Severity } from '../../detect/finding.ts';
import type { Outcome } from '../../event/outcome.ts';
import { countText } from '../../sinks/quantities.ts';
import type { Report, ReportedFinding } from '../model.ts';
import { isUnread } from './blind-spots.ts';
import type { Shown } from './shown.ts';
import { type Html, html, type Value } from './template.ts';
import { number, type Times, within } from './texts.ts';
import { STACK, WORST_FIRST } from './timeline.ts';

/** Detectors that are named where rows are missing. */
const MAX_NAMED = 8;

export function findingsSection(report: Report, times: Times, shown: Shown): Html {
  return html`<section id="findings" aria-labelledby="findings-title" tabindex="-1">
    <h2 id="findings-title">Findings</h2>
    ${shown.rows.length === 0 && report.totals.findings === 0 ? nothingFound(report, times) : table(report, shown, times)}
    ${notShown(report, shown.findings)}
    ${toldBefore(report)}
    </section>`;
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

function table(report: Report, { findings, rows }: Shown, times: Times): Html {
  const columns = COLUMNS.filter(({ key }) => key !== 'new' || isNewKnown(report)).map((column) =>
    column.key === 'first' ? { ...column, title: `First (${times.zone})` } : column,
  );
  return html`${filters(report, findings)}
    <table class="findings" role="table" aria-labelledby="findings-title" data-sorts>
    <thead role="rowgroup">
    <tr role="row">${columns.map((column) => heading(column, column.key === 'severity' ? html` rowspan="2"` : undefined))}</tr>
    <tr role="row">${heading(DETAILS, html` colspan="${columns.length - 1}"`)}</tr>
    </thead>
    ${rows}
    </table>
    <p class="empty" id="no-match" hidden>No finding matches these filters.</p>
    ${countsNote(report, findings)}`;
}

function heading({ key, title, sort, most }: Column, span: Value): Html {
  return html`<th role="columnheader" scope="col" class="c-${key}" data-key="${key}" data-sort="${sort}"${most && html` data-most`}${span}>${title}</th>`;
}

/** Hidden until the script is there, which they need. Only what is there can be chosen. */
function filters({ totals }: Report, rows: readonly ReportedFinding[]): Html {
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
    <p class="status" id="status" role="status" aria-live="polite" tabindex="-1"></p>
    </div>`;
}

function choices(title: string, name: string, values: readonly (Severity | Outcome)[]): Value {
  if (values.length < 2) return undefined;
  const letter = name === 'severity' ? 's' : 'o';
  return html`<fieldset><legend>${title}</legend>
    ${values.map((value) => html`<label class="choice"><input type="checkbox" name="${name}" value="${value}"> <i class="swatch ${letter}-${value}"></i><span>${value}</span></label>`)}
    </fieldset>`;
}

/** What the numbers of the table are, which no heading has room for. */
function countsNote({ totals }: Report, shown: readonly ReportedFinding[]): Html {
  const findings = sum(shown.map((one) => one.findings));
  return html`<p class="note">${countText(findings, 'finding')} in ${countText(shown.length, 'row')}: findings of the same detector, actor, object and outcome share a row; the count of a burst is its requests.${totals.newFindings === null && html` Which of them are new is not known; <code>--known</code> remembers what reports told.`}</p>`;
}

/** How bad what is missing is, and what found it: so that nobody has to guess. */
function notShown({ totals, findings, otherFindings }: Report, shown: readonly ReportedFinding[]): Value {
  const counts = totals.bySeverity.flatMap(({ severity, findings: all }) => {
    const left = all - sum(shown.filter((one) => one.severity === severity).map((one) => one.findings));
    return left > 0 ? [`${number(left)} ${severity}`] : [];
  });
  if (counts.length === 0) return undefined;
  const rows = new Set(shown);
  const detectors = [...new Set(findings.filter((one) => !rows.has(one)).map(({ detector }) => detector))].sort();
  const some = detectors.slice(0, MAX_NAMED).map((detector) => within(detector, 60));
  // Of groups beyond the report's own, nothing tells what found them.
  const names = [...some, ...(detectors.length > some.length || otherFindings > 0 ? ['others'] : [])];
  const of = detectors.length > 0 && ` (${names.join(', ')})`;
  return html`<p class="note"><b>Not shown for want of room:</b> ${counts.join(', ')}${of}. <code>auditscan detect -o jsonl</code> gives all.</p>`;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
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
  const title = blindSpots.some(isUnread)
    ? 'Nothing found in what could be read'
    : blindSpots.length > 0
      ? 'Nothing found, but see what these logs could not show'
      : 'Nothing found';
  const read = inputs.files.length + inputs.otherFiles;
  return html`<div class="verdict ${blindSpots.length > 0 ? 'warn' : 'good'}">
    <p class="big">${title}</p>
    <p>${countText(inputs.detectors, 'detector')} looked at ${countText(requests, 'request')} (${countText(events, 'event')}) by ${countText(actors, 'actor')} in ${countText(namespaces, 'namespace')}${span !== undefined && html`, ${span}`}. None of them matched${inputs.excepted > 0 && html`, but for ${countText(inputs.excepted, 'match', 'matches')} that the configuration excepts`}.</p>
    ${blindSpots.length > 0 && html`<p><a href="#blind-spots">What these logs could not show</a></p>`}
    </div>
    <p class="note">${countText(read, 'input')} ${read === 1 ? 'was' : 'were'} read; <a href="#made">how this report was made</a> names ${read === 1 ? 'it' : 'them'}.</p>`;
}

/** How the report was made: what read it, with what, from which bytes. */

import { bytesText, countText } from '../../sinks/quantities.ts';
import type { InputFile, Report } from '../model.ts';
import { dataTable } from './tables.ts';
import { type Html, html, type Value } from './template.ts';
import { NONE, number, type Times, within } from './texts.ts';

/** Inputs and notes that the page has room for. */
const MAX_FILES = 100;
const MAX_NOTES = 30;

const REASONS: Readonly<Record<Report['inputs']['rejects'][number]['reason'], string>> = {
  torn: 'pieces of events',
  'not-json': 'lines that are not JSON',
  'not-audit': 'JSON, but no audit events',
  'too-long': 'lines above the maximum record size',
  'nul-hole': 'holes of NUL bytes',
};

export function madeSection(report: Report, times: Times): Html {
  const { inputs, tool, generated, totals, timezone, window } = report;
  const read = countText(totals.events, 'event');
  return html`<section id="made" aria-labelledby="made-title">
    <h2 id="made-title">How this report was made</h2>
    <dl class="made">
    ${item('Made', html`${times.long(generated)}${timezone !== 'UTC' && ` ${timezone}`} by ${tool.name} ${within(tool.version, 40)}`)}
    ${item('Window', windowText(window, times, timezone))}
    ${window.selection.length > 0 && item('Only', selectionText(window))}
    ${item('Time zone', within(timezone, 60))}
    ${item('Read', `${bytesText(inputs.bytes)} after decompression; in the window ${read} of ${countText(totals.requests, 'request')}`)}
    ${item('Detectors', number(inputs.detectors))}
    ${inputs.configuration !== null && item('Configuration', html`<code>${within(inputs.configuration, 250)}</code>`)}
    ${inputs.excepted > 0 && item('Excepted', `${countText(inputs.excepted, 'match', 'matches')} left out by the configuration`)}
    ${item('Gaps', gapsText(inputs.gaps))}
    </dl>
    <h3>Inputs</h3>
    ${filesTable(inputs)}
    <h3>Lines that are not audit events</h3>
    ${rejectsTable(inputs)}
    ${inputs.notes.length > 0 && html`<h3>Notes</h3><ul class="notes">${inputs.notes.slice(0, MAX_NOTES).map((note) => html`<li>${within(note, 400)}</li>`)}${inputs.notes.length > MAX_NOTES && html`<li>and ${number(inputs.notes.length - MAX_NOTES)} more</li>`}</ul>`}
    </section>`;
}

/** What was asked for. */
export function windowText({ since, until, sinceLast }: Report['window'], times: Times, timezone: string): string {
  const asked = times.span(since, until);
  if (sinceLast) return `since the last report${asked === undefined ? '' : `, ${asked}`}`;
  return asked ?? `not bounded; times are in ${timezone}`;
}

/** What was asked for of it; the rest was left out. */
export function selectionText({ selection }: Report['window']): Html {
  return html`<code>${within(selection.join(' '), 300)}</code>`;
}

function item(name: string, value: Value): Html {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}

function gapsText({ count, certain }: Report['inputs']['gaps']): string {
  if (count === 0) return 'none between the generations of a log';
  return `${countText(count, 'place')} where events may be missing${certain > 0 ? `, at ${number(certain)} of them for certain` : ''}`;
}

function filesTable({ files, otherFiles }: Report['inputs']): Html {
  const shown = files.slice(0, MAX_FILES);
  const left = files.length - shown.length + otherFiles;
  if (shown.length === 0) return html`<p class="empty">None.</p>`;
  return html`${dataTable(
    'Inputs',
    [
      html`<th scope="col">Path</th>`,
      html`<th scope="col">Label</th>`,
      html`<th scope="col" class="n">Size</th>`,
      html`<th scope="col">SHA-256</th>`,
    ],
    html`<tbody>${shown.map(fileRow)}</tbody>`,
  )}${left > 0 && html`<p class="note">${countText(left, 'more input')} not shown.</p>`}`;
}

function fileRow({ path, label, bytes, sha256 }: InputFile): Html {
  return html`<tr><th scope="row" class="path">${within(path, 250)}</th><td>${label === null ? NONE : within(label, 40)}</td><td class="n">${bytesText(bytes)}</td><td class="hash">${sha256 === null ? html`<span class="none">not known</span>` : html`<code>${within(sha256, 64)}</code>`}</td></tr>`;
}

function rejectsTable({ rejects }: Report['inputs']): Html {
  if (rejects.length === 0) return html`<p class="empty">None: every line was an audit event.</p>`;
  return dataTable(
    'Lines that are not audit events',
    [
      html`<th scope="col">What</th>`,
      html`<th scope="col" class="n">Count</th>`,
      html`<th scope="col" class="n">Size</th>`,
      html`<th scope="col">First at</th>`,
    ],
    html`<tbody>${rejects.map(
      ({ reason, count, bytes, first }) =>
        html`<tr><th scope="row">${REASONS[reason]} (${reason})</th><td class="n">${number(count)}</td><td class="n">${bytesText(bytes)}</td><td class="path">${first.label && html`<bdi>${within(first.label, 40)}</bdi> `}<bdi>${within(first.path, 250)}</bdi>:${first.offset}</td></tr>`,
    )}</tbody>`,
  );
}

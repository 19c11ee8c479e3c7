/** A group of findings: a row of the table, and all its fields below it. */

import { type Actor, severityRank } from '../../detect/finding.ts';
import { parseTime } from '../../event/time.ts';
import { cellText } from '../../sinks/cell.ts';
import { actorText, detailsText, objectText } from '../../sinks/finding-text.ts';
import { shortUser } from '../../sinks/users.ts';
import type { ReportedFinding, Time } from '../model.ts';
import type { PlacedNote } from './detectors.ts';
import { type Html, html, type Value } from './template.ts';
import { isolated, NONE, number, type Times, within } from './texts.ts';

/** Columns of text that the details of a finding take together, and a single one. */
const ALL_DETAILS = 2_400;
const ONE_DETAIL = 1_000;
const MAX_LIST = 20;
/** Of a command, which is of no use when it is cut. */
const MAX_COMMAND = 1_500;

/** @param note of the detector; undefined where the report has none. */
export function findingRow(
  finding: ReportedFinding,
  note: PlacedNote | undefined,
  times: Times,
  isNewKnown: boolean,
): Html {
  const { severity, count, first, last, outcome } = finding;
  const [title, actor] = [within(finding.title, 120), actorCell(finding.actor)];
  const isNew = (finding.new ?? 0) > 0;
  const newText = finding.new === finding.findings ? 'new' : `${number(finding.new ?? 0)} new`;
  return html`<tbody role="rowgroup" data-severity="${severity}" data-outcome="${outcome}"${isNew && html` data-new`}>
    <tr role="row">
    <td role="cell" class="c-severity" rowspan="2" data-v="${severityRank(severity)}"><span class="badge s-${severity}">${severity}</span></td>
    <td role="cell" class="c-first"${sortable(first)}>${times.short(first)}</td>
    <td role="cell" class="c-last"${sortable(last)}>${times.after(last, first)}</td>
    <td role="cell" class="c-count n" data-v="${count}">${number(count)}</td>
    ${isNewKnown && html`<td role="cell" class="c-new" data-v="${finding.new ?? 0}">${isNew && html`<span class="badge new">${newText}</span>`}</td>`}
    <th role="rowheader" scope="row" class="c-title">${title}</th>
    <td role="cell" class="c-actor">${actor}</td>
    <td role="cell" class="c-action">${actionText(finding)}</td>
    <td role="cell" class="c-outcome"><i class="swatch o-${outcome}"></i>${outcome}</td>
    </tr>
    <tr role="row">
    <td role="cell" class="c-details" colspan="${isNewKnown ? 8 : 7}">
    <details><summary><span class="unseen">Details of ${title}, ${actor}</span><span class="brief">${briefText(finding)}</span></summary>
    ${fieldsOf(finding, note, times)}
    </details>
    </td>
    </tr>
    </tbody>`;
}

/** Whom a row is about; the filter looks for this text. */
export function actorCell(actor: Actor): Html {
  return html`${isolated(within(actorText(actor, shortUser), 110))}`;
}

function sortable(time: Time): Value {
  const microseconds = parseTime(time);
  return microseconds !== undefined && html` data-v="${microseconds}"`;
}

function actionText({ verb, object, uri }: ReportedFinding): Value {
  const text = `${verb} ${objectText(object) || uri}`.trim();
  return text === '' ? NONE : within(text, 170);
}

function briefText(finding: ReportedFinding): Value {
  const text = detailsText(finding.details);
  return text === '' ? html`<span class="none">all fields</span>` : within(text, 220);
}

function fieldsOf(finding: ReportedFinding, note: PlacedNote | undefined, times: Times): Html {
  const { actor, source, outcome, code } = finding;
  const place = source ? `${source.label ? `${source.label} ` : ''}${source.path}:${source.offset}` : '';
  return html`<div class="fields">
    <dl>
    ${finding.next !== finding.show && field('Next', command(finding.next))}
    ${field('Raw events', command(finding.show))}
    ${field('Detector', detectorText(finding, note))}
    ${field('ATT&CK', list(finding.attack))}
    ${field(`First (${times.zone})`, times.long(finding.first), 'told')}
    ${times.after(finding.last, finding.first) && field('Last', times.long(finding.last), 'told')}
    ${field('User', code_(actor.username, 300))}
    ${actor.impersonated && field('Impersonates', code_(actor.impersonated, 300))}
    ${field('Groups', list(actor.groups))}
    ${field('Source IPs', list(finding.sourceIPs))}
    ${field('User agent', code_(finding.userAgent, 300))}
    ${field('Verb', within(finding.verb, 60), 'told')}
    ${field('URI', code_(finding.uri, 600))}
    ${field('Outcome', code === null ? outcome : `${outcome}, HTTP ${code}`)}
    ${detailFields(finding.details)}
    ${field('Audit ID', code_(finding.auditID, 100))}
    ${field('Finding', code_(finding.id, 64), 'told')}
    ${field('Source', code_(place, 300))}
    </dl>
    </div>`;
}

function detectorText({ detector }: ReportedFinding, note: PlacedNote | undefined): Value {
  const name = within(detector, 100);
  return note ? html`<a href="#${note.anchor}">${name}</a>` : name;
}

/** To be copied as a whole. */
function command(text: string | null): Value {
  return text === null ? undefined : html`<code class="copy">${within(text, MAX_COMMAND)}</code>`;
}

/** @param kind `told`: paper has it in the row already. */
function field(name: string, value: Value, kind?: 'told'): Html | undefined {
  if (value === undefined || value === '' || value === NONE) return undefined;
  return html`<div${kind && html` class="${kind}"`}><dt>${name}</dt><dd>${value}</dd></div>`;
}

function code_(text: string, columns: number): Value {
  return text === '' ? undefined : html`<code>${within(text, columns)}</code>`;
}

function list(texts: readonly string[]): Value {
  const shown = texts.slice(0, MAX_LIST).map((text) => html`<code>${within(text, 80)}</code> `);
  if (shown.length === 0) return undefined;
  return texts.length > shown.length ? [...shown, `and ${number(texts.length - shown.length)} more`] : shown;
}

/** A field for each detail, as long as there is room. */
function detailFields(details: ReportedFinding['details']): Value {
  let left = ALL_DETAILS;
  const fields: Value[] = [];
  for (const [name, value] of Object.entries(details)) {
    if (left <= 0) {
      fields.push(field('More details', 'are left out here'));
      break;
    }
    const text = within(cellText(value), Math.min(left, ONE_DETAIL));
    left -= text.length + name.length;
    fields.push(
      html`<div class="detail"><dt>${within(name, 60)}</dt><dd>${text === '' ? NONE : html`<code>${text}</code>`}</dd></div>`,
    );
  }
  return fields;
}

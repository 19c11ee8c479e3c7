/** A group of findings: a row of the table, and all its fields below it. */

import { severityRank } from '../../detect/finding.ts';
import { parseTime } from '../../event/time.ts';
import { cellText } from '../../sinks/cell.ts';
import { actorText, detailsText, objectText } from '../../sinks/finding-text.ts';
import { shortUser } from '../../sinks/users.ts';
import type { DetectorNote, ReportedFinding, Time } from '../model.ts';
import { type Html, html, type Value } from './template.ts';
import { NONE, number, type Times, within } from './texts.ts';

/** Enough of an id to be unique in practice; `auditscan show` takes it. */
const SHORT_ID = 12;
/** Columns of text that the details of a finding take together, and a single one. */
const ALL_DETAILS = 2_400;
const ONE_DETAIL = 1_000;
const MAX_LIST = 20;

/** @param note what the detector finds; undefined where the report does not tell. */
export function findingRow(
  finding: ReportedFinding,
  note: DetectorNote | undefined,
  times: Times,
  isNewKnown: boolean,
): Html {
  const { severity, count, first, last, outcome } = finding;
  const [title, actor] = [within(finding.title, 120), within(actorText(finding.actor, shortUser), 110)];
  const isNew = (finding.new ?? 0) > 0;
  const newText = finding.new === finding.findings ? 'new' : `${number(finding.new ?? 0)} new`;
  return html`<tbody role="rowgroup" data-severity="${severity}" data-outcome="${outcome}"${isNew && html` data-new`}>
    <tr role="row">
    <td role="cell" class="c-severity" rowspan="2" data-v="${severityRank(severity)}"><span class="badge s-${severity}">${severity}</span></td>
    <td role="cell" class="c-first"${sortable(first)}>${times.short(first)}</td>
    <td role="cell" class="c-last${last === first && ' same'}"${sortable(last)}>${times.short(last, first)}</td>
    <td role="cell" class="c-count n" data-v="${count}">${number(count)}</td>
    ${isNewKnown && html`<td role="cell" class="c-new" data-v="${finding.new ?? 0}">${isNew && html`<span class="badge new">${newText}</span>`}</td>`}
    <th role="rowheader" scope="row" class="c-title">${title}</th>
    <td role="cell" class="c-actor">${actor}</td>
    <td role="cell" class="c-action">${actionText(finding)}</td>
    <td role="cell" class="c-outcome"><i class="swatch o-${outcome}"></i>${outcome}</td>
    </tr>
    <tr role="row">
    <td role="cell" class="c-details" colspan="${isNewKnown ? 8 : 7}">
    <details><summary><span class="brief">${briefText(finding)}</span></summary>
    ${fieldsOf(finding, note, times)}
    </details>
    </td>
    </tr>
    </tbody>`;
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

function fieldsOf(finding: ReportedFinding, note: DetectorNote | undefined, times: Times): Html {
  const { actor, source, outcome, code } = finding;
  const place = source ? `${source.label ? `${source.label} ` : ''}${source.path}:${source.offset}` : '';
  return html`<div class="fields">
    ${note && html`<p>${within(note.description, 700)}</p>`}
    ${note?.falsePositives && html`<p><b>Also fires on:</b> ${within(note.falsePositives, 500)}</p>`}
    <dl>
    ${field('Detector', within(finding.detector, 100))}
    ${field('ATT&CK', list(finding.attack))}
    ${field('First', times.long(finding.first))}
    ${field('Last', times.long(finding.last))}
    ${field('User', code_(actor.username, 300))}
    ${actor.impersonated && field('Impersonates', code_(actor.impersonated, 300))}
    ${field('Groups', list(actor.groups))}
    ${field('Source IPs', list(finding.sourceIPs))}
    ${field('User agent', code_(finding.userAgent, 300))}
    ${field('Verb', within(finding.verb, 60))}
    ${field('URI', code_(finding.uri, 600))}
    ${field('Outcome', code === null ? outcome : `${outcome}, HTTP ${code}`)}
    ${detailFields(finding.details)}
    ${field('Audit ID', code_(finding.auditID, 100))}
    ${field('Finding', code_(finding.id, 64))}
    ${field('Source', code_(place, 300))}
    ${field('Raw events', html`<code class="copy">auditscan show ${within(finding.id.slice(0, SHORT_ID), SHORT_ID)}</code> and the path of the log`)}
    </dl>
    </div>`;
}

function field(name: string, value: Value): Html | undefined {
  if (value === undefined || value === '' || value === NONE) return undefined;
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
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

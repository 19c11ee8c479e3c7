/** Who the findings are about: the first question after how bad it is. */

import { type Severity, severityRank } from '../../detect/finding.ts';
import { parseTime } from '../../event/time.ts';
import { countText } from '../../sinks/quantities.ts';
import type { Report, ReportedFinding, Time } from '../model.ts';
import { actorCell } from './finding-row.ts';
import { dataTable } from './tables.ts';
import { type Html, html, type Value } from './template.ts';
import { number, type Times, within } from './texts.ts';

const MAX_ROWS = 10;
const MAX_ADDRESSES = 3;

/** All findings of one actor, as far as the report has them. */
interface Who {
  /** As the rows of findings write it, so that the filter finds it. */
  readonly name: Html;
  severity: Severity;
  findings: number;
  fresh: number;
  first: Time;
  last: Time;
  readonly addresses: Set<string>;
}

/** @param shown findings that have a row on the page: what is in none cannot be looked for. */
export function whoSection(report: Report, shown: readonly ReportedFinding[], times: Times): Value {
  const all = actorsOf(report.findings);
  if (all.length === 0) return undefined;
  const isNewKnown = report.totals.newFindings !== null;
  const inRows = new Set(shown.map(({ actor }) => actorCell(actor).text));
  const rows = all.slice(0, MAX_ROWS);
  const hidden = all.slice(MAX_ROWS);
  const findings = hidden.reduce((sum, one) => sum + one.findings, 0);
  return html`<section id="who" aria-labelledby="who-title">
    <h2 id="who-title">Who</h2>
    ${dataTable(
      'Who the findings are about',
      [
        html`<th scope="col">Actor</th>`,
        html`<th scope="col">Worst</th>`,
        html`<th scope="col" class="n">Findings</th>`,
        isNewKnown && html`<th scope="col" class="n">New</th>`,
        html`<th scope="col">First (${times.zone})</th>`,
        html`<th scope="col">Last</th>`,
        html`<th scope="col">From</th>`,
      ],
      html`<tbody class="who">${rows.map((row) => whoRow(row, inRows.has(row.name.text), isNewKnown, times))}</tbody>`,
    )}
    ${hidden.length > 0 && html`<p class="note">${countText(hidden.length, 'more actor')} with ${countText(findings, 'finding')}.</p>`}
    ${report.otherFindings > 0 && html`<p class="note">Without ${countText(report.otherFindings, 'finding')} that this report has no room for.</p>`}
    </section>`;
}

/** Worst first, then most. */
function actorsOf(findings: readonly ReportedFinding[]): Who[] {
  const actors = new Map<string, Who>();
  for (const { actor, severity, findings: count, new: fresh, first, last, sourceIPs } of findings) {
    const key = JSON.stringify([actor.username, actor.impersonated ?? null]);
    let who = actors.get(key);
    if (who === undefined) {
      who = { name: actorCell(actor), severity, findings: 0, fresh: 0, first, last, addresses: new Set() };
      actors.set(key, who);
    }
    if (severityRank(severity) > severityRank(who.severity)) who.severity = severity;
    who.findings += count;
    who.fresh += fresh ?? 0;
    who.first = oneOf(who.first, first, (a, b) => b < a);
    who.last = oneOf(who.last, last, (a, b) => b > a);
    for (const address of sourceIPs) who.addresses.add(address);
  }
  return [...actors.values()].sort(
    (a, b) => severityRank(b.severity) - severityRank(a.severity) || b.findings - a.findings,
  );
}

/** Any time is better than none. */
function oneOf(a: Time, b: Time, isSecond: (a: number, b: number) => boolean): Time {
  const [x, y] = [parseTime(a), parseTime(b)];
  if (x === undefined) return b;
  return y !== undefined && isSecond(x, y) ? b : a;
}

function whoRow(who: Who, hasRows: boolean, isNewKnown: boolean, times: Times): Html {
  const { name, severity, findings, fresh, first, last } = who;
  const addresses = [...who.addresses];
  const left = addresses.length - MAX_ADDRESSES;
  return html`<tr><th scope="row"><span${hasRows && html` data-pick`}>${name}</span></th><td><span class="badge s-${severity}">${severity}</span></td><td class="n">${number(findings)}</td>${isNewKnown && html`<td class="n${fresh === 0 && ' zero'}">${number(fresh)}</td>`}<td>${times.short(first)}</td><td>${times.after(last, first)}</td><td>${addresses.slice(0, MAX_ADDRESSES).map((address) => html`<code>${within(address, 45)}</code> `)}${left > 0 && html`<span class="none">and ${number(left)} more</span>`}</td></tr>`;
}

/** Who did what: the most active actors and resources, what was denied, what was deleted, what people did out of hours. */

import { countText } from '../../sinks/quantities.ts';
import { nameText } from '../actor-name.ts';
import type {
  ActorActivity,
  ActorName,
  Deletions,
  DeniedRequests,
  OutsideHours,
  Ranking,
  Report,
  ResourceActivity,
} from '../model.ts';
import { type Html, html, type Value } from './template.ts';
import { isolated, NONE, number, type Times, within } from './texts.ts';

/** Rows of each that the page has room for. */
const MAX_ROWS = 40;
const NAME_COLUMNS = 110;
const MAX_NAMES = 12;

/** A table in a region of its own that scrolls where there is no room. */
export function dataTable(label: string, headings: readonly Value[], rows: Value): Html {
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${label}">
    <table><thead><tr>${headings}</tr></thead>${rows}</table>
    </div>`;
}

const text = (title: string): Html => html`<th scope="col">${title}</th>`;
const amount = (title: string): Html => html`<th scope="col" class="n">${title}</th>`;
const count = (value: number): Html => html`<td class="n${value === 0 && ' zero'}">${number(value)}</td>`;

export function actorsTable(ranking: Ranking<ActorActivity>, times: Times, label = 'Most active actors'): Html {
  const rows = ranking.rows.slice(0, MAX_ROWS);
  if (rows.length === 0) return html`<p class="empty">Nobody.</p>`;
  const most = mostOf(rows);
  return html`${dataTable(
    label,
    [
      text('Actor'),
      amount('Requests'),
      amount('Writes'),
      amount('Denied'),
      text(`First (${times.zone})`),
      text('Last'),
    ],
    html`<tbody>${rows.map(
      (row) =>
        html`<tr><th scope="row">${nameCell(row.actor)}</th>${counted(row.count, most)}${count(row.writes)}${count(row.denied)}<td>${times.short(row.first)}</td><td>${times.after(row.last, row.first)}</td></tr>`,
    )}</tbody>`,
  )}${others(ranking, rows.length, 'actor')}`;
}

export function resourcesTable(ranking: Ranking<ResourceActivity>): Html {
  const rows = ranking.rows.slice(0, MAX_ROWS);
  if (rows.length === 0) return html`<p class="empty">None.</p>`;
  const most = mostOf(rows);
  return html`${dataTable(
    'Most used resources',
    [text('Resource'), amount('Requests'), amount('Writes'), amount('Denied')],
    html`<tbody>${rows.map(
      (row) =>
        html`<tr><th scope="row">${resourceText(row.resource)}</th>${counted(row.count, most)}${count(row.writes)}${count(row.denied)}</tr>`,
    )}</tbody>`,
  )}${others(ranking, rows.length, 'resource')}`;
}

export function deniedSection({ denied, totals }: Report, times: Times): Html {
  const rows = denied.rows.slice(0, MAX_ROWS);
  return html`<section id="denied" aria-labelledby="denied-title">
    <h2 id="denied-title">Denied requests</h2>
    ${
      rows.length === 0
        ? html`<p class="empty">No request was denied.</p>`
        : html`<p class="note">${countText(totals.outcomes.denied, 'request')} ${totals.outcomes.denied === 1 ? 'was' : 'were'} refused with 401 or 403.</p>
    ${dataTable(
      'Denied requests',
      [
        text('Actor'),
        text('Verb'),
        text('Resource'),
        text('Namespace'),
        amount('Requests'),
        text(`First (${times.zone})`),
        text('Last'),
      ],
      html`<tbody>${rows.map((row) => deniedRow(row, times, mostOf(rows)))}</tbody>`,
    )}${others(denied, rows.length, 'kind')}`
    }
    </section>`;
}

function deniedRow(row: DeniedRequests, times: Times, most: number): Html {
  return html`<tr><th scope="row">${nameCell(row.actor)}</th><td class="raw">${within(row.verb, 40)}</td><td class="raw">${resourceText(row.resource)}</td><td class="raw">${namespaceText(row.namespace)}</td>${counted(row.count, most)}<td>${times.short(row.first)}</td><td>${times.after(row.last, row.first)}</td></tr>`;
}

export function deletionsSection({ deletions }: Report, times: Times): Html {
  const rows = deletions.rows.slice(0, MAX_ROWS);
  const actors = new Map<string, Deletions[]>();
  for (const row of rows) {
    const key = JSON.stringify([row.actor.username, row.actor.impersonated]);
    actors.set(key, [...(actors.get(key) ?? []), row]);
  }
  return html`<section id="deletions" aria-labelledby="deletions-title">
    <h2 id="deletions-title">Deletions</h2>
    ${
      rows.length === 0
        ? html`<p class="empty">Nothing was deleted.</p>`
        : html`${dataTable(
            'Deletions by actor',
            [
              text('Actor'),
              text('Resource'),
              text('Namespace'),
              amount('Requests'),
              text('Names'),
              text(`First (${times.zone})`),
              text('Last'),
            ],
            [...actors.values()].map((some) => deletionsOf(some, times)),
          )}${others(deletions, rows.length, 'kind')}`
    }
    </section>`;
}

function deletionsOf(rows: readonly Deletions[], times: Times): Html {
  return html`<tbody>${rows.map(
    (row, index) =>
      html`<tr>${index === 0 && html`<th scope="rowgroup" rowspan="${rows.length}">${nameCell(row.actor)}</th>`}<td class="raw">${resourceText(row.resource)}</td><td class="raw">${namespaceText(row.namespace)}</td>${count(row.count)}<td class="raw">${namesText(row)}</td><td>${times.short(row.first)}</td><td>${times.after(row.last, row.first)}</td></tr>`,
  )}</tbody>`;
}

function namesText({ names, count, collections }: Deletions): Value {
  const shown = names.slice(0, MAX_NAMES);
  const left = count - collections - shown.length;
  return [
    collections > 0 &&
      html`<span class="badge k-unread">${collections === 1 ? 'a whole collection' : `${number(collections)} whole collections`}</span> `,
    shown.map((name, index) => html`${index > 0 && ', '}<bdi>${within(name, 63)}</bdi>`),
    left > 0 && shown.length > 0 && `, and ${number(left)} more`,
  ];
}

export function outsideSection({ outsideBusinessHours: outside }: Report, times: Times): Html {
  return html`<section id="outside" aria-labelledby="outside-title">
    <h2 id="outside-title">Outside business hours</h2>
    ${outside === null ? html`<p class="empty">Not looked at: <code>businessHours</code> in the configuration tells when people work.</p>` : outsideHours(outside, times)}
    </section>`;
}

function outsideHours({ businessHours, requests, actors }: OutsideHours, times: Times): Html {
  const hours = html`Business hours: ${within(businessHours, 120)}.`;
  if (requests === 0) return html`<p class="empty">No requests by people outside business hours. ${hours}</p>`;
  return html`<p class="note">${countText(requests, 'request')} by people outside business hours. ${hours}</p>
    ${actorsTable(actors, times, 'Actors outside business hours')}`;
}

function nameCell(actor: ActorName): Value {
  return isolated(within(nameText(actor), NAME_COLUMNS));
}

function resourceText(resource: string): Value {
  return resource === '' ? html`<span class="none">no resource</span>` : within(resource, 80);
}

function namespaceText(namespace: string): Value {
  return namespace === '' ? NONE : within(namespace, 63);
}

function mostOf(rows: readonly { readonly count: number }[]): number {
  return rows.reduce((most, row) => Math.max(most, row.count), 1);
}

/** A number with a bar. A drawing, as styles of single elements are forbidden to the page. */
function counted(value: number, most: number): Html {
  const share = Math.max(0.5, Math.round((1000 * value) / most) / 10);
  return html`<td class="n counted">${number(value)}<svg class="bar" viewBox="0 0 100 3" preserveAspectRatio="none" aria-hidden="true"><rect width="${share}" height="3"></rect></svg></td>`;
}

function others(
  { rows, others: rest, isComplete }: Ranking<{ readonly count: number }>,
  shown: number,
  noun: string,
): Value {
  const hidden = rest.rows + rows.length - shown;
  const counts = rows.slice(shown).reduce((sum, row) => sum + row.count, rest.count);
  if (hidden === 0 && isComplete) return undefined;
  return html`<p class="note">${hidden > 0 && `${countText(hidden, `more ${noun}`)} with ${countText(counts, 'request')}.`}${!isComplete && html` There were too many to count all of them one by one: small numbers may be too low.`}</p>`;
}

/** Requests by the hour of the day, a row for each actor or namespace. */

import { countText } from '../../sinks/quantities.ts';
import type { Hours } from '../model.ts';
import { type Chart, drawChart, labels } from './charts.ts';
import { type Html, html } from './template.ts';
import { number, within } from './texts.ts';

/** Rows that the page has room for. */
const MAX_ROWS = 20;
const WIDTH = 620;
const LABEL = 186;
/** Columns of 11 px in a font of fixed width that fit into {@link LABEL}. */
const LABEL_COLUMNS = 26;
/** In the label of a mark, of which there are hundreds. */
const NAME_COLUMNS = 70;
const CELL = 16;
const ROW = 19;
const TOP = 18;
/** Shades beside that of nothing; `--heat-0` to `--heat-6`. */
const SHADES = 6;

interface Row {
  readonly name: string;
  readonly hours: readonly number[];
  readonly total: number;
}

/** @param kind `actor` or `namespace`. */
export async function heatMap<Name>(
  kind: string,
  { rows, others }: Hours<Name>,
  nameOf: (name: Name) => string,
  timezone: string,
): Promise<Html> {
  if (rows.length === 0) return html`<p class="empty">No request has a time.</p>`;
  const shown = rows.slice(0, MAX_ROWS).map(({ name, hours }): Row => {
    const all = Array.from({ length: 24 }, (_, hour) => hours[hour] ?? 0);
    return { name: nameOf(name), hours: all, total: all.reduce((sum, count) => sum + count, 0) };
  });
  const left = others + rows.length - shown.length;
  const label = `Requests by hour of the day and ${kind}, in ${timezone}; the table below has the numbers`;
  return html`<div class="scroll heat" role="region" tabindex="0" aria-label="Heat map by ${kind}">
    ${await drawChart(chartOf(shown, label))}
    </div>
    ${legend()}
    ${left > 0 && html`<p class="note">${countText(left, `more ${kind}`)} not shown.</p>`}
    ${table(kind, shown, timezone)}`;
}

function chartOf(rows: readonly Row[], label: string): Chart {
  const most = Math.max(1, ...rows.flatMap(({ hours }) => hours));
  const y = (row: number): number => TOP + row * ROW;
  const cells = rows.flatMap(({ name, hours }, row) =>
    hours.map((count, hour) => ({
      x: LABEL + hour * CELL,
      y: y(row),
      fill: `var(--heat-${shade(count, most)})`,
      label: `${within(name, NAME_COLUMNS)}, ${clockHour(hour)} to ${clockHour(hour + 1)}: ${countText(count, 'request')}`,
    })),
  );
  const names = rows.map(({ name }, row) => ({ x: LABEL - 8, y: y(row) + ROW / 2, text: within(name, LABEL_COLUMNS) }));
  const totals = rows.map(({ total }, row) => ({ x: WIDTH - 2, y: y(row) + ROW / 2, text: number(total) }));
  const hours = [0, 3, 6, 9, 12, 15, 18, 21].map((hour) => ({
    x: LABEL + hour * CELL + CELL / 2,
    y: TOP - 9,
    text: String(hour).padStart(2, '0'),
  }));
  const texts = [
    labels('names', names, 'right', 'var(--text)'),
    labels('totals', totals, 'right'),
    labels('hours', hours, 'center'),
    labels('heading', [{ x: WIDTH - 2, y: TOP - 9, text: 'requests' }], 'right'),
  ];
  const enter = {
    x: { field: 'x' },
    y: { field: 'y' },
    width: { value: CELL - 1 },
    height: { value: ROW - 1 },
    fill: { field: 'fill' },
    description: { field: 'label' },
  };
  return {
    label,
    width: WIDTH,
    height: y(rows.length),
    spec: {
      data: [{ name: 'cells', values: cells }, ...texts.map(({ data }) => data)],
      marks: [
        { type: 'rect', name: 'tips', from: { data: 'cells' }, encode: { enter } },
        ...texts.map(({ mark }) => mark),
      ],
    },
  };
}

/** By orders of magnitude: a controller's thousands would leave people's dozens without colour. */
function shade(count: number, most: number): number {
  if (count <= 0) return 0;
  // Of the most, the quotient may come out a little above what it is.
  return Math.min(SHADES, Math.max(1, Math.ceil((SHADES * Math.log1p(count)) / Math.log1p(most))));
}

function clockHour(hour: number): string {
  return `${String(hour % 24).padStart(2, '0')}:00`;
}

function legend(): Html {
  const swatches = Array.from({ length: SHADES + 1 }, (_, index) => html`<i class="swatch heat-${index}"></i>`);
  return html`<p class="legend" aria-hidden="true">none ${swatches} most (logarithmic)</p>`;
}

function table(kind: string, rows: readonly Row[], timezone: string): Html {
  const hours = Array.from({ length: 24 }, (_, hour) => html`<th scope="col">${String(hour).padStart(2, '0')}</th>`);
  return html`<details class="numbers">
    <summary>Numbers by ${kind}</summary>
    <div class="scroll" role="region" tabindex="0" aria-label="Requests by hour and ${kind}, numbers">
    <table class="small">
    <caption>Requests by the hour of the day in ${timezone}</caption>
    <thead><tr><th scope="col">${kind === 'actor' ? 'Actor' : 'Namespace'}</th>${hours}<th scope="col">All</th></tr></thead>
    <tbody>${rows.map(
      ({ name, hours, total }) =>
        html`<tr><th scope="row">${within(name, 80)}</th>${hours.map((count) => html`<td class="n">${number(count)}</td>`)}<td class="n">${number(total)}</td></tr>`,
    )}</tbody>
    </table>
    </div>
    </details>`;
}

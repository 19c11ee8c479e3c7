/** Requests and findings over time. Findings have a lane for each severity: one critical is seen beside 10,000 medium. */

import { SEVERITIES, type Severity } from '../../detect/finding.ts';
import type { Outcome } from '../../event/outcome.ts';
import { countText } from '../../sinks/quantities.ts';
import type { Bucket, Timeline } from '../model.ts';
import { type Chart, drawChart, type Label, labels } from './charts.ts';
import { type Html, html } from './template.ts';
import { number, type Times } from './texts.ts';
import { axisLabels } from './timeline-axis.ts';

const WIDTH = 1120;
const LEFT = 64;
const RIGHT = 8;
const LANE = 20;
const BARS = 104;
const WIDEST = 80;
const MAX_BARS = 120;

/** From the axis upwards: what is rare stands where it can be compared. */
export const STACK: readonly Outcome[] = ['denied', 'failed', 'unknown', 'allowed'];
export const WORST_FIRST: readonly Severity[] = [...SEVERITIES].reverse();

export async function timelineSection(timeline: Timeline, timezone: string, times: Times): Promise<Html> {
  const { buckets, seconds } = merged(timeline);
  if (buckets.length === 0) return html`<p class="empty">There was no request with a time to show.</p>`;
  const severities = WORST_FIRST.filter((severity) => buckets.some(({ findings }) => findings[severity] > 0));
  const outcomes = [...STACK].reverse().filter((outcome) => buckets.some((bucket) => bucket.outcomes[outcome] > 0));
  const label = `Requests by outcome and findings by severity over time, in steps of ${stepText(seconds)}; the table below has the numbers`;
  return html`<div class="scroll wide" role="region" tabindex="0" aria-label="Timeline">
    ${await drawChart(chartOf(buckets, severities, label, times))}
    </div>
    <div class="under"><ul class="keys" aria-label="Colours of the chart">${outcomes.map((outcome) => html`<li><i class="swatch o-${outcome}"></i>${outcome}</li>`)}</ul>
    <p class="note">A bar is ${stepText(seconds)}; times are in ${timezone}. ${severities.length > 0 && 'Of findings, the larger the mark, the more there are.'}
    ${timeline.untimed > 0 && ` ${countText(timeline.untimed, 'request')} had no time.`}</p></div>
    ${table(buckets, severities, timezone, times)}`;
}

/** As few bars as there is room for; the report's own are few enough already. */
function merged({ buckets, bucketSeconds }: Timeline): { buckets: readonly Bucket[]; seconds: number } {
  const factor = Math.ceil(buckets.length / MAX_BARS);
  if (factor <= 1) return { buckets, seconds: bucketSeconds };
  const joined: Bucket[] = [];
  for (let index = 0; index < buckets.length; index += factor) {
    const some = buckets.slice(index, index + factor);
    joined.push({
      start: some[0]?.start ?? '',
      outcomes: sums(STACK, some, (bucket, outcome) => bucket.outcomes[outcome]),
      findings: sums(SEVERITIES, some, (bucket, severity) => bucket.findings[severity]),
    });
  }
  return { buckets: joined, seconds: bucketSeconds * factor };
}

function sums<Name extends string>(
  names: readonly Name[],
  buckets: readonly Bucket[],
  of: (bucket: Bucket, name: Name) => number,
): Record<Name, number> {
  const pairs = names.map((name) => [name, buckets.reduce((sum, bucket) => sum + of(bucket, name), 0)]);
  return Object.fromEntries(pairs) as Record<Name, number>;
}

function chartOf(buckets: readonly Bucket[], severities: readonly Severity[], label: string, times: Times): Chart {
  const step = (WIDTH - LEFT - RIGHT) / buckets.length;
  const x = (index: number): number => round(LEFT + index * step);
  const lanes = severities.length * LANE;
  const top = lanes === 0 ? 10 : lanes + 22;
  const bottom = top + BARS;
  const most = niceMost(Math.max(1, ...buckets.map(requestsOf)));
  const y = (count: number): number => bottom - (BARS * count) / most;

  const bars = buckets.flatMap((bucket, index) => {
    let under = 0;
    return STACK.flatMap((outcome) => {
      const count = bucket.outcomes[outcome];
      if (count === 0) return [];
      const foot = y(under);
      under += count;
      // A single denied request is seen beside thousands.
      const height = Math.max(1.5, foot - y(under));
      return [
        {
          x: x(index),
          y: round(foot - height),
          width: barWidth(step),
          height: round(height),
          fill: `var(--o-${outcome})`,
        },
      ];
    });
  });
  const loudest = Math.max(1, ...buckets.flatMap(({ findings }) => severities.map((severity) => findings[severity])));
  const dots = buckets.flatMap(({ findings }, index) =>
    severities.flatMap((severity, lane) => {
      const count = findings[severity];
      if (count === 0) return [];
      const across = 7 + 9 * (loudest === 1 ? 0 : Math.log(count) / Math.log(loudest));
      const at = { x: round(x(index) + barWidth(step) / 2), y: lane * LANE + LANE / 2 };
      return [{ ...at, size: round(across * across), fill: `var(--s-${severity}-mark)` }];
    }),
  );
  const tips = buckets.map((bucket, index) => ({ x: x(index), width: round(step), label: tipText(bucket, times) }));
  const grid = [most, most / 2, 0].map((count) => ({ y: round(y(count)), count }));
  const rules = [...severities.map((_, lane) => ({ y: lane * LANE + LANE / 2 })), ...grid];
  const { ticks, dates } = axisLabels(buckets, times, step);
  const under =
    (offset: number) =>
    ({ index, text }: { index: number; text: string }): Label => ({ x: x(index), y: bottom + offset, text });
  const texts = [
    labels(
      'counts',
      grid.map((line) => ({ x: LEFT - 8, y: line.y, text: axisNumber(line.count) })),
      'right',
    ),
    labels(
      'lanes',
      severities.map((severity, lane) => ({ x: LEFT - 8, y: lane * LANE + LANE / 2, text: severity })),
      'right',
      'var(--text)',
    ),
    labels('ticks', ticks.map(under(18)), 'left'),
    labels('dates', dates.map(under(34)), 'left', 'var(--text)'),
  ];
  const marks = ticks.map(({ index }) => ({ x: x(index), y: bottom }));
  return {
    label,
    width: WIDTH,
    height: bottom + 44,
    spec: {
      data: [
        { name: 'rules-data', values: rules },
        { name: 'marks-data', values: marks },
        { name: 'bars-data', values: bars },
        { name: 'dots-data', values: dots },
        { name: 'tips-data', values: tips },
        ...texts.map(({ data }) => data),
      ],
      marks: [
        {
          type: 'rule',
          name: 'rules',
          from: { data: 'rules-data' },
          aria: false,
          encode: {
            enter: {
              x: { value: LEFT },
              x2: { value: WIDTH - RIGHT },
              y: { field: 'y' },
              stroke: { value: 'var(--grid)' },
            },
          },
        },
        {
          type: 'rule',
          name: 'marks',
          from: { data: 'marks-data' },
          aria: false,
          encode: {
            enter: {
              x: { field: 'x' },
              y: { field: 'y' },
              y2: { value: bottom + 24 },
              stroke: { value: 'var(--grid)' },
            },
          },
        },
        {
          type: 'rect',
          name: 'bars',
          from: { data: 'bars-data' },
          aria: false,
          encode: { enter: fields('x', 'y', 'width', 'height', 'fill') },
        },
        {
          type: 'symbol',
          name: 'dots',
          from: { data: 'dots-data' },
          aria: false,
          encode: { enter: fields('x', 'y', 'size', 'fill') },
        },
        ...texts.map(({ mark }) => mark),
        {
          type: 'rect',
          name: 'tips',
          from: { data: 'tips-data' },
          encode: {
            enter: {
              ...fields('x', 'width'),
              y: { value: 0 },
              height: { value: bottom },
              fill: { value: 'transparent' },
              description: { field: 'label' },
            },
          },
        },
      ],
    },
  };
}

function fields(...names: readonly string[]): Record<string, { field: string }> {
  return Object.fromEntries(names.map((field) => [field, { field }]));
}

/** Two digits after the point, as more of them are only longer. */
function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function barWidth(step: number): number {
  return round(Math.max(1, Math.min(step - 1, step * 0.86, WIDEST)));
}

/** 1, 2, 3, 4, 6 or 8 and zeros, the half of which is a whole number as well. */
function niceMost(count: number): number {
  const power = 10 ** Math.floor(Math.log10(count));
  return [1, 2, 3, 4, 6, 8, 10].map((step) => step * power).find((most) => most >= count && most % 2 === 0) ?? 2;
}

/** `4,000`, `2.5 M`. */
function axisNumber(count: number): string {
  return count >= 1e6 ? `${number(count / 1e6)} M` : number(count);
}

export function requestsOf({ outcomes }: Bucket): number {
  return STACK.reduce((sum, outcome) => sum + outcomes[outcome], 0);
}

function tipText(bucket: Bucket, times: Times): string {
  const { outcomes, findings } = bucket;
  const parts = [...STACK].reverse().filter((outcome) => outcomes[outcome] > 0);
  const found = WORST_FIRST.filter((severity) => findings[severity] > 0);
  return [
    `${times.minute(bucket.start)}: ${countText(requestsOf(bucket), 'request')}`,
    parts.length > 0 && ` (${parts.map((outcome) => `${number(outcomes[outcome])} ${outcome}`).join(', ')})`,
    found.length > 0 &&
      `; findings: ${found.map((severity) => `${number(findings[severity])} ${severity}`).join(', ')}`,
  ]
    .filter(Boolean)
    .join('');
}

/** `15 minutes`, `1 hour`. */
function stepText(seconds: number): string {
  const units: readonly [number, string][] = [
    [86_400, 'day'],
    [3_600, 'hour'],
    [60, 'minute'],
  ];
  const [size, unit] = units.find(([unitSeconds]) => seconds % unitSeconds === 0) ?? [1, 'second'];
  return countText(seconds / size, unit);
}

function table(buckets: readonly Bucket[], severities: readonly Severity[], timezone: string, times: Times): Html {
  const outcomes = [...STACK].reverse();
  return html`<details class="numbers">
    <summary>Numbers of the timeline</summary>
    <div class="scroll" role="region" tabindex="0" aria-label="Timeline, numbers">
    <table class="small">
    <caption>Requests by outcome and findings by severity; times are in ${timezone}</caption>
    <thead><tr><th scope="col">From</th><th scope="col">Requests</th>${outcomes.map((outcome) => html`<th scope="col">${outcome}</th>`)}${severities.map((severity) => html`<th scope="col">${severity}</th>`)}</tr></thead>
    <tbody>${buckets.map(
      (bucket) =>
        html`<tr><th scope="row">${times.minute(bucket.start)}</th><td class="n">${number(requestsOf(bucket))}</td>${outcomes.map((outcome) => html`<td class="n">${number(bucket.outcomes[outcome])}</td>`)}${severities.map((severity) => html`<td class="n">${number(bucket.findings[severity])}</td>`)}</tr>`,
    )}</tbody>
    </table>
    </div>
    </details>`;
}

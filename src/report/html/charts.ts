/** Draws: vega makes SVG of a chart's description, in Node, the same on every machine. */

import type { Mark, Spec } from 'vega';
import { type Html, html, trusted } from './template.ts';

/** A chart that vega draws, and what is said in its place to who cannot see it. */
export interface Chart {
  readonly label: string;
  readonly width: number;
  readonly height: number;
  readonly spec: Pick<Spec, 'data' | 'scales' | 'marks'>;
}

/**
 * Vega takes long to load, which only a report has to spend. Sizes are given and nothing is fitted to its
 * contents, as measuring text would need a font. Colours are CSS variables, so that themes and print apply.
 */
export async function drawChart({ label, width, height, spec }: Chart): Promise<Html> {
  const vega = await import('vega');
  const runtime = vega.parse({ ...spec, width, height, padding: 0, autosize: 'none' });
  const view = new vega.View(runtime, { renderer: 'none', logLevel: vega.None });
  try {
    const svg = await view.toSVG();
    const opening = html`<svg class="chart" role="img" aria-label="${label}" viewBox="0 0 ${width} ${height}">`;
    return trusted(svg.replace(/^<svg[^>]*>/, () => opening.text));
  } finally {
    view.finalize();
  }
}

/** A text of a chart, and where it stands. */
export interface Label {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

/** Texts of a chart; their name is their class in the page. */
export function labels(
  name: string,
  values: readonly Label[],
  align: 'left' | 'center' | 'right',
  fill = 'var(--muted)',
): { data: { name: string; values: Label[] }; mark: Mark } {
  const data = `${name}-data`;
  const enter = {
    x: { field: 'x' },
    y: { field: 'y' },
    text: { field: 'text' },
    align: { value: align },
    baseline: { value: 'middle' as const },
    fontSize: { value: 11 },
    fill: { value: fill },
  };
  return {
    data: { name: data, values: [...values] },
    mark: { type: 'text', name, from: { data }, aria: false, encode: { enter } },
  };
}

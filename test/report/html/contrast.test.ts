import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const CSS = readFileSync(new URL('../../../src/report/html/page.css', import.meta.url), 'utf8');
const colours = new Map(
  [...CSS.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);/g)].map(
    ([, name = '', light = '', dark = '']) => [name, { light, dark }],
  ),
);

/** WCAG 2: relative luminance. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'];
const GROUNDS = ['ground', 'surface', 'raised'];

/** Text, what it stands on. */
const TEXTS: readonly [string, string][] = [
  ...GROUNDS.flatMap((ground): [string, string][] => [
    ['text', ground],
    ['muted', ground],
    ['accent', ground],
  ]),
  ['warn-text', 'warn-ground'],
  ['good-text', 'good-ground'],
  // The tooltip.
  ['surface', 'text'],
  ...SEVERITIES.map((severity): [string, string] => [`s-${severity}-text`, `s-${severity}-ground`]),
];
/** What must be seen to be understood. */
const MARKS: readonly [string, string][] = [
  ...SEVERITIES.map((severity): [string, string] => [`s-${severity}-mark`, 'surface']),
  ...['allowed', 'denied', 'failed', 'unknown'].map((outcome): [string, string] => [`o-${outcome}`, 'surface']),
  ['control', 'surface'],
  ['control', 'ground'],
  ['accent', 'surface'],
  ['heat-6', 'heat-0'],
];

it('every colour has a light and a dark form', () => {
  const declared = [...CSS.matchAll(/^ {2}--([\w-]+): (?!.*(?:var\(|sans-serif|monospace))/gm)].map(([, name]) => name);
  expect([...colours.keys()]).toEqual(declared);
  expect(colours.size).toBeGreaterThan(30);
  // Nor is one written anywhere else.
  expect(CSS.match(/#[0-9a-f]{3,8}\b/g)).toHaveLength(colours.size * 2);
});

it.each(['light', 'dark'] as const)('in the %s theme all can be read and seen', (theme) => {
  const ratio = ([above, below]: readonly [string, string]): number => {
    const [a, b] = [colours.get(above)?.[theme], colours.get(below)?.[theme]];
    expect(a && b, `${above} on ${below}`).toBeTruthy();
    return contrast(a ?? '', b ?? '');
  };
  const poor = [...TEXTS.filter((pair) => ratio(pair) < 4.5), ...MARKS.filter((pair) => ratio(pair) < 3)].map(
    (pair) => `${pair.join(' on ')}: ${ratio(pair).toFixed(2)}`,
  );
  expect(poor).toEqual([]);
});

it('the shades of the heat map go one way', () => {
  for (const theme of ['light', 'dark'] as const) {
    const shades = Array.from({ length: 7 }, (_, index) => luminance(colours.get(`heat-${index}`)?.[theme] ?? ''));
    const sorted = [...shades].sort((a, b) => (theme === 'light' ? b - a : a - b));
    expect(shades).toEqual(sorted);
  }
});

import { expect, it } from 'vitest';
import { run } from '../command-line.ts';
import { eventSeries } from './numbered-events.ts';

const series = eventSeries(1, Date.parse('2026-11-21T10:00:00Z') * 1000);
const lines = Array.from({ length: 1000 }, (_, index) => series.line(index + 1));

it('events carry their number and come in every size', () => {
  expect(lines.map((line) => series.numberOf(line))).toEqual(lines.map((_, index) => index + 1));
  const sizes = lines.map((line) => line.length).sort((a, b) => a - b);
  expect(sizes[0]).toBeLessThan(600);
  expect(sizes.filter((size) => size > 4000 && size < 21_000).length).toBeGreaterThan(30);
  expect(sizes.at(-1)).toBeGreaterThan(300_000);
});

it('every seventh request gives one finding, its end and all others none', async () => {
  const { stdout } = await run(['detect', '-', '-qojsonl'], { stdin: `${lines.join('\n')}\n` });
  const findings = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { auditID: string; detector: string });
  expect(new Set(findings.map(({ detector }) => detector))).toEqual(new Set(['prod-exec']));
  expect(findings.map(({ auditID }) => series.findingOf(auditID))).toEqual(
    Array.from({ length: Math.floor(1000 / 7) }, (_, index) => 7 * (index + 1)),
  );
});

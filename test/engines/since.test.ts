/** `since` finds its start in a file, and misses nothing that reading all of it finds. */

import { afterAll, expect, it } from 'vitest';
import { auditLog } from '../../bench/log.ts';
import { MIXES } from '../../bench/mix.ts';
import { seededRandom } from '../../bench/random.ts';
import { createSelector } from '../../src/commands/selectors.ts';
import { parseTime } from '../../src/event/time.ts';
import { createSummary, type Finding, loadDetectors, type Source, scan } from '../../src/index.ts';
import { createLogFiles } from './log-file.ts';

const files = createLogFiles();
afterAll(() => files.remove());

const START = parseTime('2026-03-01T06:00:00Z') ?? 0;
const SECOND = 1_000_000;
/** So small that a log of seconds is worth seeking in. */
const SEEK = { slack: SECOND / 10, minSize: 1, samples: 8, spacing: 100_000, window: 8_192, maxWindow: 65_536 };

function makeLog(): { readonly log: Buffer; readonly seconds: number } {
  const lines: string[] = [];
  const generator = auditLog({ mix: MIXES.busy, start: START, everyStage: false }, seededRandom(7));
  for (let count = 0; count < 6_000; count++) lines.push(generator.next().value);
  const last = /"stageTimestamp":"([^"]*)"/.exec(lines.at(-1) ?? '')?.[1];
  return { log: Buffer.from(`${lines.join('\n')}\n`), seconds: ((parseTime(last) ?? START) - START) / SECOND };
}

interface Told {
  readonly findings: readonly Finding[];
  readonly bytes: number;
  readonly selected: number;
  readonly notes: readonly string[];
}

async function ask(source: Source, since: string, reader: 'wasm' | 'plain'): Promise<Told> {
  const summary = createSummary();
  const select = createSelector({ since }, Date.now());
  const findings: Finding[] = [];
  const detectors = await loadDetectors();
  for await (const found of scan({ sources: [source], summary, detectors, select, reader, seek: SEEK }))
    findings.push(...found);
  return { findings, bytes: summary.bytes, selected: summary.selected, notes: summary.notes };
}

it('reads less, and finds the same', { timeout: 60_000 }, async () => {
  const { log, seconds } = makeLog();
  const source = files.write(log);
  let skipped = 0;
  for (const share of [0, 0.3, 0.6, 0.9, 0.99]) {
    const since = new Date(START / 1000 + share * seconds * 1000).toISOString();
    const whole = await ask(source, since, 'plain');
    const part = await ask(source, since, 'wasm');
    expect(part.findings, since).toEqual(whole.findings);
    expect(part.selected, since).toBe(whole.selected);
    const isPart = part.bytes < log.length;
    expect(part.notes.length, since).toBe(isPart ? 1 : 0);
    if (isPart) {
      expect(part.notes[0]).toMatch(/: its first .* are from before --since and were not read$/);
      skipped += 1;
    }
    expect(whole.bytes).toBe(log.length);
  }
  expect(skipped).toBeGreaterThan(1);
});

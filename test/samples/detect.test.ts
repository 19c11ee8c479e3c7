import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Finding } from '../../src/detect/finding.ts';
import { loadDetectors } from '../../src/detect/load.ts';
import { globMatches } from '../../src/event/glob.ts';
import { scan } from '../../src/scan.ts';
import { findSources } from '../../src/sources/find.ts';
import { createSummary } from '../../src/summary.ts';
import { ROOT } from '../command-line.ts';

/** A group of findings: what the sample's README says must, may, or must not be found. */
interface Entry {
  readonly detector: string;
  /** User name; a pattern where background noise is meant. */
  readonly actor: string;
  readonly object?: Readonly<Record<string, string>>;
  readonly requests: number;
  readonly first: string;
}
interface Expected {
  readonly totals: { readonly events: number; readonly requests: number };
  readonly mustFind: readonly Entry[];
  readonly mayFind: readonly Entry[];
  readonly mustStaySilent: readonly (Omit<Entry, 'requests' | 'first'> & { readonly why: string })[];
}

const FOLDER = join(ROOT, 'samples/incident');
const expected = JSON.parse(readFileSync(join(FOLDER, 'expected.json'), 'utf8')) as Expected;
const summary = createSummary();
const found: Finding[] = [];
const { sources } = await findSources([FOLDER]);
for await (const findings of scan({ sources, summary, detectors: await loadDetectors() })) found.push(...findings);

/** A window's finding is of its first event; what is expected of it names no object. */
function isOf(entry: Pick<Entry, 'detector' | 'actor' | 'object'>, { detector, actor, object }: Finding): boolean {
  if (detector !== entry.detector || !globMatches(actor.username, entry.actor)) return false;
  return entry.object === undefined || JSON.stringify(sorted(object)) === JSON.stringify(sorted(entry.object));
}

function sorted(object: object | null): [string, unknown][] {
  return Object.entries(object ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
}

const known = [...expected.mustFind, ...expected.mayFind];
const unexpected = found.filter((finding) => !known.some((entry) => isOf(entry, finding)));

test('every event and request is read', () => {
  const { events, requests, rejects, failures } = summary;
  expect({ events, requests, rejects: rejects.size, failures: failures.size }).toEqual({
    events: expected.totals.events,
    requests: expected.totals.requests,
    rejects: 0,
    failures: 0,
  });
});

test.each(expected.mustFind)('$detector finds $actor at $first', (entry) => {
  const findings = found.filter((finding) => isOf(entry, finding));
  expect(findings.reduce((sum, { count }) => sum + count, 0)).toBe(entry.requests);
  expect((findings[0]?.first ?? findings[0]?.time)?.slice(0, 19)).toBe(entry.first.slice(0, 19));
});

test.each(expected.mustStaySilent)('$detector stays silent about $actor: $why', (entry) => {
  expect(unexpected.filter((finding) => isOf(entry, finding))).toEqual([]);
});

test('nothing else is found', () => {
  expect(unexpected).toEqual([]);
});

test('the tactics of the story are all there', () => {
  const detectors = new Set(found.map(({ detector }) => detector));
  expect(detectors.size).toBe(18);
});

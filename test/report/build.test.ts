import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Detector, parseDetector } from '../../src/detect/detector.ts';
import { formatTime, parseTime } from '../../src/event/time.ts';
import { createActivity } from '../../src/report/activity.ts';
import { buildReport } from '../../src/report/build.ts';
import { collect } from '../../src/report/collect.ts';
import { createDigests } from '../../src/report/digests.ts';
import { createFindings } from '../../src/report/findings.ts';
import { renderJson } from '../../src/report/json.ts';
import { type Known, openKnown } from '../../src/report/known.ts';
import type { Report } from '../../src/report/model.ts';
import { createTimeline } from '../../src/report/timeline.ts';
import { createWindow } from '../../src/report/window.ts';
import { createZone } from '../../src/report/zone.ts';
import { judgeRequests } from '../../src/scan.ts';
import { createClock } from '../../src/sinks/clock.ts';
import type { Source } from '../../src/sources/types.ts';
import { createSummary } from '../../src/summary.ts';
import { auditLine } from '../audit-event.ts';

const MINUTE = 60_000_000;
const NOON = timeOf('2026-11-17T12:00:00Z');
const NOW = timeOf('2026-11-17T18:00:00Z');

let folder: string;
let written = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'auditscan-build-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const ajv = new Ajv2020({ strict: true });
addFormats.default(ajv);
const isReport = ajv.compile(
  JSON.parse(readFileSync(new URL('../../docs/report.schema.json', import.meta.url), 'utf8')),
);

function timeOf(text: string): number {
  const time = parseTime(text);
  if (time === undefined) throw new Error(`no time: ${text}`);
  return time;
}

function detector(id: string, severity: string, match: string, ...lines: readonly string[]): Detector {
  const text = [`id: ${id}`, `title: Title of ${id}`, `severity: ${severity}`, 'attack: [T1552.007]'];
  return parseDetector(
    `${id}.yaml`,
    [...text, `description: What ${id} finds.`, `match: ${JSON.stringify(match)}`, ...lines, ''].join('\n'),
  );
}

const SECRETS = detector('secret-read', 'high', 'objectRef.resource = "secrets"', 'falsePositives: A backup.');
const REFUSALS = detector(
  'refusals',
  'medium',
  'responseStatus.code = 403',
  'window: { by: [user.username], within: 5m, count: 3 }',
);

interface Options {
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly now?: number;
  /** With it the report is one since the last. */
  readonly known?: Known | undefined;
}

/** As `auditscan report` makes it. */
async function reportOf(sources: readonly Source[], options: Options = {}): Promise<Report> {
  const { since, until, now = NOW, known } = options;
  const summary = createSummary();
  const last = (log: string): number | undefined => {
    const time = known?.lastOf(log);
    return time === undefined ? undefined : time + 1;
  };
  const window = createWindow(sources, { since: known ? last : since, until, now });
  const detectors = [SECRETS, REFUSALS];
  const activity = createActivity(createZone('UTC'), () => false);
  const timeline = createTimeline();
  const findings = createFindings(known, detectors);
  const digests = createDigests();
  const { select } = window;
  const onRead = digests.read;
  await collect(judgeRequests({ sources, summary, detectors, select, onRead }), {
    window,
    findings,
    activity,
    timeline,
  });
  for (const log of window.logs) if (log.last !== undefined) known?.setLast(log.log, log.last);
  return buildReport({
    ...{ now, version: '1.2.3', title: 'A title', timezone: 'UTC', clock: createClock('UTC'), summary, window },
    ...{ sinceLast: known !== undefined, detectors, findings, activity, timeline, digests, forgottenFindings: 0 },
    ...{ end: Math.min(now, until ?? now), selection: [], configuration: null },
    commandsOf: () => ({ show: 'auditscan show', next: null }),
    businessHours: 'Mon to Fri, 08:00 to 18:00, UTC',
  });
}

/** A log of these lines; `minute` counts from noon. */
async function log(...lines: readonly string[]): Promise<Source> {
  written += 1;
  const path = join(folder, `${written}.log`);
  const text = lines.map((line) => `${line}\n`).join('');
  await writeFile(path, text);
  return { path, size: text.length };
}

function event(minute: number, fields: Readonly<Record<string, unknown>> = {}): string {
  const time = formatTime(Math.round(NOON + minute * MINUTE));
  return auditLine({ auditID: `id-${minute}`, stageTimestamp: time, requestReceivedTimestamp: time, ...fields });
}

const refused = (minute: number): string =>
  event(minute, {
    objectRef: { resource: 'pods', namespace: 'test' },
    user: { username: 'eve' },
    responseStatus: { code: 403 },
  });
const deleted = (minute: number): string =>
  event(minute, { verb: 'delete', objectRef: { resource: 'pods', namespace: 'prod', name: 'web' } });

const handful = (): Promise<Source> =>
  log(
    ...[event(0), event(1, { user: { username: 'tomasz' } }), 'klog line', refused(10), refused(11), refused(12)],
    ...[deleted(20), event(30, { stage: 'RequestReceived' }), event(59)],
  );

function check(report: Report): void {
  expect(isReport(JSON.parse(renderJson(report))), JSON.stringify(isReport.errors)).toBe(true);
}

describe('a report', () => {
  it('tells what was found and what was done', async () => {
    const source = await handful();
    const report = await reportOf([source], { since: NOON, until: NOON + 60 * MINUTE });
    expect(report).toMatchObject({
      ...{
        auditscan: 'report',
        version: 1,
        generated: '2026-11-17T18:00:00.000000Z',
        title: 'A title',
        timezone: 'UTC',
      },
      tool: { name: 'auditscan', version: '1.2.3' },
      window: {
        ...{ since: '2026-11-17T12:00:00.000000Z', until: '2026-11-17T13:00:00.000000Z', sinceLast: false },
        ...{ first: '2026-11-17T12:00:00.000000Z', last: '2026-11-17T12:59:00.000000Z' },
      },
      totals: {
        ...{ requests: 7, events: 8, actors: 3, namespaces: 2, findings: 4, newFindings: null },
        outcomes: { allowed: 4, denied: 3, failed: 0, unknown: 0 },
      },
      otherFindings: 0,
      toldBefore: null,
      outsideBusinessHours: { businessHours: 'Mon to Fri, 08:00 to 18:00, UTC', requests: 7 },
    });
    expect(report.findings.map(({ detector, actor, count }) => [detector, actor.username, count])).toEqual([
      ['secret-read', 'maria', 2],
      ['secret-read', 'tomasz', 1],
      ['refusals', 'eve', 3],
    ]);
    expect(report.detectors).toEqual([
      { id: 'refusals', title: 'Title of refusals', description: 'What refusals finds.', falsePositives: null },
      {
        ...{ id: 'secret-read', title: 'Title of secret-read', description: 'What secret-read finds.' },
        falsePositives: 'A backup.',
      },
    ]);
    expect(report.timeline.buckets).toHaveLength(61);
    expect(report.timeline.buckets[10]).toMatchObject({ outcomes: { denied: 1 }, findings: { medium: 1 } });
    expect(report.denied.rows).toMatchObject([{ actor: { username: 'eve' }, count: 3 }]);
    expect(report.deletions.rows).toMatchObject([{ names: ['web'], count: 1 }]);
    expect(report.blindSpots.map(({ kind }) => kind)).toEqual(['damage']);
    expect(report.inputs).toMatchObject({
      ...{ files: [{ path: source.path, bytes: source.size }], otherFiles: 0, bytes: source.size, detectors: 2 },
      rejects: [{ reason: 'not-json', count: 1, bytes: 10, first: { path: source.path } }],
    });
    check(report);
  });

  it('of the same log at the same time is the same', async () => {
    const source = await handful();
    const options = { since: NOON, until: NOON + 60 * MINUTE };
    expect(renderJson(await reportOf([source], options))).toBe(renderJson(await reportOf([source], options)));
  });

  it('of another time differs in nothing but what depends on it', async () => {
    const source = await handful();
    const { generated, ...first } = await reportOf([source], { until: NOON + 60 * MINUTE });
    const { generated: later, ...second } = await reportOf([source], { until: NOON + 60 * MINUTE, now: NOW + MINUTE });
    expect(second).toEqual(first);
    expect(later).not.toBe(generated);
  });

  it('of an empty log is one as well', async () => {
    const report = await reportOf([await log()], { since: NOON });
    expect(report).toMatchObject({ totals: { requests: 0 }, findings: [], timeline: { buckets: [] } });
    expect(report.blindSpots).toMatchObject([{ kind: 'end' }]);
    check(report);
  });

  it('of events that say next to nothing is one as well', async () => {
    const nothing = JSON.stringify({ kind: 'Event', apiVersion: 'audit.k8s.io/v1', auditID: 'a', verb: 'get' });
    const report = await reportOf([await log(nothing, nothing)]);
    expect(report).toMatchObject({
      totals: { requests: 2, actors: 1, namespaces: 0 },
      timeline: { untimed: 2 },
      window: { since: null, until: null, first: null, last: null },
    });
    check(report);
  });

  it('names rejects with their label', async () => {
    const source = { ...(await log('klog')), label: 'node-1' };
    const { inputs } = await reportOf([source]);
    expect(inputs.rejects).toMatchObject([{ first: { label: 'node-1', offset: 0 } }]);
    expect(inputs.files).toMatchObject([{ label: 'node-1' }]);
  });

  it.each([
    '9999-12-31T23:59:59Z',
    // The two are of the year 10000, one of them because a double holds no microseconds so far ahead.
    '9999-12-31T23:59:59.999999Z',
    '9999-12-31T23:59:59-12:00',
    '0001-01-01T00:00:00Z',
    '1970-01-01T00:00:00Z',
  ])('of an event of %s is valid', async (time) => {
    const report = await reportOf([
      await log(event(0), event(1, { auditID: 'b', stageTimestamp: time, requestReceivedTimestamp: time })),
    ]);
    expect(report.totals.requests).toBe(2);
    check(report);
  });

  it.each(['0001-01-01T00:00:00Z', '1900-01-01T00:00:00Z', '9999-12-31T23:59:59Z'])(
    'since %s is valid',
    async (since) => {
      check(await reportOf([await handful()], { since: timeOf(since) }));
    },
  );
});

describe('the chart', () => {
  it('begins with the window, and goes on to its end', async () => {
    const source = await log(event(30), event(50));
    const { timeline } = await reportOf([source], { since: NOON, until: NOON + 60 * MINUTE });
    expect(timeline.buckets[0]?.start).toBe('2026-11-17T12:00:00.000000Z');
    expect(timeline.buckets.at(-1)?.start).toBe('2026-11-17T13:00:00.000000Z');
  });

  it('ends with the log where most of it would be empty', async () => {
    const source = await log(event(0), event(10));
    const { timeline } = await reportOf([source], { since: NOON, until: NOON + 60 * MINUTE });
    expect(timeline.buckets).toHaveLength(11);
  });

  it('does not go on into the future', async () => {
    const source = await log(event(0), event(50));
    const { timeline } = await reportOf([source], { since: NOON, until: NOW, now: NOON + 55 * MINUTE });
    expect(timeline.buckets).toHaveLength(56);
  });

  it('begins with the log where the window has no start', async () => {
    const { timeline } = await reportOf([await log(event(30), event(50))], { until: NOON + 60 * MINUTE });
    expect(timeline.buckets).toHaveLength(21);
  });
});

describe('reports since the last', () => {
  /** What the next run finds in the file. */
  async function next(known: Known): Promise<Known> {
    await known.save();
    const path = paths.get(known);
    if (path === undefined) throw new Error('not opened here');
    return open(path);
  }
  const paths = new Map<Known, string>();
  async function open(path: string): Promise<Known> {
    const known = await openKnown(path);
    paths.set(known, path);
    return known;
  }
  let runs = 0;
  const first = (): Promise<Known> => open(join(folder, `known-${++runs}`));
  const append = async ({ path }: Source, ...lines: readonly string[]): Promise<void> =>
    writeFile(path, lines.map((line) => `${line}\n`).join(''), { flag: 'a' });

  it('count each request once, also that of the last moment', async () => {
    const source = await log(event(0), event(60));
    const known = await first();
    const one = await reportOf([source], { known });
    await append(source, event(61), event(62));
    const two = await reportOf([source], { known: await next(known) });
    expect([one, two].map(({ totals }) => totals.requests)).toEqual([2, 2]);
    expect(two).toMatchObject({ totals: { findings: 2, newFindings: 2 }, toldBefore: 1, window: { sinceLast: true } });
    check(two);
  });

  it('tell a burst once that began before the end of the first and ended before it', async () => {
    const source = await log(refused(0), refused(1), refused(2), event(60));
    const known = await first();
    expect((await reportOf([source], { known })).totals.newFindings).toBe(2);
    await append(source, event(61));
    expect((await reportOf([source], { known: await next(known) })).totals.newFindings).toBe(1);
  });

  // Only the end of the burst leads up to the window: what is left of it begins later, and has another id.
  it('do not tell the end of a long burst as a new one', async () => {
    const burst = Array.from({ length: 58 }, (_, minute) => refused(minute));
    const source = await log(...burst, event(60));
    const known = await first();
    expect((await reportOf([source], { known })).totals).toMatchObject({ findings: 2, newFindings: 2 });
    await append(source, event(61));
    const { findings, totals } = await reportOf([source], { known: await next(known) });
    expect(findings.filter(({ detector }) => detector === 'refusals')).toEqual([]);
    expect(totals.newFindings).toBe(1);
  });
});

import { createHash } from 'node:crypto';
import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Report } from '../../src/report/model.ts';
import { auditLine } from '../audit-event.ts';
import { ROOT, run } from '../command-line.ts';

const INCIDENT = join(ROOT, 'samples/incident');

const ajv = new Ajv2020({ strict: true });
addFormats.default(ajv);
const isReport = ajv.compile(JSON.parse(readFileSync(join(ROOT, 'docs/report.schema.json'), 'utf8')) as object);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'auditscan-report-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const inFolder = (name: string): string => join(folder, name);
const text = (name: string): string => readFileSync(inFolder(name), 'utf8');
const json = (name: string): Report => JSON.parse(text(name)) as Report;

describe('the report of samples/incident', () => {
  it('tells what detect finds, and what was done beside', async () => {
    const made = await run(['report', INCIDENT, '-q', '--out', inFolder('r.json')]);
    expect(made).toEqual({ stdout: '', stderr: '', exit: 0 });
    const detected = await run(['detect', INCIDENT, '-q', '-ojsonl']);
    const report = json('r.json');
    expect(isReport(report), JSON.stringify(isReport.errors)).toBe(true);
    const { totals, findings, timeline, inputs } = report;
    const lines = detected.stdout.trimEnd().split('\n');
    expect(totals.findings).toBe(lines.length);
    const ids = new Set(lines.map((line) => (JSON.parse(line) as { id: string }).id));
    expect(findings.filter(({ id }) => !ids.has(id))).toEqual([]);
    expect(totals).toMatchObject({ requests: 1010, events: 2108, newFindings: null });
    const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0);
    expect(sum(totals.outcomes)).toBe(1010);
    expect(timeline.buckets.reduce((all, { outcomes }) => all + sum(outcomes), 0)).toBe(1010);
    expect(timeline.buckets.reduce((all, bucket) => all + sum(bucket.findings), 0)).toBe(totals.findings);
    const hours = (rows: readonly { readonly hours: readonly number[] }[]): number =>
      rows.reduce((all, row) => all + row.hours.reduce((a, b) => a + b, 0), 0);
    expect(hours(report.hours.namespaces.rows)).toBe(1010);
    expect(inputs.files.map(({ path, bytes, sha256 }) => ({ path, bytes, sha256 }))).toEqual(
      readdirSync(INCIDENT)
        .filter((name) => name.startsWith('audit'))
        .sort()
        .map((name) => {
          const content = readFileSync(join(INCIDENT, name));
          const sha256 = createHash('sha256').update(content).digest('hex');
          return { path: join(INCIDENT, name), bytes: content.length, sha256 };
        }),
    );
  });

  it('is as the schema says with every option, also of a hostile log', async () => {
    const hostile = { username: '<script>\u001b[2J', groups: 7 };
    const lines = [
      auditLine({ user: hostile, userAgent: '\u202e', responseStatus: { code: 1e300 }, requestURI: '\ud800' }),
      auditLine({ stageTimestamp: '9999-12-31T23:59:59-10:00', requestReceivedTimestamp: 'never' }),
      auditLine({
        verb: 'delete',
        objectRef: { resource: '__proto__', namespace: 'constructor', name: 'x'.repeat(5_000) },
      }),
      'torn off in the mid',
    ];
    writeFileSync(inFolder('audit.log'), `${lines.join('\n')}\n`);
    const known = [
      '--known',
      inFolder('known'),
      '--since',
      'last',
      '--label',
      'node "1"',
      '--timezone',
      'Asia/Kolkata',
    ];
    await run(['report', inFolder('audit.log'), '-q', ...known, '--out', inFolder('r.json')]);
    expect(isReport(json('r.json')), JSON.stringify(isReport.errors)).toBe(true);
    expect(json('r.json').deletions.rows[0]?.names[0]).toHaveLength(200);
  });

  it('is the same each time but for its date, in every form', async () => {
    const made = async (name: string) => {
      const forms = ['html', 'md', 'json'].map((ending) => `${name}.${ending}`);
      await run(['report', INCIDENT, '-q', ...forms.flatMap((form) => ['--out', inFolder(form)])]);
      const { generated } = json(`${name}.json`);
      // To the microsecond, the millisecond and the second.
      const shown = `${generated.slice(0, 10)} ${generated.slice(11, 19)}Z`;
      const short = generated.replace(/\d{3}Z$/, 'Z');
      return forms.map((form) => {
        expect(text(form)).toContain(form.endsWith('json') ? generated : shown);
        return text(form).replaceAll(generated, 'NOW').replaceAll(short, 'NOW').replaceAll(shown, 'NOW');
      });
    };
    expect(await made('a')).toEqual(await made('b'));
  });

  it('tells what people did outside the business hours of the configuration', async () => {
    const config = inFolder('auditscan.yaml');
    writeFileSync(config, 'businessHours: { timezone: Europe/Berlin, days: [tue], hours: "08:00-10:30" }\n');
    await run(['report', INCIDENT, '-q', '--config', config, '--out', inFolder('r.json')]);
    const outside = json('r.json').outsideBusinessHours;
    expect(outside?.businessHours).toBe('Tue, 08:00 to 10:30, Europe/Berlin');
    expect(outside?.actors.rows.map(({ actor }) => actor.username)).toContain('maria@example.com');
    expect(outside?.actors.rows.filter(({ actor }) => actor.username.startsWith('system:'))).toEqual([]);
    expect(outside?.actors.rows.reduce((all, { count }) => all + count, 0)).toBe(outside?.requests);
  });
});

describe('the file', () => {
  it('can be read by its owner alone, and takes the place of what a link leads to', async () => {
    writeFileSync(inFolder('page.html'), 'the report of yesterday', { mode: 0o644 });
    symlinkSync('page.html', inFolder('latest.html'));
    await run(['report', INCIDENT, '-q', '--out', inFolder('latest.html')]);
    expect(lstatSync(inFolder('latest.html')).isSymbolicLink()).toBe(true);
    expect(statSync(inFolder('page.html')).mode & 0o777).toBe(0o600);
    expect(text('page.html')).toMatch(/^<!doctype html>/i);
    expect(readdirSync(folder).sort()).toEqual(['latest.html', 'page.html']);
  });

  it('stays as it was where there is nothing to report', async () => {
    writeFileSync(inFolder('page.html'), 'the report of yesterday');
    writeFileSync(inFolder('audit.log'), '');
    const { exit } = await run(['report', inFolder('audit.log'), '--out', inFolder('page.html')]);
    expect(exit).toBe(2);
    expect(text('page.html')).toBe('the report of yesterday');
  });

  it('is not needed: a report goes to standard output as well', async () => {
    const page = await run(['report', INCIDENT]);
    expect(page.stdout).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/i);
    const markdown = await run(['report', INCIDENT, '-omarkdown', '-q']);
    expect(markdown).toMatchObject({ stderr: '', exit: 0 });
    expect(markdown.stdout).toMatch(/^# Audit report/);
  });

  it('is made of standard input where that is named', async () => {
    const { exit } = await run(['report', '-', '-q', '--out', inFolder('r.json')], { stdin: `${auditLine()}\n` });
    expect(exit).toBe(0);
    expect(json('r.json').inputs.files).toMatchObject([{ path: '-', bytes: auditLine().length + 1 }]);
  });
});

describe('the file of known findings', () => {
  const args = (out: string): string[] => [
    'report',
    INCIDENT,
    '-q',
    '--known',
    inFolder('known'),
    '--out',
    inFolder(out),
  ];

  it('is for its owner alone, and makes the next report tell nothing as new', async () => {
    expect(await run([...args('1.json'), '--fail-on-new', 'info'])).toMatchObject({ stderr: '', exit: 1 });
    expect(statSync(inFolder('known')).mode & 0o777).toBe(0o600);
    expect(await run([...args('2.json'), '--fail-on-new', 'info'])).toMatchObject({ stderr: '', exit: 0 });
    expect(json('1.json').totals).toMatchObject({ findings: 50, newFindings: 50 });
    expect(json('2.json').totals).toMatchObject({ findings: 50, newFindings: 0 });
    expect(readdirSync(folder).sort()).toEqual(['1.json', '2.json', 'known']);
  });

  it('is used by one report at a time, and the other says so', async () => {
    const both = await Promise.all([run(args('1.json')), run(args('2.json'))]);
    expect(both.map(({ exit }) => exit).sort()).toEqual([0, 2]);
    expect(both.map(({ stderr }) => stderr).join('')).toContain('give each its own --known');
  });

  it('that is damaged is refused before anything is read', async () => {
    await run(args('1.json'));
    writeFileSync(inFolder('known'), readFileSync(inFolder('known')).subarray(0, -10));
    const { stderr, exit } = await run(args('2.json'));
    expect(stderr).toMatch(/cannot be used: .*remove it, and the next report takes every finding for new/);
    expect(exit).toBe(2);
    expect(readdirSync(folder)).not.toContain('2.json');
  });
});

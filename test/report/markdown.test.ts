import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderMarkdown } from '../../src/report/markdown.ts';
import { type BlindSpot, MAX_TEXT, type Report, type ReportedFinding } from '../../src/report/model.ts';
import { forTerminalWithin } from '../../src/sinks/width.ts';
import { HOSTILE, hostileText, UNSEEN } from '../sinks/hostile.ts';
import { ATTACKS, hostileReport, sampleReport } from './sample-report.ts';

/** GitHub refuses an issue of more than 65,536 characters. */
const LONGEST = 60_000;

/** The lines below a heading, up to the next. */
function section(markdown: string, heading: string): string[] {
  const lines = markdown.split('\n');
  const start = lines.indexOf(`## ${heading}`);
  if (start < 0) return [];
  const end = lines.findIndex((line, index) => index > start && line.startsWith('## '));
  return lines.slice(start + 1, end < 0 ? undefined : end).filter((line) => line !== '');
}

function headings(markdown: string): string[] {
  return markdown.split('\n').flatMap((line) => (line.startsWith('## ') ? [line.slice(3)] : []));
}

/** Cells of the rows of a section's table, without those of its head. */
function rows(markdown: string, heading: string): string[][] {
  const lines = section(markdown, heading).filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) => line.slice(2, -2).split(' | '));
}

/** The code spans of a line taken out, as a Markdown reader finds them. */
function withoutCode(line: string): string {
  return line.replace(/(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)/g, '');
}

/** Our own lines and nothing else, each with its Markdown closed, and only words outside of code. */
function expectHarmless(markdown: string): void {
  expect(markdown.length).toBeLessThan(LONGEST);
  let columns = 0;
  for (const line of markdown.split('\n')) {
    expect(line).toMatch(
      /^$|^#{1,2} |^- (?:Made|Read|Damage|Gaps|Left|Note|File|And|[A-Z][a-z]+(?: [a-z]+)?:) ?|^\| |^[A-Z0-9]/,
    );
    expect(line).not.toMatch(UNSEEN);
    const text = withoutCode(line.replace(/^#+ /, ''));
    expect(text.replaceAll('&#124;', '')).not.toMatch(/[`<>[\]@*_~&\\$!{}^#]|:\/\/|www\./);
    const cells = text.split('|').length;
    if (!line.startsWith('| ')) {
      expect(cells).toBe(1);
      columns = 0;
    } else {
      expect(line).toMatch(/ \|$/);
      if (columns > 0) expect(cells).toBe(columns);
      columns = cells;
    }
  }
}

/** The same report with another text wherever a log, a file or a person chose one. */
function withTexts(report: Report, text: () => string): Report {
  const fixed = new Set(['id', 'severity', 'outcome', 'kind', 'reason', 'sha256', 'timezone', 'generated', 'attack']);
  const replaced = (value: unknown, name: string): unknown => {
    if (fixed.has(name)) return value;
    if (typeof value === 'string') return /^\d{4}-\d\d-\d\dT/.test(value) ? value : text();
    if (Array.isArray(value)) return value.map((item) => replaced(item, ''));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaced(item, key)]));
  };
  return replaced(report, '') as Report;
}

function repeated<Row>(list: readonly Row[], count: number): Row[] {
  return Array.from({ length: count }, (_, index) => list[index % list.length] as Row);
}

function findingOf(change: Partial<ReportedFinding>): ReportedFinding {
  const [finding] = sampleReport().findings;
  if (!finding) throw new Error('the sample has no findings');
  return { ...finding, ...change };
}

describe('renderMarkdown', () => {
  const markdown = renderMarkdown(sampleReport());

  it('begins with the window, the headline and what could not be seen', () => {
    expect(markdown.split('\n').slice(0, 8)).toEqual([
      '# Audit report: shop cluster, 2026-11-17 00:00 to 2026-11-18 00:00 Europe/Berlin',
      '',
      '10,464 findings, 29 new: 6 critical (5 new), 10 high (5 new), 10,414 medium (14 new), 4 low (4 new), 30 info (1 new); ' +
        '54,796 requests, 861 of them denied. Left out: 6 findings from before the window that an earlier report told. ' +
        'Times are in Europe/Berlin.',
      '',
      '## What these logs could not show',
      '',
      '- Not read: /var/log/kubernetes/audit/audit.log.3.gz: unexpected end of file after 12.4 MB',
      '- Not judged: `wildcard-role failed on 2 events, first at /var/log/kubernetes/audit/audit.log:9812: the value is no list`',
    ]);
  });

  it('has a row for each finding', () => {
    expect(rows(markdown, 'Findings')).toHaveLength(15);
    expect(rows(markdown, 'Findings')[1]).toEqual([
      'critical',
      '2026-11-17 09:51:02 to 09:51:09',
      '2',
      '1',
      'Somebody was bound to cluster-admin',
      'sa:shop-prod/deployer',
      'patch rolebindings payments-prod/deployer-admin',
      'allowed',
      'role="ClusterRole cluster-admin" subjects="User backup-admin Group on-call"',
      expect.stringMatching(/^`[0-9a-f]{12}`$/),
    ]);
  });

  it('shows what there is where an event has no time, no actor and no object', () => {
    const row = rows(markdown, 'Findings').find(([, , , , title]) => title?.startsWith('Traces'));
    expect(row?.slice(0, 8)).toEqual([
      'high',
      '',
      '1',
      '0',
      'Traces removed, or an attempt to blind the reader',
      '(nobody)',
      '',
      'unknown',
    ]);
  });

  it('has a table of each ranking, and says what is not in it', () => {
    expect(headings(markdown)).toEqual([
      'What these logs could not show',
      'Findings',
      'Denied requests',
      'Deletions',
      'Outside business hours',
      'Top actors',
      'Top resources',
      'How this was made',
    ]);
    expect(section(markdown, 'Denied requests')).toEqual([
      '| count | who | what | namespace | when |',
      '| ---: | --- | --- | --- | --- |',
      '| 412 | system:anonymous | list secrets | kube-system | 2026-11-17 07:41:09 to 07:52:40 |',
      '| 3 | sa:staging/ci-runner | get secrets | shop-prod | 2026-11-17 09:01:10 to 09:01:15 |',
      '| 7 | (nobody) | get (no resource) |  |  |',
      '8 more rows with 402 requests.',
    ]);
    expect(section(markdown, 'Outside business hours')[0]).toBe(
      '219 requests of people outside Mon to Fri, 08:00 to 18:00, Europe/Berlin.',
    );
    expect(section(markdown, 'Top actors').at(-1)).toBe(
      '22 more rows with 31,480 requests. There were too many to count each: small counts may be too low.',
    );
  });

  it('ends with how it was made', () => {
    const lines = section(markdown, 'How this was made');
    expect(lines.slice(0, 6)).toEqual([
      '- Made by auditscan 0.1.0 at 2026-11-18 00:05:11 with 18 detectors.',
      '- Read: 105 MB after decompression, 57,916 events in the window, 2026-11-17 00:12:00 to 23:10:00.',
      '- Damage: 21.2 KB that are no events (1 torn, 14 not-json).',
      '- Gaps between rotated files: 2, 1 of them certain.',
      '- Left out by exceptions of the configuration: 41 matches.',
      '- Note: audit.log.1 was left out: audit.log.1.gz holds the same',
    ]);
    expect(lines[6]).toMatch(/^- File: \/var\/log\/.*\.log\.gz \(cp-1\), 1\.2 MB, SHA-256 [0-9a-f]{64}$/);
    expect(lines[8]).toBe('- File: /var/log/kubernetes/audit/audit.log, 48.2 MB, no checksum');
    expect(lines[9]).toBe('- And 2 more files.');
  });

  it('tells UTC by a Z, and only other zones by name', () => {
    const utc = renderMarkdown(sampleReport({ timezone: 'UTC' }));
    expect(utc).toMatch(/^# Audit report: shop cluster, 2026-11-16 23:00 to 2026-11-17 23:00 UTC\n/);
    expect(utc).toContain('| 2026-11-17 08:51:02Z to 08:51:09Z |');
    expect(utc).not.toContain('Times are in');
  });

  it.each<[string, Partial<Report['window']>, string]>([
    [
      'from the last report on',
      { sinceLast: true },
      'since the last report: 2026-11-17 00:00 to 2026-11-18 00:00 Europe/Berlin',
    ],
    ['from a time on', { until: null }, 'since 2026-11-17 00:00:00 Europe/Berlin'],
    [
      'from the last report on, without an end',
      { sinceLast: true, until: null },
      'since the last report: 2026-11-17 00:00:00 Europe/Berlin',
    ],
    ['up to a time', { since: null }, 'until 2026-11-18 00:00:00 Europe/Berlin'],
    ['all there is', { since: null, until: null }, 'all events: 2026-11-17 00:12 to 23:10 Europe/Berlin'],
    ['all there is, without times', { since: null, until: null, first: null, last: null }, 'all events'],
    [
      'the first report',
      { since: null, until: null, sinceLast: true },
      'all events: 2026-11-17 00:12 to 23:10 Europe/Berlin',
    ],
  ])('names the window: %s', (_name, change, text) => {
    const report = sampleReport();
    const [title] = renderMarkdown({ ...report, window: { ...report.window, ...change } }).split('\n');
    expect(title).toBe(`# Audit report: shop cluster, ${text}`);
  });

  it('says nothing of new findings where no earlier report is known', () => {
    const { totals } = sampleReport();
    const report = sampleReport({
      toldBefore: null,
      totals: {
        ...totals,
        newFindings: null,
        bySeverity: totals.bySeverity.map((one) => ({ ...one, new: null })),
      },
      findings: [findingOf({ new: null })],
    });
    const text = renderMarkdown(report);
    expect(text).toContain('\n10,464 findings: 6 critical, 10 high, 10,414 medium, 4 low, 30 info; 54,796 requests');
    expect(text).not.toMatch(/\bnew\b/);
    expect(rows(text, 'Findings')[0]).toHaveLength(9);
  });

  it('is short where nothing happened', () => {
    const sample = sampleReport();
    const nothing = { rows: [], others: { rows: 0, count: 0 }, isComplete: true };
    const quiet = sampleReport({
      findings: [],
      otherFindings: 0,
      toldBefore: 0,
      totals: { ...sample.totals, findings: 0, newFindings: 0 },
      denied: nothing,
      deletions: nothing,
      outsideBusinessHours: null,
      blindSpots: [],
    });
    const text = renderMarkdown(quiet);
    expect(text).toContain('\n\nNo findings; 54,796 requests, 861 of them denied. Times are in Europe/Berlin.\n\n');
    expect(section(text, 'What these logs could not show')).toEqual(['Nothing is known to be missing.']);
    expect(section(text, 'Denied requests')).toEqual(['None.']);
    expect(section(text, 'Deletions')).toEqual(['None.']);
    expect(headings(text)).not.toContain('Findings');
    expect(headings(text)).not.toContain('Outside business hours');
  });

  it('is shorter still where there was no request', () => {
    const { totals } = sampleReport();
    const text = renderMarkdown(
      sampleReport({ findings: [], totals: { ...totals, requests: 0, findings: 0, newFindings: 0 }, toldBefore: null }),
    );
    expect(text).toContain('\n\nNo findings; 0 requests. Times');
    expect(headings(text)).toEqual(['What these logs could not show', 'How this was made']);
  });
});

describe('what there is no room for', () => {
  it('is the least bad; of those equally bad the new ones go first', () => {
    const findings = [
      ...repeated([findingOf({ severity: 'critical', title: 'known', new: 0 })], 45),
      findingOf({ severity: 'critical', title: 'new', new: 1 }),
      ...repeated([findingOf({ severity: 'low', title: 'low and new', findings: 2, new: 1, count: 3 })], 10),
    ];
    const text = renderMarkdown(sampleReport({ findings, otherFindings: 5 }));
    const titles = rows(text, 'Findings').map((row) => row[4]);
    expect(titles).toEqual(['new', ...repeated(['known'], 45), ...repeated(['low and new'], 4)]);
    expect(section(text, 'Findings').at(-1)).toBe(
      'The worst are shown; 17 findings more are not. For every finding, one a line: `auditscan detect` on the same logs ' +
        'with `-o jsonl`. For the events behind one: `auditscan show` with its id.',
    );
  });

  it('is counted in each table', () => {
    const { deletions, resources } = sampleReport();
    const text = renderMarkdown(
      sampleReport({
        deletions: { ...deletions, rows: repeated(deletions.rows.slice(0, 1), 14), others: { rows: 2, count: 5 } },
        resources: { ...resources, rows: repeated(resources.rows.slice(4, 5), 11), others: { rows: 0, count: 0 } },
      }),
    );
    expect(rows(text, 'Deletions')).toHaveLength(10);
    expect(section(text, 'Deletions').at(-1)).toBe('6 more rows with 13 requests.');
    expect(rows(text, 'Top resources')).toHaveLength(10);
    expect(section(text, 'Top resources').at(-1)).toBe('1 more row with 12 requests.');
  });

  it('is no kind of blind spot: the first of each kind stay', () => {
    const blindSpots: BlindSpot[] = [
      ...Array.from({ length: 20 }, (_, index) => ({ kind: 'start' as const, text: `log ${index} begins late` })),
      { kind: 'damage', text: 'three lines' },
      { kind: 'limit', text: 'too many' },
    ];
    const lines = section(renderMarkdown(sampleReport({ blindSpots })), 'What these logs could not show');
    expect(lines).toHaveLength(11);
    expect(lines[0]).toBe('- Begins late: log 0 begins late');
    expect(lines.slice(8)).toEqual(['- Damaged: three lines', '- Limit: too many', '- And 12 more blind spots.']);
  });

  it('is files and notes, which are counted', () => {
    const { inputs } = sampleReport();
    const many = { ...inputs, files: repeated(inputs.files, 23), notes: repeated(inputs.notes, 6), otherFiles: 4 };
    const lines = section(renderMarkdown(sampleReport({ inputs: many })), 'How this was made');
    const files = lines.filter((line) => line.startsWith('- File: '));
    expect(files.length).toBeGreaterThan(15);
    expect(lines.at(-1)).toBe(`- And ${27 - files.length} more files.`);
    expect(lines).toContain('- And 1 more note.');
  });
});

describe('a hostile report', () => {
  it('is words, code and our own Markdown', () => {
    const text = renderMarkdown(hostileReport());
    expectHarmless(text);
    expect(text).toContain('`<script>alert(1)</script>`');
    expect(rows(text, 'Findings').length).toBeGreaterThan(25);
  });

  it.each(ATTACKS.map((attack) => [forTerminalWithin(attack, 40), attack]))(
    'is harmless wherever %s stands',
    (_name, attack) => {
      expectHarmless(renderMarkdown(withTexts(hostileReport(), () => attack)));
    },
  );

  it('is harmless whatever stands in it', () => {
    const anyText = fc.oneof(
      hostileText,
      fc.constantFrom(...HOSTILE, ...ATTACKS),
      fc.string({ unit: fc.constantFrom(...'-+*=_~`|\\<>[]()#! &;:1.a\t@$%^"\'{}'), maxLength: 30 }),
    );
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 1, maxLength: 20 }), (texts) => {
        let next = 0;
        expectHarmless(renderMarkdown(withTexts(hostileReport(), () => texts[next++ % texts.length] ?? '')));
      }),
      { numRuns: 50 },
    );
  });

  it.each(
    [
      '|',
      '`|',
      '|a',
      'a|`',
      '\u0301',
      'a\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301',
      '👩\u0301',
      '\u{e0041}',
      '漢',
      'W',
      '`',
      '<',
    ].map((unit) => [forTerminalWithin(unit, 20), unit] as const),
  )('is short, however many %s', (_name, unit) => {
    const sample = hostileReport();
    const text = unit.repeat(MAX_TEXT / unit.length);
    const most = Number.MAX_SAFE_INTEGER;
    const row = <Row>(list: readonly Row[]): Row[] => repeated(list, 500).map((one) => ({ ...one, count: most }));
    const big: Report = {
      ...sample,
      totals: {
        ...sample.totals,
        requests: most,
        newFindings: most,
        bySeverity: sample.totals.bySeverity.map((one) => ({ ...one, findings: most, new: most })),
      },
      findings: row(sample.findings).map((one) => ({ ...one, new: most, details: { text, list: [text, text] } })),
      actors: { ...sample.actors, rows: row(sample.actors.rows) },
      resources: { ...sample.resources, rows: row(sample.resources.rows) },
      denied: { ...sample.denied, rows: row(sample.denied.rows) },
      deletions: { ...sample.deletions, rows: row(sample.deletions.rows) },
      blindSpots: repeated(sample.blindSpots, 500),
      inputs: {
        ...sample.inputs,
        files: repeated(sample.inputs.files, 500),
        notes: repeated(sample.inputs.notes, 500),
      },
    };
    const markdown = renderMarkdown(withTexts(big, () => text));
    expect(markdown.length).toBeLessThan(LONGEST);
    // And yet it says something.
    expect(rows(markdown, 'Findings').length).toBeGreaterThan(20);
    expect(rows(markdown, 'Deletions').length).toBeGreaterThan(5);
  });
});

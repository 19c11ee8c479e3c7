import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MAX_PAGE, renderHtml } from '../../../src/report/html/page.ts';
import { MAX_TEXT, type Report, type ReportedFinding } from '../../../src/report/model.ts';
import { hostileReport, sampleReport } from '../sample-report.ts';

const [sample, hostile] = await Promise.all([renderHtml(sampleReport()), renderHtml(hostileReport())]);

/** All that the page may be made of. */
const ELEMENTS = new Set(
  `html head meta title link style body a header div p span button h1 h2 h3 nav ul li main aside section b code time label
  input kbd fieldset legend table caption thead tbody tr th td details summary dl dt dd i bdi svg g path line text rect
  footer script`.split(/\s+/),
);
const ATTRIBUTES = new Set(
  `lang charset http-equiv content name rel href class id hidden type for placeholder autocomplete spellcheck role tabindex
  scope colspan rowspan datetime value open viewBox preserveAspectRatio width height fill fill-opacity stroke
  stroke-width stroke-miterlimit stroke-opacity transform d text-anchor font-family font-size font-weight x2 y2 opacity
  display data-severity data-outcome data-new data-v data-key data-sort data-most data-sorts data-pick aria-label
  aria-labelledby aria-hidden aria-live aria-keyshortcuts aria-describedby aria-pressed aria-roledescription`.split(
    /\s+/,
  ),
);
const TAG = /<(?:!DOCTYPE html|\/([a-z][a-z0-9]*)|([a-z][a-z0-9]*)((?:\s+[a-zA-Z0-9-]+(?:="[^"<>]*")?)*)\s*\/?)>/g;

/** The page without what stands in its script and style. */
function outside(page: string): string {
  return page.replace(/(<(script|style)>)[\s\S]*?(<\/\2>)/g, '$1$3');
}

function embedded(page: string, element: string): string[] {
  return [...page.matchAll(new RegExp(`<${element}>([\\s\\S]*?)</${element}>`, 'g'))].map(([, text = '']) => text);
}

describe.each([
  ['sample', sample],
  ['hostile', hostile],
])('the page of the %s report', (_name, page) => {
  it('is made of known elements and attributes, and of text', () => {
    const tags = [...outside(page).matchAll(TAG)];
    for (const [tag, closed, opened, attributes = ''] of tags) {
      if (tag.startsWith('<!')) continue;
      expect(ELEMENTS).toContain(closed ?? opened);
      for (const [, name] of attributes.matchAll(/([a-zA-Z0-9-]+)(?:="[^"]*")?/g))
        expect(ATTRIBUTES, tag).toContain(name);
    }
    // All that looks like a tag is one of those.
    expect(outside(page).replace(TAG, '')).not.toMatch(/[<>]/);
    expect(tags.length).toBeGreaterThan(500);
  });

  it('lets in its own style and script alone', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1]?.replaceAll('&#39;', "'");
    const hashes = ['style', 'script'].map((element) => {
      const [text, ...more] = embedded(page, element);
      expect(more).toEqual([]);
      return createHash('sha256')
        .update(text ?? '')
        .digest('base64');
    });
    expect(policy?.split('; ')).toEqual([
      "default-src 'none'",
      `style-src 'sha256-${hashes[0]}'`,
      `script-src 'sha256-${hashes[1]}'`,
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
    ]);
  });

  it('has a colour for all that asks for one', () => {
    const known = new Set([...page.matchAll(/^ *--([\w-]+):/gm)].map(([, name]) => name));
    const asked = [...page.matchAll(/var\(--([\w-]+)/g)].map(([, name]) => name);
    expect(asked.length).toBeGreaterThan(200);
    for (const name of new Set(asked)) expect(known).toContain(name);
  });

  it('links to itself alone, at places that are there, and has each id once', () => {
    const text = outside(page);
    const ids = [...text.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, target = ''] of text.matchAll(/ href="([^"]*)"/g)) {
      if (target !== 'data:,') expect(ids).toContain(target.replace('#', ''));
    }
    for (const [, names = ''] of text.matchAll(/ (?:aria-labelledby|aria-describedby|for)="([^"]*)"/g))
      for (const name of names.split(' ')) expect(ids).toContain(name);
  });

  it('goes from heading to heading by one level', () => {
    const levels = [...page.matchAll(/<h(\d)/g)].map(([, level]) => Number(level));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    for (const [index, level] of levels.entries()) expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1);
  });

  it('has nothing unseen', () => {
    expect(page.replaceAll('\n', '')).not.toMatch(
      /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u,
    );
  });
});

it('no file that is copied beside the compiled ones has the name of one', () => {
  const names = readdirSync(new URL('../../../src/report/html', import.meta.url));
  const copied = names.filter((name) => !name.endsWith('.ts'));
  expect(copied).toEqual(['page.css', 'script.js']);
  const compiled = names.filter((name) => name.endsWith('.ts')).map((name) => name.replace(/ts$/, 'js'));
  for (const name of copied) expect(compiled).not.toContain(name);
});

it('the same report is the same page', async () => {
  expect(await renderHtml(sampleReport())).toBe(sample);
  expect(await renderHtml(hostileReport())).toBe(hostile);
});

it('the severity, outcome and news of a row stand where the script looks for them', () => {
  expect(sample).toContain('data-severity="medium" data-outcome="allowed" data-new');
});

function without(change: Partial<Report> = {}): Report {
  const { totals } = sampleReport();
  return sampleReport({
    findings: [],
    detectors: [],
    otherFindings: 0,
    toldBefore: null,
    blindSpots: [],
    totals: {
      ...totals,
      findings: 0,
      newFindings: null,
      bySeverity: totals.bySeverity.map(({ severity }) => ({ severity, findings: 0, new: null })),
    },
    ...change,
  });
}

describe('without findings', () => {
  it('says so, and how much was looked at', async () => {
    const page = await renderHtml(without());
    expect(page).toContain('<p class="big">Nothing found</p>');
    expect(page).toMatch(/18 detectors looked at 54,[\d]{3} requests/);
    expect(page).not.toContain('class="banner"');
    expect(page).not.toContain('id="filters"');
    expect(page).not.toContain('id="who"');
    expect(page).not.toContain('id="detectors"');
    expect(page).toContain('none known');
    expect(page).not.toContain('new findings');
  });

  it('does not say so of what could not be read', async () => {
    const page = await renderHtml(without({ blindSpots: [{ kind: 'gap', text: 'audit.log.4 is missing' }] }));
    expect(page).toContain('Nothing found in what could be read');
    expect(page).toContain('class="banner"');
  });

  it.each([
    ['failure', 'class="banner"'],
    ['limit', 'class="banner"'],
    ['level', 'class="verdict warn"'],
    ['stage', 'class="verdict warn"'],
  ] as const)('is not sure of it with a blind spot of the kind %s', async (kind, sign) => {
    const page = await renderHtml(without({ blindSpots: [{ kind, text: 'some reason' }] }));
    expect(page).toContain('Nothing found, but see what these logs could not show');
    expect(page).not.toContain('class="verdict good"');
    expect(page).toContain(sign);
  });

  it('counts one as one', async () => {
    const { inputs } = sampleReport();
    const page = await renderHtml(
      without({ inputs: { ...inputs, files: inputs.files.slice(0, 1), otherFiles: 0, excepted: 1 } }),
    );
    expect(page).toContain('1 input was read');
    expect(page).toContain('1 match left out by the configuration');
    expect(await renderHtml(without({ inputs: { ...inputs, excepted: 0 } }))).not.toContain('<dt>Excepted');
  });

  it('does not say so where there was no request', async () => {
    const { totals } = without();
    const outcomes = { allowed: 0, denied: 0, failed: 0, unknown: 0 };
    const page = await renderHtml(
      without({
        totals: { ...totals, requests: 0, events: 0, outcomes, actors: 0, namespaces: 0 },
        window: { since: null, until: null, sinceLast: false, selection: [], first: null, last: null },
        timeline: { bucketSeconds: 60, buckets: [], untimed: 0 },
        hours: { actors: { rows: [], others: 0 }, namespaces: { rows: [], others: 0 } },
        outsideBusinessHours: null,
      }),
    );
    expect(page).toContain('There was nothing to look at');
    expect(page).not.toContain('Nothing found');
    expect(page).toContain('<code>businessHours</code>');
  });
});

describe('findings that have no room', () => {
  it('are counted where the report left them out', () => {
    expect(sample).toContain('<b>Not shown for want of room:</b> 27 info. <code>');
    expect(sample).toContain('Without 27 findings that this report has no room for.');
  });

  it('are counted, and the page stays small, whatever the report holds', async () => {
    const report = hostileReport();
    const long = `${'"&漢'.repeat(MAX_TEXT)}`.slice(0, MAX_TEXT);
    const marks = `${'z\u0301\u0302\u0303\u0304'.repeat(MAX_TEXT)}`.slice(0, MAX_TEXT);
    const some = report.findings.map(
      (finding, index): ReportedFinding => ({
        ...finding,
        title: index % 2 === 0 ? long : marks,
        uri: long,
        userAgent: marks,
        sourceIPs: Array<string>(32).fill(long),
        details: Object.fromEntries(Array.from({ length: 40 }, (_, key) => [`${key}${long}`, marks])),
      }),
    );
    const many = <Row>(rows: readonly Row[], count: number): Row[] =>
      Array.from({ length: count }, (_, index) => rows[index % rows.length] as Row);
    const [bucket] = report.timeline.buckets;
    const findings = many(some, 20_000).map((finding) => ({ ...finding }));
    const begun = performance.now();
    const page = await renderHtml({
      ...report,
      findings,
      otherFindings: 7,
      timeline: {
        ...report.timeline,
        buckets: Array.from({ length: 2_000 }, (_, index) => ({
          start: new Date(Date.UTC(2026, 0, 1) + index * 3_600_000).toISOString(),
          outcomes: { allowed: 123_456, denied: 234_567, failed: 345_678, unknown: 456_789 },
          findings: { ...(bucket ?? { findings: {} }).findings, info: 1, low: 2, medium: 3, high: 4, critical: 5 },
        })),
      },
      hours: {
        actors: {
          ...report.hours.actors,
          rows: many(report.hours.actors.rows, 500).map((row) => ({
            ...row,
            name: { username: marks, impersonated: long },
          })),
        },
        namespaces: {
          ...report.hours.namespaces,
          rows: many(report.hours.namespaces.rows, 500).map((row) => ({ ...row, name: marks })),
        },
      },
      actors: { ...report.actors, rows: many(report.actors.rows, 500) },
      denied: {
        ...report.denied,
        rows: many(report.denied.rows, 500).map((row) => ({ ...row, verb: long, resource: marks, namespace: marks })),
      },
      deletions: {
        ...report.deletions,
        rows: many(report.deletions.rows, 500).map((row) => ({ ...row, names: Array<string>(50).fill(marks) })),
      },
      blindSpots: many(report.blindSpots, 2_000).map((spot) => ({ ...spot, text: marks })),
      inputs: {
        ...report.inputs,
        files: many(report.inputs.files, 5_000).map((file) => ({ ...file, path: marks })),
        notes: Array<string>(1_000).fill(long),
      },
    } as Report);
    expect(Buffer.byteLength(page)).toBeLessThan(MAX_PAGE);
    // Not for the want of rows.
    const shown = page.match(/data-outcome=/g)?.length ?? 0;
    expect(shown).toBeGreaterThan(20);
    expect(page).toContain('<b>Not shown for want of room:</b>');
    expect(performance.now() - begun).toBeLessThan(20_000);
  });

  it('leaves plain findings their rows: several hundred', async () => {
    const { findings } = sampleReport();
    const page = await renderHtml(
      sampleReport({
        findings: Array.from({ length: 2_000 }, (_, index) => ({
          ...(findings[index % findings.length] as ReportedFinding),
        })),
      }),
    );
    expect(page.match(/data-outcome=/g)?.length).toBeGreaterThan(300);
    expect(Buffer.byteLength(page)).toBeLessThan(MAX_PAGE);
  });

  it('are those of a flood, and not what others found', async () => {
    const { totals } = sampleReport();
    const [critical] = sampleReport().findings as [ReportedFinding];
    const flood = Array.from({ length: 3_000 }, (_, index) => ({ ...critical, id: `${index}`, findings: 1 }));
    const others = sampleReport().findings.slice(3);
    const found = [...flood, ...others];
    const page = await renderHtml(
      sampleReport({
        findings: found,
        otherFindings: 0,
        totals: {
          ...totals,
          bySeverity: totals.bySeverity.map(({ severity }) => ({
            severity,
            findings: found.filter((one) => one.severity === severity).reduce((sum, one) => sum + one.findings, 0),
            new: null,
          })),
        },
      }),
    );
    for (const { title } of others) expect(page).toContain(`class="c-title">${title}<`);
    const severities = [...page.matchAll(/<tbody role="rowgroup" data-severity="(\w+)"/g)].map(([, one]) => one);
    const shown = severities.filter((severity) => severity === 'critical').length;
    expect(shown).toBeGreaterThan(100);
    const left = (3_000 - shown).toLocaleString('en-US');
    expect(page).toContain(`<b>Not shown for want of room:</b> ${left} critical (cluster-admin-binding).`);
    // They stand as the report has them.
    expect(severities.slice(0, shown)).toEqual(Array(shown).fill('critical'));
  });

  it('have no number that leads to them', async () => {
    const { totals, findings } = sampleReport();
    const page = await renderHtml(
      sampleReport({ findings: findings.filter(({ severity }) => severity !== 'critical') }),
    );
    expect(totals.bySeverity[0]?.findings).toBeGreaterThan(0);
    expect(page).toMatch(/<li class="tile s-critical"><span/);
    expect(page).toMatch(/<li class="tile s-high"><a href="#findings" data-severity="high">/);
  });
});

describe('who', () => {
  const rows = [
    ...(/<tbody class="who">([\s\S]*?)<\/tbody>/.exec(sample)?.[1] ?? '').matchAll(/<tr>[\s\S]*?<\/tr>/g),
  ].map(([row]) =>
    row
      .replace(/<[^>]*>/g, ' ')
      .trim()
      .split(/\s{2,}/),
  );

  it('comes worst first, then most', () => {
    expect(rows.slice(0, 3).map(([actor, severity]) => [actor, severity])).toMatchInlineSnapshot(`
      [
        [
          "sa:shop-prod/deployer",
          "critical",
        ],
        [
          "sa:shop-prod/deployer as system:admin",
          "critical",
        ],
        [
          "sa:kube-system/clusterrole-aggregation-controller",
          "critical",
        ],
      ]
    `);
    expect(rows).toHaveLength(9);
  });

  it('counts all findings of an actor, from the first to the last', () => {
    expect(rows[0]).toMatchInlineSnapshot(`
      [
        "sa:shop-prod/deployer",
        "critical",
        "6",
        "5",
        "11-17 09:31:00",
        "10:24:30",
        "198.51.100.23",
        "10.0.0.11",
      ]
    `);
  });
});

it('what a detector looks for stands there once, and its rows lead there', () => {
  const [, anchor = ''] = /<a href="#(detector-\d+)">cluster-admin-binding<\/a>/.exec(sample) ?? [];
  expect(sample.split(`href="#${anchor}"`)).toHaveLength(3);
  expect(sample).toContain(`<div id="${anchor}"><dt><code>cluster-admin-binding</code></dt>`);
  expect(sample.split('Somebody was bound to cluster-admin. Look at')).toHaveLength(2);
});

it('the banner has one of each kind before a second', async () => {
  const gaps = Array.from({ length: 9 }, (_, index) => ({ kind: 'gap' as const, text: `gap ${index}` }));
  const page = await renderHtml(sampleReport({ blindSpots: [...gaps, { kind: 'damage', text: 'damaged' }] }));
  const banner = /<aside class="banner"[\s\S]*?<\/aside>/.exec(page)?.[0] ?? '';
  expect([...banner.matchAll(/<li>(.*?)<\/li>/g)].map(([, text]) => text)).toEqual(['gap 0', 'gap 1', 'damaged']);
  expect(banner).toContain('7 more, and what else these logs could not show');
});

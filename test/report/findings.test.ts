import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/detect/finding.ts';
import { MAX_GROUPS } from '../../src/detect/groups.ts';
import { parseTime } from '../../src/event/time.ts';
import { createFindings, type Findings } from '../../src/report/findings.ts';
import type { Known } from '../../src/report/known.ts';
import { MAX_TEXT, type ReportedFinding } from '../../src/report/model.ts';

const NOON = '2026-11-17T12:00:00.000000Z';
const BEFORE = '2026-11-17T11:59:59.999999Z';
const SINCE = parseTime(NOON);

const finding = (fields: Partial<Finding> = {}): Finding => ({
  ...{ id: 'id', detector: 'd', title: 't', severity: 'low', attack: [], time: NOON },
  ...{ actor: { username: 'maria', groups: [] }, verb: 'get', object: { group: '', resource: 'pods' } },
  ...{ uri: '/x', outcome: 'allowed', code: 200, sourceIPs: [], userAgent: '', auditID: '', details: {}, count: 1 },
  ...fields,
});

/** What earlier reports told; `added` is what this one tells. */
function knownOf(...ids: readonly string[]): Known & { readonly added: string[] } {
  const added: string[] = [];
  return {
    ...{ added, forgotten: 0, isFirst: false },
    has: (id) => ids.includes(id),
    add: (id) => added.push(id),
    lastOf: () => undefined,
    setLast: () => {},
    save: () => Promise.resolve(),
  };
}

function all(known: Known | undefined, ...findings: readonly Partial<Finding>[]): Findings {
  const reported = createFindings(known);
  for (const fields of findings) reported.add(finding(fields), false, SINCE);
  return reported;
}

/** The one finding of the report. */
function told(fields: Partial<Finding>): ReportedFinding {
  const { findings } = all(undefined, fields).groups(commands);
  const [first] = findings;
  if (!first || findings.length > 1) throw new Error(`${findings.length} findings`);
  return first;
}

const commands = () => ({ show: 'auditscan show', next: null });

describe('without known ones', () => {
  it('findings are told with their groups, and nothing is new', () => {
    const findings = all(
      undefined,
      {},
      { id: 'later', time: '2026-11-17T13:00:00.000000Z' },
      { severity: 'high', detector: 'e' },
    );
    expect(findings.groups(commands)).toMatchObject({
      others: 0,
      findings: [
        { detector: 'e', count: 1, new: null },
        { detector: 'd', count: 2, new: null, id: 'id', first: NOON, last: '2026-11-17T13:00:00.000000Z' },
      ],
    });
    expect(findings.toldBefore).toBeNull();
    expect(findings.totals()).toEqual({
      findings: 3,
      newFindings: null,
      bySeverity: [
        { severity: 'critical', findings: 0, new: null },
        { severity: 'high', findings: 1, new: null },
        { severity: 'medium', findings: 0, new: null },
        { severity: 'low', findings: 2, new: null },
        { severity: 'info', findings: 0, new: null },
      ],
    });
    expect([...findings.newBySeverity]).toEqual([]);
  });

  it('findings from before the window are told like all others', () => {
    const findings = createFindings(undefined);
    expect(findings.add(finding({ time: BEFORE }), false, SINCE)).toBe(true);
    expect(findings.add(finding({ time: BEFORE }), true, SINCE)).toBe(true);
    expect(findings.totals().findings).toBe(2);
  });

  it('none is none', () => {
    expect(all(undefined).groups(commands)).toEqual({ findings: [], others: 0 });
  });
});

describe('with known ones', () => {
  it('what is new is told apart, in its group and in all', () => {
    const known = knownOf('old');
    const findings = all(
      known,
      { id: 'old' },
      { id: 'new' },
      { id: 'burst', count: 5 },
      { id: 'x', severity: 'high', detector: 'e' },
    );
    expect(findings.groups(commands).findings).toMatchObject([
      { detector: 'e', count: 1, new: 1 },
      { detector: 'd', findings: 3, count: 7, new: 2 },
    ]);
    expect(findings.totals()).toMatchObject({ findings: 4, newFindings: 3 });
    expect(findings.totals().bySeverity).toContainEqual({ severity: 'low', findings: 3, new: 2 });
    expect(findings.totals().bySeverity).toContainEqual({ severity: 'info', findings: 0, new: 0 });
    expect([...findings.newBySeverity]).toEqual([
      ['low', 2],
      ['high', 1],
    ]);
    expect(findings.toldBefore).toBe(0);
    expect(known.added).toEqual(['old', 'new', 'burst', 'x']);
  });

  it('a group that holds nothing new says so', () => {
    expect(all(knownOf('old'), { id: 'old' }).groups(commands).findings).toMatchObject([{ count: 1, new: 0 }]);
  });

  it.each<[string, Partial<Finding>, boolean, boolean]>([
    ['of the window', {}, false, true],
    ['of an event that leads up to it', {}, true, false],
    ['from before it, of a later stage', { time: BEFORE }, false, false],
    ['without a time', { time: '' }, false, true],
    ['of a burst that ended before it', { time: BEFORE, first: BEFORE, last: BEFORE, count: 2 }, false, false],
    ['of a burst that ends in it', { time: BEFORE, first: BEFORE, last: NOON, count: 2 }, false, true],
  ])('one %s', (_name, fields, isLeadIn, isTold) => {
    const known = knownOf('old');
    const findings = createFindings(known);
    expect(findings.add(finding({ id: 'old', ...fields }), isLeadIn, SINCE)).toBe(isTold);
    expect(findings.toldBefore).toBe(isTold ? 0 : 1);
    expect(findings.totals().findings).toBe(isTold ? 1 : 0);
    expect(findings.groups(commands).findings).toHaveLength(isTold ? 1 : 0);
    // It is kept in mind all the same, for it was seen lately.
    expect(known.added).toEqual(['old']);
  });

  it('what nobody told is told, wherever it was found', () => {
    const findings = createFindings(knownOf());
    expect(findings.add(finding({ id: 'a', time: BEFORE }), true, SINCE)).toBe(true);
    expect(findings.add(finding({ id: 'b', time: BEFORE }), false, SINCE)).toBe(true);
    expect(findings.totals()).toMatchObject({ findings: 2, newFindings: 2 });
  });

  it('nothing is from before a window without a start', () => {
    const findings = createFindings(knownOf('old'));
    expect(findings.add(finding({ id: 'old', time: '1970-01-01T00:00:00.000000Z' }), false, undefined)).toBe(true);
  });
});

describe('what a log said', () => {
  const long = 'x'.repeat(MAX_TEXT + 1);
  const cut = `${'x'.repeat(MAX_TEXT - 1)}…`;

  it('is cut where it is too long, and nowhere else', () => {
    const exact = 'y'.repeat(MAX_TEXT);
    const one = told({
      actor: { username: long, groups: [long], impersonated: long, serviceAccount: { namespace: long, name: exact } },
      object: { group: long, resource: exact, name: long },
      ...{ verb: long, uri: long, userAgent: exact, auditID: long, sourceIPs: [long] },
    });
    expect(one).toMatchObject({
      actor: { username: cut, groups: [cut], impersonated: cut, serviceAccount: { namespace: cut, name: exact } },
      object: { group: cut, resource: exact, name: cut },
      ...{ verb: cut, uri: cut, userAgent: exact, auditID: cut, sourceIPs: [cut] },
    });
    expect(cut).toHaveLength(MAX_TEXT);
  });

  it('of a detector is cut as text', () => {
    const list = Array.from({ length: 300 }, (_, index) => index);
    const details = { text: long, list, few: [1, { a: null }], truth: false, deep: { a: { b: long } } };
    const { text, list: cutList, deep, ...rest } = told({ details }).details;
    expect(text).toBe(cut);
    expect(rest).toEqual({ few: [1, { a: null }], truth: false });
    expect(cutList).toBe(`${JSON.stringify(list).slice(0, MAX_TEXT - 1)}…`);
    expect(deep).toMatch(/^\{"a":\{"b":"x+…$/);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('may be called %s', (name) => {
    const details = JSON.parse(`{${JSON.stringify(name)}:{"polluted":true},"other":1}`) as Record<string, unknown>;
    const one = told({
      details,
      actor: { username: name, groups: [name] },
      object: { group: '', resource: name, name },
    });
    expect(JSON.stringify(one.details)).toBe(JSON.stringify(details));
    expect(Object.keys(one.details)).toEqual([name, 'other']);
    expect((one.details as { polluted?: unknown }).polluted).toBeUndefined();
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(one).toMatchObject({ actor: { username: name }, object: { resource: name } });
  });

  it('does not have two groups taken for one', () => {
    const users = ['__proto__', 'constructor', '', '"', ',', long, `${long}x`];
    const findings = all(undefined, ...users.map((username) => ({ actor: { username, groups: [] } })));
    expect(findings.groups(commands).findings).toHaveLength(users.length);
  });

  it('may be nothing: no object, no time, no place', () => {
    expect(told({ object: null, time: '', code: null })).toMatchObject({
      ...{ object: null, first: null, last: null, source: null, code: null },
    });
  });

  it('has a place where there is one', () => {
    expect(told({ source: { path: '/a', offset: 7, label: 'n' } }).source).toEqual({
      path: '/a',
      offset: 7,
      label: 'n',
    });
  });
});

describe('source addresses', () => {
  const claimed = Array.from({ length: 100 }, (_, index) => `10.0.0.${index}`);

  it('are not without number', () => {
    expect(told({ sourceIPs: claimed }).sourceIPs.length).toBeLessThanOrEqual(20);
    expect(told({ sourceIPs: claimed.slice(0, 20) }).sourceIPs).toEqual(claimed.slice(0, 20));
  });

  // All but the last are what the client claims: an attacker claims enough of them to hide the one that counts.
  it('have the last among them, which nobody but the server wrote', () => {
    expect(told({ sourceIPs: [...claimed, '203.0.113.7'] }).sourceIPs.at(-1)).toBe('203.0.113.7');
  });
});

describe('more groups than a report holds', () => {
  const REPORTED = 5_000;

  it('are the less severe ones, and counted', () => {
    const findings = createFindings(undefined);
    for (let index = 0; index < REPORTED + 3; index++)
      findings.add(finding({ detector: `d${index}`, count: 2 }), false, SINCE);
    findings.add(finding({ detector: 'worst', severity: 'critical' }), false, SINCE);
    const groups = findings.groups(commands);
    expect(groups.findings).toHaveLength(REPORTED);
    expect(groups.findings[0]?.detector).toBe('worst');
    expect(groups.others).toBe(4);
    expect(findings.totals().findings).toBe(REPORTED + 4);
  });

  it('are counted where they were not even kept', () => {
    const known = knownOf();
    const findings = createFindings(known);
    const extra = 7;
    const added = Array.from({ length: MAX_GROUPS + extra }, (_, index) =>
      findings.add(finding({ id: `id${index}`, detector: `d${index}` }), false, SINCE),
    );
    expect(added).not.toContain(false);
    const groups = findings.groups(commands);
    expect(groups.findings.length + groups.others).toBe(MAX_GROUPS + extra);
    expect(findings.totals()).toMatchObject({ findings: MAX_GROUPS + extra, newFindings: MAX_GROUPS + extra });
    expect(known.added).toHaveLength(MAX_GROUPS + extra);
  });
});

import { describe, expect, it } from 'vitest';
import { findingColumns, findingRow } from '../../src/commands/finding-row.ts';
import type { Finding } from '../../src/detect/finding.ts';
import { createClock } from '../../src/sinks/clock.ts';
import { OUTPUT_FORMS } from '../../src/sinks/registry.ts';

const clock = createClock(undefined);

const finding: Finding = {
  id: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
  detector: 'prod-exec',
  title: 'Shell opened in a production pod',
  severity: 'high',
  attack: ['T1609'],
  time: '2026-02-22T10:15:30.123456Z',
  actor: { username: 'maria', groups: ['dev'] },
  verb: 'get',
  object: { group: '', resource: 'pods', subresource: 'exec', namespace: 'prod', name: 'web-0' },
  uri: '/api/v1/namespaces/prod/pods/web-0/exec',
  outcome: 'allowed',
  code: 101,
  sourceIPs: ['203.0.113.7', '10.0.0.9'],
  userAgent: 'kubectl/v1.31.0',
  auditID: 'a1',
  source: { path: 'audit.log', offset: 81_234 },
  details: {},
  count: 1,
};
const cells = (change: Partial<Finding> = {}): Readonly<Record<string, unknown>> =>
  findingRow({ ...finding, ...change }, clock).cells;

describe('an actor', () => {
  it('names the URI where a request is about no object', () => {
    expect(cells({ object: null, uri: '/healthz' }).object).toBe('/healthz');
  });

  it('is the caller, and whom it impersonates', () => {
    expect(cells().actor).toBe('maria');
    expect(cells({ actor: { username: 'maria', groups: [], impersonated: 'system:admin' } }).actor).toBe(
      'maria as system:admin',
    );
    expect(cells({ actor: { username: '', groups: [] } }).actor).toBe('(nobody)');
  });
});

describe('the columns', () => {
  const keys = (width: number | undefined): string[] => findingColumns('table', width).map(({ key }) => key);

  it('are all there where there is room', () => {
    expect(keys(undefined)).toEqual(keys(120));
    expect(keys(200)).toContain('details');
  });

  it('are fewer where there is not: first without details, then without outcome', () => {
    expect(keys(119)).toEqual(keys(120).filter((key) => key !== 'details'));
    expect(keys(99)).toEqual(keys(119).filter((key) => key !== 'outcome'));
  });

  it('of the other forms hang on no width', () => {
    for (const form of OUTPUT_FORMS.filter((name) => name !== 'table'))
      expect(findingColumns(form, 40)).toEqual(findingColumns(form, undefined));
  });
});

describe('what the plain table shortens', () => {
  it('are service accounts, the year, and verb and object in one', () => {
    const actor = { username: 'system:serviceaccount:shop:web', groups: [], impersonated: 'system:serviceaccount:a:b' };
    expect(cells({ actor })).toMatchObject({
      actor: 'system:serviceaccount:shop:web as system:serviceaccount:a:b',
      shortActor: 'sa:shop/web as sa:a/b',
      shortFirst: '02-22 10:15:30',
      action: 'get pods/exec prod/web-0',
    });
    expect(cells({ object: null, uri: '' })).toMatchObject({ action: 'get' });
  });
});

describe('details', () => {
  it.each([
    [{}, ''],
    [{ command: 'sh' }, 'command=sh'],
    [{ command: 'sh -c id' }, 'command="sh -c id"'],
    [{ command: ['sh', '-c', 'id'] }, 'command="sh -c id"'],
    [{ command: ['sh'] }, 'command=sh'],
    [{ command: ['sh -c'] }, 'command="sh -c"'],
    [{ a: 1, b: true, c: null }, 'a=1 b=true c=null'],
    [{ images: [] }, 'images='],
    [{ rules: [{ verbs: ['*'] }] }, 'rules=[{"verbs":["*"]}]'],
    [{ mixed: ['a', 1] }, 'mixed=["a",1]'],
    [{ a: undefined }, 'a='],
    [{ a: '' }, 'a='],
  ])('%j: %s', (details, expected) => {
    expect(cells({ details }).details).toBe(expected);
  });

  it('that cannot be written do no harm', () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    expect(cells({ details: { circle, big: 1n } }).details).toBe('circle=… big=…');
  });

  it('a value cannot pretend to be another one', () => {
    const one = cells({ details: { command: 'x" container="web' } }).details;
    const two = cells({ details: { command: 'x', container: 'web' } }).details;
    expect(String(one).replaceAll('command="x"', 'command=x')).not.toBe(String(two).replaceAll('web', '"web"'));
  });
});

describe('the row', () => {
  it.each([undefined, 40, 80, 99, 100, 119, 120, 200])('has a cell for every column at a width of %s', (width) => {
    for (const form of OUTPUT_FORMS) {
      const keys = findingColumns(form, width).map(({ key }) => key);
      for (const key of keys) expect(cells()).toHaveProperty(key);
      expect(new Set(keys).size).toBe(keys.length);
    }
  });

  it('of a single finding', () => {
    expect(cells()).toMatchObject({
      severity: 'high',
      first: '2026-02-22 10:15:30Z',
      last: '2026-02-22 10:15:30Z',
      count: 1,
      code: 101,
      sourceIPs: '203.0.113.7 10.0.0.9',
      id: finding.id,
      source: 'audit.log:81234',
    });
  });

  it('of a group: its count and times, and an id that can be typed', () => {
    const group = { count: 7, first: '2026-02-22T09:00:00Z', last: '2026-02-22T11:00:00Z' };
    expect(findingRow(finding, clock, group).cells).toMatchObject({
      count: 7,
      first: '2026-02-22 09:00:00Z',
      last: '2026-02-22 11:00:00Z',
      id: '0123456789ab',
    });
  });

  it('of a window: its own count and times', () => {
    const window = { count: 20, first: '2026-02-22T09:00:00Z', last: '2026-02-22T09:04:00Z' };
    expect(cells(window)).toMatchObject({ count: 20, first: '2026-02-22 09:00:00Z', last: '2026-02-22 09:04:00Z' });
  });

  it('names the label before the path, and nothing where there is no source', () => {
    expect(cells({ source: { path: 'a.log', offset: 0, label: 'node-1' } }).source).toBe('node-1 a.log:0');
    const { source: _, ...rest } = finding;
    expect(findingRow(rest, clock).cells.source).toBe('');
  });

  it('has no time where the event has none', () => {
    expect(cells({ time: '' })).toMatchObject({ first: '', last: '' });
  });

  it('gives its JSON whole', () => {
    expect(JSON.parse(findingRow(finding, clock).json())).toEqual(finding);
  });
});

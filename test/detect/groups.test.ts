import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/detect/finding.ts';
import { createFindingGroups, MAX_GROUPS } from '../../src/detect/groups.ts';
import { silenceFinding } from '../../src/detect/silence.ts';

const finding = (fields: Partial<Finding> = {}): Finding => ({
  id: 'id',
  detector: 'd',
  title: 't',
  severity: 'low',
  attack: [],
  time: '2026-02-22T10:15:30.000000Z',
  actor: { username: 'maria', groups: [] },
  verb: 'get',
  object: { group: '', resource: 'pods' },
  uri: '/x',
  outcome: 'allowed',
  code: 200,
  sourceIPs: [],
  userAgent: '',
  auditID: '',
  details: {},
  count: 1,
  ...fields,
});

const grouped = (...findings: Partial<Finding>[]) => {
  const groups = createFindingGroups();
  for (const fields of findings) groups.add(finding(fields));
  return groups;
};

describe('findings', () => {
  it('that share detector, actor, object and outcome are one group', () => {
    const groups = grouped(
      { id: '1' },
      { id: '2', verb: 'list', code: 206, uri: '/y', sourceIPs: ['1.1.1.1'] },
    ).sorted();
    expect(groups).toMatchObject([{ count: 2, finding: { id: '1' } }]);
  });

  it.each<[string, Partial<Finding>]>([
    ['detector', { detector: 'e' }],
    ['actor', { actor: { username: 'eve', groups: [] } }],
    ['impersonated user', { actor: { username: 'maria', groups: [], impersonated: 'root' } }],
    ['object', { object: { group: '', resource: 'pods', name: 'x' } }],
    ['object, for there is none', { object: null }],
    ['outcome', { outcome: 'denied' }],
  ])('of another %s are another group', (_, fields) => {
    expect(grouped({}, fields).sorted()).toHaveLength(2);
  });

  it('without an object are told apart by the URI', () => {
    expect(
      grouped({ object: null, uri: '/a' }, { object: null, uri: '/b' }, { object: null, uri: '/a' }).sorted(),
    ).toHaveLength(2);
  });

  it('of logs that went silent are a group for each log', () => {
    const silent = (path: string): Finding =>
      silenceFinding({ path, offset: 0 }, { path, node: undefined, lastTime: 1, marker: undefined, silence: 1 });
    const groups = grouped(silent('/a/audit.log'), silent('/b/audit.log'), silent('/a/audit.log')).sorted();
    expect(groups.map(({ finding, count }) => [finding.details.log, count])).toEqual([
      ['/a/audit.log', 2],
      ['/b/audit.log', 1],
    ]);
  });

  it('add up the counts of bursts, and span their times', () => {
    const [group] = grouped(
      { time: '2026-01-02', count: 5, first: '2026-01-02', last: '2026-01-05' },
      { time: '2026-01-01', count: 2, first: '2026-01-01', last: '2026-01-03' },
      { time: '2026-01-04' },
    ).sorted();
    expect(group).toMatchObject({ count: 8, first: '2026-01-01', last: '2026-01-05' });
  });

  it('without a time do not take the times of the others away', () => {
    for (const times of [
      ['', '2026-01-01'],
      ['2026-01-01', ''],
    ])
      expect(grouped(...times.map((time) => ({ time }))).sorted()).toMatchObject([
        { first: '2026-01-01', last: '2026-01-01' },
      ]);
    expect(grouped({ time: '' }).sorted()).toMatchObject([{ first: '', last: '' }]);
  });

  it('are sorted worst first, then by their first time', () => {
    const groups = grouped(
      { detector: 'a', severity: 'low', time: '2026-01-01' },
      { detector: 'b', severity: 'critical', time: '2026-01-03' },
      { detector: 'c', severity: 'critical', time: '2026-01-02' },
      { detector: 'd', severity: 'info', time: '2026-01-01' },
      { detector: 'e', severity: 'high', time: '2026-01-04' },
    ).sorted();
    expect(groups.map(({ finding }) => finding.detector).join('')).toBe('cbead');
  });
});

describe('what does not fit', () => {
  it('is counted as other: groups of a detector beyond the cap', () => {
    const groups = createFindingGroups();
    for (let i = 0; i < MAX_GROUPS + 7; i++) groups.add(finding({ uri: `/${i}`, object: null, count: 2 }));
    expect(groups.sorted()).toHaveLength(MAX_GROUPS);
    expect(groups.other).toBe(14);
    expect(groups.add(finding({ uri: '/0', object: null }))).toMatchObject({ count: 3 });
    expect(groups.add(finding({ uri: '/new', object: null }))).toBeUndefined();
    expect(groups.other).toBe(15);
  });

  it('leaves its room to what other detectors find, before or after', () => {
    const groups = createFindingGroups();
    for (let i = 0; i < MAX_GROUPS + 7; i++) groups.add(finding({ uri: `/${i}`, object: null, severity: 'high' }));
    expect(groups.add(finding({ detector: 'other', severity: 'info' }))).toBeDefined();
  });

  it('is cut, not left out: findings that are megabytes long', () => {
    const groups = createFindingGroups();
    const long = 'x'.repeat(1_000_000);
    for (let i = 0; i < 100; i++)
      groups.add(finding({ userAgent: long, actor: { username: `${long}${i}`, groups: [long] } }));
    expect(groups.sorted()).toHaveLength(100);
    expect(JSON.stringify(groups.sorted()).length).toBeLessThan(500_000);
  });
});

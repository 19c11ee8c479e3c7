import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createActivity } from '../../src/report/activity.ts';
import { countedRequest } from '../../src/report/request.ts';
import { createZone } from '../../src/report/zone.ts';
import { auditFields, eventOf } from '../audit-event.ts';

type Fields = Readonly<Record<string, unknown>>;

const utc = createZone('UTC');

function countsOf(events: readonly Fields[], isWorkingTime?: (time: number) => boolean) {
  const activity = createActivity(utc, isWorkingTime);
  for (const fields of events) activity.add(countedRequest(eventOf(auditFields(fields))));
  return activity.counts();
}

const user = (username: string): Fields => ({ user: { username } });
const inNamespace = (namespace: string | undefined): Fields => ({ objectRef: { resource: 'pods', namespace } });
const sent = (resource: string, fields: Fields = {}): Fields => ({
  verb: 'create',
  objectRef: { resource },
  ...fields,
});

describe('activity', () => {
  it('of nothing is nothing', () => {
    expect(countsOf([])).toMatchObject({
      ...{ requests: 0, actorCount: 0, namespaceCount: 0, missingBodies: [] },
      outcomes: { allowed: 0, denied: 0, failed: 0, unknown: 0 },
      hours: { actors: { rows: [], others: 0 }, namespaces: { rows: [], others: 0 } },
      outsideHours: { requests: 0, actors: { rows: [] } },
    });
  });

  it('counts every request in each of its rankings once', () => {
    const event = fc.record({
      user: fc.record({ username: fc.constantFrom('maria', 'eve', '', '__proto__') }),
      verb: fc.constantFrom('get', 'create', 'delete'),
      objectRef: fc.record({
        resource: fc.constantFrom('pods', 'secrets', '__proto__'),
        namespace: fc.constantFrom('prod', '', 'constructor'),
      }),
      responseStatus: fc.record({ code: fc.constantFrom(200, 403, 500, 0) }),
    });
    fc.assert(
      fc.property(fc.array(event), (events) => {
        const { requests, outcomes, actors, resources, denied, hours } = countsOf(events);
        const sum = (rows: readonly { readonly count: number }[]): number =>
          rows.reduce((all, row) => all + row.count, 0);
        expect(requests).toBe(events.length);
        expect(outcomes.allowed + outcomes.denied + outcomes.failed + outcomes.unknown).toBe(requests);
        expect(sum(actors.rows)).toBe(requests);
        expect(sum(resources.rows)).toBe(requests);
        expect(sum(denied.rows)).toBe(outcomes.denied);
        for (const { rows } of [hours.actors, hours.namespaces])
          expect(rows.flatMap((row) => row.hours).reduce((all, count) => all + count, 0)).toBe(requests);
      }),
    );
  });

  it('counts different actors and namespaces; where a request is in none, that is no namespace', () => {
    const events = [inNamespace('a'), inNamespace('b'), inNamespace('a'), { ...inNamespace('a'), ...user('eve') }];
    expect(countsOf(events)).toMatchObject({ actorCount: 2, namespaceCount: 2 });
    expect(countsOf([...events, inNamespace(undefined), inNamespace('')]).namespaceCount).toBe(2);
    expect(countsOf([inNamespace(undefined)]).namespaceCount).toBe(0);
  });
});

describe('outside of business hours', () => {
  const never = (): boolean => false;

  it('nobody is where there are no such hours', () => {
    expect(countsOf([{}]).outsideHours).toMatchObject({ requests: 0, actors: { rows: [] } });
  });

  it('are the requests of people alone', () => {
    const names = ['maria', 'system:node:a', 'system:serviceaccount:a:b', 'system:anonymous', '', 'maria'];
    const { requests, actors } = countsOf(names.map(user), never).outsideHours;
    expect(requests).toBe(2);
    expect(actors.rows).toMatchObject([{ actor: { username: 'maria' }, count: 2 }]);
  });

  it('are those at another time, and with a time', () => {
    const times = ['2026-02-22T08:00:00Z', '2026-02-22T19:00:00Z', 'soon'];
    const events = times.map((time) => ({ stageTimestamp: time, requestReceivedTimestamp: null }));
    const { outsideHours } = countsOf(events, (time) => utc(time).minute < 12 * 60);
    expect(outsideHours.requests).toBe(1);
    expect(outsideHours.actors.rows).toMatchObject([{ count: 1, first: '2026-02-22T19:00:00.000000Z' }]);
  });
});

describe('objects that were sent and not logged', () => {
  it('are counted by resource, most missing first', () => {
    const { missingBodies } = countsOf([
      ...[sent('roles'), sent('pods'), sent('jobs', { requestObject: {} }), sent('secrets')],
      ...[sent('pods', { requestObject: {} }), sent('pods', { verb: 'patch' }), sent('daemonsets')],
    ]);
    expect(missingBodies).toEqual([
      { resource: 'pods', missing: 2, changes: 3 },
      { resource: 'daemonsets', missing: 1, changes: 1 },
      { resource: 'roles', missing: 1, changes: 1 },
    ]);
  });
});

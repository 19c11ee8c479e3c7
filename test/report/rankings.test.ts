import { describe, expect, it } from 'vitest';
import { parseTime } from '../../src/event/time.ts';
import type { ActorName } from '../../src/report/model.ts';
import { countActors, countDeletions, countDenied, countHours, countResources } from '../../src/report/rankings.ts';
import type { CountedRequest } from '../../src/report/request.ts';
import { createZone } from '../../src/report/zone.ts';

const T1 = '2026-11-17T10:00:00.000001Z';
const T2 = '2026-11-17T11:59:59.999999Z';
const T3 = '2026-11-18T00:00:00.000000Z';

type Fields = Partial<Omit<CountedRequest, 'actor' | 'actorKey'>> & { readonly who?: string; readonly as?: string };

function request({ who = 'maria', as, ...fields }: Fields = {}): CountedRequest {
  const actor: ActorName = { username: who, impersonated: as ?? null };
  return {
    ...{ time: parseTime(T1), actor, actorKey: JSON.stringify([actor.username, actor.impersonated]) },
    ...{ verb: 'get', resource: 'pods', namespace: 'prod', name: 'web', outcome: 'allowed', isWrite: false },
    body: 'irrelevant',
    ...fields,
  };
}

function resultOf<Result>(
  counter: { add(request: CountedRequest): void; result(): Result },
  ...requests: readonly Fields[]
): Result {
  for (const fields of requests) counter.add(request(fields));
  return counter.result();
}

const none = { others: { rows: 0, count: 0 }, isComplete: true };
const named = (username: string): ActorName => ({ username, impersonated: null });
const many = (count: number, fields: (index: number) => Fields): Fields[] =>
  Array.from({ length: count }, (_, index) => fields(index));

describe('actors', () => {
  it('are ranked by their requests, with what they changed and were refused', () => {
    const ranking = resultOf(
      countActors(),
      { who: 'eve', outcome: 'denied', time: parseTime(T3) },
      { isWrite: true, time: parseTime(T2) },
      { outcome: 'failed', isWrite: true },
      { time: undefined },
    );
    expect(ranking).toEqual({
      rows: [
        { actor: named('maria'), count: 3, writes: 2, denied: 0, first: T1, last: T2 },
        { actor: named('eve'), count: 1, writes: 0, denied: 1, first: T3, last: T3 },
      ],
      ...none,
    });
  });

  it('are others where they impersonate somebody', () => {
    const { rows } = resultOf(countActors(), {}, { as: 'admin' }, { as: 'admin' });
    expect(rows.map(({ actor, count }) => [actor.impersonated, count])).toEqual([
      ['admin', 2],
      [null, 1],
    ]);
  });

  it('without any time have none', () => {
    expect(resultOf(countActors(), { time: undefined }).rows).toMatchObject([{ first: null, last: null }]);
  });

  it('beyond the first fifty are counted together', () => {
    const counter = countActors();
    const ranking = resultOf(counter, ...many(53, (index) => ({ who: `user-${index}` })), { who: 'user-52' });
    expect(ranking.rows).toHaveLength(50);
    expect(ranking.rows[0]?.actor.username).toBe('user-52');
    expect(ranking.others).toEqual({ rows: 3, count: 3 });
    expect(counter.size).toBe(53);
  });

  it.each(['__proto__', 'constructor', 'toString', ''])('may be called %j', (who) => {
    expect(resultOf(countActors(), { who }, { who }).rows).toMatchObject([{ actor: named(who), count: 2 }]);
  });
});

describe('resources', () => {
  it('are ranked by their requests', () => {
    expect(
      resultOf(
        countResources(),
        { resource: '__proto__', outcome: 'denied' },
        { isWrite: true },
        { namespace: 'other', outcome: 'denied', isWrite: true },
      ),
    ).toEqual({
      rows: [
        { resource: 'pods', count: 2, writes: 2, denied: 1 },
        { resource: '__proto__', count: 1, writes: 0, denied: 1 },
      ],
      ...none,
    });
  });

  it('of one count are in the order of their names', () => {
    const { rows } = resultOf(countResources(), { resource: 'b' }, { resource: 'a' }, { resource: 'B' });
    expect(rows.map(({ resource }) => resource)).toEqual(['B', 'a', 'b']);
  });
});

describe('denied requests', () => {
  it('are told apart by actor, verb, resource and namespace', () => {
    const base: Fields = { outcome: 'denied' };
    const different = [{ who: 'eve' }, { as: 'x' }, { verb: 'list' }, { resource: 'secrets' }, { namespace: '' }];
    const { rows } = resultOf(countDenied(), base, base, ...different.map((fields) => ({ ...base, ...fields })));
    expect(rows).toHaveLength(1 + different.length);
    expect(rows[0]).toEqual({
      ...{ actor: named('maria'), verb: 'get', resource: 'pods', namespace: 'prod', count: 2, first: T1, last: T1 },
    });
  });

  it('of different names are one row', () => {
    expect(
      resultOf(countDenied(), { outcome: 'denied', name: 'a' }, { outcome: 'denied', name: 'b' }).rows,
    ).toMatchObject([{ count: 2 }]);
  });

  it('are none of the others', () => {
    const outcomes = ['allowed', 'failed', 'unknown'] as const;
    expect(resultOf(countDenied(), ...outcomes.map((outcome) => ({ outcome })))).toEqual({ rows: [], ...none });
  });
});

describe('deletions', () => {
  it('are counted with some names, in the order in which they went', () => {
    const gone = ['z', 'b', 'z', 'a', '', 'c', 'd', 'e'];
    const ranking = resultOf(
      countDeletions(),
      ...gone.map((name): Fields => ({ verb: 'delete', isWrite: true, name })),
      {
        verb: 'deletecollection',
        isWrite: true,
        name: '',
        time: parseTime(T3),
      },
    );
    expect(ranking).toEqual({
      rows: [
        {
          ...{ actor: named('maria'), resource: 'pods', namespace: 'prod', count: 9, collections: 1 },
          ...{ names: ['z', 'b', 'a', 'c', 'd'], first: T1, last: T3 },
        },
      ],
      ...none,
    });
  });

  it('of another actor, resource or namespace are another row', () => {
    const rows = [{}, { who: 'eve' }, { resource: 'secrets' }, { namespace: 'test' }];
    expect(
      resultOf(countDeletions(), ...rows.map((fields) => ({ ...fields, verb: 'delete', isWrite: true }))).rows,
    ).toHaveLength(4);
  });

  it('that were refused, or failed, deleted nothing', () => {
    const outcomes = ['denied', 'failed', 'allowed', 'unknown'] as const;
    const { rows } = resultOf(
      countDeletions(),
      ...outcomes.map((outcome): Fields => ({ verb: 'delete', isWrite: true, outcome })),
    );
    expect(rows).toMatchObject([{ count: 2 }]);
  });

  it('that were dry runs deleted nothing', () => {
    expect(resultOf(countDeletions(), { verb: 'delete', isWrite: false }).rows).toEqual([]);
  });

  it('are none of the other verbs', () => {
    const verbs = ['get', 'create', 'DELETE', 'deletecollections'];
    expect(resultOf(countDeletions(), ...verbs.map((verb) => ({ verb }))).rows).toEqual([]);
  });
});

describe('hours', () => {
  const byNamespace = (zone: string) =>
    countHours(createZone(zone), ({ namespace }) => ({ key: namespace, name: namespace }));
  const at = (...hours: readonly number[]): number[] =>
    Array.from({ length: 24 }, (_, hour) => hours.filter((other) => other === hour).length);

  it('are those of the zone', () => {
    const requests = [T1, T2, T3].map((time): Fields => ({ time: parseTime(time) }));
    expect(resultOf(byNamespace('UTC'), ...requests).rows).toEqual([{ name: 'prod', hours: at(10, 11, 0) }]);
    expect(resultOf(byNamespace('Asia/Kathmandu'), ...requests).rows).toEqual([{ name: 'prod', hours: at(15, 17, 5) }]);
  });

  it('have a row for each of the busiest, also of what has no time', () => {
    const counter = byNamespace('UTC');
    const requests = many(22, (index) => ({ namespace: `ns-${String(index).padStart(2, '0')}` }));
    const { rows, others } = resultOf(
      counter,
      ...requests,
      { namespace: '', time: undefined },
      { namespace: '', time: undefined },
    );
    expect(rows[0]).toEqual({ name: '', hours: at() });
    expect(rows.map(({ name }) => name).slice(1, 3)).toEqual(['ns-00', 'ns-01']);
    expect(rows).toHaveLength(20);
    expect(others).toBe(3);
    expect(counter.size).toBe(23);
  });
});

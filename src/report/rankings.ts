/** The rankings of a report. Each counts requests one by one, and gives its first rows at the end. */

import { formatTime } from '../event/time.ts';
import type {
  ActorActivity,
  ActorName,
  Deletions,
  DeniedRequests,
  Hours,
  Ranking,
  ResourceActivity,
  Time,
} from './model.ts';
import type { CountedRequest } from './request.ts';
import { createTally, type Top } from './tally.ts';
import type { Zone } from './zone.ts';

/** Rows of a ranking. */
const MAX_ROWS = 50;
/** Rows of a heat map. */
const MAX_HOUR_ROWS = 20;
/** Names of deleted objects that are kept as examples. */
const MAX_NAMES = 5;

const NOBODY: ActorName = { username: '', impersonated: null };

interface Counter<Result> {
  add(request: CountedRequest): void;
  result(): Result;
}

/** Times of the first and the last, microseconds since the epoch. */
interface Span {
  from: number | undefined;
  to: number | undefined;
}

export function countActors(): Counter<Ranking<ActorActivity>> & { readonly size: number } {
  const tally = createTally(() => ({ ...noSpan(), count: 0, actor: NOBODY, writes: 0, denied: 0 }));
  return {
    add(request) {
      const row = tally.count(request.actorKey);
      row.actor = request.actor;
      if (request.isWrite) row.writes += 1;
      if (request.outcome === 'denied') row.denied += 1;
      stretch(row, request.time);
    },
    result: () => ranking(tally.top(MAX_ROWS), ({ from, to, ...row }) => ({ ...row, ...times({ from, to }) })),
    get size() {
      return tally.size;
    },
  };
}

export function countResources(): Counter<Ranking<ResourceActivity>> {
  const tally = createTally(() => ({ count: 0, resource: '', writes: 0, denied: 0 }));
  return {
    add(request) {
      const row = tally.count(request.resource);
      row.resource = request.resource;
      if (request.isWrite) row.writes += 1;
      if (request.outcome === 'denied') row.denied += 1;
    },
    result: () => ranking(tally.top(MAX_ROWS), (row) => ({ ...row })),
  };
}

export function countDenied(): Counter<Ranking<DeniedRequests>> {
  const tally = createTally(() => ({ ...noSpan(), count: 0, actor: NOBODY, verb: '', resource: '', namespace: '' }));
  return {
    add({ outcome, time, actor, actorKey, verb, resource, namespace }) {
      if (outcome !== 'denied') return;
      const row = tally.count(JSON.stringify([actorKey, verb, resource, namespace]));
      Object.assign(row, { actor, verb, resource, namespace });
      stretch(row, time);
    },
    result: () => ranking(tally.top(MAX_ROWS), ({ from, to, ...row }) => ({ ...row, ...times({ from, to }) })),
  };
}

export function countDeletions(): Counter<Ranking<Deletions>> {
  const tally = createTally(() => ({
    ...{ ...noSpan(), count: 0, actor: NOBODY, resource: '', namespace: '', collections: 0 },
    names: new Set<string>(),
  }));
  return {
    add({ outcome, time, actor, actorKey, verb, resource, namespace, name, isWrite }) {
      if (!isWrite || (verb !== 'delete' && verb !== 'deletecollection')) return;
      if (outcome === 'denied' || outcome === 'failed') return;
      const row = tally.count(JSON.stringify([actorKey, resource, namespace]));
      Object.assign(row, { actor, resource, namespace });
      if (verb === 'deletecollection') row.collections += 1;
      if (name !== '' && row.names.size < MAX_NAMES) row.names.add(name);
      stretch(row, time);
    },
    result: () =>
      ranking(tally.top(MAX_ROWS), ({ from, to, names, ...row }) => ({
        ...{ ...row, names: [...names], ...times({ from, to }) },
      })),
  };
}

/** Requests by the hour of the day, for each of what `nameOf` gives. */
export function countHours<Name>(
  zone: Zone,
  nameOf: (request: CountedRequest) => { readonly key: string; readonly name: Name },
): Counter<Hours<Name>> & { readonly size: number } {
  const tally = createTally(() => ({
    count: 0,
    name: undefined as Name | undefined,
    hours: Array<number>(24).fill(0),
  }));
  return {
    add(request) {
      const { key, name } = nameOf(request);
      const row = tally.count(key);
      row.name = name;
      if (request.time === undefined) return;
      const hour = Math.floor(zone(request.time).minute / 60);
      row.hours[hour] = (row.hours[hour] ?? 0) + 1;
    },
    result() {
      const { rows, others } = tally.top(MAX_HOUR_ROWS);
      return {
        rows: rows.flatMap(({ name, hours }) => (name === undefined ? [] : [{ name, hours: [...hours] }])),
        others: others.rows,
      };
    },
    get size() {
      return tally.size;
    },
  };
}

function ranking<From, To>({ rows, ...rest }: Top<From>, view: (row: From) => To): Ranking<To> {
  return { rows: rows.map(view), ...rest };
}

function noSpan(): Span {
  return { from: undefined, to: undefined };
}

function stretch(span: Span, time: number | undefined): void {
  if (time === undefined) return;
  if (span.from === undefined || time < span.from) span.from = time;
  if (span.to === undefined || time > span.to) span.to = time;
}

function times({ from, to }: Span): { first: Time; last: Time } {
  return { first: from === undefined ? null : formatTime(from), last: to === undefined ? null : formatTime(to) };
}

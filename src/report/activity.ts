/** What was done in a log, whatever the detectors say of it: counted request by request, in bounded memory. */

import type { Outcome } from '../event/outcome.ts';
import type { ActorActivity, ActorName, Deletions, DeniedRequests, Hours, Ranking, ResourceActivity } from './model.ts';
import { countActors, countDeletions, countDenied, countHours, countResources } from './rankings.ts';
import { type CountedRequest, isPerson } from './request.ts';
import type { Zone } from './zone.ts';

/** Changes of a resource, and how many of them were logged without the object that was sent. */
export interface MissingBodies {
  readonly resource: string;
  readonly missing: number;
  readonly changes: number;
}

export interface ActivityCounts {
  readonly requests: number;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  readonly actorCount: number;
  readonly namespaceCount: number;
  readonly hours: { readonly actors: Hours<ActorName>; readonly namespaces: Hours<string> };
  readonly actors: Ranking<ActorActivity>;
  readonly resources: Ranking<ResourceActivity>;
  readonly denied: Ranking<DeniedRequests>;
  readonly deletions: Ranking<Deletions>;
  /** Of people alone. */
  readonly outsideHours: { readonly requests: number; readonly actors: Ranking<ActorActivity> };
  /** Most missing first; resources without are left out. */
  readonly missingBodies: readonly MissingBodies[];
}

export interface Activity {
  add(request: CountedRequest): void;
  counts(): ActivityCounts;
}

/**
 * @param zone tells the hours of the heat maps.
 * @param isWorkingTime by the `businessHours`; undefined where there are none.
 */
export function createActivity(zone: Zone, isWorkingTime: ((time: number) => boolean) | undefined): Activity {
  const outcomes: Record<Outcome, number> = { allowed: 0, denied: 0, failed: 0, unknown: 0 };
  const actors = countActors();
  const resources = countResources();
  const denied = countDenied();
  const deletions = countDeletions();
  const actorHours = countHours(zone, ({ actor, actorKey }) => ({ key: actorKey, name: actor }));
  const namespaceHours = countHours(zone, ({ namespace }) => ({ key: namespace, name: namespace }));
  const outside = countActors();
  /** By the resources whose bodies matter, which are a few of our own choice. */
  const bodies = new Map<string, { missing: number; changes: number }>();
  let requests = 0;
  let requestsInNamespaces = 0;
  let outsideRequests = 0;

  return {
    add(request) {
      const { time, actor, body, resource } = request;
      requests += 1;
      outcomes[request.outcome] += 1;
      if (request.namespace !== '') requestsInNamespaces += 1;
      for (const counter of [actors, resources, denied, deletions, actorHours, namespaceHours]) counter.add(request);
      if (body !== 'irrelevant') {
        const row = bodies.get(resource) ?? { missing: 0, changes: 0 };
        row.changes += 1;
        if (body === 'missing') row.missing += 1;
        bodies.set(resource, row);
      }
      if (isWorkingTime && time !== undefined && isPerson(actor) && !isWorkingTime(time)) {
        outsideRequests += 1;
        outside.add(request);
      }
    },
    counts: () => ({
      requests,
      outcomes: { ...outcomes },
      actorCount: actors.size,
      // Requests outside of all namespaces are a row of their own.
      namespaceCount: namespaceHours.size - (requestsInNamespaces < requests ? 1 : 0),
      hours: { actors: actorHours.result(), namespaces: namespaceHours.result() },
      actors: actors.result(),
      resources: resources.result(),
      denied: denied.result(),
      deletions: deletions.result(),
      outsideHours: { requests: outsideRequests, actors: outside.result() },
      missingBodies: [...bodies]
        .filter(([, { missing }]) => missing > 0)
        .map(([resource, row]) => ({ resource, ...row }))
        .sort((a, b) => b.missing - a.missing || (a.resource < b.resource ? -1 : 1)),
    }),
  };
}

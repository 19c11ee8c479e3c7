import type { AuditEvent } from '../event/types.ts';
import type { Detector } from './detector.ts';
import { createTriage, type Kind } from './triage.ts';

/** The detectors of which an event must be asked: of all others it is known that they do not match it, and could judge it. */
export type Shortlist = (event: AuditEvent) => readonly Detector[];

/** Requests, and kinds of them with their actors, of which something is remembered; beyond, all are asked about anew. */
const MAX_KNOWN = 20_000;
/** Characters of what a client chooses, above which nothing is remembered of an event. */
const MAX_KEY = 2_048;

/** What {@link createTriage} does for heads, for events that are parsed. What is not compiled is asked of every event. */
export function createShortlist(detectors: readonly Detector[]): Shortlist {
  const triage = createTriage(detectors.filter(({ match }) => match.predicate));
  const uncompiled = new Set(detectors.filter(({ match }) => !match.predicate).map(({ id }) => id));
  const kinds = new Map<string, Kind>();
  /** By the kind of what was asked, and by who asked. */
  const lists = new Map<Kind, Map<string, readonly Detector[]>>();
  let known = 0;

  const forgetAll = (): void => {
    kinds.clear();
    lists.clear();
    known = 0;
  };

  const listFor = (kind: Kind, event: AuditEvent): readonly Detector[] => {
    const open = new Set(triage.pairOf(kind, new Map(), () => event).bodied.open.map(({ id }) => id));
    return detectors.filter(({ id }) => open.has(id) || uncompiled.has(id));
  };

  return (event) => {
    const requestKey = keyOfRequest(event);
    const actorKey = keyOfActor(event);
    if (requestKey.length > MAX_KEY || actorKey.length > MAX_KEY) return detectors;
    if (known > MAX_KNOWN) forgetAll();
    let kind = kinds.get(requestKey);
    if (!kind) {
      kind = triage.kindOfRequest(event);
      kinds.set(requestKey, kind);
      known += 1;
    }
    let byActor = lists.get(kind);
    if (!byActor) {
      byActor = new Map();
      lists.set(kind, byActor);
    }
    let list = byActor.get(actorKey);
    if (!list) {
      list = listFor(kind, event);
      byActor.set(actorKey, list);
      known += 1;
    }
    return list;
  };
}

/** The values of `REQUEST_FIELDS`. */
function keyOfRequest({ kind, apiVersion, level, stage, verb, objectRef, responseStatus }: AuditEvent): string {
  const { resource, subresource, apiGroup, apiVersion: version } = objectRef ?? {};
  const values = [kind, apiVersion, level, stage, verb, resource, subresource, apiGroup, version, responseStatus?.code];
  return JSON.stringify([...values.map(orAbsent), presence(objectRef), presence(responseStatus)]);
}

/** The values of `ACTOR_FIELDS`. */
function keyOfActor({ user, impersonatedUser, userAgent }: AuditEvent): string {
  return JSON.stringify([...[user?.username, user?.groups, impersonatedUser, userAgent].map(orAbsent), presence(user)]);
}

/** JSON has null for both: no field of a key is ever false. */
function orAbsent(value: unknown): unknown {
  return value === undefined ? false : value;
}

function presence(value: unknown): unknown {
  return value === undefined ? false : value === null ? null : true;
}

import { createHash } from 'node:crypto';
import { parseServiceAccount, username } from '../event/actor.ts';
import { outcome } from '../event/outcome.ts';
import { eventTime, formatTime } from '../event/time.ts';
import type { AuditEvent, EventRecord } from '../event/types.ts';
import type { Detector } from './detector.ts';
import type { Actor, Finding, FindingObject } from './finding.ts';

/** The id of what a detector says of a request; the same for every stage, re-run and wrapper of it. */
export function findingId(detector: string, requestHash: string): string {
  return createHash('sha256').update(`${detector}\n${requestHash}`).digest('hex');
}

/** @param details values of the detector's columns; those that are nothing are left out. */
export function makeFinding(
  detector: Detector,
  id: string,
  record: EventRecord,
  details: Readonly<Record<string, unknown>>,
): Finding {
  const { event, place } = record;
  const time = eventTime(event);
  return {
    id,
    detector: detector.id,
    title: detector.title,
    severity: detector.severity,
    attack: detector.attack,
    time: time === undefined ? '' : formatTime(time),
    actor: actor(event),
    verb: event.verb ?? '',
    object: objectOf(event),
    uri: event.requestURI ?? '',
    outcome: outcome(event),
    code: event.responseStatus?.code ?? null,
    sourceIPs: event.sourceIPs ?? [],
    userAgent: event.userAgent ?? '',
    auditID: event.auditID ?? '',
    source: { path: place.path, offset: place.offset, ...(place.label === undefined ? {} : { label: place.label }) },
    details,
    count: 1,
  };
}

function actor(event: AuditEvent): Actor {
  const impersonated = event.impersonatedUser?.username;
  const serviceAccount = parseServiceAccount(event.user?.username);
  return {
    username: username(event),
    groups: event.user?.groups ?? [],
    ...(impersonated ? { impersonated } : {}),
    ...(serviceAccount ? { serviceAccount } : {}),
  };
}

/** The object that a request is about; null where it names no resource. */
export function objectOf(event: AuditEvent): FindingObject | null {
  const ref = event.objectRef;
  if (!ref) return null;
  return {
    group: ref.apiGroup ?? '',
    resource: ref.resource ?? '',
    ...(ref.subresource ? { subresource: ref.subresource } : {}),
    ...(ref.namespace ? { namespace: ref.namespace } : {}),
    ...(ref.name ? { name: ref.name } : {}),
  };
}

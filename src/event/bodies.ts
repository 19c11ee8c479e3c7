import type { Unjudged } from '../summary.ts';
import { DECISION } from './outcome.ts';
import { LONG_RUNNING_SUBRESOURCES } from './requests.ts';
import type { AuditEvent } from './types.ts';

/** Bodies that a request may have had and that its event does not hold. */
export interface AbsentBodies {
  readonly request: boolean;
  readonly response: boolean;
  readonly why: WhyAbsent;
}

export type WhyAbsent = Unjudged['why'];

const NONE: AbsentBodies = { request: false, response: false, why: 'unknown' };
/** Verbs of requests that carry no object. */
const WITHOUT_OBJECT: ReadonlySet<string> = new Set(['get', 'list', 'watch']);
/** The annotation of an event whose bodies were cut off as too large. */
export const TRUNCATED = 'audit.k8s.io/truncated';

/**
 * Which bodies are absent though the request may have had them. At a level that logs it, an absent body was not there:
 * requests that name no resource, streams (exec, watch, log) and what was refused before it was read have none.
 */
export function absentBodies(event: AuditEvent): AbsentBodies {
  const { objectRef, annotations, level } = event;
  const verb = event.verb ?? '';
  if (!objectRef || LONG_RUNNING_SUBRESOURCES.has(objectRef.subresource ?? '')) return NONE;
  if (annotations?.[DECISION] === 'forbid' || event.responseStatus?.code === 401) return NONE;
  const isTruncated = annotations?.[TRUNCATED] === 'true';
  const request =
    isAbsent(event.requestObject) &&
    !WITHOUT_OBJECT.has(verb) &&
    (isTruncated || (level !== 'Request' && level !== 'RequestResponse'));
  const response = isAbsent(event.responseObject) && verb !== 'watch' && (isTruncated || level !== 'RequestResponse');
  if (!request && !response) return NONE;
  return { request, response, why: isTruncated ? 'truncated' : levelOf(level) };
}

function isAbsent(body: unknown): boolean {
  return body === undefined || body === null;
}

function levelOf(level: string | null | undefined): WhyAbsent {
  return level === 'Metadata' || level === 'Request' ? level : 'unknown';
}

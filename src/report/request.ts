/** What a report counts of a request. */

import { cutText } from '../detect/cut-finding.ts';
import { parseServiceAccount, username } from '../event/actor.ts';
import { stageTime } from '../event/line-time.ts';
import { type Outcome, outcome } from '../event/outcome.ts';
import { eventTime } from '../event/time.ts';
import type { AuditEvent } from '../event/types.ts';
import { queryValues } from '../event/uri.ts';
import type { ActorName } from './model.ts';

/** UTF-16 code units of a name: an attacker chooses how long names are. */
const MAX_NAME = 200;

const WRITES: ReadonlySet<string> = new Set([
  ...['create', 'update', 'patch', 'delete', 'deletecollection'],
  // Of requests that name no resource, the HTTP method.
  ...['post', 'put'],
]);
/** Groups whose `create` only asks: access reviews and token reviews. */
const ASKING: ReadonlySet<string> = new Set(['authorization.k8s.io', 'authentication.k8s.io']);

/** Objects whose content detectors ask for. Bodies of secrets and the like should not be logged at all. */
const BODY_MATTERS: ReadonlySet<string> = new Set([
  ...['pods', 'deployments', 'daemonsets', 'statefulsets', 'replicasets', 'jobs', 'cronjobs', 'replicationcontrollers'],
  ...['roles', 'clusterroles', 'rolebindings', 'clusterrolebindings'],
  ...['mutatingwebhookconfigurations', 'validatingwebhookconfigurations', 'apiservices'],
]);
const SENDS_BODY: ReadonlySet<string> = new Set(['create', 'update', 'patch']);

export interface CountedRequest {
  /** When it was written, microseconds since the epoch; when it came in where that is not known. */
  readonly time: number | undefined;
  readonly actor: ActorName;
  /** The actor as a key. */
  readonly actorKey: string;
  readonly verb: string;
  /** As kubectl names it: `pods/exec`, `widgets.example.com`; where the request names none, the path that it asked for. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly outcome: Outcome;
  /** Whether it was to change something; a dry run is not. */
  readonly isWrite: boolean;
  /** `missing` where an object was sent that detectors ask for, and the log does not have it. */
  readonly body: 'logged' | 'missing' | 'irrelevant';
}

/** Names are cut; whatever is missing is empty. */
export function countedRequest(event: AuditEvent): CountedRequest {
  const { verb, objectRef } = event;
  const impersonated = event.impersonatedUser?.username;
  const actor = { username: cut(username(event)), impersonated: impersonated ? cut(impersonated) : null };
  const result = outcome(event);
  return {
    time: stageTime(event) ?? eventTime(event),
    actor,
    actorKey: JSON.stringify([actor.username, actor.impersonated]),
    verb: cut(verb),
    resource: resourceText(event),
    namespace: cut(objectRef?.namespace),
    name: cut(objectRef?.name),
    outcome: result,
    isWrite: isWrite(event),
    body: result === 'allowed' ? bodyOf(event) : 'irrelevant',
  };
}

function isWrite({ verb, objectRef, requestURI }: AuditEvent): boolean {
  if (!WRITES.has(verb ?? '') || ASKING.has(objectRef?.apiGroup ?? '')) return false;
  return queryValues(requestURI, 'dryRun').length === 0;
}

/** Not a service account, not a node, not a part of Kubernetes, and not nobody. */
export function isPerson({ username: name }: ActorName): boolean {
  return name !== '' && !name.startsWith('system:') && parseServiceAccount(name) === undefined;
}

function bodyOf({ verb, objectRef, requestObject }: AuditEvent): CountedRequest['body'] {
  const isSent = SENDS_BODY.has(verb ?? '') && BODY_MATTERS.has(objectRef?.resource ?? '') && !objectRef?.subresource;
  if (!isSent || isCustom(objectRef?.apiGroup)) return 'irrelevant';
  return requestObject === undefined || requestObject === null ? 'missing' : 'logged';
}

function resourceText({ objectRef, requestURI }: AuditEvent): string {
  if (!objectRef?.resource) return cut(requestURI?.split('?', 1)[0]);
  const { resource, subresource, apiGroup } = objectRef;
  // Groups of Kubernetes itself tell nobody anything.
  const group = isCustom(apiGroup) ? `.${apiGroup}` : '';
  return cut(`${resource}${group}${subresource ? `/${subresource}` : ''}`);
}

function isCustom(apiGroup: string | null | undefined): boolean {
  return apiGroup?.includes('.') === true && !apiGroup.endsWith('.k8s.io');
}

function cut(text: string | null | undefined): string {
  return cutText(text ?? '', MAX_NAME);
}

/**
 * One request to the API server, and the audit events it leaves. Fields stand in the order of Go's struct
 * (k8s.io/apiserver/pkg/apis/audit/v1), annotations after both bodies. What repeats (the user, the addresses, the
 * authorizer's answer, bodies) is kept as encoded JSON, so that an event is a few concatenations.
 */
import { goJson, microTime } from './go-json.ts';

export type Level = 'Metadata' | 'Request' | 'RequestResponse';
export type Stage = 'RequestReceived' | 'ResponseStarted' | 'ResponseComplete';

export interface Actor {
  readonly username: string;
  /** UserInfo, encoded. */
  readonly user: string;
  /** `"sourceIPs":[…],"userAgent":"…"`, encoded. */
  readonly origin: string;
  /** The annotations of a request that the authorizer let through, encoded without braces. */
  readonly allowed: string;
}

export interface ObjectRef {
  readonly resource: string;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly uid?: string | undefined;
  readonly apiGroup?: string | undefined;
  readonly apiVersion: string;
  readonly resourceVersion?: string | undefined;
  readonly subresource?: string | undefined;
}

export interface Call {
  readonly actor: Actor;
  readonly level: Level;
  readonly verb: string;
  readonly uri: string;
  readonly code: number;
  /** Status, encoded. */
  readonly status: string;
  readonly object?: ObjectRef | undefined;
  /** UserInfo, encoded. */
  readonly impersonated?: string | undefined;
  /** Bodies, encoded; they are written only at the levels that have them. */
  readonly requestObject?: string | undefined;
  readonly responseObject?: string | undefined;
  /** Encoded without braces; undefined where authorization was never reached. */
  readonly annotations?: string | undefined;
}

const LONG_RUNNING = new Set(['attach', 'exec', 'log', 'portforward', 'proxy']);

export function isLongRunning(call: Call): boolean {
  return call.verb === 'watch' || LONG_RUNNING.has(call.object?.subresource ?? '');
}

/** The stages of a request in the order in which they are written. */
export function stagesOf(call: Call): readonly Stage[] {
  // Authentication fails before the filter that writes RequestReceived, and its handler writes one event only.
  if (call.code === 401) return ['ResponseStarted'];
  return isLongRunning(call)
    ? ['RequestReceived', 'ResponseStarted', 'ResponseComplete']
    : ['RequestReceived', 'ResponseComplete'];
}

/** Path of an object or, without a name, of its collection. */
export function pathOf(object: ObjectRef): string {
  const root = object.apiGroup === undefined ? '/api/' : `/apis/${object.apiGroup}/`;
  const namespace =
    object.namespace === undefined || object.resource === 'namespaces' ? '' : `/namespaces/${object.namespace}`;
  const name = object.name === undefined ? '' : `/${object.name}`;
  const subresource = object.subresource === undefined ? '' : `/${object.subresource}`;
  return `${root}${object.apiVersion}${namespace}/${object.resource}${name}${subresource}`;
}

/** What is only known once the body was read is missing in RequestReceived. */
function beforeBody(call: Call): ObjectRef | undefined {
  const { object } = call;
  if (object === undefined) return undefined;
  const nameFromBody = call.verb === 'create' && object.subresource === undefined;
  return {
    ...object,
    uid: undefined,
    resourceVersion: undefined,
    name: nameFromBody ? undefined : object.name,
  };
}

// The field order of ObjectReference; a literal would follow the order in which the caller wrote it.
function encodeObjectRef(object: ObjectRef): string {
  let text = `{"resource":"${object.resource}"`;
  if (object.namespace !== undefined) text += `,"namespace":"${object.namespace}"`;
  if (object.name !== undefined) text += `,"name":${goJson(object.name)}`;
  if (object.uid !== undefined) text += `,"uid":"${object.uid}"`;
  if (object.apiGroup !== undefined) text += `,"apiGroup":"${object.apiGroup}"`;
  text += `,"apiVersion":"${object.apiVersion}"`;
  if (object.resourceVersion !== undefined) text += `,"resourceVersion":"${object.resourceVersion}"`;
  if (object.subresource !== undefined) text += `,"subresource":"${object.subresource}"`;
  return `${text}}`;
}

/** One line of the log, without its line end. Times are microseconds since 1970. */
export function encodeEvent(call: Call, auditID: string, stage: Stage, receivedAt: number, stageAt: number): string {
  const received = stage === 'RequestReceived';
  const object = received ? beforeBody(call) : call.object;
  const user = call.code === 401 ? '{}' : call.actor.user;
  let line =
    `{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"${call.level}","auditID":"${auditID}","stage":"${stage}",` +
    `"requestURI":${goJson(call.uri)},"verb":"${call.verb}","user":${user}`;
  // Impersonation is settled after RequestReceived was written.
  if (call.impersonated !== undefined && !received) line += `,"impersonatedUser":${call.impersonated}`;
  line += `,${call.actor.origin}`;
  if (object !== undefined) line += `,"objectRef":${encodeObjectRef(object)}`;
  if (!received) {
    line += `,"responseStatus":${call.status}`;
    if (call.level !== 'Metadata' && call.requestObject !== undefined) line += `,"requestObject":${call.requestObject}`;
    if (call.level === 'RequestResponse' && call.responseObject !== undefined && stage === 'ResponseComplete') {
      line += `,"responseObject":${call.responseObject}`;
    }
  }
  line += `,"requestReceivedTimestamp":"${microTime(receivedAt)}","stageTimestamp":"${microTime(stageAt)}"`;
  if (!received && call.annotations !== undefined) line += `,"annotations":{${call.annotations}}`;
  return `${line}}`;
}

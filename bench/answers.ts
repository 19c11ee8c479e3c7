/** Calls with the answer that the API server gave them: done, not found, conflict, refused. */
import { FORBIDDEN } from './actors.ts';
import { type Actor, type Call, type Level, type ObjectRef, pathOf } from './call.ts';
import { goJson } from './go-json.ts';

export interface CallOptions {
  readonly level?: Level;
  /** Without the question mark. */
  readonly query?: string;
  readonly code?: number;
  /** Encoded. */
  readonly requestObject?: string;
  /** Encoded. */
  readonly responseObject?: string;
  /** Instead of the actor's usual ones; encoded, without braces, keys sorted. */
  readonly annotations?: string;
  /** UserInfo, encoded. */
  readonly impersonated?: string;
}

const CODES: Readonly<Record<string, number>> = { create: 201 };
const STATUS_OK = '{"metadata":{},"code":200}';
const STATUS_CREATED = '{"metadata":{},"code":201}';
const STATUS_DELETED = '{"metadata":{},"status":"Success","code":200}';

function statusOf(verb: string, code: number): string {
  if (verb === 'delete' || verb === 'deletecollection') return STATUS_DELETED;
  if (code === 200) return STATUS_OK;
  return code === 201 ? STATUS_CREATED : `{"metadata":{},"code":${code}}`;
}

/** On create the name stands in the body, not in the path. */
function uriOf(verb: string, object: ObjectRef, query: string | undefined): string {
  const inBody = verb === 'create' && object.subresource === undefined;
  // A list or watch of one object names it in a field selector, and its path is the collection's.
  const inSelector = verb === 'list' || verb === 'watch';
  const path = pathOf(inBody || inSelector ? { ...object, name: undefined } : object);
  return query === undefined ? path : `${path}?${query}`;
}

export function done(actor: Actor, verb: string, object: ObjectRef, options: CallOptions = {}): Call {
  const code = options.code ?? CODES[verb] ?? 200;
  return {
    actor,
    level: options.level ?? 'Metadata',
    verb,
    uri: uriOf(verb, object, options.query),
    code,
    status: statusOf(verb, code),
    object,
    impersonated: options.impersonated,
    requestObject: options.requestObject,
    responseObject: options.responseObject,
    annotations: options.annotations ?? actor.allowed,
  };
}

/** A request that names no resource, such as /readyz; it never has a body. */
export function path(actor: Actor, uri: string, verb = 'get'): Call {
  return { actor, level: 'Metadata', verb, uri, code: 200, status: STATUS_OK, annotations: actor.allowed };
}

function groupResource(object: ObjectRef): string {
  return object.apiGroup === undefined ? object.resource : `${object.resource}.${object.apiGroup}`;
}

function failure(
  call: Call,
  code: number,
  reason: string,
  message: string,
  annotations: string | undefined = call.annotations,
): Call {
  const { object } = call;
  const details = object === undefined ? {} : { name: object.name, group: object.apiGroup, kind: object.resource };
  const status = { metadata: {}, status: 'Failure', message, reason, details, code };
  return {
    ...call,
    code,
    status: goJson(status),
    responseObject: goJson({ kind: 'Status', apiVersion: 'v1', ...status }),
    annotations,
  };
}

export function notFound(actor: Actor, verb: string, object: ObjectRef, options?: CallOptions): Call {
  const message = `${groupResource(object)} "${object.name ?? ''}" not found`;
  return failure(done(actor, verb, object, options), 404, 'NotFound', message);
}

export function conflict(actor: Actor, verb: string, object: ObjectRef, options?: CallOptions): Call {
  const message =
    `Operation cannot be fulfilled on ${groupResource(object)} "${object.name ?? ''}": ` +
    'the object has been modified; please apply your changes to the latest version and try again';
  return failure(done(actor, verb, object, options), 409, 'Conflict', message);
}

/** Refused by the authorizer; the body was not read, so it is in no event. */
export function forbidden(actor: Actor, verb: string, object: ObjectRef, options: CallOptions = {}): Call {
  const call = done(actor, verb, object, options);
  const subresource = object.subresource === undefined ? '' : `/${object.subresource}`;
  const scope = object.namespace === undefined ? 'at the cluster scope' : `in the namespace "${object.namespace}"`;
  // Nobody has read the body of a create, so nobody knows a name.
  const named = verb === 'create' && object.subresource === undefined ? { ...object, name: undefined } : object;
  const subject = named.name === undefined ? groupResource(object) : `${groupResource(object)} "${named.name}"`;
  const message =
    `${subject} is forbidden: User "${actor.username}" cannot ${verb} resource "${object.resource}${subresource}" ` +
    `in API group "${object.apiGroup ?? ''}" ${scope}`;
  return {
    ...failure({ ...call, object: named }, 403, 'Forbidden', message, options.annotations ?? FORBIDDEN),
    requestObject: undefined,
  };
}

export function forbiddenPath(actor: Actor, uri: string): Call {
  const message = `forbidden: User "${actor.username}" cannot get path "${uri}"`;
  return failure(path(actor, uri), 403, 'Forbidden', message, FORBIDDEN);
}

/** Credentials that the API server did not accept: one event, no user, no annotations. */
export function unauthorized(actor: Actor, verb: string, object: ObjectRef, query?: string): Call {
  return {
    ...done(actor, verb, object, query === undefined ? {} : { query }),
    code: 401,
    status: '{"metadata":{},"status":"Failure","message":"Unauthorized","reason":"Unauthorized","code":401}',
    annotations: undefined,
  };
}

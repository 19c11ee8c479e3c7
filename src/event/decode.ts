import { maySayReserved, renameReserved } from './neutralise.ts';
import { type AuditEvent, PLANTED } from './types.ts';

type Tree = Record<string, unknown>;

/** Fields whose type the rest of the program relies on; a null counts as absent. */
const STRINGS = ['kind', 'apiVersion', 'level', 'auditID', 'stage', 'requestURI', 'verb', 'userAgent'] as const;
const TIMES = ['requestReceivedTimestamp', 'stageTimestamp', 'timestamp'] as const;
const OBJECTS = ['user', 'impersonatedUser', 'objectRef', 'responseStatus', 'annotations'] as const;
const USER_STRINGS = ['username', 'uid'] as const;
const OBJECT_STRINGS = ['resource', 'subresource', 'namespace', 'name', 'apiGroup', 'apiVersion'] as const;

/**
 * The audit event that a parsed JSON value is, decoded by the fields that are there and not by the version's name: many
 * tools drop `kind` and `apiVersion`, and events that call themselves v1 carry v1beta1's fields. Undefined when the value
 * is no audit event. The value is taken over and changed in place: keys that would blind an expression are renamed, and
 * v1alpha1's `group/version` is split into the two fields of the later versions.
 *
 * @param text the JSON that the value was parsed from.
 */
export function decodeEvent(value: unknown, text: string): AuditEvent | undefined {
  if (!isTree(value) || !isAudit(value) || !hasKnownTypes(value)) return undefined;
  splitGroupVersion(value.objectRef as Tree | null | undefined);
  const event = value as AuditEvent & { [PLANTED]?: readonly string[] };
  if (maySayReserved(text)) {
    const planted = renameReserved(value);
    if (planted.length > 0) event[PLANTED] = planted;
  }
  return event;
}

function isAudit(value: Tree): boolean {
  const { kind, apiVersion, verb } = value;
  if (kind !== undefined && kind !== null && kind !== 'Event') return false;
  if (typeof apiVersion === 'string') return apiVersion.startsWith('audit.k8s.io/');
  return typeof verb === 'string' && (typeof value.auditID === 'string' || typeof value.requestURI === 'string');
}

function hasKnownTypes(value: Tree): boolean {
  if (!areStrings(value, STRINGS) || !areStrings(value, TIMES)) return false;
  for (const key of OBJECTS) {
    const field = value[key];
    if (field !== undefined && field !== null && !isTree(field)) return false;
  }
  return (
    areStrings(value.objectRef, OBJECT_STRINGS) &&
    isUser(value.user) &&
    isUser(value.impersonatedUser) &&
    isOptional((value.responseStatus as Tree | null | undefined)?.code, 'number') &&
    isStringList(value.sourceIPs)
  );
}

function isUser(value: unknown): boolean {
  return areStrings(value, USER_STRINGS) && isStringList((value as Tree | null | undefined)?.groups);
}

function areStrings(value: unknown, keys: readonly string[]): boolean {
  if (value === undefined || value === null) return true;
  for (const key of keys) if (!isOptional((value as Tree)[key], 'string')) return false;
  return true;
}

function isOptional(value: unknown, type: 'string' | 'number'): boolean {
  return value === undefined || value === null || typeof value === type;
}

function isStringList(value: unknown): boolean {
  return (
    value === undefined || value === null || (Array.isArray(value) && value.every((item) => typeof item === 'string'))
  );
}

function splitGroupVersion(objectRef: Tree | null | undefined): void {
  const version = objectRef?.apiVersion;
  if (!objectRef || typeof version !== 'string' || objectRef.apiGroup) return;
  const slash = version.indexOf('/');
  if (slash < 0) return;
  if (slash > 0) objectRef.apiGroup = version.slice(0, slash);
  objectRef.apiVersion = version.slice(slash + 1);
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import { maySayReserved, renameReserved } from './neutralise.ts';
import { type AuditEvent, PLANTED } from './types.ts';

type Tree = Record<string, unknown>;

/** Fields whose type the rest of the program relies on; a null counts as absent. */
const STRINGS = ['kind', 'apiVersion', 'level', 'auditID', 'stage', 'requestURI', 'verb', 'userAgent'] as const;
const TIMES = ['requestReceivedTimestamp', 'stageTimestamp', 'timestamp'] as const;
const OBJECTS = ['user', 'impersonatedUser', 'objectRef', 'responseStatus', 'annotations'] as const;
const USER_STRINGS = ['username', 'uid'] as const;
const OBJECT_STRINGS = ['resource', 'subresource', 'namespace', 'name', 'apiGroup', 'apiVersion'] as const;

const under = (holders: readonly string[], keys: readonly string[]): string[][] =>
  holders.flatMap((holder) => keys.map((key) => [holder, key]));

/** What {@link decodeEvent} vouches for, by path: a text, a list of texts, an object. Each of them may be null, or absent. */
export const VOUCHED = {
  texts: [
    ...[...STRINGS, ...TIMES].map((key) => [key]),
    ...under(['user', 'impersonatedUser'], USER_STRINGS),
    ...under(['objectRef'], OBJECT_STRINGS),
  ],
  lists: [['sourceIPs'], ...under(['user', 'impersonatedUser'], ['groups'])],
  objects: OBJECTS.map((key) => [key]),
} as const;

/**
 * The audit event that a parsed JSON value is, decoded by the fields that are there and not by the version's name: many
 * tools drop `kind` and `apiVersion`, and events that call themselves v1 carry v1beta1's fields. Undefined when the value
 * is no audit event. The value is taken over and changed in place: keys that would blind an expression are renamed, and
 * v1alpha1's `group/version` is split into the two fields of the later versions.
 *
 * @param text the JSON that the value was parsed from.
 */
export function decodeEvent(value: unknown, text: string): AuditEvent | undefined {
  if (!isTree(value) || !isAudit(value)) return undefined;
  mend(value);
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
  if (kind && kind !== 'Event') return false;
  if (typeof apiVersion === 'string' && apiVersion !== '') return apiVersion.startsWith('audit.k8s.io/');
  return typeof verb === 'string' && (typeof value.auditID === 'string' || typeof value.requestURI === 'string');
}

/**
 * Re-encoders and shippers change types: a code becomes a string, a list of one a plain value, an empty map a list. What can
 * be read as what it was is; another field of the wrong type is dropped, and the event is kept.
 */
function mend(value: Tree): void {
  mendStrings(value, STRINGS);
  mendStrings(value, TIMES);
  for (const key of OBJECTS) if (isPresent(value[key]) && !isTree(value[key])) delete value[key];
  mendStrings(value.objectRef, OBJECT_STRINGS);
  for (const user of [value.user, value.impersonatedUser]) {
    mendStrings(user, USER_STRINGS);
    mendList(user, 'groups');
  }
  mendList(value, 'sourceIPs');
  mendNumber(value.responseStatus, 'code');
}

function mendStrings(holder: unknown, keys: readonly string[]): void {
  if (!isTree(holder)) return;
  for (const key of keys) if (isPresent(holder[key]) && typeof holder[key] !== 'string') delete holder[key];
}

function mendNumber(holder: unknown, key: string): void {
  if (!isTree(holder) || !isPresent(holder[key]) || typeof holder[key] === 'number') return;
  if (typeof holder[key] === 'string' && /^\d{1,9}$/.test(holder[key])) holder[key] = Number(holder[key]);
  else delete holder[key];
}

function mendList(holder: unknown, key: string): void {
  if (!isTree(holder) || !isPresent(holder[key])) return;
  const items = Array.isArray(holder[key]) ? holder[key] : [holder[key]];
  if (!Array.isArray(holder[key]) || !items.every((item) => typeof item === 'string')) {
    holder[key] = items.filter((item) => typeof item === 'string');
  }
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
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

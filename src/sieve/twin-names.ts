import * as layout from './layout.ts';
import { ascii, holds } from './twin-text.ts';

/** Numbers of keys that have no place in a row, behind those of the fields. */
export const USER = layout.FIELD_COUNT;
export const RESPONSE_STATUS = USER + 1;
export const REQUEST_OBJECT = USER + 2;
export const RESPONSE_OBJECT = USER + 3;
export const IMPERSONATED_NAME = USER + 4;
export const IMPERSONATED_GROUPS = USER + 5;
/** Any other key. */
export const UNKNOWN = USER + 6;

/** The keys of an object that are known, found by their bytes. */
export type Names = ReadonlyArray<readonly { readonly bytes: Uint8Array; readonly key: number }[] | undefined>;

function createNames(keys: Readonly<Record<string, number>>): Names {
  const byLength: { bytes: Uint8Array; key: number }[][] = [];
  for (const [text, key] of Object.entries(keys)) {
    const sameLength = byLength[text.length] ?? [];
    sameLength.push({ bytes: ascii(text), key });
    byLength[text.length] = sameLength;
  }
  return Array.from(byLength);
}

/** The number of the key that stands between two places; {@link UNKNOWN} of any other. */
export function findName(names: Names, memory: Uint8Array, from: number, to: number): number {
  const candidates = names[to - from];
  if (candidates) for (const { bytes, key } of candidates) if (holds(memory, from, bytes)) return key;
  return UNKNOWN;
}

export const EVENT = createNames({
  kind: layout.KIND,
  apiVersion: layout.API_VERSION,
  level: layout.LEVEL,
  auditID: layout.AUDIT_ID,
  stage: layout.STAGE,
  requestURI: layout.REQUEST_URI,
  verb: layout.VERB,
  user: USER,
  impersonatedUser: layout.IMPERSONATED_USER,
  sourceIPs: layout.SOURCE_IPS,
  userAgent: layout.USER_AGENT,
  objectRef: layout.OBJECT_REF,
  responseStatus: RESPONSE_STATUS,
  requestObject: REQUEST_OBJECT,
  responseObject: RESPONSE_OBJECT,
  requestReceivedTimestamp: layout.RECEIVED,
  stageTimestamp: layout.STAGE_TIME,
  annotations: layout.ANNOTATIONS,
});

export const USER_INFO = createNames({ username: layout.USERNAME, groups: layout.GROUPS });

export const IMPERSONATED = createNames({ username: IMPERSONATED_NAME, groups: IMPERSONATED_GROUPS });

export const REFERENCE = createNames({
  resource: layout.RESOURCE,
  namespace: layout.NAMESPACE,
  name: layout.NAME,
  apiGroup: layout.API_GROUP,
  apiVersion: layout.OBJECT_API_VERSION,
  subresource: layout.SUBRESOURCE,
});

export const STATUS = createNames({ code: layout.CODE });

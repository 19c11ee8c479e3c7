// Keys as the API server writes them, recognised at once: with their quotes and colon, and the first byte of their value, eight
// bytes at a time, the first in the lowest place. Each gives the place of the value, or 0 where something else stands.

import {
  ApiVersion,
  AuditId,
  Kind,
  Level,
  ObjectRef,
  Received,
  RequestUri,
  ResponseStatus,
  SourceIps,
  Stage,
  User,
  UserAgent,
  Verb,
} from './keys';
import { API_GROUP, NAME, NAMESPACE, OBJECT_API_VERSION, RESOURCE, SUBRESOURCE } from '../layout';

@inline
function is(p: usize, first: u64, second: u64, at: usize): bool {
  return load<u64>(p) == first && load<u64>(p + at) == second;
}

/** A key of the event, by its place in the API server's order. */
export function eventValue(which: i32, p: usize): usize {
  switch (which) {
    case Kind: // "kind":"
      return load<u64>(p) == 0x223a22646e696b22 ? p + 7 : 0;
    case ApiVersion: // "apiVersion":"
      return is(p, 0x7372655669706122, 0x223a226e6f697372, 6) ? p + 13 : 0;
    case Level: // "level":"
      return is(p, 0x3a226c6576656c22, 0x223a226c6576656c, 1) ? p + 8 : 0;
    case AuditId: // "auditID":"
      return is(p, 0x4449746964756122, 0x223a224449746964, 3) ? p + 10 : 0;
    case Stage: // "stage":"
      return is(p, 0x3a22656761747322, 0x223a226567617473, 1) ? p + 8 : 0;
    case RequestUri: // "requestURI":"
      return is(p, 0x7473657571657222, 0x223a224952557473, 6) ? p + 13 : 0;
    case Verb: // "verb":"
      return load<u64>(p) == 0x223a226272657622 ? p + 7 : 0;
    case User: // "user":{
      return load<u64>(p) == 0x7b3a227265737522 ? p + 7 : 0;
    case SourceIps: // "sourceIPs":[
      return is(p, 0x49656372756f7322, 0x5b3a227350496563, 5) ? p + 12 : 0;
    case UserAgent: // "userAgent":"
      return is(p, 0x6567417265737522, 0x223a22746e656741, 5) ? p + 12 : 0;
    case ObjectRef: // "objectRef":{
      return is(p, 0x527463656a626f22, 0x7b3a226665527463, 5) ? p + 12 : 0;
    case ResponseStatus: // "responseStatus":{
      return is(p, 0x736e6f7073657222, 0x2273757461745365, 8) && load<u64>(p + 10) == 0x7b3a227375746174 ? p + 17 : 0;
    case Received: // "requestReceivedTimestamp":"
      return is(p, 0x7473657571657222, 0x6465766965636552, 8) && is(p + 16, 0x6d617473656d6954, 0x223a22706d617473, 4)
        ? p + 27
        : 0;
    default:
      return 0;
  }
}

/** `"username":"` */
@inline
export function usernameValue(p: usize): usize {
  return is(p, 0x6d616e7265737522, 0x223a22656d616e72, 4) ? p + 11 : 0;
}

/** `"groups":["` */
@inline
export function groupsValue(p: usize): usize {
  return is(p, 0x227370756f726722, 0x225b3a227370756f, 3) ? p + 9 : 0;
}

/** `{"metadata":{},"code":` */
@inline
export function codeValue(p: usize): usize {
  return is(p, 0x61646174656d227b, 0x222c7d7b3a226174, 8) && load<u64>(p + 14) == 0x3a2265646f63222c ? p + 22 : 0;
}

/** The field that {@link objectRefValue} found. */
export let objectRefField: i32 = 0;

/** A key of `objectRef`. */
export function objectRefValue(p: usize): usize {
  const first = load<u64>(p);
  // "resource":"
  if (first == 0x6372756f73657222) {
    objectRefField = RESOURCE;
    return load<u64>(p + 4) == 0x223a22656372756f ? p + 11 : 0;
  }
  // "namespace":"
  if (first == 0x617073656d616e22) {
    objectRefField = NAMESPACE;
    return load<u64>(p + 5) == 0x223a226563617073 ? p + 12 : 0;
  }
  // "name":"
  if (first == 0x223a22656d616e22) {
    objectRefField = NAME;
    return p + 7;
  }
  // "apiVersion":"
  if (first == 0x7372655669706122) {
    objectRefField = OBJECT_API_VERSION;
    return load<u64>(p + 6) == 0x223a226e6f697372 ? p + 13 : 0;
  }
  // "apiGroup":"
  if (first == 0x756f724769706122) {
    objectRefField = API_GROUP;
    return load<u64>(p + 4) == 0x223a2270756f7247 ? p + 11 : 0;
  }
  // "subresource":"
  if (first == 0x6f73657262757322) {
    objectRefField = SUBRESOURCE;
    return load<u64>(p + 7) == 0x223a22656372756f ? p + 14 : 0;
  }
  return 0;
}

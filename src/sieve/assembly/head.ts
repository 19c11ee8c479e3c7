// The walk of an event's fields, from its opening brace to its closing one, or to its bodies.

import {
  ANNOTATIONS,
  API_VERSION,
  AUDIT_ID,
  CODE,
  GROUPS,
  HAS_BODY,
  IMPERSONATED_USER,
  KIND,
  LEVEL,
  OBJECT_REF,
  RECEIVED,
  REQUEST_URI,
  SOURCE_IPS,
  STAGE,
  STAGE_TIME,
  USER_AGENT,
  USERNAME,
  VERB,
} from '../layout';
import {
  Annotations,
  ApiVersion,
  AuditId,
  ImpersonatedUser,
  Kind,
  Level,
  ObjectRef,
  Received,
  RequestObject,
  RequestUri,
  ResponseObject,
  ResponseStatus,
  SourceIps,
  Stage,
  StageTime,
  Unknown,
  User,
  UserAgent,
  Verb,
  CODE_,
  GROUPS_,
  USERNAME_,
  eventKey,
  objectRefKey,
} from './keys';
import { clear, put, row } from './row';
import { readEnd, readTail } from './tail';
import {
  CLOSE,
  COMMA,
  endOfText,
  endOfTextMap,
  endOfTexts,
  endOfValue,
  isClean,
  key,
  keyLength,
  OPEN,
  QUOTE,
  skipBlanks,
  toValue,
} from './text';
import { readTime, TIME_LENGTH } from './time';
import { codeValue, eventValue, groupsValue, objectRefField, objectRefValue, usernameValue } from './written';

/** Keys that the API server always writes, before all others. */
const ALWAYS = 8;
/** Without these, an event has no body. */
const BEFORE_BODIES: u32 = (1 << ObjectRef) | (1 << ResponseStatus);

/** What stands behind the bodies. */
const TIMES: u32 = (1 << Received) | (1 << StageTime) | (1 << Annotations);

/** Reads an event; the place behind its closing brace, or 0 where it is not plain. */
export function readEvent(start: usize): usize {
  if (load<u8>(start) != OPEN) return 0;
  let p = skipBlanks(start + 1);
  let seen: u32 = 0;
  let count = 0;
  let last = -1;
  let isInOrder = true;
  while (true) {
    const keyStart = p;
    let which = expected(last);
    p = eventValue(which, keyStart);
    if (!p) {
      p = toValue(keyStart);
      if (!p) return 0;
      which = eventKey(key, keyLength);
    } else if (which == Received && !(seen & TIMES)) {
      const end = readEnd(keyStart);
      if (end) return end;
      clear(RECEIVED);
      clear(STAGE_TIME);
      clear(ANNOTATIONS);
    }
    if (which != Unknown) {
      if (seen & (1 << which)) return 0;
      seen |= 1 << which;
      if (count < ALWAYS ? which != count : which <= last) isInOrder = false;
      last = which;
      if (which == RequestObject || which == ResponseObject) {
        store<u32>(row + (HAS_BODY << 2), 1);
        if (isInOrder && (seen & BEFORE_BODIES) == BEFORE_BODIES) return readTail(keyStart);
      }
    } else isInOrder = false;
    count++;
    p = readField(which, p);
    if (!p) return 0;
    p = skipBlanks(p);
    const byte = load<u8>(p);
    if (byte == CLOSE) return seen & (1 << Received) ? p + 1 : 0;
    if (byte != COMMA) return 0;
    p = skipBlanks(p + 1);
  }
}

/** The key that comes next, mostly, where the API server wrote the event. */
@inline
function expected(last: i32): i32 {
  if (last == User) return SourceIps;
  return last == ResponseStatus ? Received : last + 1;
}

function readField(which: i32, p: usize): usize {
  switch (which) {
    case Kind:
      return readText(KIND, p);
    case ApiVersion:
      return readText(API_VERSION, p);
    case Level:
      return readText(LEVEL, p);
    case AuditId:
      return readCleanText(AUDIT_ID, p);
    case Stage:
      return readText(STAGE, p);
    case RequestUri:
      return readText(REQUEST_URI, p);
    case Verb:
      return readText(VERB, p);
    case User:
      return readUser(p);
    case ImpersonatedUser:
      return readImpersonatedUser(p);
    case SourceIps:
      return readWith(SOURCE_IPS, p, endOfTexts(p));
    case UserAgent:
      return readCleanText(USER_AGENT, p);
    case ObjectRef:
      return readObjectRef(p);
    case ResponseStatus:
      return readResponseStatus(p);
    case Received:
      return readReceived(p);
    case StageTime:
      return readText(STAGE_TIME, p);
    case Annotations:
      return readWith(ANNOTATIONS, p, endOfTextMap(p));
    default:
      return endOfValue(p);
  }
}

@inline
function readText(field: i32, p: usize): usize {
  if (load<u8>(p) != QUOTE) return 0;
  const end = endOfText(p + 1);
  return end && put(field, p, end + 1) ? end + 1 : 0;
}

@inline
function readCleanText(field: i32, p: usize): usize {
  const end = readText(field, p);
  return isClean ? end : 0;
}

@inline
function readWith(field: i32, p: usize, end: usize): usize {
  return end && put(field, p, end) ? end : 0;
}

function readReceived(p: usize): usize {
  const end = readText(RECEIVED, p);
  return end == p + TIME_LENGTH + 2 && readTime(p + 1) >= 0 ? end : 0;
}

/** Behind a member of an object: the place of the next one's key; 0 where it is the last, or not plain. */
let closed: usize = 0;

@inline
function toNext(start: usize): usize {
  let p = start;
  if (load<u8>(p) <= 0x20) p = skipBlanks(p);
  const byte = load<u8>(p);
  if (byte == CLOSE) {
    closed = p + 1;
    return 0;
  }
  closed = 0;
  return byte == COMMA ? skipBlanks(p + 1) : 0;
}

/** The place of an object's first key; 0 where there is none. */
@inline
function toFirst(start: usize): usize {
  closed = 0;
  if (load<u8>(start) != OPEN) return 0;
  const p = skipBlanks(start + 1);
  if (load<u8>(p) != CLOSE) return p;
  closed = p + 1;
  return 0;
}

function readUser(start: usize): usize {
  for (let p = toFirst(start); p; p = toNext(p)) {
    const name = usernameValue(p);
    const groups: usize = name ? 0 : groupsValue(p);
    if (name) {
      p = readCleanText(USERNAME, name);
      if (!p) return 0;
      continue;
    }
    if (groups) {
      p = readWith(GROUPS, groups, endOfTexts(groups));
      if (!p) return 0;
      continue;
    }
    p = toValue(p);
    if (!p) return 0;
    if (keyLength == 8 && load<u64>(key) == USERNAME_) p = readCleanText(USERNAME, p);
    else if (keyLength == 6 && (load<u64>(key) & 0xffffffffffff) == GROUPS_) p = readWith(GROUPS, p, endOfTexts(p));
    else p = endOfValue(p);
    if (!p) return 0;
  }
  return closed;
}

/** The object as it is; only its name is looked at. */
function readImpersonatedUser(start: usize): usize {
  let isNamed = false;
  let isGrouped = false;
  for (let p = toFirst(start); p; p = toNext(p)) {
    p = toValue(p);
    if (!p) return 0;
    if (keyLength == 8 && load<u64>(key) == USERNAME_) {
      if (isNamed || load<u8>(p) != QUOTE) return 0;
      isNamed = true;
      p = endOfText(p + 1);
      if (!p || !isClean) return 0;
      p++;
    } else if (keyLength == 6 && (load<u64>(key) & 0xffffffffffff) == GROUPS_) {
      if (isGrouped) return 0;
      isGrouped = true;
      p = endOfTexts(p);
    } else p = endOfValue(p);
    if (!p) return 0;
  }
  const end = closed;
  return end && put(IMPERSONATED_USER, start, end) ? end : 0;
}

function readObjectRef(start: usize): usize {
  if (!put(OBJECT_REF, start, start + 1)) return 0;
  for (let p = toFirst(start); p; p = toNext(p)) {
    const value = objectRefValue(p);
    if (value) p = readText(objectRefField, value);
    else {
      p = toValue(p);
      if (!p) return 0;
      const field = objectRefKey(key, keyLength);
      p = field >= 0 ? readText(field, p) : endOfValue(p);
    }
    if (!p) return 0;
  }
  return closed;
}

function readResponseStatus(start: usize): usize {
  const code = codeValue(start);
  if (code) {
    const end = readCode(code);
    if (end && load<u8>(end) == CLOSE) return end + 1;
    clear(CODE);
  }
  for (let p = toFirst(start); p; p = toNext(p)) {
    p = toValue(p);
    if (!p) return 0;
    p = keyLength == 4 && load<u32>(key) == <u32>CODE_ ? readCode(p) : endOfValue(p);
    if (!p) return 0;
  }
  return closed;
}

/** One to nine digits, the first not a zero. */
function readCode(start: usize): usize {
  if (load<u8>(start) == 0x30) return 0;
  let p = start;
  while (<u32>load<u8>(p) - 0x30 < 10) p++;
  const byte = load<u8>(p);
  const isEnd = byte == COMMA || byte == CLOSE || byte == 0x20 || byte == 0x09;
  return p > start && p < start + 10 && isEnd && put(CODE, start, p) ? p : 0;
}

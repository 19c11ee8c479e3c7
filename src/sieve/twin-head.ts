import * as layout from './layout.ts';
import { passBodies } from './twin-body.ts';
import * as names from './twin-names.ts';
import {
  ascii,
  CARRIAGE_RETURN,
  CLOSE_BRACE,
  COLON,
  COMMA,
  holds,
  NOT_PLAIN,
  OPEN_BRACE,
  skipBlanks,
  skipClean,
  skipCode,
  skipKey,
  skipNothing,
  skipText,
  skipTextMap,
  skipTexts,
  skipValue,
} from './twin-text.ts';
import { readTime, TIME_LENGTH } from './twin-time.ts';

/** Reads the value of a key, and gives the place behind it or {@link NOT_PLAIN}. */
type ReadValue = (key: number, at: number) => number;

/** The top keys that may stand before a body for it to be passed over, in Go's order; the first ones must. */
const IN_ORDER = [
  ...[layout.KIND, layout.API_VERSION, layout.LEVEL, layout.AUDIT_ID, layout.STAGE, layout.REQUEST_URI, layout.VERB],
  ...[names.USER, layout.IMPERSONATED_USER, layout.SOURCE_IPS, layout.USER_AGENT],
  ...[layout.OBJECT_REF, names.RESPONSE_STATUS],
];
const REQUIRED = 8;

/** The places of keys in {@link IN_ORDER}; -1 for all others. */
const RANKS = Array.from({ length: names.UNKNOWN + 1 }, (_, key) => IN_ORDER.indexOf(key));

const RECEIVED_KEY = ascii('"requestReceivedTimestamp":');
const STAGE_TIME_KEY = ascii(',"stageTimestamp":');
const ANNOTATIONS_KEY = ascii(',"annotations":');

/** What was read of one line; good until the next one is read. */
export interface Head {
  /** The integers of the line's row, but for its start and end, its keys and its time. */
  readonly row: Int32Array;
  /** Microseconds since the epoch. */
  time(): number;
  /** Reads the line that begins at a place and ends before a `\n`: whether it is plain. */
  read(start: number, newline: number): boolean;
}

export function createHead(memory: Uint8Array): Head {
  const row = new Int32Array(layout.ROW);
  let time = NOT_PLAIN;
  /** A bit for each known key that was read, wherever it stood. */
  let seen = 0;
  /** The rank in {@link IN_ORDER} from which on a key may come next; Infinity when one was out of order. */
  let nextRank = 0;

  const keep = (field: number, at: number, end: number): number => {
    if (end === NOT_PLAIN) return NOT_PLAIN;
    row[layout.FIELDS + 2 * field] = at;
    row[layout.FIELDS + 2 * field + 1] = end - at;
    return end;
  };

  const hasSeen = (key: number): boolean => (seen & (1 << key)) !== 0;

  /** False where a known key comes a second time. */
  const see = (key: number): boolean => {
    if (key === names.UNKNOWN) return true;
    if (hasSeen(key)) return false;
    seen |= 1 << key;
    return true;
  };

  const readObject = (at: number, known: names.Names, readValue: ReadValue): number => {
    if (memory[at] !== OPEN_BRACE) return NOT_PLAIN;
    let place = skipBlanks(memory, at + 1);
    if (memory[place] === CLOSE_BRACE) return place + 1;
    for (;;) {
      const keyEnd = skipKey(memory, place);
      if (keyEnd === NOT_PLAIN) return NOT_PLAIN;
      const key = names.findName(known, memory, place + 1, keyEnd - 1);
      const colon = skipBlanks(memory, keyEnd);
      if (memory[colon] !== COLON || !see(key)) return NOT_PLAIN;
      place = readValue(key, skipBlanks(memory, colon + 1));
      if (place === NOT_PLAIN) return NOT_PLAIN;
      place = skipBlanks(memory, place);
      if (memory[place] === CLOSE_BRACE) return place + 1;
      if (memory[place] !== COMMA) return NOT_PLAIN;
      place = skipBlanks(memory, place + 1);
    }
  };

  const readUser: ReadValue = (key, at) => {
    if (key === layout.USERNAME) return keep(key, at, skipClean(memory, at));
    if (key === layout.GROUPS) return keep(key, at, skipTexts(memory, at));
    return skipValue(memory, at);
  };

  const readImpersonated: ReadValue = (key, at) => {
    if (key === names.IMPERSONATED_NAME) return skipClean(memory, at);
    return key === names.IMPERSONATED_GROUPS ? skipTexts(memory, at) : skipValue(memory, at);
  };

  const readReference: ReadValue = (key, at) =>
    key === names.UNKNOWN ? skipValue(memory, at) : keep(key, at, skipText(memory, at));

  const readStatus: ReadValue = (key, at) =>
    key === layout.CODE ? keep(key, at, skipCode(memory, at)) : skipValue(memory, at);

  const readReceived = (at: number): number => {
    time = readTime(memory, at);
    return keep(layout.RECEIVED, at, time === NOT_PLAIN ? NOT_PLAIN : at + TIME_LENGTH);
  };

  /** Whether all that came before a body is as the API server writes it. */
  const isInOrder = (): boolean => nextRank === IN_ORDER.length && hasSeen(layout.OBJECT_REF);

  /** What stands behind bodies that were passed over, to the brace that closes the event. */
  const readTail = (at: number): number => {
    if (at === NOT_PLAIN) return NOT_PLAIN;
    const received = readReceived(at + RECEIVED_KEY.length);
    if (received === NOT_PLAIN || !holds(memory, received, STAGE_TIME_KEY)) return NOT_PLAIN;
    const stage = received + STAGE_TIME_KEY.length;
    let end = keep(layout.STAGE_TIME, stage, skipText(memory, stage));
    if (end !== NOT_PLAIN && holds(memory, end, ANNOTATIONS_KEY)) {
      const annotations = end + ANNOTATIONS_KEY.length;
      end = keep(layout.ANNOTATIONS, annotations, skipTextMap(memory, annotations, skipNothing));
    }
    return end !== NOT_PLAIN && memory[end] === CLOSE_BRACE ? end : NOT_PLAIN;
  };

  const readEvent: ReadValue = (key, at) => {
    const isBody = key === names.REQUEST_OBJECT || key === names.RESPONSE_OBJECT;
    if (isBody) row[layout.HAS_BODY] = 1;
    if (isBody && isInOrder()) return readTail(passBodies(memory, at));
    const rank = RANKS[key] ?? -1;
    nextRank = rank === nextRank || (rank > nextRank && nextRank >= REQUIRED) ? rank + 1 : Number.POSITIVE_INFINITY;
    switch (key) {
      case layout.AUDIT_ID:
      case layout.USER_AGENT:
        return keep(key, at, skipClean(memory, at));
      case layout.SOURCE_IPS:
        return keep(key, at, skipTexts(memory, at));
      case layout.OBJECT_REF:
        keep(key, at, at + 1);
        return readObject(at, names.REFERENCE, readReference);
      case layout.IMPERSONATED_USER:
        return keep(key, at, readObject(at, names.IMPERSONATED, readImpersonated));
      case names.USER:
        return readObject(at, names.USER_INFO, readUser);
      case names.RESPONSE_STATUS:
        return readObject(at, names.STATUS, readStatus);
      case layout.RECEIVED:
        return readReceived(at);
      case layout.ANNOTATIONS:
        return keep(key, at, skipTextMap(memory, at, skipBlanks));
      case names.REQUEST_OBJECT:
      case names.RESPONSE_OBJECT:
      case names.UNKNOWN:
        return skipValue(memory, at);
      default:
        return keep(key, at, skipText(memory, at));
    }
  };

  return {
    row,
    time: () => time,
    read(start, newline) {
      row.fill(0);
      time = NOT_PLAIN;
      seen = 0;
      nextRank = 0;
      let end = readObject(start, names.EVENT, readEvent);
      if (end !== NOT_PLAIN && memory[end] === CARRIAGE_RETURN) end++;
      return end === newline && time !== NOT_PLAIN;
    },
  };
}

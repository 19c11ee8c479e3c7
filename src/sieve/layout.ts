/**
 * What a skim gives of each line, in the memory that it works in. AssemblyScript and TypeScript both compile this file, so
 * that the two sides cannot differ.
 *
 * A row is {@link ROW} 32-bit integers: the six of its head, and for each field of the head the place of its value in the
 * memory and its length in bytes, 0 where the event does not have it. A value is the JSON as it stands there: with the
 * quotes of a text, whole where it is an array or an object.
 */

/** Place of the line's first byte. */
export const START = 0;
/** Place of its `\n`, behind the line's last byte. */
export const END = 1;
/** 1 where the head was read and may be relied on; 0 where the line must be parsed. Then the rest of the row means nothing. */
export const PLAIN = 2;
/** Numbers of the line's two keys, each the values of the fields that were asked for; see {@link Skim.configure}. */
export const FIRST_KEY = 3;
export const SECOND_KEY = 4;
/** 1 where the event has a body (`requestObject` or `responseObject`, be it null), which was not read. */
export const HAS_BODY = 5;
/** Microseconds since the epoch of `requestReceivedTimestamp`, a 64-bit float in two integers. */
export const TIME = 6;
/** Where the fields begin: each has two integers. */
export const FIELDS = 8;

/** The fields of the head, in the order in which the API server writes them. */
export const KIND = 0;
export const API_VERSION = 1;
export const LEVEL = 2;
export const AUDIT_ID = 3;
export const STAGE = 4;
export const REQUEST_URI = 5;
export const VERB = 6;
export const USERNAME = 7;
export const GROUPS = 8;
/** The whole object. */
export const IMPERSONATED_USER = 9;
export const SOURCE_IPS = 10;
export const USER_AGENT = 11;
/** Its opening brace: whether there is one. */
export const OBJECT_REF = 12;
export const RESOURCE = 13;
export const NAMESPACE = 14;
export const NAME = 15;
export const API_GROUP = 16;
export const OBJECT_API_VERSION = 17;
export const SUBRESOURCE = 18;
export const CODE = 19;
export const RECEIVED = 20;
export const STAGE_TIME = 21;
/** The whole object. */
export const ANNOTATIONS = 22;
export const FIELD_COUNT = 23;

/** 32-bit integers of a row. */
export const ROW = 54;

/** Why a skim ended: everything up to the last line end was read, or there is no room for another row. */
export const DONE = 0;
export const ROWS_FULL = 1;
/** No room for another key: see {@link Skim.forget}. */
export const KEYS_FULL = 2;
/** A NUL byte: a hole, which the framing of lines must look at. */
export const NUL_BYTE = 3;

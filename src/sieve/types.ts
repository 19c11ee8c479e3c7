/**
 * Walks the heads of audit events in a block of bytes, and looks at the rest of each line only for what no body may hide.
 *
 * A line is plain when nothing in it needs a parser to be understood as far as its head goes:
 *
 * - It is one JSON object, `{` its first byte and `}` its last (before one `\r`); keys without escapes, none of the head's twice
 *   in its object; between the tokens any of space and tab. Of what is nested in values that no field asks for, only braces,
 *   brackets and texts are looked at, whatever else is printable ASCII.
 * - Each field of the head has the type that decoding vouches for: texts; `groups` and `sourceIPs` an array of texts;
 *   `user`, `objectRef`, `responseStatus`, `impersonatedUser`, `annotations` objects; `code` one to nine digits without
 *   a leading zero. A null, or another type, is not plain.
 * - `requestReceivedTimestamp` is there, as Go writes it in UTC: `2006-01-02T15:04:05.000000Z`, six digits of a second, a
 *   date that the calendar has (hours to 23, minutes and seconds to 59), a year from 1970 on.
 * - `auditID`, `userAgent`, and each `username` hold printable ASCII without a backslash; no text of the head has a raw
 *   control character (below 0x20), and any byte from 0x80 on is left to whoever reads the value.
 * - Nothing says a reserved key: no text begins with `_jsonata_`, or is `outerWrapper` or `tupleStream`, and no escape is
 *   that of a printable character: `\u0020` to `\u007f` (any case) without `\u0026`, `\u003c`, `\u003e`.
 *
 * The head ends before `requestObject` or `responseObject` where the event is as the API server writes it: `kind`,
 * `apiVersion`, `level`, `auditID`, `stage`, `requestURI`, `verb` and `user` are its first keys, in this order, the keys behind
 * them in the order of the fields, and `objectRef` and `responseStatus` are among them. Then the bodies are passed over,
 * unread, and of their bytes it is asked only: whether they may say a reserved key (as above, at any quote), whether another
 * `"auditID":` stands there (then two events were glued), and where the last `"requestReceivedTimestamp":"` is (with no backslash before
 * it). From there on the line must be `"requestReceivedTimestamp":"…","stageTimestamp":"…"`, perhaps with `"annotations"` (an object of texts),
 * without a blank between the tokens, and end. In any other order the line is walked to its end, bodies as values whose
 * braces and quotes match.
 *
 * Where a line is plain, its head is what `JSON.parse` would give of it, provided that it is JSON at all: what stands in a
 * body is not checked. Everything else is not plain, never an error.
 */
export interface Skim {
  /** What the skim works in; a block is put at a place of the caller's choice behind {@link Skim.reserved}. */
  readonly memory: Uint8Array;
  /** Bytes at the memory's start that are the skim's own. */
  readonly reserved: number;
  /**
   * Which fields each of the two keys is made of, a bit for each (`1 << VERB`). Forgets all keys.
   */
  configure(first: number, second: number): void;
  /**
   * Skims the whole lines of a block. Bytes behind the last `\n` are not looked at as a line. At least 64 bytes of memory must lie behind `to`.
   * @param from place in the memory of the first byte, where a line begins.
   * @param to place behind the last byte.
   * @param rows place of the rows, a multiple of 8; rows and block do not overlap.
   * @param room how many rows fit.
   */
  skim(from: number, to: number, rows: number, room: number): Skimmed;
  /** Forgets all keys; the next one is number 0 again. Rows that were given are not changed. */
  forget(): void;
}

export interface Skimmed {
  /** How many rows were written. */
  readonly count: number;
  /** Place where the first line begins that has no row. */
  readonly position: number;
  /** One of `DONE`, `ROWS_FULL`, `KEYS_FULL` and `NUL_BYTE`. */
  readonly status: number;
}

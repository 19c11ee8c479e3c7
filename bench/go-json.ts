/** JSON and time stamps as Go's encoding/json and metav1.MicroTime write them. */

const ESCAPED_BY_GO = /[<>&\u2028\u2029]/g;

function escapeForGo(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/**
 * Compact JSON. Go escapes `<`, `>`, `&` and the two line separators, which in JSON stand only inside strings, so the
 * finished text can be escaped as a whole. `undefined` fields are left out, as `omitempty` does.
 */
export function goJson(value: unknown): string {
  return JSON.stringify(value).replace(ESCAPED_BY_GO, escapeForGo);
}

let cachedSecond = Number.NaN;
let cachedPrefix = '';

/** Microseconds since 1970 to RFC 3339 with exactly six digits, UTC. */
export function microTime(microseconds: number): string {
  const second = Math.floor(microseconds / 1_000_000);
  // Events of one second follow one another, and Date is the slow part.
  if (second !== cachedSecond) {
    cachedSecond = second;
    cachedPrefix = new Date(second * 1000).toISOString().slice(0, 20);
  }
  return `${cachedPrefix}${String(microseconds - second * 1_000_000).padStart(6, '0')}Z`;
}

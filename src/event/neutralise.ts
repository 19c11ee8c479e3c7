/**
 * Keys that jsonata 2.2.2 takes for its own marks: an object that carries one looks to it like a function, a wrapped input or
 * a stream of tuples, and what is under it becomes invisible to expressions. A body, which a client writes freely, can hold
 * them.
 */
const RESERVED = /^(?:_jsonata_|(?:outerWrapper|tupleStream)$)/;
const RENAMED = 'planted:';

/** Whether a line could hold a reserved key: plainly, or with a letter of it escaped. Go escapes only `<`, `>` and `&`. */
const SUSPICIOUS = /_jsonata_|outerWrapper|tupleStream|\\u00(?!3[ce]|26)[2-7]/i;

export function maySayReserved(text: string): boolean {
  return SUSPICIOUS.test(text);
}

/**
 * Renames reserved keys, however deep, in place: `_jsonata_function` becomes `planted:_jsonata_function`. Gives the keys
 * found. Iterative, for an attacker chooses the depth.
 */
export function renameReserved(root: unknown): string[] {
  const found: string[] = [];
  const pending: unknown[] = [root];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value !== 'object' || value === null) continue;
    if (Array.isArray(value)) {
      for (const item of value) pending.push(item);
      continue;
    }
    const object = value as Record<string, unknown>;
    for (const key of Object.keys(object)) {
      pending.push(object[key]);
      if (!RESERVED.test(key)) continue;
      found.push(key);
      object[RENAMED + key] = object[key];
      delete object[key];
    }
  }
  return found;
}

/** Deeper than any value that people look at; a body can be nested until the stack ends. */
const MAX_DEPTH = 64;

/**
 * A value of an expression as plain data: jsonata's sequences carry hidden properties, its functions are no data, and a
 * value out of a log may be nested deeper than `JSON.stringify` goes. What is deeper than that is shown as `…`.
 */
export function plain(value: unknown, depth = 0): unknown {
  if (typeof value === 'function') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '…';
  if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1) ?? null);
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, field]) => {
      const copy = plain(field, depth + 1);
      return copy === undefined ? [] : [[key, copy]];
    }),
  );
}

/**
 * Decoded values of one query parameter of a request URI, in order. As Go's `url.ParseQuery` reads it, except that a
 * malformed escape is kept as it stands instead of dropping the pair: what a client sent must stay visible.
 */
export function queryValues(requestURI: string | null | undefined, name: string): string[] {
  const start = requestURI?.indexOf('?') ?? -1;
  if (!requestURI || start < 0) return [];
  const values: string[] = [];
  for (const pair of requestURI.slice(start + 1).split('&')) {
    const equals = pair.indexOf('=');
    const key = equals < 0 ? pair : pair.slice(0, equals);
    if (decodeComponent(key) === name) values.push(decodeComponent(equals < 0 ? '' : pair.slice(equals + 1)));
  }
  return values;
}

function decodeComponent(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  return spaced.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => Buffer.from(escapes.replaceAll('%', ''), 'hex').toString());
}

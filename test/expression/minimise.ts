/** A difference that was found, made small: what can be left out of the expression and of the event is. */

type Fails = (expression: string, event: string) => Promise<boolean>;

/** Attempts; a difference that needs more is shown as it is by then. */
const PATIENCE = 4_000;

export async function minimise(expression: string, event: string, fails: Fails): Promise<[string, string]> {
  let tokens = tokensOf(expression);
  let text = event;
  let left = PATIENCE;
  const stillFails = async (candidate: readonly string[], json: string): Promise<boolean> =>
    left-- > 0 && (await fails(candidate.join(''), json));

  for (let smaller = true; smaller && left > 0; ) {
    smaller = false;
    for (const candidate of shorter(tokens)) {
      if (!(await stillFails(candidate, text))) continue;
      tokens = candidate;
      smaller = true;
      break;
    }
    for (const value of smaller ? [] : simpler(JSON.parse(text))) {
      const json = toJson(value);
      if (json.length >= text.length || !(await stillFails(tokens, json))) continue;
      text = json;
      smaller = true;
      break;
    }
  }
  return [tokens.join(''), text];
}

function tokensOf(expression: string): string[] {
  return expression.match(/"(?:[^"\\]|\\.)*"|`[^`]*`|\$?[\w$]+|\s+|[!<>?:~.*]{2}|./gs) ?? [];
}

/** Without some of its tokens, many at first; then without a pair of brackets or what stands in one. */
function* shorter(tokens: readonly string[]): Generator<string[]> {
  for (let size = tokens.length >> 1; size >= 1; size >>= 1) {
    for (let start = 0; start + size <= tokens.length; start += Math.max(1, size >> 1)) {
      yield tokens.toSpliced(start, size);
    }
  }
  for (const [open, close] of brackets(tokens)) {
    yield tokens.slice(open + 1, close);
    yield tokens.toSpliced(close, 1).toSpliced(open, 1);
    yield tokens.toSpliced(open, close - open + 1);
  }
  for (const [index, token] of tokens.entries()) {
    for (const other of ['1', 'a', '""']) {
      if (/^["`$\w]/.test(token) && token.length > other.length) yield tokens.with(index, other);
    }
  }
}

function brackets(tokens: readonly string[]): [number, number][] {
  const open: number[] = [];
  const pairs: [number, number][] = [];
  for (const [index, token] of tokens.entries()) {
    if ('([{'.includes(token)) open.push(index);
    else if (')]}'.includes(token)) pairs.push([open.pop() ?? 0, index]);
  }
  return pairs;
}

function* simpler(value: unknown): Generator<unknown> {
  if (typeof value === 'string' && value.length > 1) yield* ['', 'a', value.slice(0, value.length >> 1)];
  if (typeof value !== 'object' || value === null) return;
  const entries = Object.entries(value);
  const rebuilt = (pairs: readonly [string, unknown][]): unknown =>
    Array.isArray(value) ? pairs.map(([, item]) => item) : Object.fromEntries(pairs);
  for (const index of entries.keys()) yield rebuilt(entries.toSpliced(index, 1));
  for (const [index, [key, item]] of entries.entries()) {
    for (const other of [0, ...simpler(item)]) yield rebuilt(entries.with(index, [key, other]));
  }
}

/** Also what JSON.parse makes and JSON.stringify does not say. */
function toJson(value: unknown): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value).replace('Infinity', '1e999');
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(toJson).join(',')}]`;
  return `{${Object.entries(value)
    .map(([key, item]) => `${JSON.stringify(key)}:${toJson(item)}`)
    .join(',')}}`;
}

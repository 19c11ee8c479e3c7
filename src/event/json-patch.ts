/** More operations than the API server takes in one patch. */
const MAX_OPERATIONS = 10_000;
/** Deeper than any API object. */
const MAX_DEPTH = 64;
/**
 * Steps that a whole patch may cost: moving array items aside, copying values. The API server refuses patches far below
 * it. Beyond it no value is lost: it is appended where it should have been inserted.
 */
const MAX_STEPS = 2_000_000;

/** What one patch has cost so far, and the parts it has written. */
interface Work {
  readonly parts: Set<unknown>;
  steps: number;
}

/** A part of the document that the patch has written into. Other values are shared with the patch and never changed. */
type Part = Tree | List;
interface Tree {
  readonly kind: 'tree';
  readonly fields: Map<string, unknown>;
}
interface List {
  readonly kind: 'list';
  items: Item[];
}
interface Item {
  /** Its place in the array as far as the patch tells; Infinity for one that was appended to an array of unknown length. */
  index: number;
  value: unknown;
}

/**
 * What a JSON Patch (RFC 6902) writes, as the sparse document that it would leave behind:
 * `[{op: "add", path: "/spec/hostPID", value: true}]` gives `{spec: {hostPID: true}}`. Array places become array items in
 * order. What the patched object held before is not known, so what is copied or moved from there is missing.
 */
export function sparseDocument(operations: readonly unknown[]): unknown {
  const work: Work = { parts: new Set(), steps: 0 };
  let root = tree(work);
  for (const operation of operations.slice(0, MAX_OPERATIONS)) {
    if (!isObject(operation)) continue;
    const { op, path, from } = operation;
    const keys = keysOf(path);
    if (!keys) continue;
    if (op === 'remove') {
      take(root, keys, work, true);
      continue;
    }
    const source = op === 'copy' || op === 'move' ? keysOf(from) : undefined;
    const value = source ? take(root, source, work, op === 'move') : operation.value;
    if (value === undefined || (op !== 'add' && op !== 'replace' && !source)) continue;
    if (keys.length > 0) put(root, keys, value, op !== 'replace', work);
    else if (isObject(value)) root = own(value, work) as Tree;
  }
  return finished(root, work.parts);
}

/**
 * The keys of a JSON pointer; undefined for none, or one that is deeper than any API object. What stands before the first
 * slash is passed over, as the API server's library does.
 */
function keysOf(pointer: unknown): string[] | undefined {
  if (typeof pointer !== 'string') return undefined;
  const keys = pointer.split('/', MAX_DEPTH + 2).slice(1);
  return keys.length > MAX_DEPTH ? undefined : keys.map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function put(root: Tree, keys: readonly string[], value: unknown, insert: boolean, work: Work): void {
  let part: Part = root;
  for (const [depth, key] of keys.entries()) {
    if (depth === keys.length - 1) {
      if (part.kind === 'tree') part.fields.set(key, value);
      else putItem(part, key, value, insert, work);
      return;
    }
    const next: unknown = part.kind === 'tree' ? part.fields.get(key) : itemAt(part, key, work)?.value;
    const owned: Part = own(next, work) ?? (isPlace(keys[depth + 1]) ? list(work) : tree(work));
    if (owned !== next) {
      if (part.kind === 'tree') part.fields.set(key, owned);
      else putItem(part, key, owned, false, work);
    }
    part = owned;
  }
}

/** The value at a place, as far as the patch has written it; taken away where asked. */
function take(root: Tree, keys: readonly string[], work: Work, away: boolean): unknown {
  if (work.steps > MAX_STEPS) return undefined;
  let part: Part | undefined = root;
  for (const [depth, key] of keys.entries()) {
    const value: unknown = part.kind === 'tree' ? part.fields.get(key) : itemAt(part, key, work)?.value;
    if (depth === keys.length - 1) {
      if (away && part.kind === 'tree') part.fields.delete(key);
      else if (away && part.kind === 'list') removeItem(part, Number(key), work);
      return away ? finished(value, work.parts) : copied(finished(value, work.parts), work);
    }
    const next: Part | undefined = own(value, work);
    if (!next) return undefined;
    if (next !== value) {
      if (part.kind === 'tree') part.fields.set(key, next);
      else putItem(part, key, next, false, work);
    }
    part = next;
  }
  return undefined;
}

function itemAt({ items }: List, key: string, work: Work): Item | undefined {
  work.steps += items.length;
  if (work.steps > MAX_STEPS) return undefined;
  return items.find(({ index }) => index === Number(key));
}

/** `add` moves what stands at the place and behind it; `replace` takes its place. */
function putItem(target: List, key: string, value: unknown, insert: boolean, work: Work): void {
  work.steps += target.items.length;
  if (work.steps > MAX_STEPS) {
    target.items.push({ index: Number.POSITIVE_INFINITY, value });
    return;
  }
  // The API server's library counts a negative place from an end that is not known here.
  const place = Number(key);
  const index = key === '-' || place < 0 ? Number.POSITIVE_INFINITY : place;
  const known = insert || key === '-' ? undefined : itemAt(target, key, work);
  if (known) {
    known.value = value;
    return;
  }
  if (insert) for (const item of target.items) if (item.index >= index) item.index += 1;
  target.items.push({ index, value });
}

function removeItem(target: List, index: number, work: Work): void {
  work.steps += target.items.length;
  if (work.steps > MAX_STEPS) return;
  target.items = target.items.filter((item) => item.index !== index);
  for (const item of target.items) if (item.index > index) item.index -= 1;
}

/**
 * A copy, counted by its values: a patch that copies what it copied before would double it each time. Undefined when it
 * would cost too much; the API server refuses such a patch.
 */
function copied(value: unknown, work: Work, depth = 0): unknown {
  if (++work.steps > MAX_STEPS || depth > 4 * MAX_DEPTH) return undefined;
  if (Array.isArray(value)) return value.map((item) => copied(item, work, depth + 1));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, copied(field, work, depth + 1)]));
}

/** A value as a part that may be written into: itself when it is one, a shallow copy of an object or array. */
function own(value: unknown, work: Work): Part | undefined {
  if (work.parts.has(value)) return value as Part;
  if (Array.isArray(value)) return list(work, value);
  return isObject(value) ? tree(work, value) : undefined;
}

function tree(work: Work, from: object = {}): Tree {
  const part: Tree = { kind: 'tree', fields: new Map(Object.entries(from)) };
  work.parts.add(part);
  return part;
}

function list(work: Work, from: readonly unknown[] = []): List {
  const part: List = { kind: 'list', items: from.map((value, index) => ({ index, value })) };
  work.parts.add(part);
  return part;
}

/** Parts as plain values; no deeper than a pointer can reach. */
function finished(value: unknown, parts: ReadonlySet<unknown>): unknown {
  if (!parts.has(value)) return value;
  const part = value as Part;
  if (part.kind === 'tree') {
    return Object.fromEntries([...part.fields].map(([key, field]) => [key, finished(field, parts)]));
  }
  return part.items
    .toSorted((a, b) => (a.index < b.index ? -1 : a.index > b.index ? 1 : 0))
    .map((item) => finished(item.value, parts));
}

function isPlace(key: string | undefined): boolean {
  return key !== undefined && /^(-|[-+]?\d+)$/.test(key);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

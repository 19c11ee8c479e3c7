/** More operations than the API server takes in one patch. */
const MAX_OPERATIONS = 10_000;

type Tree = { [key: string]: unknown };

/**
 * What a JSON Patch (RFC 6902) writes, as the sparse document that its `add` and `replace` operations would leave behind:
 * `[{op: "add", path: "/spec/hostPID", value: true}]` gives `{spec: {hostPID: true}}`. Array places become array items
 * in order; what the patched object held before is not known. Values are shared with the patch, not copied.
 */
export function sparseDocument(operations: readonly unknown[]): unknown {
  const root: Tree = {};
  let appended = 0;
  for (const operation of operations.slice(0, MAX_OPERATIONS)) {
    if (!isTree(operation) || typeof operation.path !== 'string' || !('value' in operation)) continue;
    if (operation.op !== 'add' && operation.op !== 'replace') continue;
    if (operation.path === '') {
      if (isTree(operation.value)) Object.assign(root, operation.value);
      continue;
    }
    const keys = operation.path.split('/').slice(1).map(unescaped);
    if (keys.length > 64 || keys.includes('__proto__')) continue;
    appended += 1;
    put(root, keys, operation.value, appended);
  }
  return withArrays(root, 0);
}

function put(root: Tree, keys: readonly string[], value: unknown, appended: number): void {
  let node = root;
  for (const [index, key] of keys.entries()) {
    // Every "-" appends an item of its own; "n0", "n1" keep them apart from the numbered places.
    const name = key === '-' ? `n${appended}` : key;
    if (index === keys.length - 1) {
      node[name] = value;
      return;
    }
    const next = Object.hasOwn(node, name) ? node[name] : undefined;
    if (isTree(next)) {
      // A copy: the value of an earlier operation belongs to the event.
      node[name] = { ...next };
    } else if (Array.isArray(next)) {
      node[name] = Object.fromEntries(next.entries());
    } else {
      node[name] = {};
    }
    node = node[name] as Tree;
  }
}

/** Objects all of whose keys are array places become arrays. */
function withArrays(node: unknown, depth: number): unknown {
  if (!isTree(node) || depth > 64) return node;
  const entries = Object.entries(node).map(([key, value]) => [key, withArrays(value, depth + 1)] as const);
  if (entries.length > 0 && entries.every(([key]) => /^(\d+|n\d+)$/.test(key)))
    return entries.map(([, value]) => value);
  return Object.fromEntries(entries);
}

function unescaped(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~');
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A node of jsonata's syntax tree. Its shapes are jsonata's own and are read with care: see PLANNER in ARCHITECTURE.md. */
export type AstNode = { readonly [key: string]: unknown };

export function isNode(value: unknown): value is AstNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof RegExp);
}

/** Every node of the tree, parents before children; iterative, so that no expression is too deep for it. */
export function* walk(root: unknown): Generator<AstNode> {
  const pending: unknown[] = [root];
  const seen = new Set<unknown>();
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    if (isNode(value)) yield value;
    if (!(value instanceof RegExp)) pending.push(...Object.values(value).reverse());
  }
}

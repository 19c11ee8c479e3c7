/** A path of an event's fields, from its root; the empty one is the whole event. */
export type FieldPath = readonly string[];

export function isWithin(path: FieldPath, whole: FieldPath): boolean {
  return whole.length <= path.length && whole.every((key, index) => path[index] === key);
}

/** Whether one of the two holds the other. */
export function overlaps(a: FieldPath, b: FieldPath): boolean {
  return isWithin(a, b) || isWithin(b, a);
}

/** The paths without those that lie within another of them, in their order. */
export function outermost(paths: readonly FieldPath[]): FieldPath[] {
  const kept: FieldPath[] = [];
  for (const path of paths) {
    if (kept.some((known) => isWithin(path, known))) continue;
    const inner = kept.filter((known) => isWithin(known, path));
    for (const known of inner) kept.splice(kept.indexOf(known), 1);
    kept.push(path);
  }
  return kept;
}

/** As an expression spells it. */
export function pathText(path: FieldPath): string {
  if (path.length === 0) return '$$';
  return path.map((key) => (/^[A-Za-z_]\w*$/.test(key) ? key : `\`${key}\``)).join('.');
}

/** JSONata's `$boolean`: how a detector's `match` and a query's result are judged. Nothing counts as false. */
export function toBoolean(value: unknown): boolean {
  if (!Array.isArray(value)) return scalarToBoolean(value);
  // An array is true when any of its items is, however deep; a loop, for a client writes as deep as it likes.
  const pending: unknown[] = [...value];
  while (pending.length > 0) {
    const item = pending.pop();
    if (Array.isArray(item)) for (const inner of item) pending.push(inner);
    else if (scalarToBoolean(item)) return true;
  }
  return false;
}

function scalarToBoolean(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
      return value.length > 0;
    case 'number':
      return value !== 0;
    case 'boolean':
      return value;
    case 'object':
      return value !== null && Object.keys(value).length > 0;
    default:
      return false;
  }
}

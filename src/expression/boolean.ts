/** JSONata's `$boolean`: how a detector's `match` and a query's result are judged. Nothing counts as false. */
export function toBoolean(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 1 ? toBoolean(value[0]) : value.some(toBoolean);
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

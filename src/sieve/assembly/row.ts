// The row that is being written.

import { FIELDS, ROW } from '../layout';

export let row: usize = 0;

export function beginRow(at: usize): void {
  row = at;
  memory.fill(row, 0, ROW * 4);
}

/** Puts a value at its place in the row; false where it is there already. */
@inline
export function put(field: i32, start: usize, end: usize): bool {
  const at = row + ((FIELDS + 2 * field) << 2);
  if (load<u32>(at)) return false;
  store<u64>(at, <u64>start | (<u64>(end - start) << 32));
  return true;
}

@inline
export function startOf(field: i32): usize {
  return <usize>load<u32>(row + ((FIELDS + 2 * field) << 2));
}

@inline
export function lengthOf(field: i32): usize {
  return <usize>load<u32>(row + ((FIELDS + 2 * field + 1) << 2));
}

export function clear(field: i32): void {
  store<u64>(row + ((FIELDS + 2 * field) << 2), 0);
}

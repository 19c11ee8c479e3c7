/** Cells as text, before any escaping. */

import type { Cell, Row } from './types.ts';

/** The row's own cell; a key that the row lacks is undefined, also where every object inherits one (`constructor`). */
export function cellAt(row: Row, key: string): Cell {
  return Object.hasOwn(row.cells, key) ? row.cells[key] : undefined;
}

/** A string as it is, nothing for null and undefined, compact JSON for the rest. Never throws, whatever the cell is. */
export function cellText(cell: Cell): string {
  switch (typeof cell) {
    case 'string':
      return cell;
    case 'undefined':
      return '';
    case 'object':
      return cell === null ? '' : compactJson(cell);
    default:
      return String(cell);
  }
}

function compactJson(value: object): string {
  try {
    const text: unknown = JSON.stringify(value, (_key, inner: unknown) =>
      typeof inner === 'bigint' ? String(inner) : inner,
    );
    return typeof text === 'string' ? text : '';
  } catch (error) {
    // JSON.parse reads deeper nesting than JSON.stringify writes; the stack is what ends it.
    return error instanceof RangeError ? '[nested too deeply]' : '[cannot be shown as JSON]';
  }
}

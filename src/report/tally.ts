/** Counts by key in bounded memory. Whoever is logged chooses names, and may choose a new one for each request. */

/** Keys counted one by one. */
const MAX_KEYS = 5_000;

export interface Counted {
  count: number;
}

/** The first rows of all, most first. */
export interface Top<Row> {
  readonly rows: readonly Row[];
  /** Those that are not among the rows: how many, and what they count together. */
  readonly others: { readonly rows: number; readonly count: number };
  /** False where keys were dropped: a small count may be too low, and a key may be missing. */
  readonly isComplete: boolean;
}

export interface Tally<Row extends Counted> {
  /** Counts one more of the key, and gives its row, to be changed by the caller. */
  count(key: string): Row;
  top(limit: number): Top<Row>;
  /** Different keys; at least so many, where some were dropped. */
  readonly size: number;
}

/**
 * When there is no room for another key, the half that counts least is dropped together. What counts much stays so, however
 * many names are thrown in before or after it.
 * @param make gives the row of a new key, with nothing counted.
 */
export function createTally<Row extends Counted>(make: () => Row, maxKeys: number = MAX_KEYS): Tally<Row> {
  const rows = new Map<string, Row>();
  const dropped = { rows: 0, count: 0 };

  const drop = (): void => {
    const least = [...rows].sort(([, a], [, b]) => a.count - b.count).slice(0, Math.ceil(maxKeys / 2));
    for (const [key, { count }] of least) {
      rows.delete(key);
      dropped.rows += 1;
      dropped.count += count;
    }
  };
  return {
    count(key) {
      let row = rows.get(key);
      if (row === undefined) {
        if (rows.size >= maxKeys) drop();
        row = make();
        rows.set(key, row);
      }
      row.count += 1;
      return row;
    },
    top(limit) {
      const sorted = [...rows].sort(([a, { count: m }], [b, { count: n }]) => n - m || (a < b ? -1 : 1));
      const left = sorted.slice(limit);
      return {
        rows: sorted.slice(0, limit).map(([, row]) => row),
        others: {
          rows: left.length + dropped.rows,
          count: left.reduce((sum, [, { count }]) => sum + count, dropped.count),
        },
        isComplete: dropped.rows === 0,
      };
    },
    get size() {
      return dropped.rows === 0 ? rows.size : Math.max(rows.size, maxKeys);
    },
  };
}

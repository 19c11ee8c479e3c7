/** Counts by key in bounded memory. Whoever is logged chooses names, and may choose a new one for each request. */

/** Keys counted one by one. */
const MAX_KEYS = 5_000;

export interface Counted {
  count: number;
}

/** The first rows of all, most first. */
export interface Top<Row> {
  readonly rows: readonly Row[];
  /** Those that are not among the rows: how many (at least, where it is not complete), and what they count together. */
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
 * When there is no room for another key, the half that weighs least is dropped. A key weighs what it counts, less the price
 * of each drop that it stayed through: what those that went had weighed, but for the first of it, so that a flood of names
 * that come once costs nobody anything. What is counted much stays therefore, however many names are thrown in before,
 * after, or with care between (after J. Misra and D. Gries, "Finding repeated elements", 1982).
 * @param make gives the row of a new key, with nothing counted.
 */
export function createTally<Row extends Counted>(make: () => Row, maxKeys: number = MAX_KEYS): Tally<Row> {
  const entries = new Map<string, { readonly row: Row; weight: number }>();
  /** Counts of the keys that were dropped. */
  let dropped = 0;

  const drop = (): void => {
    const byWeight = [...entries].sort(([, a], [, b]) => a.weight - b.weight);
    const least = byWeight.slice(0, Math.ceil(maxKeys / 2));
    for (const [key, { row }] of least) {
      entries.delete(key);
      dropped += row.count;
    }
    const price = Math.max(0, (least.at(-1)?.[1].weight ?? 0) - 1);
    for (const entry of entries.values()) entry.weight -= price;
  };
  return {
    count(key) {
      let entry = entries.get(key);
      if (entry === undefined) {
        if (entries.size >= maxKeys) drop();
        entry = { row: make(), weight: 0 };
        entries.set(key, entry);
      }
      entry.weight += 1;
      entry.row.count += 1;
      return entry.row;
    },
    top(limit) {
      const sorted = [...entries].sort(([a, { row: m }], [b, { row: n }]) => n.count - m.count || (a < b ? -1 : 1));
      const left = sorted.slice(limit);
      const shown = sorted.length - left.length;
      return {
        rows: sorted.slice(0, limit).map(([, { row }]) => row),
        others: {
          // A key that was dropped may have come again: there is one more than fit in, that much is sure.
          rows: dropped === 0 ? left.length : Math.max(left.length, maxKeys + 1 - shown),
          count: left.reduce((sum, [, { row }]) => sum + row.count, dropped),
        },
        isComplete: dropped === 0,
      };
    },
    get size() {
      return dropped === 0 ? entries.size : Math.max(entries.size, maxKeys + 1);
    },
  };
}

/** How wide the columns of a table are. Plain arithmetic on column widths; knows neither text nor terminal. */

/** Blanks between two columns. */
export const GAP = 2;

/** What {@link layOut} knows of a column: terminal columns that its heading and its widest cell take. */
export interface Measure {
  readonly heading: number;
  /** The widest of heading and cells, at least 1. */
  readonly natural: number;
  readonly shrink: 0 | 1 | 2;
}

/** A column narrower than this says nothing, however much is missing. */
const NARROWEST = 8;

/** A heading stays readable up to here. */
const HEADING = 16;

/**
 * The width of each column, so that a line fits into `width` (undefined: whatever it takes). Columns with shrink 2 give up
 * width first, then 1, then 0, of equals the widest, each down to its minimum. Where even the minimums are too much, the
 * last columns are cut, and those with width 0 have no place at all; the table marks that they are there.
 */
export function layOut(measures: readonly Measure[], width: number | undefined): number[] {
  const widths = measures.map((measure) => measure.natural);
  if (width === undefined) return widths;

  const least = measures.map(minimum);
  if (lineWidth(least) > width) return cutOff(least, width);

  for (const level of [2, 1, 0]) {
    const giving = [...measures.keys()].filter((index) => measures[index]?.shrink === level);
    narrow(widths, least, giving, lineWidth(widths) - width);
  }
  return widths;
}

/** Terminal columns of a whole line; columns of width 0 are not on it. */
export function lineWidth(widths: readonly number[]): number {
  const shown = widths.filter((width) => width > 0);
  return shown.reduce((sum, width) => sum + width, 0) + GAP * Math.max(0, shown.length - 1);
}

function minimum(measure: Measure): number {
  return Math.min(measure.natural, Math.max(NARROWEST, Math.min(measure.heading, HEADING)));
}

/** Takes `excess` off the columns at `giving`, one at a time off the widest; stops where all are at their minimum. */
function narrow(widths: number[], least: readonly number[], giving: readonly number[], excess: number): void {
  for (let taken = 0; taken < excess; taken++) {
    let widest = -1;
    for (const index of giving) {
      const width = widths[index] ?? 0;
      if (width > (least[index] ?? 0) && width > (widths[widest] ?? 0)) widest = index;
    }
    if (widest === -1) return;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
}

/** From the left, as far as the line goes, less the room for the mark that says there is more. */
function cutOff(least: readonly number[], width: number): number[] {
  let left = Math.max(1, width - GAP - 1);
  return least.map((wanted) => {
    const given = Math.max(0, Math.min(wanted, left));
    left -= given + GAP;
    return given;
  });
}

/**
 * The widths with room for a row that needs more, as far as the line has any left; the same array where nothing changes.
 * A line with columns of width 0 is full.
 */
export function widen(
  widths: readonly number[],
  needs: readonly number[],
  width: number | undefined,
): readonly number[] {
  if (widths.every((given, index) => (needs[index] ?? 0) <= given) || widths.includes(0)) return widths;
  let room = width === undefined ? Number.POSITIVE_INFINITY : width - lineWidth(widths);
  if (room <= 0) return widths;
  return widths.map((given, index) => {
    const taken = Math.min(room, Math.max(0, (needs[index] ?? 0) - given));
    room -= taken;
    return given + taken;
  });
}

/** Which bars of the timeline get a label, in the clock of the report's zone. */

import type { Bucket } from '../model.ts';
import type { Times } from './texts.ts';

/** A label, and the bar that it stands at. */
export interface Tick {
  readonly index: number;
  readonly text: string;
}

/** Minutes between labels that people count in. */
const STEPS = [5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1_440] as const;
const MOST_TICKS = 14;
/** Pixels that `2026-11-17` takes, with room behind it. */
const DATE_WIDTH = 72;

interface Wall {
  readonly index: number;
  /** `2026-11-17`. */
  readonly date: string;
  /** Since midnight. */
  readonly minutes: number;
  readonly clock: string;
}

/** @param step pixels from bar to bar. */
export function axisLabels(buckets: readonly Bucket[], times: Times, step: number): { ticks: Tick[]; dates: Tick[] } {
  const walls = buckets.map(({ start }, index): Wall => {
    const [date = '', clock = ''] = (times.minute(start) ?? '').split(' ');
    const [hours, minutes] = clock.split(':').map(Number);
    return { index, date, minutes: (hours ?? 0) * 60 + (minutes ?? 0), clock };
  });
  // Where all are at the same time of day, the dates say it all.
  const isDaily = walls.length > 1 && walls.every(({ clock }) => clock === walls[0]?.clock);
  const ticks = STEPS.map((minutes) => walls.filter((wall) => wall.minutes % minutes === 0)).find(
    (some) => some.length > 0 && some.length <= MOST_TICKS,
  );
  return {
    ticks: (isDaily ? [] : (ticks ?? everyFew(walls))).map(({ index, clock }) => ({ index, text: clock })),
    dates: apart(
      walls
        .filter(({ index, date }) => date !== walls[index - 1]?.date)
        .map(({ index, date }) => ({ index, text: date })),
      DATE_WIDTH / step,
    ),
  };
}

function everyFew(walls: readonly Wall[]): Wall[] {
  const few = Math.ceil(walls.length / MOST_TICKS);
  return walls.filter(({ index }) => index % few === 0);
}

/** Without those that would stand in the label before. A second day matters more than the rest of the first. */
function apart(ticks: readonly Tick[], distance: number): Tick[] {
  const kept: Tick[] = [];
  for (const tick of ticks) {
    const before = kept.at(-1);
    if (before === undefined || tick.index - before.index >= distance) kept.push(tick);
    else if (before.index === 0) kept[0] = tick;
  }
  return kept;
}

/** The clock on the wall of a time zone. */

/** Microseconds. Zones differ from UTC by a multiple of this today, and change at one, but for a few that did not. */
const STEP = 15 * 60 * 1_000_000;
const DAY_MINUTES = 24 * 60;
/** Steps that are remembered: half a year. */
const MAX_STEPS = 20_000;

export interface WallTime {
  /** 0 for Monday to 6 for Sunday. */
  readonly day: number;
  /** Minutes since midnight. */
  readonly minute: number;
}

/** Microseconds since the epoch to what the wall shows. */
export type Zone = (time: number) => WallTime;

/**
 * Asking `Intl` costs microseconds, and a log has millions of events: it is asked once for each quarter of an hour.
 * @param timezone an IANA name that is known to exist.
 */
export function createZone(timezone: string): Zone {
  const offsetOf = timezone === 'UTC' ? () => 0 : remembered(offsets(timezone));
  return (time) => {
    const minutes = Math.floor(time / 60_000_000) + offsetOf(Math.floor(time / STEP));
    const days = Math.floor(minutes / DAY_MINUTES);
    // The first day of all was a Thursday.
    return { day: (((days + 3) % 7) + 7) % 7, minute: minutes - days * DAY_MINUTES };
  };
}

/** The difference to UTC in minutes, by the number of the step since the epoch. */
function offsets(timezone: string): (step: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  return (step) => {
    const milliseconds = (step * STEP) / 1000;
    const parts = new Map(format.formatToParts(milliseconds).map(({ type, value }) => [type, Number(value)]));
    const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
    const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'));
    return Math.round((wall - milliseconds) / 60_000);
  };
}

function remembered(ask: (step: number) => number): (step: number) => number {
  const known = new Map<number, number>();
  return (step) => {
    let answer = known.get(step);
    if (answer === undefined) {
      answer = ask(step);
      if (known.size >= MAX_STEPS) known.clear();
      known.set(step, answer);
    }
    return answer;
  };
}

/** Microseconds by which a zone is ahead of UTC at a time; 14 hours are told as 10 behind, whose days are the same. */
export function offsetOf(zone: Zone, time: number): number {
  const utc = Math.floor(time / 60_000_000) % DAY_MINUTES;
  const ahead = (zone(time).minute - utc + DAY_MINUTES) % DAY_MINUTES;
  return (ahead > DAY_MINUTES / 2 ? ahead - DAY_MINUTES : ahead) * 60_000_000;
}

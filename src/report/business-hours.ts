import { createZone, type WallTime } from './zone.ts';

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Day = (typeof DAYS)[number];

/** When people are expected to work. */
export interface BusinessHours {
  /** IANA name. */
  readonly timezone: string;
  readonly days: readonly Day[];
  /** Minutes since midnight. Where `to` is not after `from`, work goes on past midnight, and belongs to the day before. */
  readonly from: number;
  readonly to: number;
}

const HOURS = /^([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)$/;
const DAY_MINUTES = 24 * 60;

/** `08:00-18:00` in minutes since midnight; undefined for anything else, and for hours of no length. */
export function parseHours(text: string): { from: number; to: number } | undefined {
  const match = HOURS.exec(text);
  if (!match) return undefined;
  const [, fromHour, fromMinute, toHour, toMinute] = match.map(Number);
  const from = (fromHour ?? 0) * 60 + (fromMinute ?? 0);
  const to = (toHour ?? 0) * 60 + (toMinute ?? 0);
  return from === to || from >= DAY_MINUTES || to > DAY_MINUTES ? undefined : { from, to };
}

/** Whether a time, in microseconds since the epoch, lies in them. */
export function createBusinessHours({ timezone, days, from, to }: BusinessHours): (time: number) => boolean {
  const zone = createZone(timezone);
  const works = DAYS.map((day) => days.includes(day));
  const isWorking = ({ day, minute }: WallTime): boolean => {
    const today = works[day] === true;
    if (from < to) return today && minute >= from && minute < to;
    const yesterday = works[(day + 6) % 7] === true;
    return (today && minute >= from) || (yesterday && minute < to);
  };
  return (time) => isWorking(zone(time));
}

/** `Mon, Tue, Wed, 08:00 to 18:00, Europe/Berlin`; a run of days by its ends. */
export function businessHoursText({ timezone, days, from, to }: BusinessHours): string {
  return `${daysText(days)}, ${clock(from)} to ${clock(to)}, ${timezone}`;
}

function daysText(days: readonly Day[]): string {
  const runs: Day[][] = [];
  for (const [index, day] of DAYS.entries()) {
    if (!days.includes(day)) continue;
    const before = DAYS[index - 1];
    const run = before !== undefined && days.includes(before) ? runs.at(-1) : undefined;
    if (run) run.push(day);
    else runs.push([day]);
  }
  return runs.map(runText).join(', ');
}

function runText(run: readonly Day[]): string {
  const names = run.map((day) => `${day.charAt(0).toUpperCase()}${day.slice(1)}`);
  return names.length > 2 ? `${names[0]} to ${names.at(-1)}` : names.join(', ');
}

function clock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

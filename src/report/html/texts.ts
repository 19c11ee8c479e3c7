/** Texts, names, numbers and times as the page writes them. */

import { parseTime } from '../../event/time.ts';
import { type Clock, createClock } from '../../sinks/clock.ts';
import { numberText } from '../../sinks/quantities.ts';
import { forTerminalWithin } from '../../sinks/width.ts';
import type { Time } from '../model.ts';
import { type Html, html, type Value } from './template.ts';

/** UTF-16 code units in a column: one or two are usual, and a letter with eight marks takes nine or more. */
const UNITS_PER_COLUMN = 3;

/**
 * A text that others wrote, on one line, visible, in at most so many columns, and in bytes that these bound as well. One of
 * blanks alone is quoted.
 */
export function within(text: string, columns: number): string {
  const most = columns * UNITS_PER_COLUMN;
  if (text.length <= most) {
    const shown = forTerminalWithin(text, columns);
    return text !== '' && shown.trim() === '' ? `"${shown}"` : shown;
  }
  // Not between the two halves of a character.
  const shown = forTerminalWithin(text.slice(0, most).replace(/[\ud800-\udbff]$/, ''), columns);
  return shown.endsWith('…') ? shown : `${shown}…`;
}

/** Letters that are written from right to left. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** `namespace/name` in this order, whichever way its parts are written. */
export function isolated(text: string): Value {
  if (!RIGHT_TO_LEFT.test(text)) return text;
  return text.split('/').map((part, index) => html`${index > 0 && '/'}<bdi>${part}</bdi>`);
}

/** `1,204`. */
export function number(count: number): string {
  return numberText(count);
}

/** What there is none of. Read aloud it would be a dash. */
export const NONE: Html = html`<span class="none" aria-hidden="true">–</span>`;

/** Times in the report's zone. */
export interface Times {
  /** `UTC`; `Berlin` of `Europe/Berlin`, as much as a heading has room for. */
  readonly zone: string;
  /** `11-17 08:03:52`; without the date where that is the same as of the time before it. */
  short(time: Time, before?: Time): Html;
  /** As `short`; nothing where it would be what stands before it. */
  after(time: Time, before: Time): Value;
  /** `2026-11-17 08:03:52`; in UTC with a `Z`. */
  long(time: Time): Html;
  /** `2026-11-17 05:02 to 10:29 UTC`; what is null is left out, and undefined is given where both are. */
  span(from: Time, to: Time): string | undefined;
  /** `2026-11-17 08:03`, in the zone; undefined for what is no time. */
  minute(time: Time): string | undefined;
}

/** @throws {UsageError} for a time zone that does not exist. */
export function createTimes(timezone: string): Times {
  const clock = createClock(timezone);
  const element = (time: Time, text: (time: string) => string): Html => {
    if (time === null || parseTime(time) === undefined) return NONE;
    return html`<time datetime="${machineTime(time)}">${text(time)}</time>`;
  };
  const short: Times['short'] = (time, before = null) => {
    const date = before === null ? '' : clock.shortText(before).slice(0, 6);
    return element(time, (one) => {
      const text = clock.shortText(one);
      return date !== '' && text.startsWith(date) ? text.slice(6) : text;
    });
  };
  const minute = (time: Time): string | undefined => (time === null ? '' : clock.text(time)).slice(0, 16) || undefined;
  return {
    zone: within((timezone.split('/').at(-1) ?? '').replaceAll('_', ' '), 20),
    short,
    after: (time, before) => (isSame(time, before, clock) ? undefined : short(time, before)),
    long: (time) => element(time, clock.text),
    minute,
    span(from, to) {
      const [first, last] = [parseTime(from), parseTime(to)];
      if (first !== undefined && last !== undefined) return clock.span(first, last);
      if (first !== undefined) return `from ${minute(from)} ${timezone}`;
      return last === undefined ? undefined : `until ${minute(to)} ${timezone}`;
    },
  };
}

/** For eyes: to the second. */
function isSame(a: Time, b: Time, clock: Clock): boolean {
  return a !== null && b !== null && parseTime(a) !== undefined && clock.shortText(a) === clock.shortText(b);
}

/** HTML knows three digits of a second. */
function machineTime(time: string): string {
  return time.replace(/(\.\d{3})\d+/, '$1');
}

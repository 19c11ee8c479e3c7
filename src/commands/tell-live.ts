import type { Gap } from '../follow/log.ts';
import { damageTexts, failureTexts } from '../sinks/damage-text.ts';
import { durationText } from '../sinks/quantities.ts';
import type { LogSet } from '../sources/log-set.ts';
import type { Plan } from './plan.ts';
import type { Silence } from './silence.ts';

/** What a run that goes on says on standard error while it does. */
export interface LiveTeller {
  following(sets: readonly LogSet[], from: string): void;
  note(text: string): void;
  error(message: string): void;
  gap(gap: Gap): void;
  silence(silence: Silence): void;
  /** Tells damage and failing expressions when there are more than were told, and not too often. */
  damage(): void;
}

/** Milliseconds within which the same is not said again. */
const AGAIN = 10 * 60_000;
const DAMAGE = 60_000;
/** Microseconds; times are told to the minute. */
const MINUTE = 60_000_000;
/** Messages that are remembered for that. */
const MAX_TOLD = 1_000;

/** @param follow otherwise the summary at the end has room for what is told. */
export function createLiveTeller(plan: Plan, follow: boolean): LiveTeller {
  const { terminal, summary, clock, quiet } = plan;
  const told = new Map<string, number>();
  let damaged = 0;
  let nextDamage = 0;

  const isNews = (message: string): boolean => {
    const now = Date.now();
    if (now - (told.get(message) ?? Number.NEGATIVE_INFINITY) < AGAIN) return false;
    if (told.size >= MAX_TOLD) told.clear();
    told.set(message, now);
    return true;
  };
  const tell = (line: string): void => {
    if (!quiet) terminal.tell(line);
  };

  return {
    following(sets, from) {
      // The first of them may come.
      if (sets.length === 0) return;
      const names = sets.map(({ path, label }) => (label === undefined ? path : `${label} (${path})`));
      tell(`following ${names.join(', ')} from ${from}${terminal.draws ? '; Ctrl-C ends' : ''}`);
    },
    note(text) {
      if (!follow) summary.notes.push(text);
      else if (isNews(text)) tell(`note: ${text}`);
    },
    error(message) {
      if (!isNews(message)) return;
      if (follow) terminal.tellError(message);
      else summary.inputErrors.push(message);
    },
    gap({ label, why, certain, from, to }) {
      if (certain) summary.gaps.certain += 1;
      const when =
        from !== undefined && to !== undefined && to - from > MINUTE
          ? `between ${clock.span(from, to, 'and')}`
          : sinceText(from);
      terminal.tell(`gap: ${label === undefined ? '' : `${label}: `}${why}; events ${when} may be missing`);
    },
    silence({ log, lasted, isOver }) {
      const { path, label } = log.set;
      const name = label === undefined ? path : `${label} (${path})`;
      const time = durationText(lasted);
      terminal.tell(
        isOver ? `silence: ${name} goes on after ${time}` : `silence: nothing was written to ${name} for ${time}`,
      );
    },
    damage() {
      const now = Date.now();
      let count = summary.failures.size;
      for (const reject of summary.rejects.values()) count += reject.count;
      if (!follow || now < nextDamage || count === damaged) return;
      damaged = count;
      nextDamage = now + DAMAGE;
      for (const line of damageTexts(summary)) tell(`damage: ${line}`);
      for (const line of failureTexts(summary)) if (isNews(line)) terminal.tell(`error: ${line}`);
    },
  };

  function sinceText(from: number | undefined): string {
    return from === undefined ? 'of an unknown time' : `from ${clock.span(from, from)} on`;
  }
}

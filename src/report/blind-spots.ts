import { formatTime } from '../event/time.ts';
import type { Clock } from '../sinks/clock.ts';
import {
  damageTexts,
  failureTexts,
  forgottenBurstsTexts,
  receivedOnlyTexts,
  unjudgedTexts,
} from '../sinks/damage-text.ts';
import { gapText } from '../sinks/gap-text.ts';
import { countText, numberText } from '../sinks/quantities.ts';
import type { Summary } from '../summary.ts';
import type { MissingBodies } from './activity.ts';
import { BLIND_SPOTS, type BlindSpot } from './model.ts';
import type { LogTimes, ReportWindow } from './window.ts';

/** Of resources whose bodies are missing. */
const MAX_BODIES = 10;
/** Of logs that begin late or end early. */
const MAX_LOGS = 20;
/** Microseconds. A log begins late, when nothing of it is there for so long after the window's start. */
const LATE = 10 * 60 * 1_000_000;
/** Microseconds. A log ended early, when nothing came for so long before the window's end: a quiet policy logs little. */
export const ENDED = 60 * 60 * 1_000_000;

/** As people read them. */
export const KIND_NAMES: Readonly<Record<BlindSpot['kind'], string>> = {
  error: 'not read',
  damage: 'damaged',
  gap: 'gap',
  failure: 'not judged',
  late: 'late',
  start: 'begins late',
  end: 'ends early',
  selection: 'selection',
  level: 'audit level',
  stage: 'audit stage',
  limit: 'limit',
};

export interface BlindSpotSources {
  readonly summary: Summary;
  readonly window: ReportWindow;
  /** The end of the window, or the time of the report; microseconds since the epoch. */
  readonly end: number;
  readonly missingBodies: readonly MissingBodies[];
  /** Findings beyond those that the report, or the file of known ones, has room for. */
  readonly otherFindings: number;
  readonly forgottenFindings: number;
  /** Options that leave out events, as they were typed. */
  readonly selection: readonly string[];
  readonly clock: Clock;
}

/** What the logs could not show, worst first. */
export function blindSpots(sources: BlindSpotSources): BlindSpot[] {
  const { summary } = sources;
  const texts: Readonly<Record<BlindSpot['kind'], readonly string[]>> = {
    error: summary.inputErrors,
    failure: failureTexts(summary),
    gap: gapTexts(sources),
    late: lateTexts(sources),
    start: startTexts(sources),
    end: endTexts(sources),
    damage: [...damageTexts(summary), ...untimedTexts(sources)],
    selection: selectionTexts(sources),
    stage: receivedOnlyTexts(summary),
    level: [...unjudgedTexts(summary), ...bodyTexts(sources)],
    limit: limitTexts(sources),
  };
  return BLIND_SPOTS.flatMap((kind) => texts[kind].map((text) => ({ kind, text })));
}

function gapTexts({ summary: { gaps }, clock }: BlindSpotSources): string[] {
  const further = gaps.count - gaps.first.length;
  return [
    ...gaps.first.map((gap) => gapText(gap, clock)),
    ...(further > 0 ? [`${countText(further, 'gap')} more between generations`] : []),
  ];
}

function startTexts({ window, clock }: BlindSpotSources): string[] {
  return firstOf(
    window.logs.flatMap((log) => {
      const { since, first } = log;
      if (since === undefined || first === undefined || first <= since + LATE) return [];
      return `${nameOf(log)} begins at ${at(first, clock)}: what was logged in the window before is not there`;
    }),
  );
}

/** Without a window, a log ended early when others went on. */
function endTexts({ window, end, clock }: BlindSpotSources): string[] {
  const latest = window.logs.reduce((time, { last = 0 }) => Math.max(time, last), 0);
  return firstOf(
    window.logs.flatMap((log) => {
      const { since, last } = log;
      if (last === undefined) return `${nameOf(log)} holds no event with a time`;
      return (since === undefined ? Math.min(latest, end) : end) - last > ENDED
        ? `nothing was logged in ${nameOf(log)} after ${at(last, clock)}`
        : [];
    }),
  );
}

function lateTexts({ window: { late } }: BlindSpotSources): string[] {
  if (late === 0) return [];
  return [
    `${countText(late, 'event')} ${late === 1 ? 'was' : 'were'} written more than 30 minutes late, and ${late === 1 ? 'is' : 'are'} in no report since the last: auditscan report --since with a time has ${late === 1 ? 'it' : 'them'}`,
  ];
}

/** A name that was mistyped would make a page that says all is well. */
function selectionTexts({ window: { events, logs }, selection }: BlindSpotSources): string[] {
  const inWindow = logs.reduce((sum, log) => sum + log.events, 0);
  if (selection.length === 0 || events > 0 || inWindow === 0) return [];
  return [`none of the ${countText(inWindow, 'event')} in the window is as asked for: ${selection.join(' ')}`];
}

function untimedTexts({ window: { untimed } }: BlindSpotSources): string[] {
  if (untimed === 0) return [];
  const lie = untimed === 1 ? 'has no time that can be read, and lies' : 'have no time that can be read, and lie';
  return [`${countText(untimed, 'event')} ${lie} outside of the window`];
}

function bodyTexts({ missingBodies }: BlindSpotSources): string[] {
  const texts = missingBodies.slice(0, MAX_BODIES).map(({ resource, missing, changes }) => {
    const all = missing === changes;
    const what = all ? countText(changes, 'change') : `${numberText(missing)} of ${countText(changes, 'change')}`;
    return `${what} of ${resource} ${missing === 1 ? 'was' : 'were'} logged without the object that was sent: what changed is not known; the audit level Request would log it`;
  });
  const further = missingBodies.length - MAX_BODIES;
  return further > 0 ? [...texts, `so were changes of ${countText(further, 'further resource')}`] : texts;
}

function limitTexts({ summary, otherFindings, forgottenFindings }: BlindSpotSources): string[] {
  const texts: string[] = [];
  if (otherFindings > 0)
    texts.push(
      `${countText(otherFindings, 'finding')} more than this report holds; auditscan detect -o jsonl gives all`,
    );
  texts.push(...forgottenBurstsTexts(summary));
  if (forgottenFindings > 0)
    texts.push(
      `${countText(forgottenFindings, 'finding')} more than the file of known ones holds: the next report may tell them as new again`,
    );
  return texts;
}

function firstOf(texts: readonly string[]): string[] {
  const further = texts.length - MAX_LOGS;
  return further > 0 ? [...texts.slice(0, MAX_LOGS), `and so of ${countText(further, 'further log')}`] : [...texts];
}

export function nameOf({ path, label }: LogTimes): string {
  return label === undefined ? path : `${label} ${path}`;
}

function at(time: number, clock: Clock): string {
  return clock.text(formatTime(time));
}

/** So many, in their order. Twenty logs that begin late must not hide that one is damaged: the first of each kind go first. */
export function firstOfEachKind(spots: readonly BlindSpot[], most: number): BlindSpot[] {
  const seen = new Map<BlindSpot['kind'], number>();
  const ranked = spots.map((spot) => {
    const rank = seen.get(spot.kind) ?? 0;
    seen.set(spot.kind, rank + 1);
    return { spot, rank };
  });
  const chosen = new Set(
    ranked
      .sort((a, b) => a.rank - b.rank)
      .slice(0, most)
      .map(({ spot }) => spot),
  );
  return spots.filter((spot) => chosen.has(spot));
}

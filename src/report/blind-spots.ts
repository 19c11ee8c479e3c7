import { formatTime } from '../event/time.ts';
import type { Clock } from '../sinks/clock.ts';
import { damageTexts, failureTexts } from '../sinks/damage-text.ts';
import { gapText } from '../sinks/gap-text.ts';
import { countText } from '../sinks/quantities.ts';
import type { Summary } from '../summary.ts';
import type { MissingBodies } from './activity.ts';
import type { BlindSpot } from './model.ts';
import type { LogTimes, ReportWindow } from './window.ts';

/** Of resources whose bodies are missing. */
const MAX_BODIES = 10;
/** Of logs that begin late or end early. */
const MAX_LOGS = 20;
/** Microseconds. A log begins late, when nothing of it is there for so long after the window's start. */
const LATE = 10 * 60 * 1_000_000;
/** Microseconds. A log ended early, when nothing came for so long before the window's end: a quiet policy logs little. */
export const ENDED = 60 * 60 * 1_000_000;

export interface BlindSpotSources {
  readonly summary: Summary;
  readonly window: ReportWindow;
  /** The end of the window, or the time of the report; microseconds since the epoch. */
  readonly end: number;
  readonly missingBodies: readonly MissingBodies[];
  /** Findings beyond those that the report, or the file of known ones, has room for. */
  readonly otherFindings: number;
  readonly forgottenFindings: number;
  readonly clock: Clock;
}

/** What the logs could not show, worst first. */
export function blindSpots(sources: BlindSpotSources): BlindSpot[] {
  const { summary } = sources;
  const of = (kind: BlindSpot['kind'], texts: readonly string[]): BlindSpot[] => texts.map((text) => ({ kind, text }));
  return [
    ...of('error', summary.inputErrors),
    ...of('failure', failureTexts(summary)),
    ...of('gap', gapTexts(sources)),
    ...of('start', startTexts(sources)),
    ...of('end', endTexts(sources)),
    ...of('damage', [...damageTexts(summary), ...untimedTexts(sources)]),
    ...of('stage', stageTexts(sources)),
    ...of('level', bodyTexts(sources)),
    ...of('limit', limitTexts(sources)),
  ];
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

function endTexts({ window, end, clock }: BlindSpotSources): string[] {
  return firstOf(
    window.logs.flatMap((log) => {
      const { since, last } = log;
      if (since === undefined) return [];
      if (last === undefined) return `${nameOf(log)} holds no event with a time`;
      return end - last > ENDED ? `nothing was logged in ${nameOf(log)} after ${at(last, clock)}` : [];
    }),
  );
}

function untimedTexts({ window: { untimed } }: BlindSpotSources): string[] {
  if (untimed === 0) return [];
  const lie = untimed === 1 ? 'has no time that can be read, and lies' : 'have no time that can be read, and lie';
  return [`${countText(untimed, 'event')} ${lie} outside of the window`];
}

function stageTexts({ summary: { received, requests } }: BlindSpotSources): string[] {
  if (received === 0 || requests > 0) return [];
  return [
    'every event is of the stage RequestReceived, which decides nothing: the audit policy leaves out the later stages',
  ];
}

function bodyTexts({ missingBodies }: BlindSpotSources): string[] {
  const texts = missingBodies.slice(0, MAX_BODIES).map(({ resource, missing, changes }) => {
    const all = missing === changes;
    const what = all
      ? countText(changes, 'change')
      : `${missing.toLocaleString('en-US')} of ${countText(changes, 'change')}`;
    return `${what} of ${resource} ${missing === 1 ? 'was' : 'were'} logged without the object that was sent: what changed is not known, and detectors that ask for it saw nothing; the audit level Request would log it`;
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
  if (summary.forgottenBursts > 0)
    texts.push(
      `${countText(summary.forgottenBursts, 'group')} of bursts forgotten for want of room: a burst among them may be missing`,
    );
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

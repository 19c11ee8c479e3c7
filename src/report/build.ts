import type { Detector } from '../detect/detector.ts';
import type { FindingGroup } from '../detect/groups.ts';
import { formatTime } from '../event/time.ts';
import type { Clock } from '../sinks/clock.ts';
import { rejectsOf, type Summary } from '../summary.ts';
import type { Activity } from './activity.ts';
import { blindSpots } from './blind-spots.ts';
import type { Digests } from './digests.ts';
import type { Commands, Findings } from './findings.ts';
import { type DetectorNote, REPORT_VERSION, type Report, type Time } from './model.ts';
import type { TimelineCounter } from './timeline.ts';
import type { ReportWindow } from './window.ts';

export interface ReportParts {
  /** Microseconds since the epoch. */
  readonly now: number;
  readonly version: string;
  readonly title: string;
  readonly timezone: string;
  readonly clock: Clock;
  readonly summary: Summary;
  readonly window: ReportWindow;
  readonly sinceLast: boolean;
  /** The end of the window, or the time of the report; microseconds since the epoch. */
  readonly end: number;
  readonly selection: readonly string[];
  readonly configuration: string | null;
  readonly detectors: readonly Detector[];
  readonly findings: Findings;
  readonly commandsOf: (group: FindingGroup) => Commands;
  readonly activity: Activity;
  readonly timeline: TimelineCounter;
  readonly digests: Digests;
  /** As people read them; undefined where the configuration names none. */
  readonly businessHours: string | undefined;
  /** Findings of this run for which the file of known ones had no room. */
  readonly forgottenFindings: number;
}

/** What was counted as the report that is shown. To be called once, when everything was read. */
export function buildReport(parts: ReportParts): Report {
  const { now, summary, window, end, businessHours } = parts;
  const { requests, outcomes, actorCount, namespaceCount, missingBodies, outsideHours, ...activity } =
    parts.activity.counts();
  const { findings, others } = parts.findings.groups(parts.commandsOf);
  return {
    auditscan: 'report',
    version: REPORT_VERSION,
    generated: formatTime(now),
    tool: { name: 'auditscan', version: parts.version },
    title: parts.title,
    timezone: parts.timezone,
    window: {
      since: timeOf(window.since),
      until: timeOf(window.until),
      sinceLast: parts.sinceLast,
      selection: parts.selection,
      first: timeOf(window.first),
      last: timeOf(window.last),
    },
    totals: {
      requests,
      events: window.events,
      outcomes,
      actors: actorCount,
      namespaces: namespaceCount,
      ...parts.findings.totals(),
    },
    findings,
    detectors: notesOf(parts.detectors, new Set(findings.map(({ detector }) => detector))),
    otherFindings: others,
    toldBefore: parts.findings.toldBefore,
    timeline: parts.timeline.timeline(...barsOf(window, end)),
    ...activity,
    outsideBusinessHours: businessHours === undefined ? null : { businessHours, ...outsideHours },
    blindSpots: blindSpots({
      ...{ summary, window, end, missingBodies, clock: parts.clock, selection: parts.selection },
      otherFindings: others,
      forgottenFindings: parts.forgottenFindings,
    }),
    inputs: {
      ...parts.digests.result(),
      bytes: summary.bytes,
      rejects: rejectsOf(summary).map(
        ([
          reason,
          {
            count,
            bytes,
            first: { path, offset, label },
          },
        ]) => ({
          ...{ reason, count, bytes },
          first: { path, offset, ...(label === undefined ? {} : { label }) },
        }),
      ),
      gaps: { count: summary.gaps.count, certain: summary.gaps.certain },
      detectors: parts.detectors.length,
      configuration: parts.configuration,
      excepted: summary.excepted,
      notes: [...summary.notes],
    },
  };
}

/** Of a window, how many times as long as what was logged a time without may be, to be shown. */
const EMPTY = 3;

/** A window shows where nothing was logged, at either end, unless that leaves no room for what was. */
function barsOf({ since, first, last }: ReportWindow, end: number): readonly [number | undefined, number | undefined] {
  if (since === undefined || first === undefined || last === undefined) return [first, last];
  const room = EMPTY * (last - first);
  return [first - since > room ? first : since, end - last > room ? last : end];
}

/** Of the detectors that found something, by id. */
function notesOf(detectors: readonly Detector[], found: ReadonlySet<string>): DetectorNote[] {
  return detectors
    .filter(({ id }) => found.has(id))
    .map(({ id, title, file }) => ({
      ...{ id, title, description: file.description.trim(), falsePositives: file.falsePositives?.trim() ?? null },
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

function timeOf(time: number | undefined): Time {
  return time === undefined ? null : formatTime(time);
}

/**
 * The report as data: what the page and the Markdown show, and what `-o json` gives. Its JSON form is a published interface
 * (docs/report.schema.json): a field that changes its meaning is another `version`.
 *
 * Texts from logs stand here as they were logged, cut to {@link MAX_TEXT}, and names of files as they are; who writes them
 * somewhere makes them harmless.
 */

import type { Finding, Severity } from '../detect/finding.ts';
import type { Outcome } from '../event/outcome.ts';
import type { RejectReason } from '../summary.ts';

export const REPORT_VERSION = 1;

export { MAX_TEXT } from '../detect/cut-finding.ts';

/** Times are RFC 3339 in UTC with six digits, as in findings; null where nothing tells. */
export type Time = string | null;

export interface Report {
  readonly auditscan: 'report';
  readonly version: typeof REPORT_VERSION;
  /** When it was made; all else depends on the logs, the options and the files of `--config`, `--detectors` and `--known` alone. */
  readonly generated: string;
  readonly tool: { readonly name: 'auditscan'; readonly version: string };
  readonly title: string;
  /** IANA name of the zone in which hours of the day and all times on the page and in Markdown are told. */
  readonly timezone: string;
  readonly window: Window;
  readonly totals: Totals;
  /** Worst first, then by time. */
  readonly findings: readonly ReportedFinding[];
  /** Of the detectors that found something, by id. */
  readonly detectors: readonly DetectorNote[];
  /** Findings in groups beyond those of {@link findings}, which the report has no room for. */
  readonly otherFindings: number;
  /** Findings from before the window that an earlier report told, and that this one leaves out; null without `--known`. */
  readonly toldBefore: number | null;
  readonly timeline: Timeline;
  /** Requests by the hour of the day in {@link timezone}. */
  readonly hours: { readonly actors: Hours<ActorName>; readonly namespaces: Hours<string> };
  readonly actors: Ranking<ActorActivity>;
  readonly resources: Ranking<ResourceActivity>;
  readonly denied: Ranking<DeniedRequests>;
  readonly deletions: Ranking<Deletions>;
  /** What people did outside the `businessHours` of the configuration; null where it names none. */
  readonly outsideBusinessHours: OutsideHours | null;
  /** What these logs could not show, worst first. */
  readonly blindSpots: readonly BlindSpot[];
  readonly inputs: Inputs;
}

/** What was asked for, and what was there. An event is in the window when it was written in it. */
export interface Window {
  /** Of `--since` and `--until`; null where it is not bounded. With `--since last` the earliest of the logs'. */
  readonly since: Time;
  readonly until: Time;
  readonly sinceLast: boolean;
  /** Options that leave out events or findings, as they were typed: `--namespace shop-prod`. */
  readonly selection: readonly string[];
  /** When the first and the last event of the window were written. */
  readonly first: Time;
  readonly last: Time;
}

export interface Totals {
  readonly requests: number;
  readonly events: number;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** Different ones; at least so many where {@link Ranking.isComplete} is false. */
  readonly actors: number;
  readonly namespaces: number;
  readonly findings: number;
  /** Findings that no earlier report told; null without `--known`. */
  readonly newFindings: number | null;
  /** Worst first, every severity. */
  readonly bySeverity: readonly {
    readonly severity: Severity;
    readonly findings: number;
    readonly new: number | null;
  }[];
}

/**
 * Findings that share detector, actor, object and outcome; what else a finding has is that of the first. Times are those of
 * the findings: when the request came in.
 */
export interface ReportedFinding extends Omit<Finding, 'time' | 'first' | 'last' | 'source'> {
  readonly findings: number;
  /** Of these findings, how many no earlier report told; null without `--known`. */
  readonly new: number | null;
  /** Requests: as many as there are findings, and of a burst all that belong to it. */
  readonly count: number;
  readonly first: Time;
  readonly last: Time;
  readonly source: { readonly path: string; readonly offset: number; readonly label?: string } | null;
  /** Command that prints the raw events of the first; ready for a shell. */
  readonly show: string;
  /** Command that leads on; null where the detector names none, or a name in it is not fit for a shell. */
  readonly next: string | null;
}

/** What a detector finds, and what else that may be. */
export interface DetectorNote {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly falsePositives: string | null;
}

/** Requests and findings over time, by when they were written. */
export interface Timeline {
  readonly bucketSeconds: number;
  /** Without gaps: a bucket in which nothing was written is there with zeros. */
  readonly buckets: readonly Bucket[];
  /** Requests without a time. */
  readonly untimed: number;
}

export interface Bucket {
  readonly start: string;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  readonly findings: Readonly<Record<Severity, number>>;
}

/** Rows of a heat map. */
export interface Hours<Name> {
  /** The busiest, most requests first; 24 numbers each, for 00:00 to 23:00. A namespace is empty where a request is in none. */
  readonly rows: readonly { readonly name: Name; readonly hours: readonly number[] }[];
  /** How many more there are. */
  readonly others: number;
}

/** The first rows of many, most first. */
export interface Ranking<Row> {
  readonly rows: readonly Row[];
  /** Rows that are not shown, and what they count together. */
  readonly others: { readonly rows: number; readonly count: number };
  /** False where there were more than were counted one by one: small counts may be too low, large ones hold. */
  readonly isComplete: boolean;
}

/** Who asked, and whom it impersonated; an empty name where nobody was authenticated. */
export interface ActorName {
  readonly username: string;
  readonly impersonated: string | null;
}

export interface ActorActivity {
  readonly actor: ActorName;
  readonly count: number;
  /** Requests that change something. */
  readonly writes: number;
  readonly denied: number;
  readonly first: Time;
  readonly last: Time;
}

export interface ResourceActivity {
  /** As kubectl names it: `pods/exec`, `widgets.example.com`; where a request names none, the path that it asked for. */
  readonly resource: string;
  readonly count: number;
  readonly writes: number;
  readonly denied: number;
}

export interface DeniedRequests {
  readonly actor: ActorName;
  readonly verb: string;
  /** As in {@link ResourceActivity}. */
  readonly resource: string;
  readonly namespace: string;
  readonly count: number;
  readonly first: Time;
  readonly last: Time;
}

/** What was deleted, and not refused. A `deletecollection` is one request, however many objects go. */
export interface Deletions {
  readonly actor: ActorName;
  readonly resource: string;
  readonly namespace: string;
  readonly count: number;
  /** Of these, requests that delete whole collections. */
  readonly collections: number;
  /** Some names, in the order in which they went. */
  readonly names: readonly string[];
  readonly first: Time;
  readonly last: Time;
}

export interface OutsideHours {
  /** `Mon to Fri, 08:00 to 18:00, Europe/Berlin`. */
  readonly businessHours: string;
  readonly requests: number;
  readonly actors: Ranking<ActorActivity>;
}

/** Worst first. */
export const BLIND_SPOTS = [
  ...(['error', 'failure', 'gap', 'late', 'start', 'end', 'damage', 'selection', 'stage', 'level', 'limit'] as const),
] as const;

/**
 * - `damage`, `gap`, `failure`, `error`: something was logged, and could not be read or judged;
 * - `start`, `end`: a log begins after the window does, or ends before it ends, or before others do;
 * - `late`: events came so late that they are in no report;
 * - `selection`: options leave out everything;
 * - `level`, `stage`: the audit policy leaves out what detectors ask for;
 * - `limit`: more came than a report holds.
 */
export interface BlindSpot {
  readonly kind: (typeof BLIND_SPOTS)[number];
  /** One sentence; it may quote what a log gave. */
  readonly text: string;
}

export interface Inputs {
  /** The first ones, in the order in which they were read. */
  readonly files: readonly InputFile[];
  readonly otherFiles: number;
  /** Bytes after decompression. */
  readonly bytes: number;
  readonly rejects: readonly {
    readonly reason: RejectReason;
    readonly count: number;
    readonly bytes: number;
    readonly first: { readonly path: string; readonly offset: number; readonly label?: string };
  }[];
  readonly gaps: { readonly count: number; readonly certain: number };
  readonly detectors: number;
  /** Path of the configuration; null where there is none. */
  readonly configuration: string | null;
  /** Matches that exceptions of the configuration left out. */
  readonly excepted: number;
  /** What the run says of itself that is no blind spot: which generations were not read, for example. */
  readonly notes: readonly string[];
}

export interface InputFile {
  readonly path: string;
  readonly label: string | null;
  /** As they were read, before decompression. */
  readonly bytes: number;
  /** Of these bytes, in hex; null where they are not the whole of one file: it was damaged, or truncated while it was read. */
  readonly sha256: string | null;
}

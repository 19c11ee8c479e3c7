/**
 * The counters that every stage adds to, and what the run says of itself at the end. Every byte read is in exactly one of
 * `eventBytes`, `emptyBytes` and the bytes of a reject.
 */

/** Where bytes stand: of the decompressed stream where the file is compressed. */
export interface Place {
  readonly path: string;
  /** Bytes from the start of the stream. */
  readonly offset: number;
  readonly label?: string | undefined;
}

const REJECT_REASONS = ['torn', 'not-json', 'not-audit', 'too-long', 'nul-hole'] as const;

/** Why a piece of the input is no event. */
export type RejectReason = (typeof REJECT_REASONS)[number];

export interface Reject {
  count: number;
  bytes: number;
  readonly first: Place;
}

/**
 * A place in a rotated set where events may be missing: a number of its names is missing, or nothing was logged for long.
 * Times are microseconds since the epoch; undefined where nothing beside the gap tells them.
 */
export interface Gap {
  /** The generation that ends and the one that begins. */
  readonly before: string;
  readonly after: string;
  readonly label?: string | undefined;
  readonly from: number | undefined;
  readonly to: number | undefined;
  /** The names that should stand between the two: generations that are certainly gone. */
  readonly missing?: string | undefined;
}

export interface Gaps {
  count: number;
  /** Those with a missing name. */
  certain: number;
  /** The first ones, {@link MAX_GAPS} at most. */
  readonly first: Gap[];
}

/** An expression that failed on events: how often, and the first time. */
export interface ExpressionFailure {
  count: number;
  readonly message: string;
  readonly first: Place;
}

/** Requests that a detector could not judge, because a body that it asks for was not logged. */
export interface Unjudged {
  readonly detector: string;
  /** Which bodies. */
  readonly bodies: 'request' | 'response' | 'request and response';
  /** The audit level of the events; or that their bodies were cut off as too large; or that their level is none there is. */
  readonly why: 'Metadata' | 'Request' | 'truncated' | 'unknown';
  count: number;
  readonly first: Place;
}

export interface Summary {
  /** Files, or streams, that were opened. */
  files: number;
  /** Bytes after decompression. */
  bytes: number;
  events: number;
  eventBytes: number;
  /** Line ends of empty lines, blanks, a byte order mark. */
  emptyBytes: number;
  readonly rejects: Map<RejectReason, Reject>;
  /** Events that the selectors and the time bounds let through. */
  selected: number;
  /** Requests that were judged: their final stage, or the first one that decides. */
  requests: number;
  /** Events that only say that a request came in; they decide nothing. */
  received: number;
  /** Time of the first and the last selected event, microseconds since the epoch. */
  firstTime: number | undefined;
  lastTime: number | undefined;
  /** By the expression's name: a detector's id, a column, the query itself. */
  readonly failures: Map<string, ExpressionFailure>;
  /** What detectors could not see; by detector and reason. */
  readonly unjudged: Map<string, Unjudged>;
  /** Findings that an exception of the configuration left out. */
  excepted: number;
  /** Groups of a detector's window that were forgotten for want of room. */
  forgottenBursts: number;
  /** Events without a time that can be read. */
  untimed: number;
  /** Gaps between the generations of rotated sets. */
  readonly gaps: Gaps;
  /** Inputs that failed midway, one sentence each. */
  readonly inputErrors: string[];
  /** Things worth a line on standard error that are no damage. */
  readonly notes: string[];
}

const MAX_MESSAGE = 300;
const MAX_GAPS = 10;

export function createSummary(): Summary {
  return {
    files: 0,
    bytes: 0,
    events: 0,
    eventBytes: 0,
    emptyBytes: 0,
    rejects: new Map(),
    selected: 0,
    requests: 0,
    received: 0,
    firstTime: undefined,
    lastTime: undefined,
    failures: new Map(),
    unjudged: new Map(),
    excepted: 0,
    forgottenBursts: 0,
    untimed: 0,
    gaps: { count: 0, certain: 0, first: [] },
    inputErrors: [],
    notes: [],
  };
}

export function countReject(summary: Summary, reason: RejectReason, place: Place, bytes: number): void {
  const known = summary.rejects.get(reason);
  if (known) {
    known.count += 1;
    known.bytes += bytes;
  } else {
    summary.rejects.set(reason, { count: 1, bytes, first: place });
  }
}

/** Always in the same order: which reason is met first follows from how much is read at once. */
export function rejectsOf({ rejects }: Summary): (readonly [RejectReason, Reject])[] {
  return REJECT_REASONS.flatMap((reason) => {
    const reject = rejects.get(reason);
    return reject ? [[reason, reject] as const] : [];
  });
}

export function countFailure(summary: Summary, expression: string, message: string, place: Place): void {
  const known = summary.failures.get(expression);
  if (known) known.count += 1;
  // A message may quote a value of the event, which may be megabytes.
  else summary.failures.set(expression, { count: 1, message: message.slice(0, MAX_MESSAGE), first: place });
}

export function countUnjudged({ unjudged }: Summary, request: Omit<Unjudged, 'count'>): void {
  const key = `${request.detector} ${request.bodies} ${request.why}`;
  const known = unjudged.get(key);
  if (known) known.count += 1;
  else unjudged.set(key, { ...request, count: 1 });
}

export function countGap({ gaps }: Summary, gap: Gap): void {
  gaps.count += 1;
  if (gap.missing !== undefined) gaps.certain += 1;
  if (gaps.first.length < MAX_GAPS) gaps.first.push(gap);
}

export function countTime(summary: Summary, time: number | undefined): void {
  if (time === undefined) return;
  if (summary.firstTime === undefined || time < summary.firstTime) summary.firstTime = time;
  if (summary.lastTime === undefined || time > summary.lastTime) summary.lastTime = time;
}

/** One request of the sample at its time, with what detectors must make of it. */
import { type Call, encodeEvent, isLongRunning, type Stage, stagesOf } from '../../bench/call.ts';
import type { Random } from '../../bench/random.ts';

const DAY = '2026-11-17';

export interface Moment {
  /** When the request came in, microseconds since 1970. */
  readonly at: number;
  readonly call: Call;
  /** How long a watch or a shell lasts. */
  readonly seconds?: number | undefined;
  /** Detectors that must find it. */
  readonly finds?: readonly string[] | undefined;
  /** Detectors that may find it, and are not wrong if they do not. */
  readonly may?: readonly string[] | undefined;
  /** Near misses: detectors that must stay silent, and why. */
  readonly silent?: { readonly detectors: readonly string[]; readonly why: string } | undefined;
  /** The client's own Audit-ID header. */
  readonly auditID?: string | undefined;
}

/** `09:14:02` or `09:14:02.113` of the sample's day, in UTC. */
export function at(time: string): number {
  return Date.parse(`${DAY}T${time}Z`) * 1000;
}

export interface Line {
  readonly writtenAt: number;
  readonly stage: Stage;
  readonly text: string;
}

/** The events of one request, every stage that the API server writes. */
export function linesOf(moment: Moment, random: Random): Line[] {
  const { call } = moment;
  const auditID = moment.auditID ?? random.uuid();
  // Times of day are written down in milliseconds; the API server has microseconds.
  const receivedAt = moment.at + random.between(1, 999);
  const startedAt = receivedAt + Math.ceil(random.logNormal(4_000, 0.7));
  const completeAt = isLongRunning(call) ? startedAt + Math.ceil((moment.seconds ?? 0.4) * 1_000_000) : startedAt;
  const times = { RequestReceived: receivedAt, ResponseStarted: startedAt, ResponseComplete: completeAt };
  return stagesOf(call).map((stage) => ({
    writtenAt: times[stage],
    stage,
    text: encodeEvent(call, auditID, stage, receivedAt, times[stage]),
  }));
}

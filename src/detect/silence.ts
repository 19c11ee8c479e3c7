import { createHash } from 'node:crypto';
import { formatTime } from '../event/time.ts';
import type { Place } from '../summary.ts';
import type { Finding, Severity } from './finding.ts';

/** What stands for a detector of silence, where the configuration or the command line names one. */
export const SILENCE = { id: 'audit-log-silent', severity: 'high' as Severity } as const;

/** A log that went silent. */
export interface SilentLog {
  /** Its path, absolute and without links, and what the user calls the node: the same however the log is named, and beside which others. */
  readonly path: string;
  readonly node: string | undefined;
  /** Microseconds since the epoch of the last event; undefined where nothing tells. */
  readonly lastTime: number | undefined;
  /** Mark of the bytes before the place where reading stands. */
  readonly marker: string | undefined;
  /** Microseconds that passed without an event. */
  readonly silence: number;
}

/**
 * The finding that a followed log went silent. It is about no request, and has no actor; the id is of the log and its last
 * event, or else of the place behind it, so that a restart in the middle of the silence gives the same one.
 * @param place where reading stands.
 */
export function silenceFinding(place: Place, log: SilentLog, severity: Severity = SILENCE.severity): Finding {
  const { path, offset, label } = place;
  const last = log.lastTime;
  return {
    id: createHash('sha256')
      .update(JSON.stringify([SILENCE.id, log.path, log.node ?? null, last ?? [offset, log.marker ?? null]]))
      .digest('hex'),
    detector: SILENCE.id,
    title: 'Nothing was written to the audit log',
    severity,
    attack: ['T1562.008'],
    time: last === undefined ? '' : formatTime(last),
    actor: { username: '', groups: [] },
    verb: '',
    object: null,
    uri: '',
    outcome: 'unknown',
    code: null,
    sourceIPs: [],
    userAgent: '',
    auditID: '',
    source: { path, offset, ...(label === undefined ? {} : { label }) },
    details: { log: path, seconds: Math.round(log.silence / 1_000_000) },
    count: 1,
  };
}

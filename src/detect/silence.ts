import { createHash } from 'node:crypto';
import { formatTime } from '../event/time.ts';
import type { Place } from '../summary.ts';
import type { Finding, Severity } from './finding.ts';

/** What stands for a detector of silence, where the configuration or the command line names one. */
export const SILENCE = { id: 'audit-log-silent', severity: 'high' as Severity } as const;

/**
 * The finding that a followed log went silent. It is about no request, and has no actor; the id is of the log and its last
 * event, so that a restart in the middle of the silence gives the same one.
 * @param place where reading stands.
 * @param last microseconds since the epoch of the last event; undefined where none was read.
 * @param silence microseconds that passed without one.
 */
export function silenceFinding(
  place: Place,
  last: number | undefined,
  silence: number,
  severity: Severity = SILENCE.severity,
): Finding {
  const { path, offset, label } = place;
  return {
    id: createHash('sha256')
      .update(JSON.stringify([SILENCE.id, path, label ?? null, last ?? null]))
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
    details: { log: path, seconds: Math.round(silence / 1_000_000) },
    count: 1,
  };
}

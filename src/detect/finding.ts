/** The finding: what a detector says of a request. Its JSON form is a published interface. */

import type { Outcome } from '../event/outcome.ts';

export const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** 0 for info to 4 for critical. */
export function severityRank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

export interface Actor {
  /** The real caller, also where it impersonates; empty where nobody was authenticated. */
  readonly username: string;
  readonly groups: readonly string[];
  readonly impersonated?: string;
  readonly serviceAccount?: { readonly namespace: string; readonly name: string };
}

export interface FindingObject {
  /** API group, empty for the core group. */
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

export interface Finding {
  /** SHA-256 of detector and request (with a window: detector, group and time bucket), in hex. */
  readonly id: string;
  readonly detector: string;
  readonly title: string;
  readonly severity: Severity;
  /** MITRE ATT&CK technique ids. */
  readonly attack: readonly string[];
  /** RFC 3339, UTC, six digits; empty where the event has no time at all. */
  readonly time: string;
  readonly actor: Actor;
  readonly verb: string;
  readonly object: FindingObject | null;
  readonly uri: string;
  readonly outcome: Outcome;
  /** HTTP status code; null where the event has none. */
  readonly code: number | null;
  readonly sourceIPs: readonly string[];
  readonly userAgent: string;
  readonly auditID: string;
  readonly source?: { readonly path: string; readonly offset: number; readonly label?: string };
  /** The detector's own columns. */
  readonly details: Readonly<Record<string, unknown>>;
  /** 1; with a window the number of events in it. */
  readonly count: number;
  /** With a window: times of its first and last event. */
  readonly first?: string;
  readonly last?: string;
}

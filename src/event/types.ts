/**
 * The audit event as the API server writes it (audit.k8s.io v1, v1beta1, v1alpha1). Every field may be missing: levels
 * leave out bodies, a 401 has an empty user, old versions lack time stamps, other tools rewrite events with nulls.
 * {@link decodeEvent} vouches for the types of the fields named here; everything else in an event is unknown.
 */

import type { Place } from '../summary.ts';

export interface UserInfo {
  readonly username?: string | null;
  readonly uid?: string | null;
  readonly groups?: readonly string[] | null;
  readonly extra?: unknown;
}

export interface ObjectReference {
  readonly resource?: string | null;
  readonly subresource?: string | null;
  readonly namespace?: string | null;
  readonly name?: string | null;
  readonly apiGroup?: string | null;
  readonly apiVersion?: string | null;
}

export interface ResponseStatus {
  readonly code?: number | null;
  readonly status?: unknown;
  readonly reason?: unknown;
  readonly message?: unknown;
}

/** Marks an event in which keys were renamed; a symbol, so that neither JSON nor an expression sees it. */
export const PLANTED: unique symbol = Symbol('planted');

/**
 * Marks the head of an event whose whole line was looked at: nothing in it is to be renamed, and who asked is written in
 * printable ASCII. A symbol, as {@link PLANTED}.
 */
export const PLAIN: unique symbol = Symbol('plain');

export interface AuditEvent {
  readonly [field: string]: unknown;
  readonly [PLAIN]?: true;
  /** Keys that would have blinded the expression engine and were renamed (`_jsonata_function` and its kin). */
  readonly [PLANTED]?: readonly string[];
  readonly kind?: string | null;
  readonly apiVersion?: string | null;
  readonly level?: string | null;
  readonly auditID?: string | null;
  readonly stage?: string | null;
  /** Path and query as sent, percent-encoding kept. */
  readonly requestURI?: string | null;
  /** The Kubernetes verb; the HTTP method in lower case for requests that name no resource. */
  readonly verb?: string | null;
  readonly user?: UserInfo | null;
  readonly impersonatedUser?: UserInfo | null;
  /** X-Forwarded-For, X-Real-Ip, then the peer: all but the last are what the client claims. */
  readonly sourceIPs?: readonly string[] | null;
  readonly userAgent?: string | null;
  readonly objectRef?: ObjectReference | null;
  readonly responseStatus?: ResponseStatus | null;
  readonly requestObject?: unknown;
  readonly responseObject?: unknown;
  readonly requestReceivedTimestamp?: string | null;
  readonly stageTimestamp?: string | null;
  /** v1beta1 only, whole seconds. */
  readonly timestamp?: string | null;
  readonly annotations?: Readonly<Record<string, unknown>> | null;
}

/** One decoded event with what is known of its origin. */
export interface EventRecord {
  readonly event: AuditEvent;
  /** The bytes of the event as they stood in the log, as text; evidence, and what `-o jsonl` prints. */
  readonly text: string;
  readonly place: Place;
}

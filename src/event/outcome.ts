import type { AuditEvent } from './types.ts';

export type Outcome = 'allowed' | 'denied' | 'failed' | 'unknown';

export const DECISION = 'authorization.k8s.io/decision';
export const REASON = 'authorization.k8s.io/reason';

/**
 * How the request ended, from the status code: below 400 allowed (101 is an exec's), 401 and 403 denied, the rest failed.
 * Without a code only an explicit `forbid` tells anything: the decision annotation is missing on a 401 and on a refused
 * impersonation, and a request that was allowed by authorization can still be refused by admission.
 */
export function outcome(event: AuditEvent): Outcome {
  const code = event.responseStatus?.code;
  if (typeof code === 'number' && code >= 100) {
    if (code < 400) return 'allowed';
    return code === 401 || code === 403 ? 'denied' : 'failed';
  }
  if (event.stage === 'Panic') return 'failed';
  if (event.annotations?.[DECISION] === 'forbid') return 'denied';
  return event.responseStatus?.status === 'Failure' ? 'failed' : 'unknown';
}

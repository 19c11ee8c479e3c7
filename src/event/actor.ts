import type { AuditEvent } from './types.ts';

export interface ServiceAccountName {
  readonly namespace: string;
  readonly name: string;
}

/** The service account behind `system:serviceaccount:<namespace>:<name>`; undefined for any other user name. */
export function parseServiceAccount(username: unknown): ServiceAccountName | undefined {
  if (typeof username !== 'string') return undefined;
  const parts = username.split(':');
  const [system, kind, namespace, name] = parts;
  if (parts.length !== 4 || system !== 'system' || kind !== 'serviceaccount' || !namespace || !name) return undefined;
  return { namespace, name };
}

/** The real caller's name; empty where nobody was authenticated. */
export function username(event: AuditEvent): string {
  return event.user?.username ?? '';
}

/** The caller as people read it: `maria`, or `maria as system:admin` where an identity was impersonated. */
export function actorText(event: AuditEvent): string {
  const impersonated = event.impersonatedUser?.username;
  return impersonated ? `${username(event)} as ${impersonated}` : username(event);
}

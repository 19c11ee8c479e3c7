import { REASON } from './outcome.ts';
import type { AuditEvent } from './types.ts';

export interface AuthorizationReason {
  /** ClusterRoleBinding or RoleBinding. */
  readonly kind: string;
  /** The binding's name; `name/namespace` for a RoleBinding, as the API server prints it. */
  readonly binding: string;
  /** ClusterRole or Role. */
  readonly roleKind: string;
  readonly role: string;
  /** User, Group or ServiceAccount and its name, for example `ServiceAccount visa-processor/payments`. */
  readonly subject: string;
}

/** Names are printed with Go's %q, whose escapes of a valid name are JSON's. */
const ALLOWED_BY =
  /^RBAC: allowed by (\w+) ("(?:[^"\\]|\\.)*") of (\w+) ("(?:[^"\\]|\\.)*") to (\w+) ("(?:[^"\\]|\\.)*")/;

/** What the RBAC authorizer says allowed the request; undefined where another authorizer decided, or none. */
export function authorizationReason(event: AuditEvent): AuthorizationReason | undefined {
  const reason = event.annotations?.[REASON];
  const match = typeof reason === 'string' ? ALLOWED_BY.exec(reason) : null;
  if (!match) return undefined;
  const [, kind = '', binding = '', roleKind = '', role = '', subjectKind = '', subject = ''] = match;
  return {
    kind,
    binding: unquote(binding),
    roleKind,
    role: unquote(role),
    subject: `${subjectKind} ${unquote(subject)}`,
  };
}

function unquote(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted.slice(1, -1);
  }
}

import type { AuditEvent } from './types.ts';

/** Control characters, and those that turn the direction of a text around. */
const MISLEADING = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;

/** Of the texts that say who asked, and by which a request is looked up: those that mislead who reads them. */
export function misleading({ userAgent, auditID, user, impersonatedUser }: AuditEvent): string[] {
  const texts = [userAgent, auditID, user?.username, impersonatedUser?.username];
  return texts.filter((text) => typeof text === 'string' && MISLEADING.test(text)) as string[];
}

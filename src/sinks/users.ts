import { parseServiceAccount } from '../event/actor.ts';

const SHORT = 'sa:';
const LONG = 'system:serviceaccount:';

/** Names that would pass for what we say ourselves: a service account, an impersonation, nobody; and quoted ones. */
const MISLEADING = /^(?:sa:|[("])| as /;

/**
 * A user name for a table: `sa:shop-prod/deployer` for a service account. A name that would pass for something else is
 * quoted, for somebody chooses names.
 */
export function shortUser(username: string): string {
  const account = parseServiceAccount(username);
  if (account) return `${SHORT}${account.namespace}/${account.name}`;
  return MISLEADING.test(username) ? JSON.stringify(username) : username;
}

/** What a user selector means: `sa:NAMESPACE/NAME` as the table writes it, or the name itself. */
export function longUser(pattern: string): string {
  const [namespace, name, ...rest] = pattern.startsWith(SHORT) ? pattern.slice(SHORT.length).split('/') : [];
  return namespace && name && rest.length === 0 ? `${LONG}${namespace}:${name}` : pattern;
}

/** What to give to a user selector for that very user; undefined where it would stand for another. */
export function userSelector(username: string): string | undefined {
  if (parseServiceAccount(username)) return shortUser(username);
  return longUser(username) === username ? username : undefined;
}

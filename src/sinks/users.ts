import { parseServiceAccount } from '../event/actor.ts';

const SHORT = 'sa:';
const LONG = 'system:serviceaccount:';

/**
 * A user name for a table: `sa:shop-prod/deployer` for a service account. A name that looks like that by itself is quoted,
 * for whoever chooses names could otherwise pass for a service account.
 */
export function shortUser(username: string): string {
  const account = parseServiceAccount(username);
  if (account) return `${SHORT}${account.namespace}/${account.name}`;
  return username.startsWith(SHORT) ? JSON.stringify(username) : username;
}

/** What a user selector means: `sa:NAMESPACE/NAME` as the table writes it, or the name itself. */
export function longUser(pattern: string): string {
  const [namespace, name, ...rest] = pattern.startsWith(SHORT) ? pattern.slice(SHORT.length).split('/') : [];
  return namespace && name && rest.length === 0 ? `${LONG}${namespace}:${name}` : pattern;
}

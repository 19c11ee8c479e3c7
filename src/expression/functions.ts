import { actorText, parseServiceAccount } from '../event/actor.ts';
import { authorizationReason } from '../event/authz.ts';
import { inRange } from '../event/cidr.ts';
import { command } from '../event/command.ts';
import { globMatches } from '../event/glob.ts';
import { outcome } from '../event/outcome.ts';
import { containers, images, podSpec } from '../event/pod-spec.ts';
import { type AuditEvent, PLANTED } from '../event/types.ts';
import { queryValues } from '../event/uri.ts';

/**
 * A function of ours: given the event that the expression runs over and the call's arguments. Total: undefined on
 * anything odd, never an exception.
 */
export type EventFunction = (event: AuditEvent, ...args: readonly unknown[]) => unknown;

/** What every expression can call beside jsonata's own functions, by name without the `$`. */
export const eventFunctions: Readonly<Record<string, EventFunction>> = {
  /** Words of the command that an exec ran, decoded. */
  command: (event) => command(event),
  /** The caller as text, `maria as system:admin` where an identity was impersonated. */
  actor: (event) => actorText(event),
  /** `{namespace, name}` of the calling service account, or of the user name given. */
  serviceAccount: (event, ...args) => parseServiceAccount(args.length > 0 ? args[0] : event.user?.username),
  podSpec: (event) => podSpec(event),
  containers: (event) => nonEmpty(containers(event)),
  images: (event) => nonEmpty(images(event)),
  /**
   * `$glob(value, patterns)`: whether a string, or any of several, matches a shell-like pattern, or any of several, and none
   * of those that begin with `!`.
   */
  glob: (_event, value, patterns) => {
    const excluded = strings(patterns).filter((pattern) => pattern.startsWith('!'));
    if (excluded.length === 0) return anyPair(value, patterns, globMatches);
    const values = strings(value).filter((text) => !excluded.some((pattern) => globMatches(text, pattern.slice(1))));
    if (values.length === 0) return strings(value).length > 0 ? false : undefined;
    return anyPair(
      values,
      strings(patterns).filter((pattern) => !pattern.startsWith('!')),
      globMatches,
    );
  },
  /** `$cidr(address, ranges)`: whether an IP address, or any of several, lies in a range, or any of several. */
  cidr: (_event, address, ranges) => anyPair(address, ranges, inRange),
  /** `$query(name)`: a decoded query parameter of the request; an array where it is repeated. */
  query: (event, name) => {
    const values = typeof name === 'string' ? queryValues(event.requestURI, name) : [];
    return values.length > 1 ? values : values[0];
  },
  /** `{kind, binding, roleKind, role, subject}` of the RBAC rule that allowed the request. */
  authz: (event) => authorizationReason(event),
  /** allowed, denied, failed or unknown. */
  outcome: (event) => outcome(event),
  /** Whether the request ended well; undefined where the event does not tell. */
  succeeded: (event) => {
    const result = outcome(event);
    return result === 'unknown' ? undefined : result === 'allowed';
  },
  /** Keys that were renamed because they would have blinded the expression engine; undefined where there were none. */
  planted: (event) => event[PLANTED],
};

function nonEmpty<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length > 0 ? items : undefined;
}

/** True as soon as one pair matches; undefined where no pair could be compared at all. */
function anyPair(
  values: unknown,
  patterns: unknown,
  matches: (value: string, pattern: string) => boolean | undefined,
): boolean | undefined {
  let result: boolean | undefined;
  for (const value of strings(values)) {
    for (const pattern of strings(patterns)) {
      const answer = matches(value, pattern);
      if (answer) return true;
      result ??= answer;
    }
  }
  // A list of the configuration may be empty: then nothing matches, which is an answer.
  return result ?? (strings(values).length > 0 && Array.isArray(patterns) && patterns.length === 0 ? false : undefined);
}

function strings(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'string');
}

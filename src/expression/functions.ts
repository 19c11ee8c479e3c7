import { actorText, parseServiceAccount } from '../event/actor.ts';
import { authorizationReason } from '../event/authz.ts';
import { inRange } from '../event/cidr.ts';
import { command } from '../event/command.ts';
import { globMatches } from '../event/glob.ts';
import { misleading } from '../event/misleading.ts';
import { outcome, REASON } from '../event/outcome.ts';
import { containers, images, mayHoldPods, podSpec } from '../event/pod-spec.ts';
import { type AuditEvent, PLAIN, PLANTED } from '../event/types.ts';
import { queryValues } from '../event/uri.ts';
import type { FieldPath } from './plan/field-path.ts';

/** How the event stands in the log: the spelling of its keys, which bodies it has. No field of it, and always known. */
export const AS_LOGGED: FieldPath = ['(as logged)'];

/** A function of ours, as jsonata calls it and as the planner understands it. */
export interface EventFunction {
  /**
   * Its value for the event that the expression runs over and the call's arguments. Total: undefined on anything odd, never
   * an exception.
   */
  run(event: AuditEvent, ...args: readonly unknown[]): unknown;
  /** What of the event it reads itself, called with so many arguments. */
  reads(args: number): readonly FieldPath[];
  /** Which of {@link reads} are enough for this event; where it is not given, all of them are needed. */
  decidedBy?(event: AuditEvent): readonly FieldPath[];
  /**
   * Texts one of which stands in the bytes of every event for which its value is something: a necessary condition. Called
   * without arguments, or on a field of the event.
   */
  readonly implies?: readonly string[];
  /** Whether the keys of objects in its value stand in the bytes of the event, be it within a longer text. */
  readonly hasKeysOfEvent?: boolean;
  /** Whether numbers may be in its value, which a client may have chosen beyond all bounds. */
  readonly hasNumbers: boolean;
}

const USERNAME: FieldPath = ['user', 'username'];
const REQUEST_URI: readonly FieldPath[] = [['requestURI']];
const IN_BODY = ['"requestObject"'];
const WHICH: readonly FieldPath[] = ['resource', 'apiGroup', 'subresource'].map((key) => ['objectRef', key]);
const WHICH_BY_URI: readonly FieldPath[] = [...WHICH, ['requestURI']];
const POD: readonly FieldPath[] = [...WHICH_BY_URI, ['requestObject']];
const CODE: FieldPath = ['responseStatus', 'code'];
const OUTCOME: readonly FieldPath[] = [CODE, ['stage'], ['annotations'], ['responseStatus', 'status']];

const WHO: readonly FieldPath[] = [USERNAME, ['impersonatedUser', 'username'], ['userAgent'], ['auditID']];

/** From its code alone, where there is one: see {@link outcome}. */
const decidedByCode = ({ responseStatus }: AuditEvent): readonly FieldPath[] => {
  const code = responseStatus?.code;
  return typeof code === 'number' && code >= 100 ? [CODE] : OUTCOME;
};

/** Of a resource that holds no pods, the body does not matter. */
const decidedByResource = (event: AuditEvent): readonly FieldPath[] => {
  if (mayHoldPods(event)) return POD;
  return event.objectRef?.resource === 'services' ? WHICH_BY_URI : WHICH;
};

/** What every expression can call beside jsonata's own functions, by name without the `$`. */
export const eventFunctions: Readonly<Record<string, EventFunction>> = {
  /** Words of the command that an exec ran, decoded. */
  command: { run: (event) => command(event), reads: () => REQUEST_URI, implies: ['"requestURI"'], hasNumbers: false },
  /** The caller as text, `maria as system:admin` where an identity was impersonated. */
  actor: {
    run: (event) => actorText(event),
    reads: () => [USERNAME, ['impersonatedUser', 'username']],
    hasNumbers: false,
  },
  /** `{namespace, name}` of the calling service account, or of the user name given. */
  serviceAccount: {
    run: (event, ...args) => parseServiceAccount(args.length > 0 ? args[0] : event.user?.username),
    reads: (args) => (args > 0 ? [] : [USERNAME]),
    implies: ['system:serviceaccount:'],
    hasNumbers: false,
  },
  podSpec: {
    run: (event) => podSpec(event),
    reads: () => POD,
    decidedBy: decidedByResource,
    implies: IN_BODY,
    hasKeysOfEvent: true,
    hasNumbers: true,
  },
  containers: {
    run: (event) => nonEmpty(containers(event)),
    reads: () => POD,
    decidedBy: decidedByResource,
    implies: IN_BODY,
    hasKeysOfEvent: true,
    hasNumbers: true,
  },
  images: {
    run: (event) => nonEmpty(images(event)),
    reads: () => POD,
    decidedBy: decidedByResource,
    implies: IN_BODY,
    hasNumbers: false,
  },
  /**
   * `$glob(value, patterns)`: whether a string, or any of several, matches a shell-like pattern, or any of several, and none
   * of those that begin with `!`.
   */
  glob: { run: (_event, value, patterns) => glob(value, patterns), reads: () => [], hasNumbers: false },
  /** `$cidr(address, ranges)`: whether an IP address, or any of several, lies in a range, or any of several. */
  cidr: { run: (_event, address, ranges) => anyPair(address, ranges, inRange), reads: () => [], hasNumbers: false },
  /** `$query(name)`: a decoded query parameter of the request; an array where it is repeated. */
  query: {
    run: (event, name) => {
      const values = typeof name === 'string' ? queryValues(event.requestURI, name) : [];
      return values.length > 1 ? values : values[0];
    },
    reads: () => REQUEST_URI,
    implies: ['"requestURI"'],
    hasNumbers: false,
  },
  /** `{kind, binding, roleKind, role, subject}` of the RBAC rule that allowed the request. */
  authz: {
    run: (event) => authorizationReason(event),
    reads: () => [['annotations', REASON]],
    implies: ['RBAC: allowed by '],
    hasNumbers: false,
  },
  /** allowed, denied, failed or unknown. */
  outcome: { run: (event) => outcome(event), reads: () => OUTCOME, decidedBy: decidedByCode, hasNumbers: false },
  /** Whether the request ended well; undefined where the event does not tell. */
  succeeded: {
    run: (event) => {
      const result = outcome(event);
      return result === 'unknown' ? undefined : result === 'allowed';
    },
    reads: () => OUTCOME,
    decidedBy: decidedByCode,
    hasNumbers: false,
  },
  /**
   * `$logged("responseObject")`: whether the event holds that body. A body that is only asked about where it was logged is no
   * blind spot where it was not.
   */
  logged: {
    run: (event, body) =>
      body === 'requestObject' || body === 'responseObject' ? (event[body] ?? null) !== null : undefined,
    reads: () => [AS_LOGGED],
    hasNumbers: false,
  },
  /** Keys that were renamed because they would have blinded the expression engine; undefined where there were none. */
  planted: {
    run: (event) => event[PLANTED],
    reads: () => [AS_LOGGED],
    decidedBy: (event) => (event[PLAIN] ? [] : [AS_LOGGED]),
    hasNumbers: false,
  },
  /** Of who asked (user names, user agent, audit ID): the texts with characters that mislead who reads them. */
  misleading: {
    run: (event) => nonEmpty(misleading(event)),
    reads: () => WHO,
    decidedBy: (event) => (event[PLAIN] ? [] : WHO),
    hasNumbers: false,
  },
};

function glob(value: unknown, patterns: unknown): boolean | undefined {
  const excluded = strings(patterns).filter((pattern) => pattern.startsWith('!'));
  if (excluded.length === 0) return anyPair(value, patterns, globMatches);
  const values = strings(value).filter((text) => !excluded.some((pattern) => globMatches(text, pattern.slice(1))));
  if (values.length === 0) return strings(value).length > 0 ? false : undefined;
  return anyPair(
    values,
    strings(patterns).filter((pattern) => !pattern.startsWith('!')),
    globMatches,
  );
}

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

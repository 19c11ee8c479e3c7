import { UsageError } from '../errors.ts';
import { inRange, isRange } from '../event/cidr.ts';
import { globMatches } from '../event/glob.ts';
import { outcome } from '../event/outcome.ts';
import { eventTime } from '../event/time.ts';
import type { AuditEvent } from '../event/types.ts';
import type { HeadSelection } from '../scan.ts';
import { longUser } from '../sinks/users.ts';
import { parseBound } from './bounds.ts';
import { pluralResource } from './resources.ts';

type Predicate = (event: AuditEvent) => boolean;

/** A selection of events that can be asked of heads too: see {@link HeadSelection}. */
export type Selector = Predicate & { readonly heads: HeadSelection };

/** The selectors as they were typed. */
export interface SelectorValues {
  readonly [option: string]: unknown;
}

/** How each repeatable selector reads one value (without its leading `-`), and what it asks of an event. */
const READERS: Readonly<Record<string, (value: string) => Predicate>> = {
  namespace: (value) => (event) => globMatches(namespaceOf(event), value),
  user: (value) => (event) => users(event).some((name) => globMatches(name, longUser(value))),
  group: (value) => (event) => groups(event).some((name) => globMatches(name, value)),
  verb: (value) => (event) => globMatches(event.verb ?? '', value.toLowerCase()),
  resource: resource,
  name: (value) => (event) => globMatches(event.objectRef?.name ?? '', value),
  ip: ip,
  code: code,
  uri: (value) => (event) => globMatches(event.requestURI ?? '', value),
  'user-agent': (value) => (event) => globMatches(event.userAgent ?? '', value),
  level: (value) => (event) => (event.level ?? '').toLowerCase() === value.toLowerCase(),
  stage: (value) => (event) => (event.stage ?? '').toLowerCase() === value.toLowerCase(),
};

/** What each selector asks of an event, as paths of its fields. */
const READS: Readonly<Record<string, readonly string[]>> = {
  namespace: ['objectRef.namespace', 'objectRef.resource', 'objectRef.name'],
  user: ['user.username', 'impersonatedUser.username'],
  group: ['user.groups', 'impersonatedUser.groups'],
  verb: ['verb'],
  resource: ['objectRef.resource', 'objectRef.apiGroup', 'objectRef.subresource'],
  name: ['objectRef.name'],
  ip: ['sourceIPs'],
  code: ['responseStatus.code'],
  uri: ['requestURI'],
  'user-agent': ['userAgent'],
  level: ['level'],
  stage: ['stage'],
  denied: ['responseStatus.code'],
};

/**
 * One predicate out of all selectors and time bounds: every selector must hold. Of one selector's values any may hold
 * (`--verb get --verb list`), and those with a leading `-` must not.
 * @param now milliseconds since the epoch.
 * @throws {UsageError} for a value that cannot be read.
 */
export function createSelector(values: SelectorValues, now: number): Selector {
  const predicates: Predicate[] = [];
  for (const [option, read] of Object.entries(READERS)) {
    const given = strings(values[option]);
    const wanted = given.filter((value) => !value.startsWith('-')).map(read);
    const unwanted = given.filter((value) => value.startsWith('-')).map((value) => read(value.slice(1)));
    if (wanted.length > 0) predicates.push((event) => wanted.some((matches) => matches(event)));
    if (unwanted.length > 0) predicates.push((event) => !unwanted.some((matches) => matches(event)));
  }
  if (values.denied === true) predicates.push((event) => outcome(event) === 'denied');
  if (values.denied === false) predicates.push((event) => outcome(event) !== 'denied');
  const { since, until } = timeBounds(values, now);
  const matches: Predicate = (event) => predicates.every((matches) => matches(event));
  const isBounded = since !== undefined || until !== undefined;
  const select: Predicate = isBounded ? (event) => isWithin(eventTime(event), since, until) && matches(event) : matches;
  const heads: HeadSelection = {
    reads: Object.entries(READS).flatMap(([option, paths]) =>
      values[option] === undefined ? [] : paths.map((path) => path.split('.')),
    ),
    // Without a code, how a request ended does not follow from the head.
    matches: (head) =>
      values.denied !== undefined && (head.responseStatus?.code ?? 0) < 100 ? undefined : matches(head),
    since,
    until,
  };
  return Object.assign(select, { heads });
}

interface TimeBounds {
  readonly since: number | undefined;
  readonly until: number | undefined;
}

function timeBounds(values: SelectorValues, now: number): TimeBounds {
  const bound = (option: string): number | undefined => {
    const text = values[option];
    return typeof text === 'string' ? parseBound(option, text, now) : undefined;
  };
  const since = bound('since');
  const until = bound('until');
  if (since !== undefined && until !== undefined && since > until)
    throw new UsageError('--since is later than --until');
  return { since, until };
}

/** An event without a time lies within no bounds. */
function isWithin(
  time: number | undefined,
  since = Number.NEGATIVE_INFINITY,
  until = Number.POSITIVE_INFINITY,
): boolean {
  return time !== undefined && time >= since && time <= until;
}

/**
 * `pods` is the resource with all its subresources, `pods/exec` and `pods/*` are what they say, `pods/` is without any;
 * `deployments.apps` names the group.
 */
function resource(value: string): Predicate {
  const [full = '', subresource] = value.split(/\/(.*)/s);
  const dot = full.indexOf('.');
  const name = pluralResource(dot < 0 ? full : full.slice(0, dot));
  const group = dot < 0 ? undefined : full.slice(dot + 1);
  return ({ objectRef }) => {
    if (!objectRef || !globMatches(objectRef.resource ?? '', name)) return false;
    if (group !== undefined && !globMatches(objectRef.apiGroup ?? '', group)) return false;
    if (subresource === undefined) return true;
    if (subresource === '*') return Boolean(objectRef.subresource);
    return globMatches(objectRef.subresource ?? '', subresource);
  };
}

function ip(value: string): Predicate {
  if (!isRange(value)) throw new UsageError(`--ip ${value}: not an address or range (10.1.2.3, 10.0.0.0/8, fd00::/8)`);
  return (event) => (event.sourceIPs ?? []).some((address) => inRange(address, value) === true);
}

function code(value: string): Predicate {
  if (!/^[1-5](\d\d|xx)$/i.test(value))
    throw new UsageError(`--code ${value}: not a status code (403) or a class of them (4xx)`);
  const pattern = value.toLowerCase().replace('xx', '??');
  return (event) => globMatches(String(event.responseStatus?.code ?? ''), pattern);
}

/** The namespace that a request names; of a namespace object, its own name. */
function namespaceOf({ objectRef }: AuditEvent): string {
  return objectRef?.namespace || (objectRef?.resource === 'namespaces' ? (objectRef.name ?? '') : '');
}

function users(event: AuditEvent): string[] {
  return [event.user?.username ?? '', ...(event.impersonatedUser?.username ? [event.impersonatedUser.username] : [])];
}

function groups(event: AuditEvent): string[] {
  return [...(event.user?.groups ?? []), ...(event.impersonatedUser?.groups ?? [])];
}

function strings(value: unknown): string[] {
  return (Array.isArray(value) ? value : value === undefined ? [] : [value]).map(String);
}

/** Every field of the report's types and what it holds, as the compiler sees them: a wrong or missing one does not compile. */

import type { Actor, FindingObject, Severity } from '../../src/detect/finding.ts';
import type { Outcome } from '../../src/event/outcome.ts';
import type {
  ActorActivity,
  ActorName,
  BlindSpot,
  Bucket,
  Deletions,
  DeniedRequests,
  DetectorNote,
  Hours,
  InputFile,
  Inputs,
  OutsideHours,
  Ranking,
  Report,
  ReportedFinding,
  ResourceActivity,
  Timeline,
  Totals,
  Window,
} from '../../src/report/model.ts';

type Kind<T> = [T] extends [string]
  ? 'string'
  : [T] extends [number]
    ? 'number'
    : [T] extends [boolean]
      ? 'boolean'
      : [T] extends [readonly unknown[]]
        ? 'array'
        : 'object';

type Holds<T> = `${Kind<NonNullable<T>>}${null extends T ? ' or null' : ''}`;

type Fields<T> = {
  readonly [Name in keyof T]-?: `${Holds<Exclude<T[Name], undefined>>}${object extends Pick<T, Name> ? ', optional' : ''}`;
};

const NUMBER = 'number';
const STRING = 'string';
const TIME = 'string or null';
const ranking = { rows: 'array', others: 'object', isComplete: 'boolean' } satisfies Fields<Ranking<unknown>>;

/** By the place in the schema: `#` is the whole, the others are its `$defs`. */
export const FIELDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '#': {
    auditscan: STRING,
    version: NUMBER,
    generated: STRING,
    tool: 'object',
    title: STRING,
    timezone: STRING,
    window: 'object',
    totals: 'object',
    findings: 'array',
    detectors: 'array',
    otherFindings: NUMBER,
    toldBefore: 'number or null',
    timeline: 'object',
    hours: 'object',
    actors: 'object',
    resources: 'object',
    denied: 'object',
    deletions: 'object',
    outsideBusinessHours: 'object or null',
    blindSpots: 'array',
    inputs: 'object',
  } satisfies Fields<Report>,
  tool: { name: STRING, version: STRING } satisfies Fields<Report['tool']>,
  window: {
    since: TIME,
    until: TIME,
    sinceLast: 'boolean',
    selection: 'array',
    first: TIME,
    last: TIME,
  } satisfies Fields<Window>,
  totals: {
    requests: NUMBER,
    events: NUMBER,
    outcomes: 'object',
    actors: NUMBER,
    namespaces: NUMBER,
    findings: NUMBER,
    newFindings: 'number or null',
    bySeverity: 'array',
  } satisfies Fields<Totals>,
  severityTotal: { severity: STRING, findings: NUMBER, new: 'number or null' } satisfies Fields<
    Totals['bySeverity'][number]
  >,
  outcomeCounts: { allowed: NUMBER, denied: NUMBER, failed: NUMBER, unknown: NUMBER } satisfies Fields<
    Record<Outcome, number>
  >,
  severityCounts: { info: NUMBER, low: NUMBER, medium: NUMBER, high: NUMBER, critical: NUMBER } satisfies Fields<
    Record<Severity, number>
  >,
  finding: {
    id: STRING,
    detector: STRING,
    title: STRING,
    severity: STRING,
    attack: 'array',
    findings: NUMBER,
    new: 'number or null',
    count: NUMBER,
    first: TIME,
    last: TIME,
    actor: 'object',
    verb: STRING,
    object: 'object or null',
    uri: STRING,
    outcome: STRING,
    code: 'number or null',
    sourceIPs: 'array',
    userAgent: STRING,
    auditID: STRING,
    source: 'object or null',
    details: 'object',
    show: STRING,
    next: 'string or null',
  } satisfies Fields<ReportedFinding>,
  actor: {
    username: STRING,
    groups: 'array',
    impersonated: 'string, optional',
    serviceAccount: 'object, optional',
  } satisfies Fields<Actor>,
  serviceAccount: { namespace: STRING, name: STRING } satisfies Fields<NonNullable<Actor['serviceAccount']>>,
  findingObject: {
    group: STRING,
    resource: STRING,
    subresource: 'string, optional',
    namespace: 'string, optional',
    name: 'string, optional',
  } satisfies Fields<FindingObject>,
  place: { path: STRING, offset: NUMBER, label: 'string, optional' } satisfies Fields<
    NonNullable<ReportedFinding['source']>
  > satisfies Fields<Inputs['rejects'][number]['first']>,
  detectorNote: {
    id: STRING,
    title: STRING,
    description: STRING,
    falsePositives: 'string or null',
  } satisfies Fields<DetectorNote>,
  timeline: { bucketSeconds: NUMBER, buckets: 'array', untimed: NUMBER } satisfies Fields<Timeline>,
  bucket: { start: STRING, outcomes: 'object', findings: 'object' } satisfies Fields<Bucket>,
  hours: { actors: 'object', namespaces: 'object' } satisfies Fields<Report['hours']>,
  actorHours: { rows: 'array', others: NUMBER } satisfies Fields<Hours<ActorName>>,
  actorHoursRow: { name: 'object', hours: 'array' } satisfies Fields<Hours<ActorName>['rows'][number]>,
  namespaceHours: { rows: 'array', others: NUMBER } satisfies Fields<Hours<string>>,
  namespaceHoursRow: { name: STRING, hours: 'array' } satisfies Fields<Hours<string>['rows'][number]>,
  others: { rows: NUMBER, count: NUMBER } satisfies Fields<Ranking<unknown>['others']>,
  actorName: { username: STRING, impersonated: 'string or null' } satisfies Fields<ActorName>,
  actorRanking: ranking,
  resourceRanking: ranking,
  deniedRanking: ranking,
  deletionRanking: ranking,
  actorActivity: {
    actor: 'object',
    count: NUMBER,
    writes: NUMBER,
    denied: NUMBER,
    first: TIME,
    last: TIME,
  } satisfies Fields<ActorActivity>,
  resourceActivity: {
    resource: STRING,
    count: NUMBER,
    writes: NUMBER,
    denied: NUMBER,
  } satisfies Fields<ResourceActivity>,
  deniedRequests: {
    actor: 'object',
    verb: STRING,
    resource: STRING,
    namespace: STRING,
    count: NUMBER,
    first: TIME,
    last: TIME,
  } satisfies Fields<DeniedRequests>,
  deletions: {
    actor: 'object',
    resource: STRING,
    namespace: STRING,
    count: NUMBER,
    collections: NUMBER,
    names: 'array',
    first: TIME,
    last: TIME,
  } satisfies Fields<Deletions>,
  outsideHours: { businessHours: STRING, requests: NUMBER, actors: 'object' } satisfies Fields<OutsideHours>,
  blindSpot: { kind: STRING, text: STRING } satisfies Fields<BlindSpot>,
  inputs: {
    files: 'array',
    otherFiles: NUMBER,
    bytes: NUMBER,
    rejects: 'array',
    gaps: 'object',
    detectors: NUMBER,
    configuration: 'string or null',
    excepted: NUMBER,
    notes: 'array',
  } satisfies Fields<Inputs>,
  inputFile: {
    path: STRING,
    label: 'string or null',
    bytes: NUMBER,
    sha256: 'string or null',
  } satisfies Fields<InputFile>,
  reject: { reason: STRING, count: NUMBER, bytes: NUMBER, first: 'object' } satisfies Fields<Inputs['rejects'][number]>,
  gaps: { count: NUMBER, certain: NUMBER } satisfies Fields<Inputs['gaps']>,
};

/** What the enumerations of the schema must be. */
export const ENUMERATIONS = {
  kind: {
    error: true,
    damage: true,
    gap: true,
    failure: true,
    late: true,
    selection: true,
    start: true,
    end: true,
    level: true,
    stage: true,
    limit: true,
  } satisfies Record<BlindSpot['kind'], true>,
  reason: {
    torn: true,
    'not-json': true,
    'not-audit': true,
    'too-long': true,
    'nul-hole': true,
  } satisfies Record<Inputs['rejects'][number]['reason'], true>,
  severity: { info: true, low: true, medium: true, high: true, critical: true } satisfies Record<Severity, true>,
  outcome: { allowed: true, denied: true, failed: true, unknown: true } satisfies Record<Outcome, true>,
};

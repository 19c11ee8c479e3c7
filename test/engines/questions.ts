/** What scans are asked: what may decide by the head, what must see bodies, and what must see everything. */

import { createSelector, type SelectorValues } from '../../src/commands/selectors.ts';
import type { Detector } from '../../src/index.ts';
import type { Select } from '../../src/scan.ts';
import type { Question } from './compare.ts';
import { program } from './program.ts';

const pack = await program.loadDetectors();

interface Extra {
  readonly match: string;
  readonly columns?: Readonly<Record<string, string>>;
  readonly window?: string;
}

/** JSON is YAML. */
function detectorOf(id: string, { match, columns = {}, window }: Extra): Detector {
  const text = [
    `id: ${id}`,
    'title: A title',
    'severity: low',
    'attack: [T1609]',
    'description: What it finds.',
    `match: ${JSON.stringify(match)}`,
    `columns: ${JSON.stringify(columns)}`,
    ...(window ? [`window: ${window}`] : []),
  ].join('\n');
  return program.parseDetector(`${id}.yaml`, text);
}

const detectorsOf = (extras: Readonly<Record<string, Extra>>): Detector[] =>
  Object.entries(extras).map(([id, extra]) => detectorOf(id, extra));

/** Of the head alone, field by field; some fail on odd events. */
const head = detectorsOf({
  'by-verb': { match: 'verb in ["delete", "deletecollection", ""]', columns: { name: 'objectRef.name' } },
  'by-resource': { match: 'objectRef.resource = "secrets"', columns: { uri: 'requestURI', groups: 'user.groups' } },
  'no-object': { match: '$not($exists(objectRef)) and stage != "RequestReceived"' },
  'by-group': { match: '"system:masters" in user.groups', columns: { uid: 'user.uid', extra: 'user.extra' } },
  'by-code': {
    match: 'responseStatus.code >= 400 and responseStatus.code < 500',
    columns: { why: 'responseStatus.message' },
  },
  'by-code-type': { match: '$type(responseStatus.code) != "number"' },
  'by-time': { match: '$contains(requestReceivedTimestamp, ":30") or stageTimestamp = requestReceivedTimestamp' },
  'by-agent': { match: '$contains(userAgent, "kubectl")', columns: { agent: 'userAgent' } },
  'by-level': { match: 'level = "Metadata" and apiVersion = "audit.k8s.io/v1" and kind = "Event"' },
  'by-api': { match: '$glob(objectRef.apiGroup, ["*rbac*", "apps"]) or objectRef.apiVersion = "v1"' },
  'by-address': { match: '$cidr(sourceIPs[-1], "10.1.0.0/16")', columns: { from: 'sourceIPs[0]' } },
  'by-impersonated': { match: '$exists(impersonatedUser.username) or $exists(impersonatedUser.groups)' },
  'by-name': { match: '$length(user.username) > 12 and $lowercase(user.username) = user.username' },
  fails: { match: 'responseStatus.code + objectRef.name > 3', columns: { sum: '$sum(user.groups)' } },
  'fails-in-columns': {
    match: 'verb = "list"',
    columns: { sum: '$sum(user.groups)', upper: '$uppercase(responseStatus)' },
  },
  'by-command': { match: '$exists($command())', columns: { command: '$command()' } },
  'by-reason': { match: '$authz().binding = "ops" or $outcome() = "failed"' },
});

/** What is not in the head, or not in one place of it. */
const beyond = detectorsOf({
  body: {
    match: 'requestObject.spec.hostNetwork or responseObject.kind = "PodList"',
    columns: { kind: 'requestObject.kind' },
  },
  'body-is': {
    match: '$exists(requestObject) and $not($exists(responseObject))',
    columns: { type: '$type(requestObject)' },
  },
  'one-body': { match: 'verb = "create" and $exists(requestObject.data)' },
  annotations: { match: 'annotations."authorization.k8s.io/decision" = "forbid"', columns: { all: 'annotations' } },
  'any-annotation': { match: '$contains($string(annotations), "truncated")' },
  'unknown-key': {
    match: '$exists(metadata) or $exists(timestamp) or $exists(authenticationMetadata) or $exists(Verb)',
  },
  'user-extra': { match: '$count(user.extra.*) > 0', columns: { keys: '$keys(user.extra)' } },
  everything: { match: '$contains($string($$), "cluster-admin")' },
  'all-keys': { match: '$count($keys($$)) > 14', columns: { keys: '$keys($$)' } },
  deep: { match: '$exists(**.privileged)' },
  planted: { match: '$exists($planted())', columns: { planted: '$planted()' } },
});

const windows = detectorsOf({
  burst: { match: 'verb = "get"', window: '{ by: ["user.username", "sourceIPs[-1]"], within: 5m, count: 3 }' },
  distinct: {
    match: '$exists(objectRef.resource)',
    columns: { first: 'objectRef.name' },
    window: '{ by: ["user.username"], within: 10m, count: 3, distinct: "objectRef.resource" }',
  },
  'by-body': { match: 'level != "Metadata"', window: '{ by: ["requestObject.kind"], within: 1h, count: 2 }' },
});

/** Left to jsonata's interpreter; as often as not of the head. */
const uncompiled = detectorsOf({
  sorted: { match: '$count($sort(user.groups)) > 2' },
  lifted: { match: '"DEV" in $map(user.groups, $uppercase)', columns: { lifted: '$map(user.groups, $uppercase)' } },
  applied: { match: '(verb ~> $uppercase) = "DELETE"', columns: { sorted: 'user.groups^($)' } },
  'sorts-code': { match: '$sort(responseStatus.code)[0] = 200 and $formatNumber(responseStatus.code, "#") = verb' },
});

const exceptions = program.compileExceptions(
  [
    { detector: 'secret-*', match: 'user.username = "maria" or userAgent = "curl/8.5.0"', reason: 'known' },
    { detector: '*', match: 'objectRef.namespace = "staging" or $exists(requestObject.rules)', reason: 'known' },
    { detector: 'tamper', match: '$contains(userAgent, "x")', reason: 'known' },
  ],
  { lists: program.DEFAULT_LISTS, detectors: pack.map(({ id }) => id), now: 0, where: 'test' },
  () => {},
);

/** As the options of the command line have it. */
const selected = (values: SelectorValues): (() => Select) => {
  const select = createSelector(values, Date.UTC(2026, 1, 22, 12));
  return () => select;
};

const since = selected({ since: '2026-02-22T10:20:00Z', until: '2026-02-22T11:20:00Z' });

/** Asked for each event in the order of the log, whatever is in it. */
const everyThird = (): Select => {
  let count = 0;
  return () => {
    count += 1;
    return count % 3 !== 0;
  };
};

const ofAnyField: () => Select = () => (event) =>
  JSON.stringify(event).length % 2 === 0 || event.user?.username === 'maria';

export const PACK_QUESTION: Question = { name: 'the pack', detectors: pack };

export const ALL_QUESTION: Question = {
  name: 'all',
  detectors: [...pack, ...head, ...beyond, ...windows, ...uncompiled],
  exceptions,
};

export const QUESTIONS: readonly Question[] = [
  PACK_QUESTION,
  { name: 'the pack with exceptions, since', detectors: pack, exceptions, select: since },
  { name: 'the pack, every third left out', detectors: pack, select: everyThird },
  { name: 'the pack, some by any field', detectors: pack, exceptions, select: ofAnyField },
  { name: 'the pack, long lines skipped', detectors: pack, maxRecordSize: 1_500 },
  { name: 'the head', detectors: head },
  { name: 'the head, since', detectors: head, select: since },
  { name: 'bodies and everything', detectors: beyond },
  { name: 'windows', detectors: [...windows, ...head.slice(0, 2)] },
  { name: 'not compiled', detectors: [...uncompiled, ...head.slice(0, 2)], exceptions },
  ALL_QUESTION,
  { name: 'nothing', detectors: [] },
];

const SELECTORS: readonly SelectorValues[] = [
  { namespace: ['prod*', 'shop-*'] },
  { namespace: ['-kube-*'] },
  { user: ['maria*', 'system:*'] },
  { user: ['-person-*'] },
  { group: ['system:masters', 'dev'] },
  { verb: ['get', 'list'], resource: ['secrets'] },
  { verb: ['-get'], resource: ['-leases'] },
  { resource: ['pods/exec', 'roles'] },
  { name: ['d*', ''] },
  { ip: ['10.1.0.0/16'] },
  { ip: ['-10.1.1.5'] },
  { code: ['4xx', '200'] },
  { code: ['-404'] },
  { uri: ['/api/*'] },
  { 'user-agent': ['kube*', '-kubelet/*'] },
  { level: ['metadata'] },
  { stage: ['ResponseStarted', '-Panic'] },
  { denied: true },
  { denied: false, since: '2026-02-22T10:20:00Z' },
  { until: '2026-02-22T10:30:00Z' },
];

/** One detector alone, so that no other one needs more than it does; one selection alone. */
export const SINGLE_QUESTIONS: readonly Question[] = [
  ...SELECTORS.map((values) => ({
    name: `selected by ${JSON.stringify(values)}`,
    detectors: [...pack, ...head],
    exceptions,
    select: selected(values),
  })),
  ...[...pack, ...head, ...beyond, ...uncompiled].map((detector) => ({
    name: `only ${detector.id}`,
    detectors: [detector],
  })),
];

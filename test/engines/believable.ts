/** Events that the pack's detectors find, nearly find and should not: those of its own tests, made whole and varied. */

import { microTime } from '../../bench/go-json.ts';
import type { Dice } from './dice.ts';
import { program } from './program.ts';

export type Fields = Record<string, unknown>;

const pack = await program.loadDetectors();

/** The logs that the detectors' tests are: mostly of one event. */
const SEEDS: readonly (readonly Fields[])[] = pack.flatMap(({ file }) =>
  (file.tests ?? []).map((test) => (test.events ?? [test.event ?? {}]) as Fields[]),
);

const SECOND = 1_000_000;
const USERS = [
  ...['maria', 'joao@example.com', 'system:anonymous', 'system:admin', 'kubernetes-admin', 'system:apiserver'],
  ...['system:kube-controller-manager', 'system:node:worker-1', 'system:serviceaccount:kube-system:job-controller'],
  ...['system:serviceaccount:shop-prod:web', 'system:serviceaccount:argocd:argocd-server', 'eks:addon-manager', ''],
];
const NAMESPACES = ['prod', 'shop-prod', 'pre-prod', 'staging', 'kube-system', 'default', 'kube-public', 'live-eu'];
const AGENTS = [
  ...['kubectl/v1.31.0 (linux/amd64) kubernetes/9edcffc', 'kubelet/v1.31.0', 'Helm/3.15.2', 'curl/8.5.0', 'k3s/v1'],
  ...['kube-controller-manager/v1.31.0 (linux/amd64) kubernetes/9edcffc/shared-informers', ''],
];
const RESOURCES = [
  ...['secrets', 'pods', 'configmaps', 'events', 'namespaces', 'serviceaccounts', 'tokenreviews', 'nodes', 'leases'],
  ...['clusterrolebindings', 'rolebindings', 'roles', 'clusterroles', 'deployments', 'daemonsets', 'cronjobs'],
  ...['validatingwebhookconfigurations', 'mutatingwebhookconfigurations', 'selfsubjectaccessreviews'],
];
const VERBS = [
  ...['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection', 'connect', 'proxy'],
  ...['post', 'put', '', 'impersonate'],
];
const SUBRESOURCES = ['exec', 'attach', 'log', 'portforward', 'token', 'status', 'proxy', 'ephemeralcontainers'];
const CODES = [200, 201, 101, 204, 301, 400, 401, 403, 404, 409, 422, 429, 500, 503, 504, 0];
const LEVELS = ['Metadata', 'Request', 'RequestResponse', 'None', ''];
const REASONS = ['', 'RBAC: allowed by ClusterRoleBinding "ops" of ClusterRole "cluster-admin" to Group "ops"', 'no'];

/** One after the other, of requests that came in within some seconds of another. */
export interface Clock {
  now: number;
}

export interface Person {
  /** A name that nobody had before. */
  newName(): string;
  /** How many of the events have one. */
  readonly share: number;
}

/** The events of a test of the pack, as the API server writes them; with the stages of long requests in either order. */
export function believable(dice: Dice, clock: Clock, person: Person): Fields[] {
  const seed = dice.pick(SEEDS);
  const begin = clock.now;
  const first = timeOf(seed[0]);
  const events = seed.map((fields) => {
    clock.now += dice.between(0, 3 * SECOND);
    const since = timeOf(fields) - first;
    return whole(fields, dice, Number.isNaN(since) ? clock.now : begin + since, person);
  });
  for (const event of events) if (dice.chance(0.3)) vary(event, dice);
  return events.flatMap((event) => (dice.chance(0.35) ? stages(event, dice) : [event]));
}

function timeOf(fields: Fields | undefined): number {
  return Date.parse(String(fields?.requestReceivedTimestamp)) * 1_000;
}

function whole(fields: Fields, dice: Dice, time: number, person: Person): Fields {
  const has = (key: string): boolean => fields[key] !== undefined;
  const level = has('responseObject')
    ? 'RequestResponse'
    : has('requestObject')
      ? 'Request'
      : dice.pick(LEVELS.slice(0, 3));
  const name = dice.chance(person.share) ? person.newName() : dice.pick(USERS);
  const event: Fields = {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level,
    auditID: dice.uuid(),
    stage: 'ResponseComplete',
    verb: 'get',
    user: { username: name, groups: ['dev', 'system:authenticated'], ...(dice.chance(0.2) ? { extra: EXTRA } : {}) },
    sourceIPs: dice.chance(0.2) ? ['203.0.113.7', `10.1.${dice.between(0, 3)}.5`] : [`10.1.${dice.between(0, 3)}.5`],
    userAgent: dice.pick(AGENTS),
    ...fields,
    responseStatus: { metadata: {}, code: 200, ...(fields.responseStatus as object | undefined) },
    requestReceivedTimestamp: microTime(time),
    stageTimestamp: microTime(time + dice.between(0, SECOND)),
  };
  event.requestURI ??= uriOf(event.objectRef as Readonly<Record<string, string>> | undefined);
  if (!has('annotations') && dice.chance(0.9)) {
    event.annotations = { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': dice.pick(REASONS) };
  }
  return event;
}

const EXTRA = { 'authentication.kubernetes.io/pod-name': ['web-1'], 'authentication.kubernetes.io/node-name': ['n1'] };

function uriOf(ref: Readonly<Record<string, string>> | undefined): string {
  if (!ref) return '/healthz?timeout=5s';
  const parts = [
    '',
    ref.apiGroup ? `apis/${ref.apiGroup}` : 'api',
    'v1',
    ref.namespace && `namespaces/${ref.namespace}`,
  ];
  const path = [...parts, ref.resource, ref.name, ref.subresource].filter((part) => part !== undefined).join('/');
  return ref.subresource === 'exec' ? `${path}?command=sh&command=-c&command=id%20-u&container=app&stdin=true` : path;
}

type Change = (event: Fields, dice: Dice) => void;

const inside = (event: Fields, key: string, fields: Fields): void => {
  event[key] = { ...(event[key] as object | undefined), ...fields };
};

/** Each makes another request of it, as believable as before. */
const CHANGES: readonly Change[] = [
  (event, dice) => inside(event, 'user', { username: dice.pick(USERS) }),
  (event, dice) => inside(event, 'objectRef', { namespace: dice.pick(NAMESPACES) }),
  (event, dice) => inside(event, 'objectRef', { resource: dice.pick(RESOURCES) }),
  (event, dice) => inside(event, 'objectRef', { subresource: dice.pick(SUBRESOURCES) }),
  (event, dice) =>
    inside(event, 'objectRef', { name: dice.pick(['db', 'cluster-admin', 'a.b-c', 'sh.helm.release.v1.x']) }),
  (event) => inside(event, 'objectRef', { namespace: undefined }),
  (event, dice) =>
    inside(event, 'objectRef', { apiVersion: dice.pick(['v1', 'apps/v1', '/v1', 'rbac.authorization.k8s.io/v1']) }),
  (event, dice) => inside(event, 'responseStatus', { code: dice.pick(CODES) }),
  (event, dice) =>
    inside(event, 'responseStatus', { status: 'Failure', message: 'no <b>', code: dice.pick([403, 404]) }),
  (event) =>
    Object.assign(event, { stage: 'ResponseStarted', user: {}, responseStatus: { code: 401 }, annotations: undefined }),
  (event, dice) => Object.assign(event, { verb: dice.pick(VERBS) }),
  (event, dice) => Object.assign(event, { userAgent: dice.pick(AGENTS) }),
  (event, dice) => Object.assign(event, { level: dice.pick(LEVELS) }),
  (event) => Object.assign(event, { level: 'Metadata', requestObject: undefined, responseObject: undefined }),
  (event) => Object.assign(event, { level: 'Request', responseObject: undefined }),
  (event) => Object.assign(event, { requestURI: `${event.requestURI}?dryRun=All&fieldManager=<kubectl>` }),
  (event) => Object.assign(event, { requestURI: '/api/v1/nodes/n1/proxy/exec/shop-prod/web/app?cmd=id' }),
  (event) => Object.assign(event, { objectRef: undefined }),
  (event, dice) =>
    Object.assign(event, { impersonatedUser: { username: dice.pick(USERS), groups: ['system:masters'] } }),
  (event) => inside(event, 'annotations', { 'authorization.k8s.io/decision': 'forbid' }),
  (event) => inside(event, 'annotations', { 'audit.k8s.io/truncated': 'true' }),
  (event) => Object.assign(event, { annotations: undefined }),
  (event) => Object.assign(event, { auditID: 'pinned-by-the-client' }),
  (event) => Object.assign(event, { apiVersion: 'audit.k8s.io/v1beta1', metadata: { creationTimestamp: null } }),
  (event, dice) => Object.assign(event, { requestObject: dice.pick(OBJECTS), level: 'Request' }),
  (event, dice) => Object.assign(event, { responseObject: dice.pick(OBJECTS), level: 'RequestResponse' }),
  (event) => Object.assign(event, { authenticationMetadata: { impersonationConstraint: 'x' } }),
];

const POD = { containers: [{ name: 'a', image: 'nginx', securityContext: { privileged: true } }], hostNetwork: true };
const OBJECTS: readonly unknown[] = [
  { kind: 'Secret', data: { password: 'bm90LXJlYWw=' }, metadata: { name: 'smtp', annotations: { 'a/b': '<&>' } } },
  { kind: 'Pod', metadata: { name: 'p' }, spec: POD },
  { kind: 'Deployment', spec: { replicas: 12345678901234567000, template: { spec: POD } } },
  { kind: 'ClusterRole', rules: [{ verbs: ['*'], resources: ['*'], apiGroups: ['*'] }] },
  { roleRef: { kind: 'ClusterRole', name: 'cluster-admin' }, subjects: [{ kind: 'User', name: 'maria' }] },
  [{ op: 'add', path: '/spec/template/spec/containers/0/securityContext', value: { privileged: true } }],
  { kind: 'TokenReview', spec: { token: 'x' }, status: { authenticated: false } },
  {
    kind: 'PodList',
    items: Array.from({ length: 5 }, (_, index) => ({ metadata: { name: `p-${index}` }, spec: POD })),
  },
];

function vary(event: Fields, dice: Dice): void {
  for (let times = dice.between(1, 2); times > 0; times--) dice.pick(CHANGES)(event, dice);
}

/** The request's other stages beside it; of streams in any order, for merged logs are not in order. */
function stages(event: Fields, dice: Dice): Fields[] {
  const received = { ...event, stage: 'RequestReceived', responseStatus: undefined, annotations: undefined };
  const early = { ...received, requestObject: undefined, responseObject: undefined };
  if (dice.chance(0.4)) return [early, event];
  if (dice.chance(0.2)) return [early, { ...event, stage: 'Panic', responseStatus: { metadata: {}, code: 500 } }];
  const started = { ...event, stage: 'ResponseStarted', responseObject: undefined };
  const both = dice.chance(0.5) ? [started, event] : [event, started];
  return dice.chance(0.5) ? [early, ...both] : both;
}

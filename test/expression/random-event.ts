/**
 * Audit events as clients make them and as nobody should: of their fields, those that random expressions read hold
 * ordinary values in most events and anything that JSON can say in others.
 */

import fc from 'fast-check';
import { decodeEvent } from '../../src/event/decode.ts';
import { maySayReserved, renameReserved } from '../../src/event/neutralise.ts';
import type { AuditEvent } from '../../src/event/types.ts';
import { COMMON_KEYS, EVENT_NUMBERS, KEYS, STRINGS } from './random-words.ts';

/** An event to be made anew for each who reads it: jsonata changes some. */
export interface EventSource {
  /** JSON; also what JSON.stringify never writes: 1e999, -0, keys twice, `__proto__`. */
  readonly text: string;
  /** As a scan reads it, with its types mended; else as the JSON is, but for the keys that no expression ever sees. */
  readonly isDecoded: boolean;
}

export function makeEvent({ text, isDecoded }: EventSource): AuditEvent {
  const value: unknown = JSON.parse(text);
  const decoded = isDecoded ? decodeEvent(value, text) : undefined;
  if (decoded) return decoded;
  if (maySayReserved(text)) renameReserved(value);
  return value as AuditEvent;
}

/** So that whoever writes to it fails. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const key of Reflect.ownKeys(value)) deepFreeze((value as Record<string | symbol, unknown>)[key]);
  return Object.freeze(value);
}

type Text = fc.Arbitrary<string>;

const string: Text = fc
  .oneof(
    { weight: 8, arbitrary: fc.constantFrom(...STRINGS) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }) },
  )
  .map((text) => JSON.stringify(text));

/** A few of them most of the time, so that a path finds something. */
const key: Text = fc
  .oneof({ weight: 3, arbitrary: fc.constantFrom(...COMMON_KEYS) }, { weight: 2, arbitrary: fc.constantFrom(...KEYS) })
  .map((text) => JSON.stringify(text));

const scalar: Text = fc.oneof(
  { weight: 5, arbitrary: string },
  { weight: 3, arbitrary: fc.constantFrom(...EVENT_NUMBERS) },
  {
    weight: 3,
    arbitrary: fc.constantFrom('null', 'true', 'false', '""', '[]', '{}', '[[]]', '[[],[]]', '[{}]', '[null]'),
  },
);

const object = (value: Text, maxLength = 4): Text =>
  fc.array(fc.tuple(key, value), { maxLength }).map((pairs) => `{${pairs.map((pair) => pair.join(':')).join(',')}}`);
const array = (value: Text, maxLength = 4): Text =>
  fc.array(value, { maxLength }).map((items) => `[${items.join(',')}]`);

/** Any JSON, as text. */
export const { anything } = fc.letrec<{ anything: string }>((tie) => ({
  anything: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    { weight: 6, arbitrary: scalar },
    { weight: 2, arbitrary: array(tie('anything')) },
    // A list of one is what JSONata treats apart.
    { weight: 2, arbitrary: tie('anything').map((item) => `[${item}]`) },
    { weight: 3, arbitrary: object(tie('anything')) },
  ),
}));

const deep: Text = fc
  .tuple(fc.constantFrom(['[', ']'], ['{"a":', '}'], ['[{"name":', '}]']), fc.integer({ min: 5, max: 40 }), scalar)
  .map(([[open = '', close = ''], depth, inner]) => open.repeat(depth) + inner + close.repeat(depth));

const hostile: Text = fc.oneof({ weight: 20, arbitrary: anything }, { weight: 1, arbitrary: deep });

const words = (...texts: readonly string[]): Text => fc.constantFrom(...texts.map((text) => JSON.stringify(text)));

/** An object of these fields, each of which is there, missing or, once in so many times, anything. */
function fields(oddity: number, shape: Readonly<Record<string, Text>>): Text {
  const pairs = Object.entries(shape).map(([name, ordinary]) =>
    fc
      .oneof(
        { weight: 93 - oddity, arbitrary: ordinary },
        { weight: oddity, arbitrary: hostile },
        { weight: 7, arbitrary: fc.constant(undefined) },
      )
      .map((value) => (value === undefined ? undefined : `${JSON.stringify(name)}:${value}`)),
  );
  return fc.tuple(...pairs).map((texts) => `{${texts.filter((text) => text !== undefined).join(',')}}`);
}

function podSpec(oddity: number): Text {
  const container = fields(oddity, {
    name: words('a', 'nginx', 'db'),
    image: words('nginx:1.25', 'evil/miner', 'registry.k8s.io/pause'),
    securityContext: fields(oddity, { privileged: fc.constantFrom('true', 'false') }),
    ports: array(fields(oddity, { containerPort: fc.constantFrom('80', '8080', '5'), name: string }), 2),
    env: array(fields(oddity, { name: string, value: string }), 2),
    command: array(string, 3),
  });
  return fields(oddity, {
    containers: array(container, 3),
    hostNetwork: fc.constantFrom('true', 'false'),
    nodeName: words('node-1'),
    volumes: array(
      fields(oddity, { name: string, hostPath: fields(oddity, { path: words('/', '/etc', '/var/run') }) }),
      2,
    ),
  });
}

function body(oddity: number): Text {
  const pod = podSpec(oddity);
  const metadata = fields(oddity, {
    name: words('db', 'nginx', 'a'),
    namespace: words('prod', 'kube-system'),
    labels: fields(oddity, { app: words('web', 'db'), 'app.kubernetes.io/name': words('web') }),
    annotations: object(string, 2),
  });
  return fc.oneof(
    fields(oddity, { kind: words('Pod'), metadata, spec: pod }),
    fields(oddity, {
      kind: words('Deployment'),
      metadata,
      spec: fields(oddity, { replicas: fc.constantFrom('1', '3'), template: fields(oddity, { spec: pod }) }),
    }),
    fields(oddity, {
      kind: words('ClusterRoleBinding', 'RoleBinding'),
      metadata,
      roleRef: fields(oddity, { kind: words('ClusterRole'), name: words('cluster-admin', 'view') }),
      subjects: array(
        fields(oddity, { kind: words('User', 'ServiceAccount', 'Group'), name: string, namespace: string }),
        3,
      ),
    }),
    fields(oddity, {
      metadata,
      rules: array(
        fields(oddity, { verbs: array(words('*', 'get', 'create'), 3), resources: array(words('*', 'pods'), 2) }),
      ),
      data: object(string),
    }),
    array(
      fields(oddity, {
        op: words('add', 'replace'),
        path: words('/spec/replicas', '/metadata/labels'),
        value: anything,
      }),
      3,
    ),
    fc.constant('null'),
  );
}

function eventText(oddity: number): Text {
  const request = body(oddity);
  return fields(oddity, {
    kind: words('Event'),
    apiVersion: words('audit.k8s.io/v1'),
    level: words('Metadata', 'Request', 'RequestResponse'),
    stage: words('ResponseComplete', 'RequestReceived', 'ResponseStarted', 'Panic'),
    requestURI: words(
      ...['/api/v1/namespaces/prod/secrets/db', '/api/v1/pods?limit=500&watch=true&limit=1', '/healthz'],
      '/api/v1/namespaces/prod/pods/db/exec?command=sh&command=-c&command=id%20-u&stdin=true&dryRun=All',
    ),
    verb: words('get', 'list', 'create', 'update', 'patch', 'delete', 'watch'),
    user: fields(oddity, {
      username: words('maria', 'system:admin', 'system:serviceaccount:kube-system:job-controller', 'system:anonymous'),
      groups: array(words('dev', 'ops', 'system:masters', 'system:authenticated'), 3),
      extra: object(array(string, 2), 2),
    }),
    impersonatedUser: fields(oddity, {
      username: words('system:admin', 'maria'),
      groups: array(words('system:masters'), 2),
    }),
    sourceIPs: array(words('10.1.2.3', '::1', '192.168.0.9'), 3),
    userAgent: words('kubectl/v1.31.0 (linux/amd64)', 'curl/8.5.0', 'kubelet/v1.31.0', ''),
    objectRef: fields(oddity, {
      resource: words('secrets', 'pods', 'deployments', 'clusterrolebindings', 'namespaces'),
      subresource: words('exec', 'status', 'token'),
      namespace: words('prod', 'default', 'kube-system', 'pre-prod'),
      name: words('db', 'nginx', 'a'),
      apiGroup: words('apps', 'rbac.authorization.k8s.io'),
    }),
    responseStatus: fields(oddity, {
      code: fc.constantFrom('200', '201', '403', '404', '101', '0'),
      status: words('Success', 'Failure'),
      reason: words('Forbidden', 'NotFound'),
      message: string,
    }),
    requestObject: request,
    responseObject: request,
    annotations: fields(oddity, {
      'authorization.k8s.io/decision': words('allow', 'forbid'),
      'authorization.k8s.io/reason': words(
        ...['', 'RBAC: allowed by ClusterRoleBinding "ops" of ClusterRole "cluster-admin" to Group "ops"', 'no'],
      ),
    }),
  });
}

/** One value of the event in the place of which anything stands. */
function changed(text: string): Text {
  return fc.tuple(fc.nat({ max: 30 }), hostile).map(([place, odd]) => {
    let next = place;
    const hole = '\u0001';
    const holed = JSON.stringify(JSON.parse(text), (key, value) => (key !== '' && next-- === 0 ? hole : value));
    return holed.replace(JSON.stringify(hole), () => odd);
  });
}

/**
 * Half of them ordinary, the others with odd fields or odd all through; a fifth is not decoded.
 * @param written JSON of events that people wrote.
 */
export function events(written: readonly string[]): fc.Arbitrary<EventSource> {
  return fc.record({
    text: fc.oneof(
      { weight: 6, arbitrary: eventText(2) },
      { weight: 4, arbitrary: eventText(15) },
      { weight: 2, arbitrary: eventText(50) },
      { weight: 2, arbitrary: object(anything, 6) },
      { weight: 3, arbitrary: fc.constantFrom(...written) },
      { weight: 3, arbitrary: fc.constantFrom(...written).chain(changed) },
    ),
    isDecoded: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  });
}

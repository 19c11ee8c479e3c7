/** The invented company: its cluster, its people, and who is not one of them. */
import { allowedBy, calledFrom, origin, person, rbacReason } from '../../bench/actors.ts';
import type { Actor } from '../../bench/call.ts';
import { type Cluster, makeCluster } from '../../bench/cluster.ts';
import { goJson } from '../../bench/go-json.ts';
import type { Random } from '../../bench/random.ts';

/** Where the probing comes from. */
export const PROBE_ADDRESS = '203.0.113.66';
/** Where the stolen credentials are used. */
export const OUTSIDE_ADDRESS = '198.51.100.23';
const OUTSIDE_KUBECTL = 'kubectl/v1.33.1 (linux/amd64) kubernetes/8adc0f0';

export interface Cast {
  readonly cluster: Cluster;
  /** On call that day. */
  readonly maria: Actor;
  readonly joao: Actor;
  readonly tomasz: Actor;
  /** A continuous integration job in staging whose token was left in a public build log. */
  readonly ciRunner: Actor;
  /** Its token lay in a secret that ci-runner could list. */
  readonly deployer: Actor;
  /** The same once it is bound to cluster-admin. */
  readonly deployerAsAdmin: Actor;
  /** A controller that may escalate cluster roles; the token is asked for by the attacker. */
  readonly aggregation: Actor;
  /** Of a kubeconfig that lay in a secret. */
  readonly backupAdmin: Actor;
}

/** The annotation of a request whose token came from a secret; it sorts before every other that this sample has. */
export function legacyToken(username: string): string {
  return `"authentication.k8s.io/legacy-token":"${username}"`;
}

function stolenServiceAccount(namespace: string, name: string, role: string, legacy: boolean, random: Random): Actor {
  const username = `system:serviceaccount:${namespace}:${name}`;
  const allowed = allowedBy(rbacReason(role, role, `ServiceAccount "${name}/${namespace}"`));
  return {
    username,
    user: goJson({
      username,
      uid: random.uuid(),
      groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
      // A token of a secret has no id of its own.
      extra: legacy ? undefined : { 'authentication.kubernetes.io/credential-id': [`JTI=${random.uuid()}`] },
    }),
    origin: origin([OUTSIDE_ADDRESS], OUTSIDE_KUBECTL),
    allowed: legacy ? `${legacyToken(username)},${allowed}` : allowed,
  };
}

export function makeCast(random: Random): Cast {
  const people = [
    { username: 'maria@example.com', group: 'platform', namespace: 'payments-prod' },
    { username: 'joao@example.com', group: 'shop', namespace: 'shop-prod' },
    { username: 'tomasz@example.com', group: 'shop', namespace: 'staging' },
  ];
  const cluster = makeCluster(
    { nodes: 5, namespaces: ['payments-prod', 'shop-prod', 'staging'], workloads: 24, people },
    random,
  );
  const deployer = stolenServiceAccount('shop-prod', 'deployer', 'release-deployer', true, random);
  const backupAdmin = person('backup-admin', ['ops-backup'], 'backup-operator', OUTSIDE_ADDRESS);
  return {
    cluster,
    maria: person('maria@example.com', ['platform'], 'cluster-operator', '10.8.0.11'),
    joao: person('joao@example.com', ['shop'], 'team-developer', '10.8.0.12'),
    tomasz: person('tomasz@example.com', ['shop'], 'team-developer', '10.8.0.13'),
    ciRunner: stolenServiceAccount('staging', 'ci-runner', 'ci-legacy', false, random),
    deployer,
    deployerAsAdmin: {
      ...deployer,
      allowed: `${legacyToken(deployer.username)},${allowedBy(
        rbacReason('node-health', 'cluster-admin', 'ServiceAccount "deployer/shop-prod"'),
      )}`,
    },
    aggregation: stolenServiceAccount(
      'kube-system',
      'clusterrole-aggregation-controller',
      'system:controller:clusterrole-aggregation-controller',
      false,
      random,
    ),
    backupAdmin: calledFrom(backupAdmin, [OUTSIDE_ADDRESS], OUTSIDE_KUBECTL),
  };
}

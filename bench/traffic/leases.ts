/** Leases: every node says every ten seconds that it lives, every elected leader every two. */
import { conflict, done, notFound } from '../answers.ts';
import type { Call } from '../call.ts';
import { type Cluster, revisionAt } from '../cluster.ts';
import type { Random } from '../random.ts';

const LEASE = { resource: 'leases', apiGroup: 'coordination.k8s.io', apiVersion: 'v1' } as const;

export function nodeLease(cluster: Cluster, random: Random, now: number): Call {
  const node = random.pick(cluster.nodes);
  const object = { ...LEASE, namespace: 'kube-node-lease', name: node.name };
  const query = 'timeout=10s';
  if (random.chance(0.06)) return done(node.kubelet, 'get', object, { query });
  return done(
    node.kubelet,
    'update',
    { ...object, uid: node.uid, resourceVersion: revisionAt(now - 10_000_000) },
    { query },
  );
}

export function leaderLease(cluster: Cluster, random: Random, now: number): Call {
  const operator = cluster.pickOperator(random);
  const choice = random.between(0, 3);
  const [actor, namespace, name] =
    choice === 0
      ? ([cluster.scheduler, 'kube-system', 'kube-scheduler'] as const)
      : choice === 1
        ? ([cluster.controllerManager, 'kube-system', 'kube-controller-manager'] as const)
        : ([operator.actor, operator.namespace, operator.name] as const);
  const object = { ...LEASE, namespace, name };
  if (random.chance(0.03)) return notFound(actor, 'get', object);
  if (random.chance(0.4)) return done(actor, 'get', object);
  const read = { ...object, resourceVersion: revisionAt(now - 2_000_000) };
  return random.chance(0.03) ? conflict(actor, 'update', read) : done(actor, 'update', read);
}

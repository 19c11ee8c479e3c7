/** Creates that store nothing or little: access reviews, token reviews, tokens for pods, events. */
import { done } from '../answers.ts';
import type { Call } from '../call.ts';
import { type Cluster, podHash } from '../cluster.ts';
import type { Random } from '../random.ts';

export function accessReview(cluster: Cluster, random: Random): Call {
  const { actor } = cluster.pickOperator(random);
  const object = { resource: 'subjectaccessreviews', apiGroup: 'authorization.k8s.io', apiVersion: 'v1' };
  return done(actor, 'create', object, { query: 'timeout=10s' });
}

export function tokenReview(cluster: Cluster, random: Random): Call {
  const { actor } = cluster.pickOperator(random);
  return done(actor, 'create', { resource: 'tokenreviews', apiGroup: 'authentication.k8s.io', apiVersion: 'v1' });
}

/** A kubelet fetches the token that it mounts into a pod. */
export function podToken(cluster: Cluster, random: Random): Call {
  const { namespace, name, node } = random.pick(cluster.workloads);
  const object = { resource: 'serviceaccounts', namespace, name, apiVersion: 'v1', subresource: 'token' };
  const issued = `"authentication.kubernetes.io/issued-credential-id":"JTI=${random.uuid()}"`;
  return done(node.kubelet, 'create', object, { annotations: `${issued},${node.kubelet.allowed}` });
}

export function eventRecord(cluster: Cluster, random: Random): Call {
  const { namespace, pod, node } = random.pick(cluster.workloads);
  const name = `${pod}.18${random.hex(14)}`;
  const object = { resource: 'events', namespace, name, apiVersion: 'v1' };
  if (random.chance(0.3)) return done(node.kubelet, 'patch', object);
  if (random.chance(0.5)) return done(node.kubelet, 'create', object);
  const controller = random.chance(0.5) ? cluster.scheduler : cluster.loop('replicaset-controller');
  return done(controller, 'create', {
    ...object,
    name: `${pod}-${podHash(random, 4)}.18${random.hex(14)}`,
    apiGroup: 'events.k8s.io',
  });
}

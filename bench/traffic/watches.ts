/**
 * Watches: each informer keeps one open, and opens the next when the API server ends it after five to ten minutes. So at
 * any time a fixed number is open, most of them begun before the log was, and each end is followed by a new beginning.
 */
import { done } from '../answers.ts';
import type { Actor, Call, ObjectRef } from '../call.ts';
import { type Cluster, revisionAt } from '../cluster.ts';
import type { Random } from '../random.ts';
import { collection } from './reads.ts';

export const SHORTEST_WATCH = 300;
export const LONGEST_WATCH = 599;

export interface Informer {
  readonly actor: Actor;
  readonly object: ObjectRef;
  /** The start of the query, with its ampersand. */
  readonly selector: string;
}

export function pickInformer(cluster: Cluster, random: Random): Informer {
  if (random.chance(0.55)) return kubeletInformer(cluster, random);
  if (random.chance(0.15)) {
    // The garbage collector looks at everything, secrets too.
    const wanted = random.pick(['/v1/secrets', '/v1/configmaps', 'apps/v1/replicasets', 'batch/v1/jobs', '/v1/pods']);
    return { actor: cluster.controllerManager, object: collection(wanted), selector: '' };
  }
  const { actor, watches } = cluster.pickOperator(random);
  return { actor, object: collection(random.pick(watches)), selector: '' };
}

/** A kubelet watches its pods by node, and each secret and configmap that they use by name. */
function kubeletInformer(cluster: Cluster, random: Random): Informer {
  const { kubelet, name } = random.pick(cluster.nodes);
  if (random.chance(0.3)) {
    return { actor: kubelet, object: collection('/v1/pods'), selector: `fieldSelector=spec.nodeName%3D${name}&` };
  }
  const workload = random.pick(cluster.workloads);
  const secret = random.chance(0.5);
  const object = {
    resource: secret ? 'secrets' : 'configmaps',
    namespace: workload.namespace,
    name: secret ? `${workload.name}-database` : 'kube-root-ca.crt',
    apiVersion: 'v1',
  };
  return { actor: kubelet, object, selector: `fieldSelector=metadata.name%3D${object.name}&` };
}

/** The call that opens a watch at `now` for so many seconds. */
export function watchCall(informer: Informer, seconds: number, now: number): Call {
  const life = `${Math.floor(seconds / 60)}m${seconds % 60}s`;
  const query =
    `allowWatchBookmarks=true&${informer.selector}resourceVersion=${revisionAt(now)}` +
    `&timeout=${life}&timeoutSeconds=${seconds}&watch=true`;
  return done(informer.actor, 'watch', informer.object, { query });
}

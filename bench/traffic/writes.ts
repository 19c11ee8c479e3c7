/** What controllers and kubelets write all day: status, endpoints, applications, pods. */
import { conflict, done } from '../answers.ts';
import { applicationPatch, deployment, endpointSlice, podFromTemplate, podStatusPatch } from '../bodies.ts';
import type { Call } from '../call.ts';
import { type Cluster, podHash, revisionAt } from '../cluster.ts';
import { goJson, microTime } from '../go-json.ts';
import type { Random } from '../random.ts';

export function nodeStatus(cluster: Cluster, random: Random): Call {
  const node = random.pick(cluster.nodes);
  return done(
    node.kubelet,
    'patch',
    { resource: 'nodes', name: node.name, apiVersion: 'v1', subresource: 'status' },
    { query: 'timeout=10s' },
  );
}

export function podStatus(cluster: Cluster, random: Random, now: number): Call {
  const workload = random.pick(cluster.workloads);
  return done(
    workload.node.kubelet,
    'patch',
    { resource: 'pods', namespace: workload.namespace, name: workload.pod, apiVersion: 'v1', subresource: 'status' },
    { level: 'Request', requestObject: podStatusPatch(workload, now) },
  );
}

export function deploymentStatus(cluster: Cluster, random: Random, now: number): Call {
  const workload = random.pick(cluster.workloads);
  const object = {
    resource: 'deployments',
    namespace: workload.namespace,
    name: workload.name,
    uid: workload.uid,
    apiGroup: 'apps',
    apiVersion: 'v1',
    resourceVersion: revisionAt(now),
    subresource: 'status',
  };
  const options = { level: 'Request', requestObject: deployment(workload, now) } as const;
  const actor = cluster.loop('deployment-controller');
  return random.chance(0.05) ? conflict(actor, 'update', object, options) : done(actor, 'update', object, options);
}

export function endpoints(cluster: Cluster, random: Random): Call {
  const workload = random.pick(cluster.workloads);
  return done(
    cluster.loop('endpointslice-controller'),
    'update',
    {
      resource: 'endpointslices',
      namespace: workload.namespace,
      name: `${workload.name}-${podHash(random, 5)}`,
      apiGroup: 'discovery.k8s.io',
      apiVersion: 'v1',
    },
    { level: 'Request', requestObject: endpointSlice(workload, random) },
  );
}

export function autoscalerStatus(cluster: Cluster, random: Random): Call {
  const workload = random.pick(cluster.workloads);
  return done(cluster.loop('horizontal-pod-autoscaler'), 'update', {
    resource: 'horizontalpodautoscalers',
    namespace: workload.namespace,
    name: workload.name,
    apiGroup: 'autoscaling',
    apiVersion: 'v2',
    subresource: 'status',
  });
}

/** `size` gives the length of the body: it is as long as the application is big. */
export function application(size: (random: Random) => number): (cluster: Cluster, random: Random) => Call {
  return (cluster, random) => {
    const argocd = cluster.operators.find(({ name }) => name === 'argocd-application-controller');
    if (argocd === undefined) throw new RangeError('no Argo CD in this cluster');
    const object = {
      resource: 'applications',
      namespace: 'argocd',
      name: random.pick(cluster.workloads).name,
      apiGroup: 'argoproj.io',
      apiVersion: 'v1alpha1',
    };
    return done(argocd.actor, 'patch', object, {
      level: 'Request',
      requestObject: applicationPatch(size(random), random),
    });
  };
}

export function podCreate(cluster: Cluster, random: Random, now: number): Call {
  const workload = random.pick(cluster.workloads);
  const body = podFromTemplate(workload, now);
  const object = { resource: 'pods', namespace: workload.namespace, apiVersion: 'v1' };
  const options = { level: 'RequestResponse', requestObject: body, responseObject: body } as const;
  return done(cluster.loop('replicaset-controller'), 'create', object, options);
}

export function podDelete(cluster: Cluster, random: Random): Call {
  const { namespace, pod } = random.pick(cluster.workloads);
  return done(cluster.loop('replicaset-controller'), 'delete', {
    resource: 'pods',
    namespace,
    name: pod,
    apiVersion: 'v1',
  });
}

export function podBinding(cluster: Cluster, random: Random, now: number): Call {
  const { namespace, pod, node, uid } = random.pick(cluster.workloads);
  return done(
    cluster.scheduler,
    'create',
    { resource: 'pods', namespace, name: pod, uid, apiVersion: 'v1', subresource: 'binding' },
    {
      level: 'Request',
      requestObject: goJson({
        kind: 'Binding',
        apiVersion: 'v1',
        metadata: { name: pod, namespace, uid, annotations: { 'example.com/scheduled-at': microTime(now) } },
        target: { kind: 'Node', name: node.name },
      }),
    },
  );
}

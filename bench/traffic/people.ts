/** What people do with kubectl: mostly look. The rare rest is what detectors are there to show. */
import { done, forbidden } from '../answers.ts';
import { deployment } from '../bodies.ts';
import type { Call } from '../call.ts';
import type { Cluster } from '../cluster.ts';
import { goJson, microTime } from '../go-json.ts';
import type { Random } from '../random.ts';

const isProduction = (namespace: string): boolean => namespace.includes('prod');

function restart(now: number): string {
  const at = `${microTime(now).slice(0, 19)}Z`;
  return goJson({ spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': at } } } } });
}

export function personLooks(cluster: Cluster, random: Random, now: number): Call {
  const { actor, namespace } = random.pick(cluster.people);
  const own = cluster.workloads.filter((workload) => workload.namespace === namespace);
  const workload = random.pick(own.length > 0 ? own : cluster.workloads);
  const pods = { resource: 'pods', namespace: workload.namespace, apiVersion: 'v1' };
  const deployments = {
    resource: 'deployments',
    namespace: workload.namespace,
    name: workload.name,
    apiGroup: 'apps',
    apiVersion: 'v1',
  };
  const choice = random.unit();
  if (choice < 0.41) return done(actor, 'list', pods, { query: 'limit=500' });
  if (choice < 0.57) return done(actor, 'get', { ...pods, name: workload.pod });
  if (choice < 0.72) return done(actor, 'get', deployments);
  if (choice < 0.91) {
    const log = { ...pods, name: workload.pod, subresource: 'log' };
    return done(actor, 'get', log, { query: `container=${workload.name}&tailLines=200` });
  }
  if (choice < 0.97) return forbidden(actor, 'list', { resource: 'nodes', apiVersion: 'v1' }, { query: 'limit=500' });
  return done(actor, 'patch', deployments, {
    level: 'RequestResponse',
    query: 'fieldManager=kubectl-rollout',
    requestObject: restart(now),
    responseObject: deployment(workload, now),
  });
}

/** A shell, nearly always outside production. */
export function personOpensShell(cluster: Cluster, random: Random): Call {
  const { actor } = random.pick(cluster.people);
  const production = random.chance(0.02);
  const places = cluster.workloads.filter((workload) => isProduction(workload.namespace) === production);
  const { namespace, pod, name } = random.pick(places.length > 0 ? places : cluster.workloads);
  const shell = { resource: 'pods', namespace, name: pod, apiVersion: 'v1', subresource: 'exec' };
  return done(actor, 'get', shell, {
    query: `command=sh&container=${name}&stdin=true&stdout=true&tty=true`,
    code: 101,
  });
}

/** Gets and lists of machines: kubelets, operators, probes, and those who ask for what they may not have. */
import { anonymous, unauthenticated } from '../actors.ts';
import { done, forbidden, notFound, path, unauthorized } from '../answers.ts';
import { podList } from '../bodies.ts';
import type { Call, ObjectRef } from '../call.ts';
import { type Cluster, revisionAt } from '../cluster.ts';
import type { Random } from '../random.ts';

/** `group/version/resource` to a reference; the core group is empty. */
export function collection(text: string, namespace?: string): ObjectRef {
  const [group = '', apiVersion = '', resource = ''] = text.split('/');
  return { resource, namespace, apiGroup: group === '' ? undefined : group, apiVersion };
}

export function kubeletGet(cluster: Cluster, random: Random): Call {
  const node = random.pick(cluster.nodes);
  const workload = random.pick(cluster.workloads);
  const choice = random.unit();
  if (choice < 0.4) {
    return done(
      node.kubelet,
      'get',
      { resource: 'nodes', name: node.name, apiVersion: 'v1' },
      { query: 'resourceVersion=0&timeout=10s' },
    );
  }
  const inNamespace = { namespace: workload.namespace, apiVersion: 'v1' };
  // A pod that was deleted while its kubelet still reports on it.
  if (choice < 0.44) return notFound(node.kubelet, 'get', { ...inNamespace, resource: 'pods', name: workload.pod });
  if (choice < 0.9) return done(node.kubelet, 'get', { ...inNamespace, resource: 'pods', name: workload.pod });
  if (choice < 0.96) {
    return done(node.kubelet, 'get', { ...inNamespace, resource: 'configmaps', name: 'kube-root-ca.crt' });
  }
  // A kubelet reads the secrets that its pods mount; the node authorizer sees to it that it reads no others.
  return done(node.kubelet, 'get', { ...inNamespace, resource: 'secrets', name: `${workload.name}-database` });
}

export function operatorGet(cluster: Cluster, random: Random): Call {
  const operator = cluster.pickOperator(random);
  const { actor, namespace } = operator;
  const choice = random.unit();
  if (operator.secrets.length > 0 && choice < 0.12) {
    return done(actor, 'get', {
      resource: 'secrets',
      namespace,
      name: random.pick(operator.secrets),
      apiVersion: 'v1',
    });
  }
  if (choice < 0.6) {
    const config = { resource: 'configmaps', namespace, name: `${operator.name}-config`, apiVersion: 'v1' };
    return random.chance(0.04) ? notFound(actor, 'get', config) : done(actor, 'get', config);
  }
  const workload = random.pick(cluster.workloads);
  const [resource, name] = random.chance(0.5)
    ? ['deployments', workload.name]
    : ['replicasets', workload.pod.slice(0, -6)];
  return done(actor, 'get', { resource, namespace: workload.namespace, name, apiGroup: 'apps', apiVersion: 'v1' });
}

/** Health checks come without credentials; what is scraped or discovered, with them. */
export function probe(cluster: Cluster, random: Random): Call {
  const choice = random.unit();
  if (choice < 0.7) {
    const uri = random.pick(['/livez', '/readyz', '/healthz']);
    return path(anonymous('127.0.0.1', 'kube-probe/1.31'), uri);
  }
  if (choice < 0.75) return path(anonymous('10.20.255.2', 'Go-http-client/1.1'), '/version');
  const operator = cluster.pickOperator(random);
  return path(operator.actor, random.pick(['/metrics', '/apis', '/openapi/v3', '/api']));
}

export function operatorList(cluster: Cluster, random: Random, now: number): Call {
  const operator = cluster.pickOperator(random);
  const wanted = collection(random.pick(operator.watches));
  // Roles are narrow, and software asks all the same.
  if (random.chance(0.04)) {
    return forbidden(operator.actor, 'list', collection('storage.k8s.io/v1/csistoragecapacities'), {
      query: 'limit=500',
    });
  }
  return done(operator.actor, 'list', wanted, { query: `limit=500&resourceVersion=${revisionAt(now)}` });
}

export function kubeletList(cluster: Cluster, random: Random): Call {
  const node = random.pick(cluster.nodes);
  return done(node.kubelet, 'list', collection('/v1/pods'), {
    query: `fieldSelector=spec.nodeName%3D${node.name}&limit=500&resourceVersion=0`,
  });
}

/** A list that the policy records with its whole answer. */
export function listWithBody(size: number): (cluster: Cluster, random: Random, now: number) => Call {
  return (cluster, random, now) => {
    const operator = cluster.pickOperator(random);
    return done(operator.actor, 'list', collection('/v1/pods'), {
      level: 'RequestResponse',
      query: 'limit=500',
      responseObject: podList(cluster.workloads, size, random, now),
    });
  };
}

/** A pod whose token ran out: one request is refused before it fetches a new one. */
export function expiredToken(cluster: Cluster, random: Random): Call {
  const workload = random.pick(cluster.workloads);
  const caller = unauthenticated(`10.30.${random.between(0, 255)}.${random.between(2, 250)}`, 'Go-http-client/2.0');
  return unauthorized(caller, 'list', collection('/v1/endpoints', workload.namespace));
}

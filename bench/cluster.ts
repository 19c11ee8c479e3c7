/** An invented cluster: its nodes, namespaces, workloads, and who calls its API server. */
import {
  apiServer,
  builtInController,
  controlPlane,
  kubelet,
  type NodePlace,
  type PodPlace,
  person,
  serviceAccount,
} from './actors.ts';
import type { Actor } from './call.ts';
import { type Random, zipf } from './random.ts';

export const KUBERNETES = 'v1.31.9 (linux/amd64) kubernetes/1e8c5d2';

export interface Node extends NodePlace {
  readonly kubelet: Actor;
}

export interface Workload {
  readonly namespace: string;
  readonly name: string;
  readonly pod: string;
  readonly uid: string;
  readonly image: string;
  readonly node: Node;
}

/** A service account of the platform with what it reads. */
export interface Operator {
  readonly actor: Actor;
  readonly namespace: string;
  readonly name: string;
  /** Secrets of its own namespace. */
  readonly secrets: readonly string[];
  /** Collections it lists and watches; `group/version/resource`, the core group empty. */
  readonly watches: readonly string[];
}

export interface Person {
  readonly actor: Actor;
  /** Where this person works. */
  readonly namespace: string;
}

export interface Cluster {
  readonly nodes: readonly Node[];
  readonly namespaces: readonly string[];
  readonly workloads: readonly Workload[];
  readonly operators: readonly Operator[];
  readonly people: readonly Person[];
  /** A few operators make most requests. */
  readonly pickOperator: (random: Random) => Operator;
  readonly apiServer: Actor;
  readonly scheduler: Actor;
  readonly controllerManager: Actor;
  /** The loops of kube-controller-manager by name. */
  readonly loop: (name: LoopName) => Actor;
}

const LOOPS = [
  'daemon-set-controller',
  'deployment-controller',
  'endpointslice-controller',
  'generic-garbage-collector',
  'horizontal-pod-autoscaler',
  'job-controller',
  'replicaset-controller',
] as const;
export type LoopName = (typeof LOOPS)[number];

const PLATFORM: readonly {
  readonly namespace: string;
  readonly name: string;
  readonly agent: string;
  readonly secrets?: readonly string[];
  readonly watches: readonly string[];
}[] = [
  {
    namespace: 'kube-system',
    name: 'cilium-operator',
    agent: 'cilium-operator-generic/v0.0.0 (linux/amd64) kubernetes/$Format',
    watches: ['/v1/pods', '/v1/nodes', '/v1/services', 'cilium.io/v2/ciliumendpoints'],
  },
  {
    namespace: 'argocd',
    name: 'argocd-application-controller',
    agent: 'argocd-application-controller/v0.0.0 (linux/amd64) kubernetes/$Format',
    secrets: ['argocd-secret', 'argocd-redis', 'cluster-main'],
    watches: ['apps/v1/deployments', 'apps/v1/replicasets', '/v1/services', 'argoproj.io/v1alpha1/applications'],
  },
  {
    namespace: 'monitoring',
    name: 'kube-state-metrics',
    agent: 'kube-state-metrics/v2.15.0 (linux/amd64) kube-state-metrics/4e3ab12',
    watches: ['/v1/pods', '/v1/nodes', 'apps/v1/deployments', 'batch/v1/jobs'],
  },
  {
    namespace: 'cert-manager',
    name: 'cert-manager',
    agent: 'cert-manager-certificates-issuing/v1.18.2 (linux/amd64) cert-manager/7c1f09d',
    secrets: ['letsencrypt-account', 'cert-manager-webhook-ca'],
    watches: ['cert-manager.io/v1/certificates', 'cert-manager.io/v1/certificaterequests'],
  },
  {
    namespace: 'monitoring',
    name: 'prometheus-k8s',
    agent: 'Prometheus/3.5.0',
    secrets: ['prometheus-k8s-web-config'],
    watches: ['/v1/endpoints', '/v1/pods', 'discovery.k8s.io/v1/endpointslices'],
  },
  {
    namespace: 'ingress-nginx',
    name: 'ingress-nginx',
    agent: 'nginx-ingress-controller/v1.13.1 (linux/amd64) ingress-nginx/0b6e42c',
    secrets: ['ingress-default-tls'],
    watches: ['networking.k8s.io/v1/ingresses', 'discovery.k8s.io/v1/endpointslices', '/v1/services'],
  },
  {
    namespace: 'kube-system',
    name: 'coredns',
    agent: 'coredns/v0.0.0 (linux/amd64) kubernetes/$Format',
    watches: ['discovery.k8s.io/v1/endpointslices', '/v1/services', '/v1/namespaces'],
  },
  {
    namespace: 'argocd',
    name: 'argocd-server',
    agent: 'argocd-server/v0.0.0 (linux/amd64) kubernetes/$Format',
    secrets: ['argocd-secret', 'argocd-initial-admin-secret'],
    watches: ['argoproj.io/v1alpha1/applications', 'argoproj.io/v1alpha1/appprojects'],
  },
  {
    namespace: 'kube-system',
    name: 'metrics-server',
    agent: 'metrics-server/v0.8.0 (linux/amd64) kubernetes/59a0d11',
    watches: ['/v1/nodes', '/v1/pods'],
  },
];

const APPLICATIONS = ['api', 'web', 'worker', 'cache', 'ledger', 'search', 'mailer', 'gateway', 'catalog', 'cart'];
const HASH_LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

/** The random part of a pod's name, from the letters that Kubernetes uses. */
export function podHash(random: Random, length: number): string {
  let text = '';
  for (let index = 0; index < length; index += 1) text += HASH_LETTERS.charAt(random.bits() % HASH_LETTERS.length);
  return text;
}

/** A counter that grows with time, as etcd's does. */
export function revisionAt(microseconds: number): string {
  return String(Math.floor(microseconds / 40_000) % 1_000_000_000);
}

export interface ClusterSize {
  readonly nodes: number;
  readonly namespaces: readonly string[];
  readonly workloads: number;
  readonly people: readonly { readonly username: string; readonly group: string; readonly namespace: string }[];
}

export function makeCluster(size: ClusterSize, random: Random): Cluster {
  const nodes: Node[] = [];
  for (let index = 0; index < size.nodes; index += 1) {
    const address = `10.20.${index >> 8}.${index & 255}`;
    const place = { name: `node-${String(index + 1).padStart(3, '0')}`, uid: random.uuid(), address };
    nodes.push({ ...place, kubelet: kubelet(place, KUBERNETES) });
  }

  const workloads: Workload[] = [];
  for (let index = 0; index < size.workloads; index += 1) {
    const name = random.pick(APPLICATIONS);
    workloads.push({
      namespace: random.pick(size.namespaces),
      name,
      pod: `${name}-${podHash(random, 10)}-${podHash(random, 5)}`,
      uid: random.uuid(),
      image: `registry.example.com/${name}:1.${random.between(0, 40)}.${random.between(0, 9)}`,
      node: random.pick(nodes),
    });
  }

  const operators = PLATFORM.map((entry): Operator => {
    const place: PodPlace = {
      node: random.pick(nodes),
      pod: `${entry.name}-${podHash(random, 10)}-${podHash(random, 5)}`,
      address: `10.30.${random.between(0, 255)}.${random.between(2, 250)}`,
    };
    const role = entry.namespace === entry.name ? entry.name : `${entry.namespace}:${entry.name}`;
    return {
      actor: serviceAccount(entry.namespace, entry.name, role, entry.agent, place, random),
      namespace: entry.namespace,
      name: entry.name,
      secrets: entry.secrets ?? [],
      watches: entry.watches,
    };
  });

  const pickOperator = zipf(operators, 1.1);
  const loops = new Map(LOOPS.map((name) => [name, builtInController(name, KUBERNETES, '10.20.255.10', random)]));
  return {
    nodes,
    namespaces: size.namespaces,
    workloads,
    operators,
    pickOperator,
    people: size.people.map(({ username, group, namespace }, index) => ({
      actor: person(username, [group], 'team-developer', `10.8.0.${index + 11}`),
      namespace,
    })),
    apiServer: apiServer(KUBERNETES, random),
    scheduler: controlPlane('kube-scheduler', 'scheduler', KUBERNETES, '10.20.255.10'),
    controllerManager: controlPlane('kube-controller-manager', 'metadata-informers', KUBERNETES, '10.20.255.10'),
    loop(name) {
      const actor = loops.get(name);
      if (actor === undefined) throw new RangeError(`no controller ${name}`);
      return actor;
    },
  };
}

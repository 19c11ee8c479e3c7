import type { Lists } from '../expression/compile.ts';

/** Distributions with more namespaces of their own than can be listed. */
const DISTRIBUTIONS = ['openshift', 'openshift-*', 'd8-*', 'gke-*', 'gmp-system', 'cattle-system', 'cattle-*-system'];

const controller = (name: string): string => `system:serviceaccount:kube-system:${name}`;

/**
 * The lists that detectors and queries know as variables, `$productionNamespaces` and so on. A list of the same name in
 * auditscan.yaml takes the place of ours, and `...` in it stands for ours. All are patterns for `$glob`: `*` any run of
 * characters, `?` any one, a `!` in front excludes; upper and lower case differ.
 */
export const DEFAULT_LISTS: Lists = {
  /**
   * Namespaces where a shell is an incident. A word counts only as a whole: `product-catalog` and `reproduction` are not
   * production, and neither is `pre-prod`.
   */
  productionNamespaces: ['prod', 'production', 'prd', 'live'].flatMap((word) => [
    ...[word, `${word}-*`, `*-${word}`, `*-${word}-*`],
    ...['pre', 'non', 'not'].flatMap((no) => [`!${no}-${word}*`, `!*-${no}-${word}*`]),
  ]),

  /** Namespaces of the platform, by the prefixes kept for it. Not `default`: people work there. */
  systemNamespaces: ['kube-*', ...DISTRIBUTIONS],

  /**
   * Namespaces whose service accounts work in all the others: they read secrets, request tokens, renew the CA bundles of
   * webhooks. The namespace of an operator of your own belongs here. As few patterns as can be, and no `kube-*`: who may
   * create a namespace chooses its name.
   */
  platformNamespaces: [
    'kube-system',
    ...DISTRIBUTIONS,
    ...['argocd', 'argo-cd', 'flux-system', 'crossplane-system', 'tekton-pipelines', 'olm', 'operators'],
    ...['cert-manager', 'external-secrets', 'sealed-secrets', 'vault', 'reflector', 'velero'],
    ...['ingress-nginx', 'traefik', 'istio-system', 'linkerd', 'knative-serving', 'knative-eventing'],
    ...['calico-system', 'calico-apiserver', 'tigera-operator', 'cilium', 'metallb-system'],
    ...['kyverno', 'gatekeeper-system', 'monitoring', 'keda', 'rook-ceph', 'longhorn-system', 'cnpg-system'],
  ],

  /**
   * User names of the control plane, and of operators that install and reconcile the platform from its release. Not all
   * of kube-system: a controller's stolen token must be seen when it does what that controller never does.
   */
  platformUsers: [
    ...['system:apiserver', 'system:kube-controller-manager', 'system:kube-scheduler'],
    ...['system:cloud-controller-manager', 'system:addon-manager', 'system:gke-*', 'eks:*', 'aksService'],
    ...['namespace-controller', 'generic-garbage-collector'].map(controller),
    ...['system:serviceaccount:openshift-*:*', 'system:serviceaccount:d8-*:*'],
  ],

  /** User names that make pods from templates that others wrote. */
  workloadControllers: [
    ...['replicaset', 'daemon-set', 'statefulset', 'job', 'replication'].map((name) =>
      controller(`${name}-controller`),
    ),
    ...['system:kube-controller-manager', 'system:node:*'],
  ],

  /** User agents of kubelets, and of programs with one inside. Easily claimed, but not by who does not think of it. */
  kubeletAgents: ['kubelet/*', 'hyperkube/*', 'k3s/*', 'rke2/*', 'kubelite/*'],

  /** Request URIs that answer anybody on purpose: health, version, OpenID discovery, OpenShift's login. */
  publicPaths: [
    '/healthz*',
    '/livez*',
    '/readyz*',
    '/version*',
    '/.well-known/*',
    '/openid/v1/*',
    '/oauth/*',
    '/login*',
  ],
};

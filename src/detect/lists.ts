import type { Lists } from '../expression/compile.ts';

/**
 * The lists that detectors and queries know as variables, `$productionNamespaces` and so on. A list of the same name in
 * auditscan.yaml takes the place of ours. All are patterns for `$glob`: `*` any run of characters, `?` any one; upper and
 * lower case differ.
 */
export const DEFAULT_LISTS: Lists = {
  /**
   * Namespaces where a shell is an incident. A word counts only as a whole: `product-catalog` and `reproduction` are not
   * production. `pre-prod` and `non-prod` are taken for it; where there are such names, list the real ones.
   */
  productionNamespaces: [
    ...['prod', 'production', 'prd', 'live'].flatMap((word) => [word, `${word}-*`, `*-${word}`, `*-${word}-*`]),
  ],

  /** Namespaces of the platform itself, by the prefixes kept for them. Not `default`: people work there. */
  systemNamespaces: [
    'kube-*',
    'openshift',
    'openshift-*',
    'd8-*',
    'gke-*',
    'gmp-system',
    'cattle-system',
    'cattle-*-system',
  ],

  /**
   * Namespaces whose service accounts work in all the others: they read secrets, request tokens, keep webhooks' CA
   * bundles fresh. Add the namespace of your own operator here. `kube-*` is not: who may create a namespace could
   * name it `kube-something`.
   */
  platformNamespaces: [
    ...['kube-system', 'openshift', 'openshift-*', 'd8-*', 'gke-*', 'gmp-system', 'cattle-system', 'cattle-*-system'],
    ...['argocd', 'argo-cd', 'flux-system', 'crossplane-system', 'tekton-pipelines', 'knative-*', 'olm', 'operators'],
    ...['cert-manager', 'external-secrets', 'external-secrets-*', 'sealed-secrets', 'vault', 'reflector', 'velero'],
    ...[
      'istio-system',
      'linkerd',
      'ingress-nginx',
      'traefik',
      'calico-*',
      'tigera-operator',
      'cilium*',
      'metallb-system',
    ],
    ...['kyverno', 'gatekeeper-system', 'monitoring', 'keda', 'rook-ceph', 'longhorn-system', 'cnpg-system'],
  ],

  /**
   * User names of the control plane, and of operators that install and reconcile the platform from its release. Not all
   * of kube-system: a stolen token of a controller must be seen when it does what that controller never does.
   */
  platformUsers: [
    ...[
      'system:apiserver',
      'system:kube-controller-manager',
      'system:kube-scheduler',
      'system:cloud-controller-manager',
    ],
    'system:serviceaccount:kube-system:namespace-controller',
    'system:serviceaccount:kube-system:generic-garbage-collector',
    ...['system:serviceaccount:openshift-*:*', 'system:serviceaccount:d8-*:*'],
    ...['eks:*', 'aksService', 'system:gke-*', 'system:addon-manager'],
  ],

  /** User names that create pods from the templates of others, so that the template's author is who matters. */
  workloadControllers: [
    ...['replicaset', 'daemon-set', 'statefulset', 'job', 'replication'].map(
      (name) => `system:serviceaccount:kube-system:${name}-controller`,
    ),
    ...['system:kube-controller-manager', 'system:node:*'],
  ],

  /** User agents of kubelets and of what holds one. Easily claimed, but seldom by who just found a node's credentials. */
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

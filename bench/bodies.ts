/** Bodies of requests and responses, encoded. Small ones are made whole; big ones are joined from ready pieces. */
import { podHash, revisionAt, type Workload } from './cluster.ts';
import { goJson, microTime } from './go-json.ts';
import type { Random } from './random.ts';

function podSpec(workload: Workload): object {
  return {
    containers: [
      {
        name: workload.name,
        image: workload.image,
        args: ['--listen=:8080', '--log-format=json', '--drain=<30s>'],
        ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
        env: [
          { name: 'POD_IP', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.podIP' } } },
          { name: 'DATABASE_URL', valueFrom: { secretKeyRef: { name: `${workload.name}-database`, key: 'url' } } },
        ],
        resources: { limits: { memory: '512Mi' }, requests: { cpu: '100m', memory: '256Mi' } },
        livenessProbe: { httpGet: { path: '/healthz', port: 8080, scheme: 'HTTP' }, periodSeconds: 10 },
        imagePullPolicy: 'IfNotPresent',
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'] },
          readOnlyRootFilesystem: true,
          runAsNonRoot: true,
        },
      },
    ],
    restartPolicy: 'Always',
    dnsPolicy: 'ClusterFirst',
    serviceAccountName: workload.name,
    securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
  };
}

function metadata(workload: Workload, name: string | undefined, now: number): object {
  return {
    name,
    namespace: workload.namespace,
    uid: workload.uid,
    resourceVersion: revisionAt(now),
    labels: { app: workload.name, 'app.kubernetes.io/managed-by': 'argocd' },
  };
}

export function deployment(workload: Workload, now: number): string {
  return goJson({
    kind: 'Deployment',
    apiVersion: 'apps/v1',
    metadata: metadata(workload, workload.name, now),
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: workload.name } },
      template: { metadata: { labels: { app: workload.name } }, spec: podSpec(workload) },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
    },
    status: { observedGeneration: 12, replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3 },
  });
}

/** A pod as its controller sends it: named by the API server, not by the sender. */
export function podFromTemplate(workload: Workload, now: number): string {
  return goJson({
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { ...metadata(workload, undefined, now), generateName: workload.pod.slice(0, -5) },
    spec: podSpec(workload),
    status: {},
  });
}

export function pod(workload: Workload, now: number): string {
  return goJson({
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: metadata(workload, workload.pod, now),
    spec: { ...podSpec(workload), nodeName: workload.node.name },
    status: { phase: 'Running', hostIP: workload.node.address, qosClass: 'Burstable' },
  });
}

/** What a kubelet sends when a container of the pod came up. */
export function podStatusPatch(workload: Workload, now: number): string {
  const at = `${microTime(now).slice(0, 19)}Z`;
  return goJson({
    metadata: { uid: workload.uid },
    status: {
      conditions: ['ContainersReady', 'Ready'].map((type) => ({ lastTransitionTime: at, status: 'True', type })),
      containerStatuses: [
        {
          containerID: `containerd://${workload.uid.replaceAll('-', '')}`,
          image: workload.image,
          imageID: workload.image.replace(/:.*/, `@sha256:${workload.uid.replaceAll('-', '').repeat(2)}`),
          lastState: {},
          name: workload.name,
          ready: true,
          restartCount: 0,
          started: true,
          state: { running: { startedAt: at } },
        },
      ],
      phase: 'Running',
      podIP: '10.30.14.9',
      podIPs: [{ ip: '10.30.14.9' }],
    },
  });
}

export function endpointSlice(workload: Workload, random: Random): string {
  const endpoints = [];
  for (let count = random.between(1, 6); count > 0; count -= 1) {
    endpoints.push({
      addresses: [`10.30.${random.between(0, 255)}.${random.between(2, 250)}`],
      conditions: { ready: true, serving: true, terminating: false },
      nodeName: workload.node.name,
    });
  }
  return goJson({
    kind: 'EndpointSlice',
    apiVersion: 'discovery.k8s.io/v1',
    metadata: { generateName: `${workload.name}-`, namespace: workload.namespace },
    addressType: 'IPv4',
    endpoints,
    ports: [{ name: 'http', protocol: 'TCP', port: 8080 }],
  });
}

/** Joins pieces with commas until about `size` characters are reached. */
function joinUpTo(size: number, piece: () => string): string {
  const pieces: string[] = [];
  let length = 0;
  while (length < size) {
    const next = piece();
    pieces.push(next);
    length += next.length + 1;
  }
  return pieces.join(',');
}

const RESOURCE_KINDS = ['Deployment', 'Service', 'ConfigMap', 'Ingress', 'HorizontalPodAutoscaler', 'Certificate'];

/** The patch that Argo CD sends of an Application: one entry for each object it manages, so as long as the application. */
export function applicationPatch(size: number, random: Random): string {
  const resources = joinUpTo(size, () => {
    const kind = random.pick(RESOURCE_KINDS);
    return (
      `{"kind":"${kind}","name":"part-${podHash(random, 8)}","namespace":"shop-prod","status":"Synced",` +
      `"health":{"status":"Healthy"},"uid":"${random.uuid()}","version":"v1"}`
    );
  });
  return `{"status":{"resources":[${resources}]}}`;
}

/** The response to a list of pods of about `size` characters. */
export function podList(workloads: readonly Workload[], size: number, random: Random, now: number): string {
  const items = joinUpTo(size, () => pod(random.pick(workloads), now));
  return `{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"${revisionAt(now)}"},"items":[${items}]}`;
}

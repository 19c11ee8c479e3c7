import { sparseDocument } from './json-patch.ts';
import type { AuditEvent } from './types.ts';

type Tree = { readonly [key: string]: unknown };

/** Where the pod spec stands in the body of each resource that holds one. */
const TEMPLATE = ['spec', 'template', 'spec'];
const PATHS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    pods: ['spec'],
    deployments: TEMPLATE,
    daemonsets: TEMPLATE,
    statefulsets: TEMPLATE,
    replicasets: TEMPLATE,
    replicationcontrollers: TEMPLATE,
    jobs: TEMPLATE,
    cronjobs: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
    podtemplates: ['template', 'spec'],
  }),
);
/** Tried for resources that we do not know (Rollouts, other custom workloads), where a container list stands there. */
const GUESSES = [TEMPLATE, ['spec', 'jobTemplate', 'spec', 'template', 'spec'], ['template', 'spec']];
/** Of Kubernetes itself: what {@link PATHS} does not name of them holds no pods. */
const WITH_PODS = ['', 'apps', 'batch', 'extensions'];
const WITHOUT_PODS = [
  ...['coordination', 'events', 'discovery', 'authentication', 'authorization', 'rbac.authorization', 'certificates'],
  ...['admissionregistration', 'apiextensions', 'apiregistration', 'networking', 'scheduling', 'storage', 'node'],
  ...['flowcontrol.apiserver', 'resource', 'metrics'],
].map((group) => `${group}.k8s.io`);
const OWN_GROUPS: ReadonlySet<string> = new Set([...WITH_PODS, ...WITHOUT_PODS, 'policy', 'autoscaling']);
/** Of the group without a name, which other tools leave out of any event. */
const CORE: ReadonlySet<string> = new Set([
  ...['configmaps', 'secrets', 'events', 'nodes', 'endpoints', 'namespaces', 'serviceaccounts'],
  ...['persistentvolumeclaims', 'persistentvolumes', 'limitranges', 'resourcequotas', 'bindings'],
]);
/** Their bodies are objects of another kind. */
const OTHER_SUBRESOURCES: ReadonlySet<string> = new Set(['binding', 'eviction', 'scale', 'token', 'finalize']);
const CONTAINER_LISTS = ['containers', 'initContainers', 'ephemeralContainers'];

/**
 * The pod spec that a request writes, wherever it stands: in a Pod, in the template of a workload, in a create or update
 * body, in a merge patch, or in a JSON Patch (then only what the patch says). Undefined where there is none.
 */
export function podSpec(event: AuditEvent): Tree | undefined {
  if (!mayHoldPods(event)) return undefined;
  const body = Array.isArray(event.requestObject) ? patched(event.requestObject) : event.requestObject;
  const known = PATHS.get(event.objectRef?.resource ?? '');
  if (known) return descend(body, known);
  return GUESSES.map((path) => descend(body, path)).find(
    (spec) => spec && CONTAINER_LISTS.some((list) => list in spec),
  );
}

/** Whether the body of such a request can hold a pod spec: a resource of Kubernetes that never does is known by its name. */
export function mayHoldPods({ objectRef, requestURI }: AuditEvent): boolean {
  const { resource, apiGroup, subresource } = objectRef ?? {};
  if (OTHER_SUBRESOURCES.has(subresource ?? '')) return false;
  if (PATHS.has(resource ?? '')) return true;
  if (apiGroup) return !OWN_GROUPS.has(apiGroup);
  // Knative has services, too, whose URI tells their group.
  return resource === 'services' ? !requestURI?.startsWith('/api/') : !CORE.has(resource ?? '');
}

/** Several functions of several detectors ask for the same patch; it lives as long as its event. */
const documents = new WeakMap<readonly unknown[], unknown>();

function patched(operations: readonly unknown[]): unknown {
  if (!documents.has(operations)) documents.set(operations, sparseDocument(operations));
  return documents.get(operations);
}

/** Every container of the pod spec: ordinary, init and ephemeral. */
export function containers(event: AuditEvent): Tree[] {
  const spec = podSpec(event);
  if (!spec) return [];
  return CONTAINER_LISTS.flatMap((list) => (Array.isArray(spec[list]) ? spec[list] : [])).filter(isTree);
}

/** The image of every container that names one. */
export function images(event: AuditEvent): string[] {
  return containers(event).flatMap((container) => (typeof container.image === 'string' ? [container.image] : []));
}

function descend(body: unknown, path: readonly string[]): Tree | undefined {
  let node: unknown = body;
  for (const key of path) {
    if (!isTree(node) || !Object.hasOwn(node, key)) return undefined;
    node = node[key];
  }
  return isTree(node) ? node : undefined;
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import type { Node, PathForm, Step } from '../tree/node.ts';

/** Fields that are lists in the bodies and heads of Kubernetes, wherever they stand. */
const LISTS: ReadonlySet<string> = new Set([
  // an event
  ...['sourceIPs', 'groups'],
  // a pod
  ...[
    'containers',
    'initContainers',
    'ephemeralContainers',
    'volumes',
    'volumeMounts',
    'volumeDevices',
    'env',
    'envFrom',
  ],
  ...['ports', 'command', 'args', 'tolerations', 'imagePullSecrets', 'hostAliases', 'hostnames', 'sysctls'],
  ...[
    'supplementalGroups',
    'topologySpreadConstraints',
    'readinessGates',
    'containerStatuses',
    'initContainerStatuses',
  ],
  ...['ephemeralContainerStatuses', 'podIPs', 'hostIPs', 'matchExpressions', 'matchFields', 'nodeSelectorTerms'],
  // roles and bindings
  ...['rules', 'subjects', 'verbs', 'apiGroups', 'resourceNames', 'nonResourceURLs'],
  // admission
  ...[
    'webhooks',
    'operations',
    'apiVersions',
    'admissionReviewVersions',
    'matchConditions',
    'validations',
    'mutations',
  ],
  ...['resourceRules', 'excludeResourceRules', 'validationActions', 'auditAnnotations'],
  // services, network policies, ingresses
  ...['externalIPs', 'clusterIPs', 'loadBalancerSourceRanges', 'ingress', 'egress', 'policyTypes', 'hosts', 'paths'],
  // metadata, lists, tables, tokens, certificates
  ...['finalizers', 'ownerReferences', 'managedFields', 'conditions', 'items', 'rows', 'audiences', 'usages'],
  ...['accessModes', 'mountOptions', 'taints', 'addresses', 'podCIDRs', 'volumeClaimTemplates'],
]);

/** Fields that are lists only behind another. */
const LISTS_BEHIND: ReadonlyMap<string, readonly string[]> = new Map([
  ['capabilities', ['add', 'drop']],
  // A JSON patch is a list of operations.
  ['requestObject', ['op', 'path', 'from', 'value']],
]);

/** Our functions that give a list, or may give one. */
const LIST_CALLS: ReadonlySet<string> = new Set(['containers', 'images', 'command', 'query']);

export interface Several {
  /** The list, by its name. */
  readonly list: string;
  /** Whether the value is that list itself, not something of each of its items. */
  readonly isItself: boolean;
}

/**
 * What makes several values of a node, where it may give more than one: a comparison with them is then one with a list,
 * which equals no single value. Undefined where it gives one at most, for all that is known of Kubernetes' objects.
 */
export function severalFrom(node: Node): Several | undefined {
  if (node.filters.some(picksOne)) return undefined;
  const { form } = node;
  if (form.kind === 'path') return ofPath(form);
  if (form.kind === 'call' && LIST_CALLS.has(form.name)) return { list: `$${form.name}()`, isItself: true };
  if (form.kind === 'block' && form.expressions.length === 1 && form.expressions[0]) {
    return severalFrom(form.expressions[0]);
  }
  return undefined;
}

function ofPath({ steps }: PathForm): Several | undefined {
  let first: Several | undefined;
  for (const [index, step] of steps.entries()) {
    const own = ofStep(step, index, steps);
    // An index, or the name of an item, picks one of what this step makes of each item before.
    if (own !== undefined && ![...step.stages, ...step.node.filters].some(picksOne)) {
      first ??= { list: own, isItself: index === steps.length - 1 };
    }
  }
  return first;
}

function ofStep({ node }: Step, index: number, steps: readonly Step[]): string | undefined {
  const { form } = node;
  switch (form.kind) {
    case 'name': {
      const before = steps[index - 1]?.node.form;
      const holder = before?.kind === 'name' ? before.name : '';
      // A user's extra values are lists, each of them.
      const isList =
        LISTS.has(form.name) || LISTS_BEHIND.get(holder)?.includes(form.name) || (holder === 'extra' && index === 2);
      // A container's `resources` is an object, which nobody compares; a rule's is a list.
      return isList || (form.name === 'resources' && index === steps.length - 1) ? form.name : undefined;
    }
    case 'call':
      return LIST_CALLS.has(form.name) ? `$${form.name}()` : undefined;
    case 'array':
      return form.items.length > 1 ? '[…]' : form.items[0] && severalFrom(form.items[0])?.list;
    case 'wildcard':
      return '*';
    case 'descendant':
      return '**';
    default:
      return undefined;
  }
}

/** `[0]`, `[-1]`, `[name = "web"]`. */
function picksOne(filter: Node): boolean {
  const { form } = filter;
  if (form.kind === 'literal') return typeof form.value === 'number';
  if (form.kind !== 'binary' || form.operator !== '=') return false;
  const isName = (node: Node): boolean =>
    node.form.kind === 'path' &&
    node.form.steps.length === 1 &&
    node.form.steps[0]?.node.form.kind === 'name' &&
    node.form.steps[0].node.form.name === 'name';
  return isName(form.lhs) || isName(form.rhs);
}

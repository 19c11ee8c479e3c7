/** The callers of an API server: people, nodes, service accounts, control plane, and nobody. */
import type { Actor } from './call.ts';
import { goJson } from './go-json.ts';
import type { Random } from './random.ts';

/** The annotations of an allowed request, without braces. */
export function allowedBy(reason: string): string {
  return `"authorization.k8s.io/decision":"allow","authorization.k8s.io/reason":${goJson(reason)}`;
}

export const FORBIDDEN = '"authorization.k8s.io/decision":"forbid","authorization.k8s.io/reason":""';

/** How the RBAC authorizer words its reason; `binding` of a RoleBinding is `name/namespace`. */
export function rbacReason(
  binding: string,
  role: string,
  subject: string,
  kinds: { binding: 'ClusterRoleBinding' | 'RoleBinding'; role: 'ClusterRole' | 'Role' } = {
    binding: 'ClusterRoleBinding',
    role: 'ClusterRole',
  },
): string {
  return `RBAC: allowed by ${kinds.binding} "${binding}" of ${kinds.role} "${role}" to ${subject}`;
}

export function origin(addresses: readonly string[], userAgent: string): string {
  return `"sourceIPs":${goJson(addresses)},"userAgent":${goJson(userAgent)}`;
}

/** The same caller from another place or with another client. */
export function calledFrom(actor: Actor, addresses: readonly string[], userAgent: string): Actor {
  return { ...actor, origin: origin(addresses, userAgent) };
}

export interface NodePlace {
  readonly name: string;
  readonly uid: string;
  readonly address: string;
}

/** A kubelet. The node authorizer lets it through, and gives no reason. */
export function kubelet(node: NodePlace, version: string): Actor {
  return {
    username: `system:node:${node.name}`,
    user: goJson({ username: `system:node:${node.name}`, groups: ['system:nodes', 'system:authenticated'] }),
    origin: origin([node.address], `kubelet/${version}`),
    allowed: allowedBy(''),
  };
}

export interface PodPlace {
  readonly node: NodePlace;
  readonly pod: string;
  readonly address: string;
}

/** A service account, in a pod of its own. */
export function serviceAccount(
  namespace: string,
  name: string,
  role: string,
  userAgent: string,
  place: PodPlace,
  random: Random,
): Actor {
  const username = `system:serviceaccount:${namespace}:${name}`;
  return {
    username,
    user: goJson({
      username,
      uid: random.uuid(),
      groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
      extra: {
        'authentication.kubernetes.io/credential-id': [`JTI=${random.uuid()}`],
        'authentication.kubernetes.io/node-name': [place.node.name],
        'authentication.kubernetes.io/node-uid': [place.node.uid],
        'authentication.kubernetes.io/pod-name': [place.pod],
        'authentication.kubernetes.io/pod-uid': [random.uuid()],
      },
    }),
    origin: origin([place.address], userAgent),
    allowed: allowedBy(rbacReason(role, role, `ServiceAccount "${name}/${namespace}"`)),
  };
}

/** A loop of kube-controller-manager, which calls with a service account but from no pod. */
export function builtInController(name: string, version: string, address: string, random: Random): Actor {
  const username = `system:serviceaccount:kube-system:${name}`;
  const role = `system:controller:${name}`;
  return {
    username,
    user: goJson({
      username,
      uid: random.uuid(),
      groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
      extra: { 'authentication.kubernetes.io/credential-id': [`JTI=${random.uuid()}`] },
    }),
    origin: origin([address], `kube-controller-manager/${version}/${username}`),
    allowed: allowedBy(rbacReason(role, role, `ServiceAccount "${name}/kube-system"`)),
  };
}

/** kube-scheduler and kube-controller-manager themselves. */
export function controlPlane(name: string, agentSuffix: string, version: string, address: string): Actor {
  const username = `system:${name}`;
  return {
    username,
    user: goJson({ username, groups: ['system:authenticated'] }),
    origin: origin([address], `${name}/${version}/${agentSuffix}`),
    allowed: allowedBy(rbacReason(username, username, `User "${username}"`)),
  };
}

/** The API server calling itself; system:masters is let through without a reason. */
export function apiServer(version: string, random: Random): Actor {
  return {
    username: 'system:apiserver',
    user: goJson({
      username: 'system:apiserver',
      uid: random.uuid(),
      groups: ['system:authenticated', 'system:masters'],
    }),
    origin: origin(['::1'], `kube-apiserver/${version}`),
    allowed: allowedBy(''),
  };
}

/** Someone who signed in over OIDC. */
export function person(username: string, groups: readonly string[], role: string, address: string): Actor {
  return {
    username,
    user: goJson({ username, groups: [...groups, 'system:authenticated'] }),
    origin: origin([address], 'kubectl/v1.31.4 (darwin/arm64) kubernetes/a78aa47'),
    allowed: allowedBy(rbacReason(`${groups[0] ?? username}-${role}`, role, `Group "${groups[0] ?? username}"`)),
  };
}

export function anonymous(address: string, userAgent: string): Actor {
  return {
    username: 'system:anonymous',
    user: goJson({ username: 'system:anonymous', groups: ['system:unauthenticated'] }),
    origin: origin([address], userAgent),
    allowed: allowedBy(
      rbacReason('system:public-info-viewer', 'system:public-info-viewer', 'Group "system:unauthenticated"'),
    ),
  };
}

/** Someone whose credentials were not accepted: there is no user. */
export function unauthenticated(address: string, userAgent: string): Actor {
  return { username: '', user: '{}', origin: origin([address], userAgent), allowed: '' };
}

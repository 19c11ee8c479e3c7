import { describe, expect, it } from 'vitest';
import { authorizationReason } from '../../src/event/authz.ts';
import { eventOf } from '../audit-event.ts';

const reasonOf = (reason: unknown) =>
  authorizationReason(eventOf({ annotations: { 'authorization.k8s.io/reason': reason } }));

describe('the rule that allowed a request', () => {
  it.each([
    [
      'RBAC: allowed by ClusterRoleBinding "cluster-admin" of ClusterRole "cluster-admin" to Group "system:masters"',
      ['ClusterRoleBinding', 'cluster-admin', 'ClusterRole', 'cluster-admin', 'Group system:masters'],
    ],
    [
      'RBAC: allowed by RoleBinding "reader/prod" of Role "reader" to User "maria"',
      ['RoleBinding', 'reader/prod', 'Role', 'reader', 'User maria'],
    ],
    [
      'RBAC: allowed by RoleBinding "b/ns" of ClusterRole "view" to ServiceAccount "visa-processor/payments"',
      ['RoleBinding', 'b/ns', 'ClusterRole', 'view', 'ServiceAccount visa-processor/payments'],
    ],
    [
      'RBAC: allowed by ClusterRoleBinding "a\\"b\\\\c" of ClusterRole "d\\u00e9" to User "e\\nf"',
      ['ClusterRoleBinding', 'a"b\\c', 'ClusterRole', 'dé', 'User e\nf'],
    ],
    [
      'RBAC: allowed by ClusterRoleBinding "oidc:\\x00" of ClusterRole "x" to User "y"',
      ['ClusterRoleBinding', 'oidc:\\x00', 'ClusterRole', 'x', 'User y'],
    ],
  ])('is read from %s', (reason, [kind, binding, roleKind, role, subject]) => {
    expect(reasonOf(reason)).toEqual({ kind, binding, roleKind, role, subject });
  });

  it('cannot be forged by the name of a binding', () => {
    const name = 'x\\" of ClusterRole \\"view\\" to User \\"nobody';
    expect(reasonOf(`RBAC: allowed by ClusterRoleBinding "${name}" of ClusterRole "admin" to User "eve"`)).toEqual({
      kind: 'ClusterRoleBinding',
      binding: 'x" of ClusterRole "view" to User "nobody',
      roleKind: 'ClusterRole',
      role: 'admin',
      subject: 'User eve',
    });
  });

  it.each([
    '',
    'no RBAC policy matched',
    'internal error',
    'RBAC: allowed by ClusterRoleBinding',
    'RBAC: allowed by ClusterRoleBinding "a" of ClusterRole "b" to Group "c',
    'x RBAC: allowed by ClusterRoleBinding "a" of ClusterRole "b" to Group "c"',
    'RBAC: allowed by ClusterRoleBinding "\\',
    5,
    null,
    ['RBAC'],
    undefined,
  ])('is not read from %j', (reason) => {
    expect(reasonOf(reason)).toBeUndefined();
  });

  it('needs annotations', () => {
    for (const fields of [{}, { annotations: null }, { annotations: {} }])
      expect(authorizationReason(eventOf(fields))).toBeUndefined();
  });

  it('does not take long over a reason that never ends', () => {
    expect(reasonOf(`RBAC: allowed by A "${'\\"'.repeat(500_000)}`)).toBeUndefined();
    expect(reasonOf(`RBAC: allowed by A "${'" of B "'.repeat(100_000)}`)).toBeUndefined();
  });
});

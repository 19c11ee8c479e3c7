/** References to the objects that the sample's requests are about. */
import type { ObjectRef } from '../../bench/call.ts';

export function core(resource: string, namespace?: string, name?: string, subresource?: string): ObjectRef {
  return { resource, namespace, name, apiVersion: 'v1', subresource };
}

export function apps(resource: string, namespace: string, name?: string): ObjectRef {
  return { resource, namespace, name, apiGroup: 'apps', apiVersion: 'v1' };
}

/** Roles and bindings; without a namespace those of the cluster. */
export function rbac(resource: string, name?: string, namespace?: string): ObjectRef {
  return { resource, namespace, name, apiGroup: 'rbac.authorization.k8s.io', apiVersion: 'v1' };
}

export function webhooks(resource: string, name: string): ObjectRef {
  return { resource, name, apiGroup: 'admissionregistration.k8s.io', apiVersion: 'v1' };
}

export function review(group: 'authorization' | 'authentication', resource: string): ObjectRef {
  return { resource, apiGroup: `${group}.k8s.io`, apiVersion: 'v1' };
}

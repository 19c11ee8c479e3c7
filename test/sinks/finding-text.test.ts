import { describe, expect, it } from 'vitest';
import type { FindingObject } from '../../src/detect/finding.ts';
import { objectText } from '../../src/sinks/finding-text.ts';

describe('an object', () => {
  const text = (object: Partial<FindingObject>): string => objectText({ group: '', resource: 'pods', ...object });

  it.each([
    [{ namespace: 'prod', name: 'web-0', subresource: 'exec' }, 'pods/exec prod/web-0'],
    [{ namespace: 'prod', name: 'web-0' }, 'pods prod/web-0'],
    [{ namespace: 'prod' }, 'pods prod'],
    [{}, 'pods'],
    [{ resource: 'nodes', name: 'node-1', subresource: 'proxy' }, 'nodes/proxy node-1'],
    [{ resource: 'namespaces', namespace: 'prod', name: 'prod' }, 'namespaces prod'],
    [{ resource: 'namespaces', name: 'prod' }, 'namespaces prod'],
    [{ resource: 'namespaces', namespace: 'prod' }, 'namespaces prod'],
    [{ resource: 'namespaces', namespace: 'prod', name: 'prod', subresource: 'finalize' }, 'namespaces/finalize prod'],
    [{ resource: 'deployments', group: 'apps', namespace: 'a', name: 'b' }, 'deployments a/b'],
    [{ resource: 'clusterroles', group: 'rbac.authorization.k8s.io', name: 'b' }, 'clusterroles b'],
    [
      { resource: 'certificates', group: 'cert-manager.io', namespace: 'a', name: 'b' },
      'certificates.cert-manager.io a/b',
    ],
    [{ resource: 'pods', group: 'metrics.k8s.io', name: 'b' }, 'pods b'],
    [{ resource: '' }, ''],
  ])('%j: %s', (object, expected) => {
    expect(text(object)).toBe(expected);
  });

  it('is nothing where there is none', () => {
    expect(objectText(null)).toBe('');
  });
});

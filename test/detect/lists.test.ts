import { describe, expect, it } from 'vitest';
import { DEFAULT_LISTS } from '../../src/detect/lists.ts';
import { compileExpression } from '../../src/expression/compile.ts';
import { eventFunctions } from '../../src/expression/functions.ts';
import { JSONATA_FUNCTIONS } from '../../src/expression/tree/names.ts';
import { eventOf } from '../audit-event.ts';

const matches = (list: string, name: string) =>
  compileExpression(`$glob(user.username, $${list})`, { lists: DEFAULT_LISTS }).evaluate(
    eventOf({ user: { username: name } }),
  );

describe('the lists', () => {
  it.each(Object.entries(DEFAULT_LISTS))('$%s holds patterns, and each of them once', (_, patterns) => {
    expect(patterns.length).toBeGreaterThan(0);
    expect(new Set(patterns).size).toBe(patterns.length);
    for (const pattern of patterns) expect(pattern).toMatch(/^\S+$/);
  });

  it('have names that are no function', () => {
    for (const name of Object.keys(DEFAULT_LISTS)) {
      expect(JSONATA_FUNCTIONS.has(name) || Object.hasOwn(eventFunctions, name), name).toBe(false);
      expect(name).toMatch(/^[a-z][A-Za-z]*$/);
    }
  });

  it.each([
    ['productionNamespaces', 'production', true],
    ['productionNamespaces', 'eu-prod-1', true],
    ['productionNamespaces', 'prod-eu', true],
    ['productionNamespaces', 'product-catalog', false],
    ['productionNamespaces', 'reproduction', false],
    ['productionNamespaces', 'staging', false],
    ['systemNamespaces', 'kube-system', true],
    ['systemNamespaces', 'default', false],
    ['platformNamespaces', 'kube-system', true],
    ['platformNamespaces', 'kube-something', false],
    ['platformUsers', 'system:serviceaccount:kube-system:job-controller', false],
    ['workloadControllers', 'system:serviceaccount:kube-system:job-controller', true],
    ['workloadControllers', 'system:serviceaccount:evil:job-controller', false],
    ['publicPaths', '/healthz', true],
    ['publicPaths', '/api/v1/secrets', false],
  ])('%s: %s is %s', async (list, name, expected) => {
    expect(await matches(list, name)).toBe(expected);
  });
});

import { describe, expect, it } from 'vitest';
import { longUser, shortUser, userSelector } from '../../src/sinks/users.ts';

describe('a user name in a table', () => {
  it.each([
    ['system:serviceaccount:shop-prod:deployer', 'sa:shop-prod/deployer'],
    ['maria@example.com', 'maria@example.com'],
    ['system:serviceaccount:only', 'system:serviceaccount:only'],
    ['sa:shop-prod/deployer', '"sa:shop-prod/deployer"'],
    ['maria as system:admin', '"maria as system:admin"'],
    ['(nobody)', '"(nobody)"'],
    ['"quoted"', '"\\"quoted\\""'],
  ])('of %s is %s', (name, short) => {
    expect(shortUser(name)).toBe(short);
  });
});

describe('a user selector', () => {
  it.each([
    ['sa:shop-prod/deployer', 'system:serviceaccount:shop-prod:deployer'],
    ['sa:shop-*/*', 'system:serviceaccount:shop-*:*'],
    ['sa:shop-prod', 'sa:shop-prod'],
    ['sa:a/b/c', 'sa:a/b/c'],
    ['maria', 'maria'],
  ])('%s means %s', (typed, meant) => {
    expect(longUser(typed)).toBe(meant);
  });
});

it.each([
  ['system:serviceaccount:shop-prod:deployer', 'sa:shop-prod/deployer'],
  ['maria as system:admin', 'maria as system:admin'],
  ['"; touch pwned #', '"; touch pwned #'],
  ['sa:only', 'sa:only'],
  // It would select the service account.
  ['sa:shop-prod/deployer', undefined],
])('the selector for %s is %s', (name, selector) => {
  expect(userSelector(name)).toBe(selector);
});

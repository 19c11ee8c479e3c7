import { describe, expect, it } from 'vitest';
import { actorText, parseServiceAccount, username } from '../../src/event/actor.ts';
import { eventOf } from '../audit-event.ts';

describe('a service account', () => {
  it('is told by its user name', () => {
    expect(parseServiceAccount('system:serviceaccount:kube-system:job-controller')).toEqual({
      namespace: 'kube-system',
      name: 'job-controller',
    });
  });

  it.each([
    'maria',
    'system:serviceaccount',
    'system:serviceaccount:kube-system',
    'system:serviceaccount:kube-system:',
    'system:serviceaccount::name',
    'system:serviceaccount:a:b:c',
    'system:serviceaccounts:a:b',
    'System:serviceaccount:a:b',
    ' system:serviceaccount:a:b',
    'system:node:a:b',
    '',
    undefined,
    null,
    5,
    {},
    ['system:serviceaccount:a:b'],
  ])('is not %j', (name) => {
    expect(parseServiceAccount(name)).toBeUndefined();
  });
});

describe('the actor', () => {
  it.each([
    [{ user: { username: 'maria' } }, 'maria', 'maria'],
    [{ user: { username: 'maria' }, impersonatedUser: { username: 'system:admin' } }, 'maria', 'maria as system:admin'],
    [{ user: { username: 'maria' }, impersonatedUser: {} }, 'maria', 'maria'],
    [{ user: { username: 'maria' }, impersonatedUser: null }, 'maria', 'maria'],
    [{ user: {} }, '', ''],
    [{ user: null }, '', ''],
    [{ user: { username: null } }, '', ''],
    [{}, '', ''],
  ])('of %j is the real caller, and whom it plays', (fields, name, text) => {
    expect(username(eventOf(fields))).toBe(name);
    expect(actorText(eventOf(fields))).toBe(text);
  });
});

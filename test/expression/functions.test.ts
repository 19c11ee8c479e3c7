import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEvent } from '../../src/event/decode.ts';
import type { AuditEvent } from '../../src/event/types.ts';
import { eventFunctions } from '../../src/expression/functions.ts';
import { JSONATA_FUNCTIONS } from '../../src/expression/tree/names.ts';
import { eventOf } from '../audit-event.ts';

const call = (name: string, fields: Record<string, unknown> = {}, ...args: unknown[]): unknown =>
  eventFunctions[name]?.run(eventOf(fields), ...args);

describe('no function of ours', () => {
  const words = fc.constantFrom(
    ...['constructor', '__proto__', 'toString', 'pods', 'deployments', 'cronjobs', '', '*', '10.0.0.0/8', '::1', '/'],
    ...['system:serviceaccount:a:b', '/x?command=%', '?', 'RBAC: allowed by', 'add', '/spec/containers/-', 'forbid'],
  );
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      words,
      fc.constantFrom<unknown>(null, true, 0, -1, 1e308, [], {}),
      fc.string({ unit: 'binary' }),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(
        fc.constantFrom(
          'spec',
          'template',
          'containers',
          'image',
          'op',
          'path',
          'value',
          'from',
          'jobTemplate',
          '__proto__',
        ),
        tie('value'),
        { maxKeys: 4 },
      ),
    ),
  }));
  const text = fc.oneof(words, fc.string({ unit: 'binary' }), fc.constant(null));
  const patch = fc.array(
    fc.record(
      { op: fc.constantFrom('add', 'replace', 'move', 'copy'), path: words, from: words, value },
      { requiredKeys: [] },
    ),
    { maxLength: 5 },
  );
  const user = fc.record({ username: text, groups: fc.array(words) }, { requiredKeys: [] });
  const event = fc
    .record(
      {
        stage: text,
        verb: text,
        requestURI: fc.oneof(
          text,
          words.map((word) => `/x/proxy/exec?${word}&command=${word}&cmd=%ff`),
        ),
        user: fc.option(user),
        impersonatedUser: fc.option(user),
        objectRef: fc.option(fc.record({ resource: text, subresource: text }, { requiredKeys: [] })),
        responseStatus: fc.option(fc.record({ code: fc.double(), status: value }, { requiredKeys: [] })),
        requestObject: fc.oneof(value, patch),
        annotations: fc.option(
          fc.dictionary(fc.constantFrom('authorization.k8s.io/reason', 'authorization.k8s.io/decision'), value),
        ),
        x: value,
      },
      { requiredKeys: [] },
    )
    .map((fields): AuditEvent => {
      const json = JSON.stringify({ apiVersion: 'audit.k8s.io/v1', ...fields });
      return decodeEvent(JSON.parse(json), json) as AuditEvent;
    });
  const args = fc.array(fc.oneof(value, fc.constant(undefined), text), { maxLength: 4 });

  it.each(Object.keys(eventFunctions))('throws: $%s', (name) => {
    fc.assert(
      fc.property(event, args, (input, given) => {
        eventFunctions[name]?.run(input, ...given);
      }),
      { numRuns: 500 },
    );
  });

  it("has a name of jsonata's", () => {
    for (const name of Object.keys(eventFunctions)) expect(JSONATA_FUNCTIONS.has(name), name).toBe(false);
  });
});

describe('$glob', () => {
  it.each([
    ['prod', 'pr*', true],
    ['prod', ['x', 'pr*'], true],
    [['x', 'prod'], 'pr*', true],
    [['x', 'prod'], ['y', 'pr*'], true],
    ['prod', ['x', 'y'], false],
    ['prod', [], false],
    [[], [], undefined],
    [[], 'x', undefined],
    [undefined, 'x', undefined],
    ['prod', undefined, undefined],
    [5, 'x', undefined],
    [{}, ['x'], undefined],
    ['prod', 5, undefined],
    [['prod', 5, null], 'prod', true],
    ['prod', [5, null], undefined],
    ['prod', ['p*', '!prod'], false],
    ['prod', ['!prod', 'p*'], false],
    ['prod', ['p*', '!pre*'], true],
    [['prod', 'pre'], ['p*', '!pre*'], true],
    ['pre', ['!pre*'], false],
    ['prod', ['!pre*'], false],
    ['!', ['!!'], false],
    [[], ['!x'], undefined],
    [undefined, ['a', '!x'], undefined],
  ])('of %j and %j is %j', (value, patterns, expected) => {
    expect(call('glob', {}, value, patterns)).toBe(expected);
  });
});

describe('$cidr', () => {
  it.each([
    ['10.1.2.3', '10.0.0.0/8', true],
    [['1.1.1.1', '10.1.2.3'], ['9.9.9.9', '10.0.0.0/8'], true],
    ['1.1.1.1', ['9.9.9.9', '10.0.0.0/8'], false],
    ['1.1.1.1', [], false],
    ['nobody', '10.0.0.0/8', undefined],
    [['nobody', '1.1.1.1'], '10.0.0.0/8', false],
    ['1.1.1.1', 'nowhere', undefined],
    [undefined, '10.0.0.0/8', undefined],
  ])('of %j and %j is %j', (address, ranges, expected) => {
    expect(call('cidr', {}, address, ranges)).toBe(expected);
  });
});

describe('$query', () => {
  const requestURI = '/x?a=1&b=2&b=3&c=';
  it.each([
    ['a', '1'],
    ['b', ['2', '3']],
    ['c', ''],
    ['d', undefined],
    [5, undefined],
    [undefined, undefined],
    [['a'], undefined],
  ])('of %j is %j', (name, expected) => {
    expect(call('query', { requestURI }, name)).toEqual(expected);
  });
});

describe('$serviceAccount', () => {
  const user = { username: 'system:serviceaccount:a:b' };

  it('is that of the caller, or of the name given', () => {
    expect(call('serviceAccount', { user })).toEqual({ namespace: 'a', name: 'b' });
    expect(call('serviceAccount', { user }, 'system:serviceaccount:c:d')).toEqual({ namespace: 'c', name: 'd' });
    expect(call('serviceAccount', { user }, 'maria')).toBeUndefined();
    expect(call('serviceAccount', { user }, undefined)).toBeUndefined();
    expect(call('serviceAccount', { user: null })).toBeUndefined();
  });
});

describe('what is not there', () => {
  it.each(['command', 'serviceAccount', 'podSpec', 'containers', 'images', 'authz', 'succeeded', 'planted'])(
    '$%s() is nothing',
    (name) => {
      expect(call(name)).toBeUndefined();
    },
  );

  it('but the actor is empty, and the outcome unknown', () => {
    expect(call('actor')).toBe('');
    expect(call('outcome')).toBe('unknown');
  });
});

it.each([
  [200, true],
  [403, false],
  [500, false],
])('$succeeded() of %i is %j', (code, expected) => {
  expect(call('succeeded', { responseStatus: { code } })).toBe(expected);
});

describe('$logged', () => {
  it.each([
    [{ requestObject: {} }, 'requestObject', true],
    [{ requestObject: {} }, 'responseObject', false],
    [{ responseObject: null }, 'responseObject', false],
    [{ responseObject: false }, 'responseObject', true],
    [{ requestObject: {} }, 'verb', undefined],
    [{}, undefined, undefined],
  ])('of %j: %s', (fields, body, expected) => {
    expect(call('logged', fields, body)).toBe(expected);
  });
});

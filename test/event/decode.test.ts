import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEvent } from '../../src/event/decode.ts';
import type { AuditEvent } from '../../src/event/types.ts';
import { auditFields } from '../audit-event.ts';

function decode(value: unknown): AuditEvent | undefined {
  const text = JSON.stringify(value) ?? 'null';
  return decodeEvent(JSON.parse(text), text);
}

describe('what is an audit event', () => {
  it.each([
    ['v1', {}],
    [
      'v1beta1',
      { apiVersion: 'audit.k8s.io/v1beta1', metadata: { creationTimestamp: null }, timestamp: '2018-01-01T00:00:00Z' },
    ],
    ['v1alpha1', { apiVersion: 'audit.k8s.io/v1alpha1' }],
    ['an item of an EventList, which has neither kind nor apiVersion', { kind: undefined, apiVersion: undefined }],
    ['an event whose kind and apiVersion are null', { kind: null, apiVersion: null }],
    ['an event without kind', { kind: undefined }],
    ['an event whose kind and apiVersion are empty', { kind: '', apiVersion: '' }],
    ['an event without apiVersion', { apiVersion: undefined }],
    ['a 401, whose user is empty', { user: {}, annotations: undefined, responseStatus: { code: 401 } }],
    ['an OPTIONS request, whose verb is empty', { verb: '' }],
  ])('%s is one', (_, fields) => {
    expect(decode(auditFields(fields))).toMatchObject({ auditID: expect.any(String) });
  });

  it('is told by its fields, in whatever order they stand', () => {
    const fields = auditFields();
    const alphabetical = Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)));
    expect(decode(alphabetical)).toEqual(fields);
  });

  it.each([
    ['a core v1 Event', { kind: 'Event', apiVersion: 'v1', reason: 'Started', involvedObject: { kind: 'Pod' } }],
    ['an events.k8s.io Event', { kind: 'Event', apiVersion: 'events.k8s.io/v1', verb: 'get', auditID: 'x' }],
    ['a core v1 Event with the fields of an audit event', { ...auditFields(), apiVersion: 'v1' }],
    ['an EventList', { kind: 'EventList', apiVersion: 'audit.k8s.io/v1', items: [] }],
    ['an audit Policy', { kind: 'Policy', apiVersion: 'audit.k8s.io/v1', rules: [] }],
    ['a group that only begins like ours', auditFields({ apiVersion: 'audit.k8s.io.evil/v1' })],
    ['a kind that is a number', { kind: 0 }],
    ['another kind', auditFields({ kind: 'EventX' })],
    ['a kind that is an object', auditFields({ kind: {} })],
    ['a verb alone', { verb: 'get' }],
    ['an auditID alone', { auditID: 'x' }],
    ['nothing at all', {}],
    ['null', null],
    ['an array', [auditFields()]],
    ['a string', 'audit.k8s.io/v1'],
    ['a number', 0],
  ])('%s is none', (_, value) => {
    expect(decode(value)).toBeUndefined();
  });
});

const STRINGS = ['level', 'auditID', 'stage', 'requestURI', 'verb', 'userAgent'];
const TIMES = ['requestReceivedTimestamp', 'stageTimestamp', 'timestamp'];
const OBJECTS = ['user', 'impersonatedUser', 'objectRef', 'responseStatus', 'annotations'];
const NESTED = [
  ...['username', 'uid'].flatMap((key) => [`user.${key}`, `impersonatedUser.${key}`]),
  ...['resource', 'subresource', 'namespace', 'name', 'apiGroup', 'apiVersion'].map((key) => `objectRef.${key}`),
];
const LISTS = ['sourceIPs', 'user.groups', 'impersonatedUser.groups'];

/** An event with one value at a path of one key or two. */
function withValue(path: string, value: unknown): Record<string, unknown> {
  const [first = '', second] = path.split('.');
  return auditFields({ [first]: second === undefined ? value : { [second]: value } });
}

/** What stands at a path of an event; the test fails where there is no event. */
function valueAt(event: AuditEvent | undefined, path: string): unknown {
  expect(event).toBeDefined();
  return path
    .split('.')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | null | undefined)?.[key], event);
}

describe('the types that the program relies on', () => {
  it.each([...STRINGS, ...TIMES, ...OBJECTS, ...NESTED, ...LISTS, 'responseStatus.code', 'kind', 'apiVersion'])(
    '%s may be null or missing',
    (path) => {
      expect(decode(withValue(path, null))).toBeDefined();
      expect(decode(withValue(path, undefined))).toBeDefined();
    },
  );

  it.each([...STRINGS, ...TIMES, ...NESTED])('%s is a string, or dropped, and the event kept', (path) => {
    for (const wrong of [0, 1, true, {}, [], ['x']])
      expect(valueAt(decode(withValue(path, wrong)), path), JSON.stringify(wrong)).toBeUndefined();
  });

  it.each(OBJECTS)('%s is an object, or dropped, and the event kept', (path) => {
    for (const wrong of [0, true, 'x', '', [], [{}]])
      expect(valueAt(decode(withValue(path, wrong)), path), JSON.stringify(wrong)).toBeUndefined();
  });

  it.each(LISTS)('%s is made a list of strings', (path) => {
    for (const [given, list] of [
      [[], []],
      ['x', ['x']],
      [
        ['x', 'y'],
        ['x', 'y'],
      ],
      [['x', null, 5, ['y']], ['x']],
      [{}, []],
      [0, []],
    ])
      expect(valueAt(decode(withValue(path, given)), path), JSON.stringify(given)).toEqual(list);
  });

  it.each([
    [200, 200],
    ['403', 403],
    ['ok', undefined],
    ['', undefined],
    ['2e2', undefined],
    ['9999999999', undefined],
    [true, undefined],
    [{}, undefined],
    [[200], undefined],
  ])('a status code of %j is %j', (code, expected) => {
    expect(valueAt(decode(withValue('responseStatus.code', code)), 'responseStatus.code')).toBe(expected);
  });

  it('bodies and extra fields may be anything', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (requestObject, responseObject) => {
        const fields = auditFields({ requestObject, responseObject, extra: requestObject });
        expect(decode(fields)).toEqual(JSON.parse(JSON.stringify(fields)));
      }),
    );
  });

  it('any JSON is an event or none, and never an exception', () => {
    const field = fc.constantFrom('kind', 'apiVersion', ...STRINGS, ...TIMES, ...OBJECTS, 'sourceIPs', '__proto__');
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom<unknown>('Event', 'audit.k8s.io/v1', null, { groups: 'x' }));
    fc.assert(
      fc.property(fc.dictionary(field, value), (fields) => {
        const event = decode(fields);
        if (!event) return;
        for (const path of [...STRINGS, ...TIMES, ...NESTED])
          expect(['string', 'undefined'], path).toContain(typeof (valueAt(event, path) ?? undefined));
        for (const path of LISTS)
          for (const item of (valueAt(event, path) ?? []) as unknown[]) expect(typeof item).toBe('string');
      }),
    );
  });
});

describe("v1alpha1's objectRef.apiVersion", () => {
  it.each([
    [{ apiVersion: 'rbac.authorization.k8s.io/v1' }, { apiGroup: 'rbac.authorization.k8s.io', apiVersion: 'v1' }],
    [{ apiVersion: '/v1' }, { apiVersion: 'v1' }],
    [{ apiVersion: 'v1' }, { apiVersion: 'v1' }],
    [
      { apiVersion: 'v1', apiGroup: 'apps' },
      { apiVersion: 'v1', apiGroup: 'apps' },
    ],
    [
      { apiVersion: 'apps/v1', apiGroup: '' },
      { apiVersion: 'v1', apiGroup: 'apps' },
    ],
    [
      { apiVersion: 'apps/v1', apiGroup: null },
      { apiVersion: 'v1', apiGroup: 'apps' },
    ],
    [{ apiVersion: null }, { apiVersion: null }],
    [{}, {}],
  ])('%j becomes %j', (objectRef, split) => {
    expect(decode(auditFields({ apiVersion: 'audit.k8s.io/v1alpha1', objectRef }))?.objectRef).toEqual(split);
  });
});

it('keeps what JSON keeps: of a key that stands twice the last one', () => {
  const text = '{"apiVersion":"audit.k8s.io/v1","verb":"get","verb":"delete"}';
  expect(decodeEvent(JSON.parse(text), text)?.verb).toBe('delete');
});

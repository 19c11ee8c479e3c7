import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTime } from '../../src/event/time.ts';
import { type CountedRequest, countedRequest, isPerson } from '../../src/report/request.ts';
import { auditFields, eventOf } from '../audit-event.ts';

type Fields = Readonly<Record<string, unknown>>;

const counted = (fields: Fields = {}): CountedRequest => countedRequest(eventOf(auditFields(fields)));
const resourceOf = (objectRef: Fields | null, requestURI = '/x'): string => counted({ objectRef, requestURI }).resource;

describe('a request', () => {
  it('is counted with what a report shows of it', () => {
    expect(counted()).toEqual({
      time: parseTime('2026-02-22T10:15:30.004Z'),
      actor: { username: 'maria', impersonated: null },
      actorKey: '["maria",null]',
      verb: 'get',
      resource: 'secrets',
      namespace: 'prod',
      name: 'db',
      outcome: 'allowed',
      isWrite: false,
      body: 'irrelevant',
    });
  });

  it('without anything is counted as well', () => {
    expect(countedRequest(eventOf({ stage: 'ResponseComplete', auditID: 'a' }))).toEqual({
      ...{ time: undefined, actor: { username: '', impersonated: null }, actorKey: '["",null]' },
      ...{ verb: '', resource: '', namespace: '', name: '', outcome: 'unknown', isWrite: false, body: 'irrelevant' },
    });
  });

  it.each<[string, Fields, string | undefined]>([
    ['when it was written', {}, '2026-02-22T10:15:30.004Z'],
    ['when it came in, where that is not known', { stageTimestamp: null }, '2026-02-22T10:15:30Z'],
    ['when it came in, where that is zero', { stageTimestamp: '0001-01-01T00:00:00Z' }, '2026-02-22T10:15:30Z'],
    ['never, where nothing tells', { stageTimestamp: 'soon', requestReceivedTimestamp: null }, undefined],
  ])('has the time %s', (_name, fields, time) => {
    expect(counted(fields).time).toBe(parseTime(time));
  });
});

describe('the actor', () => {
  it('is told apart by whom it impersonates', () => {
    const users = [
      { user: { username: 'a' } },
      { user: { username: 'a' }, impersonatedUser: { username: 'b' } },
      { user: { username: 'a","b' } },
      { user: { username: 'b' }, impersonatedUser: { username: 'a' } },
    ];
    expect(new Set(users.map((fields) => counted(fields).actorKey)).size).toBe(4);
    expect(counted(users[1]).actor).toEqual({ username: 'a', impersonated: 'b' });
  });

  it.each([{ impersonatedUser: null }, { impersonatedUser: {} }, { impersonatedUser: { username: '' } }])(
    'impersonates nobody with %j',
    (fields) => {
      expect(counted(fields).actor.impersonated).toBeNull();
    },
  );

  it.each([
    ['maria', true],
    ['kubernetes-admin', true],
    ['oidc:maria@example.com', true],
    ['', false],
    ['system:admin', false],
    ['system:anonymous', false],
    ['system:node:node-1', false],
    ['system:serviceaccount:prod:web', false],
    ['systematic', true],
  ])('%j is a person: %s', (username, expected) => {
    expect(isPerson({ username, impersonated: 'maria' })).toBe(expected);
  });
});

describe('the resource', () => {
  it.each<[Fields, string]>([
    [{ resource: 'pods' }, 'pods'],
    [{ resource: 'pods', subresource: 'exec', namespace: 'a' }, 'pods/exec'],
    [{ resource: 'deployments', apiGroup: 'apps' }, 'deployments'],
    [{ resource: 'roles', apiGroup: 'rbac.authorization.k8s.io' }, 'roles'],
    [{ resource: 'widgets', apiGroup: 'example.com' }, 'widgets.example.com'],
    [{ resource: 'widgets', apiGroup: 'example.com', subresource: 'status' }, 'widgets.example.com/status'],
    [{ resource: 'widgets', apiGroup: 'k8s.io.example.com' }, 'widgets.k8s.io.example.com'],
    [{ resource: '__proto__' }, '__proto__'],
  ])('of %j is %s', (objectRef, text) => {
    expect(resourceOf(objectRef)).toBe(text);
  });

  it.each<[Fields | null, string, string]>([
    [null, '/healthz?verbose', '/healthz'],
    [{ resource: '' }, '/api', '/api'],
    [{ name: 'x' }, '/logs/a?b?c', '/logs/a'],
    [null, '?', ''],
  ])('is the path where there is none: %j %s', (objectRef, uri, text) => {
    expect(resourceOf(objectRef, uri)).toBe(text);
  });
});

describe('what changes something', () => {
  it.each(['create', 'update', 'patch', 'delete', 'deletecollection', 'post', 'put'])('is a request to %s', (verb) => {
    expect(counted({ verb }).isWrite).toBe(true);
  });

  it.each(['get', 'list', 'watch', 'head', 'options', 'proxy', 'CREATE', '', null])('is no %j', (verb) => {
    expect(counted({ verb }).isWrite).toBe(false);
  });

  it.each(['/api/v1/namespaces/test/pods/a?dryRun=All', '/api/v1/pods?a=b&dryRun=All'])(
    '%s is a dry run',
    (requestURI) => {
      expect(counted({ verb: 'delete', requestURI }).isWrite).toBe(false);
      expect(counted({ verb: 'delete', requestURI: requestURI.replace('dryRun', 'dry') }).isWrite).toBe(true);
    },
  );

  it.each(['authorization.k8s.io', 'authentication.k8s.io'])('is no review of %s, which only asks', (apiGroup) => {
    expect(counted({ verb: 'create', objectRef: { resource: 'subjectaccessreviews', apiGroup } }).isWrite).toBe(false);
    expect(counted({ verb: 'create', objectRef: { resource: 'roles', apiGroup: `rbac.${apiGroup}` } }).isWrite).toBe(
      true,
    );
  });
});

describe('the object that was sent', () => {
  const sent = { verb: 'create', objectRef: { resource: 'pods', namespace: 'prod' } };

  it.each(['create', 'update', 'patch'])('of a request to %s is missing, or was logged', (verb) => {
    expect(counted({ ...sent, verb }).body).toBe('missing');
    expect(counted({ ...sent, verb, requestObject: null }).body).toBe('missing');
    expect(counted({ ...sent, verb, requestObject: {} }).body).toBe('logged');
  });

  it.each<[string, Fields]>([
    ['of a request that sends none', { verb: 'delete' }],
    ['of a refused request', { responseStatus: { code: 403 } }],
    ['of a failed request', { responseStatus: { code: 409 } }],
    ['of a subresource', { objectRef: { resource: 'pods', subresource: 'binding' } }],
    ['of what should not be logged', { objectRef: { resource: 'secrets' } }],
    ["of somebody's own kind", { objectRef: { resource: 'jobs', apiGroup: 'batch.volcano.sh' } }],
    ['of no resource', { objectRef: null }],
  ])('%s does not matter', (_name, fields) => {
    expect(counted({ ...sent, ...fields }).body).toBe('irrelevant');
  });

  it('of the groups of Kubernetes matters', () => {
    for (const [resource, apiGroup] of [
      ['deployments', 'apps'],
      ['cronjobs', 'batch'],
      ['clusterrolebindings', 'rbac.authorization.k8s.io'],
      ['validatingwebhookconfigurations', 'admissionregistration.k8s.io'],
      ['apiservices', 'apiregistration.k8s.io'],
    ])
      expect(counted({ verb: 'patch', objectRef: { resource, apiGroup } })).toMatchObject({
        body: 'missing',
        resource,
      });
  });
});

it('every name is cut, whatever a log says', () => {
  const name = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.constantFrom('x'.repeat(201), '😀'.repeat(500)),
  );
  const ref = fc.record({ resource: name, subresource: name, apiGroup: name, namespace: name, name });
  fc.assert(
    fc.property(name, name, ref, name, (username, impersonated, objectRef, requestURI) => {
      const request = counted({
        ...{ user: { username }, impersonatedUser: { username: impersonated } },
        ...{ objectRef, requestURI, verb: username },
      });
      const { actor, verb, resource, namespace } = request;
      for (const text of [actor.username, actor.impersonated ?? '', verb, resource, namespace, request.name])
        expect(text.length).toBeLessThanOrEqual(200);
      if (username.length <= 200) expect(actor.username).toBe(username);
      if (objectRef.name.length <= 200) expect(request.name).toBe(objectRef.name);
    }),
  );
});

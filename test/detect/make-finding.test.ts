import { describe, expect, it } from 'vitest';
import { findingId, makeFinding } from '../../src/detect/make-finding.ts';
import { requestHash } from '../../src/event/requests.ts';
import { auditFields, recordOf } from '../audit-event.ts';
import { detectorOf } from './detector-text.ts';

const detector = detectorOf('true');
const made = (fields: Record<string, unknown>, details = {}) =>
  makeFinding(detector, 'id', recordOf(fields, 81_234), details);

describe('a finding', () => {
  it('says what the event says', () => {
    expect(made(auditFields({ impersonatedUser: { username: 'root' } }), { a: 1 })).toEqual({
      id: 'id',
      detector: 'test-detector',
      title: 'A title',
      severity: 'low',
      attack: ['T1609'],
      time: '2026-02-22T10:15:30.000000Z',
      actor: { username: 'maria', groups: ['dev', 'system:authenticated'], impersonated: 'root' },
      verb: 'get',
      object: { group: '', resource: 'secrets', namespace: 'prod', name: 'db' },
      uri: '/api/v1/namespaces/prod/secrets/db',
      outcome: 'allowed',
      code: 200,
      sourceIPs: ['10.1.2.3'],
      userAgent: 'kubectl/v1.31.0',
      auditID: '0b1d7ab5-9b1f-4a6b-9d3d-3a7a5f2f1c11',
      source: { path: 'audit.log', offset: 81_234 },
      details: { a: 1 },
      count: 1,
    });
  });

  it.each([{}, { user: null, objectRef: null, responseStatus: null, sourceIPs: null, annotations: null, verb: null }])(
    'of %j says as much as there is',
    (fields) => {
      expect(made(fields)).toMatchObject({
        time: '',
        actor: { username: '', groups: [] },
        verb: '',
        object: null,
        uri: '',
        outcome: 'unknown',
        code: null,
        sourceIPs: [],
        userAgent: '',
        auditID: '',
      });
    },
  );

  it('names the service account, the subresource, the group and the label', () => {
    const record = recordOf({
      user: { username: 'system:serviceaccount:a:b' },
      objectRef: { resource: 'deployments', subresource: 'scale', apiGroup: 'apps', name: null },
    });
    const finding = makeFinding(detector, 'id', { ...record, place: { ...record.place, label: 'node-1' } }, {});
    expect(finding).toMatchObject({
      actor: { serviceAccount: { namespace: 'a', name: 'b' } },
      object: { group: 'apps', resource: 'deployments', subresource: 'scale' },
      source: { label: 'node-1' },
    });
    expect(finding.object).not.toHaveProperty('name');
  });

  it.each([
    ['2026-02-22T11:15:30.5+01:00', '2026-02-22T10:15:30.500000Z'],
    ['2026-02-22T10:15:30Z', '2026-02-22T10:15:30.000000Z'],
    ['yesterday', ''],
  ])('received at %s has the time %j', (requestReceivedTimestamp, time) => {
    expect(made({ requestReceivedTimestamp }).time).toBe(time);
  });
});

describe('its id', () => {
  const stages = ['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic'].map((stage, index) =>
    recordOf(
      auditFields({
        stage,
        stageTimestamp: `2026-02-22T10:15:3${index}.000000Z`,
        responseStatus: { code: 200 + index },
      }),
    ),
  );

  it('is the same for every stage, and where the keys stand in another order', () => {
    const fields = Object.entries(auditFields()).sort(([a], [b]) => (a < b ? -1 : 1));
    const records = [...stages, recordOf(Object.fromEntries(fields), 5)];
    const ids = records.map((record) => findingId('d', requestHash(record)));
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is another for another detector or request', () => {
    const [record] = stages;
    const hash = record ? requestHash(record) : '';
    expect(findingId('d', hash)).not.toBe(findingId('e', hash));
    expect(findingId('d', hash)).not.toBe(findingId('d', requestHash(recordOf(auditFields({ verb: 'list' })))));
  });
});

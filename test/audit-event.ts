import { decodeEvent } from '../src/event/decode.ts';
import type { AuditEvent, EventRecord } from '../src/event/types.ts';

type Fields = Readonly<Record<string, unknown>>;

/** An event as the API server writes it, in its order of keys, with what matters to a test put over it. */
export function auditFields(fields: Fields = {}): Record<string, unknown> {
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    auditID: '0b1d7ab5-9b1f-4a6b-9d3d-3a7a5f2f1c11',
    stage: 'ResponseComplete',
    requestURI: '/api/v1/namespaces/prod/secrets/db',
    verb: 'get',
    user: { username: 'maria', groups: ['dev', 'system:authenticated'] },
    sourceIPs: ['10.1.2.3'],
    userAgent: 'kubectl/v1.31.0',
    objectRef: { resource: 'secrets', namespace: 'prod', name: 'db', apiVersion: 'v1' },
    responseStatus: { metadata: {}, code: 200 },
    requestReceivedTimestamp: '2026-02-22T10:15:30.000000Z',
    stageTimestamp: '2026-02-22T10:15:30.004000Z',
    annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': '' },
    ...fields,
  };
}

/** The line, without its end, of {@link auditFields}. */
export function auditLine(fields: Fields = {}): string {
  return JSON.stringify(auditFields(fields));
}

/** An event of nothing but these fields, decoded as a scan decodes it. */
export function eventOf(fields: Fields = {}): AuditEvent {
  const text = JSON.stringify({ apiVersion: 'audit.k8s.io/v1', ...fields });
  const event = decodeEvent(JSON.parse(text), text);
  if (!event) throw new Error(`no audit event: ${text}`);
  return event;
}

/** As {@link eventOf}, with its text and a place. */
export function recordOf(fields: Fields = {}, offset = 0): EventRecord {
  const text = JSON.stringify({ apiVersion: 'audit.k8s.io/v1', ...fields });
  return { event: eventOf(fields), text, place: { path: 'audit.log', offset } };
}

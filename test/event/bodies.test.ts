import { describe, expect, it } from 'vitest';
import { absentBodies } from '../../src/event/bodies.ts';
import { auditFields, eventOf } from '../audit-event.ts';

const TRUNCATED = { annotations: { 'audit.k8s.io/truncated': 'true' } };

/** What is missing of an update of a role, but for these fields. */
function missing(fields: Readonly<Record<string, unknown>>): string {
  const objectRef = { resource: 'roles', namespace: 'prod', name: 'r', apiGroup: 'rbac.authorization.k8s.io' };
  const { request, response, why } = absentBodies(eventOf(auditFields({ verb: 'update', objectRef, ...fields })));
  const bodies = [...(request ? ['request'] : []), ...(response ? ['response'] : [])];
  return bodies.length > 0 ? `${bodies.join('+')} (${why})` : 'nothing';
}

describe('of a change, the bodies that are missing', () => {
  it.each([
    ['at level Metadata', {}, 'request+response (Metadata)'],
    ['at level Request', { level: 'Request' }, 'response (Request)'],
    ['at level Request, with its object', { level: 'Request', requestObject: {} }, 'response (Request)'],
    ['at level RequestResponse: none was there', { level: 'RequestResponse' }, 'nothing'],
    ['at a level that there is not', { level: 'Everything' }, 'request+response (unknown)'],
    ['without a level', { level: undefined }, 'request+response (unknown)'],
    ['without a level, but with bodies', { level: null, requestObject: {}, responseObject: {} }, 'nothing'],
    ['that are null', { requestObject: null, responseObject: null }, 'request+response (Metadata)'],
    ['cut off at a level that logs them', { level: 'RequestResponse', ...TRUNCATED }, 'request+response (truncated)'],
    [
      'cut off, said of an event that has them',
      { level: 'RequestResponse', requestObject: {}, responseObject: {}, ...TRUNCATED },
      'nothing',
    ],
  ])('%s', (_, fields, expected) => {
    expect(missing(fields)).toBe(expected);
  });
});

describe('no body is missing that was never there', () => {
  it.each([
    ['a get has no object', { verb: 'get' }, 'response (Metadata)'],
    ['a list has no object', { verb: 'list' }, 'response (Metadata)'],
    ['a watch has neither', { verb: 'watch' }, 'nothing'],
    ['a delete has its options', { verb: 'delete' }, 'request+response (Metadata)'],
    ['a request that names no resource', { objectRef: undefined, requestURI: '/healthz' }, 'nothing'],
    ['an exec is a stream', { verb: 'create', objectRef: { resource: 'pods', subresource: 'exec' } }, 'nothing'],
    ['a log is a stream', { verb: 'get', objectRef: { resource: 'pods', subresource: 'log' } }, 'nothing'],
    ['what nobody was authenticated for', { responseStatus: { code: 401 } }, 'nothing'],
    ['what authorization forbade', { annotations: { 'authorization.k8s.io/decision': 'forbid' } }, 'nothing'],
    [
      'what admission refused was read before',
      { responseStatus: { code: 403 }, annotations: { 'authorization.k8s.io/decision': 'allow' } },
      'request+response (Metadata)',
    ],
  ])('%s', (_, fields, expected) => {
    expect(missing(fields)).toBe(expected);
  });
});

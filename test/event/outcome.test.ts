import { describe, expect, it } from 'vitest';
import { outcome } from '../../src/event/outcome.ts';
import { eventOf } from '../audit-event.ts';

const allow = { 'authorization.k8s.io/decision': 'allow' };
const forbid = { 'authorization.k8s.io/decision': 'forbid' };

describe('how a request ended', () => {
  it.each([
    [101, 'allowed'],
    [200, 'allowed'],
    [201, 'allowed'],
    [304, 'allowed'],
    [399, 'allowed'],
    [400, 'failed'],
    [401, 'denied'],
    [403, 'denied'],
    [404, 'failed'],
    [409, 'failed'],
    [422, 'failed'],
    [500, 'failed'],
    [504, 'failed'],
  ])('%i: %s', (code, expected) => {
    expect(outcome(eventOf({ responseStatus: { code } }))).toBe(expected);
  });

  it.each([
    ['a 401 has no annotation', { responseStatus: { code: 401 } }, 'denied'],
    ['a refused impersonation has none', { responseStatus: { code: 403 } }, 'denied'],
    ['admission refuses what authorization allowed', { responseStatus: { code: 403 }, annotations: allow }, 'denied'],
    ['the code counts, not the annotation', { responseStatus: { code: 200 }, annotations: forbid }, 'allowed'],
    ['without a code an explicit forbid tells', { annotations: forbid }, 'denied'],
    ['without a code allow tells nothing', { annotations: allow }, 'unknown'],
    ['a code of 0 is none', { responseStatus: { code: 0 } }, 'unknown'],
    ['a null is no code', { responseStatus: { code: null } }, 'unknown'],
    ['a status of failure without a code', { responseStatus: { status: 'Failure' } }, 'failed'],
    ['a panic', { stage: 'Panic' }, 'failed'],
    ['a panic with its code', { stage: 'Panic', responseStatus: { code: 500 } }, 'failed'],
    ['a request that only came in', { stage: 'RequestReceived' }, 'unknown'],
    ['nulls', { responseStatus: null, annotations: null }, 'unknown'],
    ['nothing', {}, 'unknown'],
  ])('%s', (_, fields, expected) => {
    expect(outcome(eventOf(fields))).toBe(expected);
  });
});

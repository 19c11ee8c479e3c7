import { describe, expect, it } from 'vitest';
import type { Detector } from '../../src/detect/detector.ts';
import { createShortlist } from '../../src/detect/shortlist.ts';
import type { AuditEvent } from '../../src/event/types.ts';
import { eventOf } from '../audit-event.ts';
import { detectorOf } from './detector-text.ts';

const named = (id: string, match: string): Detector => ({ ...detectorOf(match), id });
const interpreted = (detector: Detector): Detector => ({
  ...detector,
  match: { ...detector.match, predicate: undefined },
});

const shortlist = createShortlist([
  named('writes', 'verb = "create"'),
  named('eve', 'user.username = "eve"'),
  named('body', 'requestObject.spec = 1'),
  interpreted(named('never', 'verb = "nothing"')),
]);
const idsFor = (event: AuditEvent): string[] => shortlist(event).map(({ id }) => id);

describe('the detectors that an event leaves open', () => {
  it.each([
    ['by what was asked', { verb: 'create' }, ['writes', 'body', 'never']],
    ['by who asked', { verb: 'get', user: { username: 'eve' } }, ['eve', 'body', 'never']],
    ['by neither', { verb: 'get', user: { username: 'maria' } }, ['body', 'never']],
    ['by both', { verb: 'create', user: { username: 'eve' } }, ['writes', 'eve', 'body', 'never']],
    // Nothing is remembered of it.
    ['where a key is too long', { verb: 'get', userAgent: 'x'.repeat(3_000) }, ['writes', 'eve', 'body', 'never']],
  ])('%s, in their order, and the same when asked again', (_, fields, expected) => {
    expect(idsFor(eventOf(fields))).toEqual(expected);
    expect(idsFor(eventOf(fields))).toEqual(expected);
  });

  it('tells what is absent from what is null', () => {
    const isNull = createShortlist([named('null', 'user.username = null'), named('absent', '$not($exists(verb))')]);
    const ids = (event: AuditEvent): string[] => isNull(event).map(({ id }) => id);
    expect(ids({ verb: 'get', user: { username: null } })).toEqual(['null']);
    expect(ids({ verb: 'get', user: {} })).toEqual([]);
    expect(ids({ user: {} })).toEqual(['absent']);
    expect(ids({ verb: null, user: {} })).toEqual([]);
  });

  it('is right when more was seen than is remembered', () => {
    for (let user = 0; user < 25_000; user++) idsFor(eventOf({ verb: 'get', user: { username: `u${user}` } }));
    expect(idsFor(eventOf({ verb: 'get', user: { username: 'eve' } }))).toEqual(['eve', 'body', 'never']);
    expect(idsFor(eventOf({ verb: 'get', user: { username: 'u1' } }))).toEqual(['body', 'never']);
  });
});

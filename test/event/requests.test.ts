import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createRequestFolder,
  opensUnusual,
  type RequestFolder,
  requestHash,
  standingOf,
} from '../../src/event/requests.ts';
import type { EventRecord } from '../../src/event/types.ts';
import { recordOf } from '../audit-event.ts';

const RECEIVED = '2026-02-22T10:15:30.000000Z';
const exec = {
  auditID: 'a',
  verb: 'get',
  user: { username: 'maria' },
  requestURI: '/api/v1/namespaces/prod/pods/web/exec?command=sh',
  objectRef: { resource: 'pods', subresource: 'exec' },
  requestReceivedTimestamp: RECEIVED,
};
const get = { ...exec, requestURI: '/api/v1/pods', objectRef: { resource: 'pods' } };

/** The roles of events, in their order; each is told by its stage and what differs from the base. */
function roles(base: Record<string, unknown>, ...events: Record<string, unknown>[]): string[] {
  const folder = createRequestFolder();
  return events.map((fields) => folder.role(recordOf({ ...base, ...fields })));
}

const received = { stage: 'RequestReceived' };
const started = { stage: 'ResponseStarted', responseStatus: { code: 101 } };
const complete = { stage: 'ResponseComplete', responseStatus: { code: 200 } };
const panic = { stage: 'Panic', responseStatus: { code: 500 } };

describe('one request', () => {
  it.each([
    ['an ordinary one is judged when it is complete', get, [received, complete], ['received', 'decides']],
    ['one that panicked is judged by the panic', get, [received, panic], ['received', 'decides']],
    ['a long one is judged when it starts', exec, [received, started, complete], ['received', 'decides', 'twin']],
    ['a long one may end in a panic', exec, [started, panic], ['decides', 'twin']],
    ['a long one whose start is missing is judged at its end', exec, [received, complete], ['received', 'decides']],
    ['a long one whose end comes first is judged once', exec, [complete, started], ['decides', 'twin']],
    ['a watch whose end comes first, too', { ...get, verb: 'watch' }, [complete, started], ['decides', 'twin']],
    ['a start that is written twice is judged once', exec, [started, started, complete], ['decides', 'twin', 'twin']],
    ['a 401 has one event, and that decides', exec, [{ ...started, responseStatus: { code: 401 } }], ['decides']],
    ['an event without a stage decides', get, [{}], ['decides']],
    ['an event of an unknown stage decides', get, [{ stage: 'Later' }], ['decides']],
    ['a null for a stage is none', get, [{ stage: null }], ['decides']],
  ])('%s', (_, base, events, expected) => {
    expect(roles(base, ...events)).toEqual(expected);
  });

  it('is the same in any order of its stages: judged once', () => {
    for (const events of [
      [received, started, complete],
      [started, received, complete],
      [complete, started, received],
      [started, complete, received],
      [complete, received, started],
      [received, complete, started],
    ])
      expect(roles(exec, ...events).filter((role) => role === 'decides')).toEqual(['decides']);
  });
});

describe('an audit id that a client pins on all its requests', () => {
  it.each([
    ['another user', { user: { username: 'eve' } }],
    ['another verb', { verb: 'create' }],
    ['another URI', { requestURI: '/api/v1/namespaces/prod/pods/db/exec?command=id' }],
    ['another time', { requestReceivedTimestamp: '2026-02-22T10:15:30.000001Z' }],
  ])('does not hide %s', (_, other) => {
    expect(roles(exec, started, { ...started, ...other }, complete, { ...complete, ...other })).toEqual([
      'decides',
      'decides',
      'twin',
      'twin',
    ]);
    expect(roles(get, complete, { ...complete, ...other }, complete)).toEqual(['decides', 'decides', 'decides']);
  });

  it('does not let a 401 hide what follows it', () => {
    const refused = { ...started, responseStatus: { code: 401 }, user: {} };
    expect(roles(exec, refused, refused, started, complete)).toEqual(['decides', 'decides', 'decides', 'twin']);
  });
});

it.each([
  ['a start of what runs long', { ...exec, stage: 'ResponseStarted' }, false],
  ['a start of what does not', { ...get, stage: 'ResponseStarted' }, true],
  ['a 401', { ...get, stage: 'ResponseStarted', responseStatus: { code: 401 } }, false],
  ['an end', { ...get, stage: 'ResponseComplete' }, false],
])('only the start of a request that does not look long makes any event its twin: %s', (_, event, expected) => {
  expect(opensUnusual(standingOf(event))).toBe(expected);
});

describe('an event without an audit id', () => {
  it('always decides, for nothing brings it together with another', () => {
    for (const auditID of [undefined, null, ''])
      expect(roles({ ...exec, auditID }, started, complete, complete)).toEqual(['decides', 'decides', 'decides']);
  });

  it('is told from others by its text', () => {
    const [a, b] = [recordOf({ verb: 'get' }), recordOf({ verb: 'list' })];
    expect(requestHash(a)).toMatch(/^[0-9a-f]{64}$/);
    expect(requestHash(a)).toBe(requestHash(recordOf({ verb: 'get' }, 500)));
    expect(requestHash(a)).not.toBe(requestHash(b));
  });
});

describe('the hash of a request', () => {
  it('is the same for each stage, whatever else the stage adds', () => {
    const hashes = [received, started, complete, panic].map((fields) => requestHash(recordOf({ ...exec, ...fields })));
    expect(new Set(hashes).size).toBe(1);
  });

  it('does not run fields together', () => {
    const [a, b] = [
      { verb: 'ge', requestURI: 't/x' },
      { verb: 'get', requestURI: '/x' },
    ].map((fields) => requestHash(recordOf({ ...exec, ...fields })));
    expect(a).not.toBe(b);
  });

  it("takes v1beta1's timestamp where there is no other", () => {
    const old = { ...exec, requestReceivedTimestamp: undefined };
    const [a, b] = ['2018-01-01T00:00:00Z', '2018-01-01T00:00:01Z'].map((timestamp) =>
      requestHash(recordOf({ ...old, timestamp })),
    );
    expect(a).not.toBe(b);
  });
});

/** A folder that goes on from what another one remembers, by way of a file. */
function restarted(folder: RequestFolder): RequestFolder {
  const next = createRequestFolder();
  next.restore(JSON.parse(JSON.stringify(folder.snapshot())));
  return next;
}

describe('a restart', () => {
  it('changes no role, wherever it comes', () => {
    const event = fc.record({
      auditID: fc.constantFrom('a', 'b', 'c', ''),
      verb: fc.constantFrom('get', 'watch'),
      stage: fc.constantFrom('RequestReceived', 'ResponseStarted', 'ResponseComplete'),
      responseStatus: fc.constantFrom({ code: 200 }, { code: 401 }),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), fc.nat(40), (events, cut) => {
        const through = createRequestFolder();
        let folder = createRequestFolder();
        for (const [index, fields] of events.entries()) {
          if (index === cut) folder = restarted(folder);
          expect(folder.role(recordOf(fields))).toBe(through.role(recordOf(fields)));
        }
        expect(folder.snapshot()).toEqual(through.snapshot());
      }),
    );
  });

  it('takes over short keys of the requests that are open or were closed early, oldest first', () => {
    const folder = createRequestFolder();
    const hashes = ['x', 'y', 'z'].map((auditID) => {
      folder.role(recordOf({ ...exec, ...started, auditID }));
      return Buffer.from(requestHash(recordOf({ ...exec, auditID })), 'hex').toString('base64url');
    });
    folder.role(recordOf({ ...exec, ...complete, auditID: 'w' }));
    const { open, closed } = restarted(folder).snapshot();
    expect(open).toEqual(hashes.map((hash) => hash.slice(0, 22)));
    expect(closed).toEqual([expect.stringMatching(/^[\w-]{22}$/)]);
  });

  it('takes over nothing of requests that nobody waits for', () => {
    const folder = createRequestFolder();
    for (const fields of [received, complete, panic, { ...started, auditID: '' }])
      folder.role(recordOf({ ...get, ...fields }));
    folder.role(recordOf({ ...exec, ...started }));
    folder.role(recordOf({ ...exec, ...complete }));
    expect(folder.snapshot()).toEqual({ open: [], closed: [], unusual: [] });
  });

  it('leaves the snapshot as it was taken', () => {
    const folder = createRequestFolder();
    const before = folder.snapshot();
    folder.role(recordOf({ ...exec, ...started }));
    expect(before).toEqual({ open: [], closed: [], unusual: [] });
  });
});

describe('an open request that does not look as if it ran long', () => {
  const odd = { verb: 'create', requestURI: '/apis/vms.example.com/v1/console', auditID: 'odd' };

  it('has its twin, and is told apart only while it is open', () => {
    const folder = createRequestFolder();
    expect(folder.snapshot().unusual).toEqual([]);
    expect(folder.role(recordOf({ ...odd, ...started }))).toBe('decides');
    expect(folder.snapshot().unusual).toHaveLength(1);
    expect(folder.role(recordOf({ ...get, ...complete }))).toBe('decides');
    expect(folder.role(recordOf({ ...odd, ...complete }))).toBe('twin');
    expect(folder.snapshot().unusual).toEqual([]);
  });

  it('is remembered over a restart, also from a state that does not tell it apart', () => {
    const folder = createRequestFolder();
    folder.role(recordOf({ ...odd, ...started }));
    const { open, closed, unusual } = folder.snapshot();
    for (const state of [
      { open, closed, unusual },
      { open, closed },
    ]) {
      const next = createRequestFolder();
      next.restore(JSON.parse(JSON.stringify(state)));
      expect(next.role(recordOf({ ...odd, ...complete }))).toBe('twin');
    }
  });
});

describe('memory', () => {
  const watch = (index: number, stage: string): EventRecord => ({
    event: { auditID: `w${index}`, verb: 'watch', stage },
    text: '',
    place: { path: 'audit.log', offset: index },
  });

  it('of 300,000 open watches holds the latest; the oldest are forgotten and judged again', { timeout: 30_000 }, () => {
    const folder = createRequestFolder();
    const count = 300_000;
    for (let i = 0; i < count; i++) folder.role(watch(i, 'ResponseStarted'));
    expect(folder.role(watch(count - 1, 'ResponseComplete'))).toBe('twin');
    expect(folder.role(watch(count - 100_000, 'ResponseComplete'))).toBe('twin');
    expect(folder.role(watch(0, 'ResponseComplete'))).toBe('decides');
    expect(folder.role(watch(100_000, 'ResponseComplete'))).toBe('decides');
  });

  it('is bounded after a restart as well, and the oldest are still the first to go', () => {
    const open = Array.from({ length: 131_072 }, (_, i) => `open ${i}`);
    const closed = Array.from({ length: 16_384 }, (_, i) => `closed ${i}`);
    const folder = createRequestFolder();
    folder.restore({ open, closed, unusual: [] });
    expect(folder.snapshot()).toEqual({ open, closed, unusual: [] });
    folder.role(watch(0, 'ResponseStarted'));
    folder.role(watch(1, 'ResponseComplete'));
    const after = folder.snapshot();
    expect([after.open.length, after.open[0]]).toEqual([131_072 - 131_072 / 8 + 1, 'open 16384']);
    expect([after.closed.length, after.closed[0]]).toEqual([16_384 - 16_384 / 8 + 1, 'closed 2048']);
    const other = createRequestFolder();
    other.restore({ open: [...open, ...closed], closed: [...open, ...closed] });
    expect(other.snapshot().open.length).toBeLessThanOrEqual(131_072);
    expect(other.snapshot().closed.length).toBeLessThanOrEqual(16_384);
  });

  it('of ends that came without a start is bounded as well', () => {
    const folder = createRequestFolder();
    for (let i = 0; i < 40_000; i++) folder.role(watch(i, 'ResponseComplete'));
    expect(folder.role(watch(39_999, 'ResponseStarted'))).toBe('twin');
    expect(folder.role(watch(0, 'ResponseStarted'))).toBe('decides');
  });

  it('is not taken by ordinary requests, which cannot push an open watch out', () => {
    const folder = createRequestFolder();
    folder.role(watch(0, 'ResponseStarted'));
    for (let i = 1; i < 200_000; i++) {
      const { event, ...rest } = watch(i, 'ResponseComplete');
      folder.role({ ...rest, event: { ...event, verb: 'get' } });
    }
    expect(folder.role(watch(0, 'ResponseComplete'))).toBe('twin');
  });
});

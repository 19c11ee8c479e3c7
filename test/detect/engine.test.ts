import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Detector } from '../../src/detect/detector.ts';
import { createEngine, type Engine, type EngineOptions } from '../../src/detect/engine.ts';
import { compileExceptions, type ExceptionRule } from '../../src/detect/exceptions.ts';
import type { Finding } from '../../src/detect/finding.ts';
import { createFindingGroups } from '../../src/detect/groups.ts';
import { decodeEvent } from '../../src/event/decode.ts';
import { formatTime } from '../../src/event/time.ts';
import type { EventRecord } from '../../src/event/types.ts';
import { createSummary, type Summary } from '../../src/summary.ts';
import { auditFields, recordOf } from '../audit-event.ts';
import { detectorOf } from './detector-text.ts';

interface Judged {
  readonly findings: Finding[];
  readonly summary: Summary;
}

async function judge(
  detectors: Detector | readonly Detector[],
  events: readonly (Record<string, unknown> | EventRecord)[],
  rules: readonly ExceptionRule[] = [],
): Promise<Judged> {
  const summary = createSummary();
  const all = 'id' in detectors ? [detectors] : detectors;
  const where = { lists: {}, detectors: all.map(({ id }) => id), now: 0, where: 'auditscan.yaml' };
  const engine = createEngine(
    all,
    compileExceptions(rules, where, () => {}),
    summary,
  );
  const findings: Finding[] = [];
  for (const [index, fields] of events.entries())
    findings.push(
      ...(await engine.judge('place' in fields ? (fields as EventRecord) : recordOf(auditFields(fields), index))),
    );
  findings.push(...engine.finish());
  return { findings, summary };
}

const at = (second: number) => ({
  auditID: String(second),
  requestReceivedTimestamp: `2026-02-22T10:15:${String(second).padStart(2, '0')}.000000Z`,
});

describe('a request', () => {
  it('is found by each detector that it matches', async () => {
    const detectors = ['verb = "get"', 'verb = "list"', 'objectRef.resource'].map((match, index) => ({
      ...detectorOf(match),
      id: `d${index}`,
    }));
    const { findings } = await judge(detectors, [{}]);
    expect(findings.map(({ detector }) => detector)).toEqual(['d0', 'd2']);
    expect(new Set(findings.map(({ id }) => id)).size).toBe(2);
  });

  it.each([
    ['nothing', 'missing'],
    ['an empty text', '""'],
    ['zero', '0'],
    ['an empty list', '[]'],
    ['a list of nothing true', '[false, 0]'],
  ])('is not found where the match is %s', async (_, match) => {
    expect((await judge(detectorOf(match), [{}])).findings).toEqual([]);
  });

  it.each(['"false"', '1', '[0, 1]', 'user', 'user.groups'])('is found where the match is %s', async (match) => {
    expect((await judge(detectorOf(match), [{}])).findings).toHaveLength(1);
  });
});

describe('columns', () => {
  it('are values of the event; those that are nothing are left out', async () => {
    const detector = detectorOf('true', [
      'columns: { who: user.username, none: missing, no: "null", groups: user.groups }',
    ]);
    const { findings } = await judge(detector, [{}]);
    expect(findings[0]?.details).toEqual({ who: 'maria', no: null, groups: ['dev', 'system:authenticated'] });
  });

  it('are plain values, at any depth: they go to other threads', async () => {
    const detector = detectorOf('true', [
      'columns:',
      '  kept: user.groups[]',
      '  nested: \'{"list": user.groups[], "filtered": user.groups[$ != ""], "deep": [{"l": user.groups[]}]}\'',
    ]);
    const { findings } = await judge(detector, [{}]);
    const [details] = findings.map((finding) => finding.details);
    expect(structuredClone(details)).toEqual(JSON.parse(JSON.stringify(details)));
    expect(details).toStrictEqual(JSON.parse(JSON.stringify(details)));
  });
});

describe('an expression that fails on an event', () => {
  it('is counted with its first place and code, and the others go on', async () => {
    const failing = { ...detectorOf('$contains(responseStatus.code, "2")'), id: 'failing' };
    const { findings, summary } = await judge([failing, detectorOf('true')], [{}, {}, {}]);
    expect(findings.map(({ detector }) => detector)).toEqual(Array(3).fill('test-detector'));
    expect([...summary.failures]).toEqual([
      ['failing', { count: 3, message: expect.stringMatching(/^T0410: /), first: { path: 'audit.log', offset: 0 } }],
    ]);
  });

  it('in a column leaves the finding, without the column', async () => {
    const detector = detectorOf('true', ['columns: { bad: "$lowercase(responseStatus)", good: verb }']);
    const { findings, summary } = await judge(detector, [{}]);
    expect(findings[0]?.details).toEqual({ good: 'get' });
    expect([...summary.failures.keys()]).toEqual(['test-detector, column bad']);
  });

  it('in a window counts the event in the group of those without', async () => {
    const detector = detectorOf('true', ['window: { by: ["$lowercase(responseStatus)"], within: 1m, count: 2 }']);
    const { findings, summary } = await judge(detector, [at(1), at(2)]);
    expect(findings).toHaveLength(1);
    expect(summary.failures.get('test-detector, window')?.count).toBe(2);
  });
});

describe('an exception', () => {
  const rule = (match: string, detector = 'test-detector'): ExceptionRule => ({ match, detector, reason: 'known' });

  it('leaves out what it matches, and counts it', async () => {
    const { findings, summary } = await judge(
      detectorOf('true'),
      [{ verb: 'get' }, { verb: 'list' }],
      [rule('verb = "get"')],
    );
    expect(findings.map(({ verb }) => verb)).toEqual(['list']);
    expect(summary.excepted).toBe(1);
  });

  it('holds for the detectors that it names, by a pattern as well', async () => {
    const detectors = ['aa-one', 'aa-two', 'bb-one'].map((id) => ({ ...detectorOf('true'), id }));
    const ids = async (detector: string) =>
      (await judge(detectors, [{}], [rule('true', detector)])).findings.map((finding) => finding.detector);
    expect(await ids('aa-*')).toEqual(['bb-one']);
    expect(await ids('bb-one')).toEqual(['aa-one', 'aa-two']);
    expect(await ids('*')).toEqual([]);
  });

  it('that fails excepts nothing, and is counted', async () => {
    const { findings, summary } = await judge(detectorOf('true'), [{}], [rule('$contains(responseStatus.code, "x")')]);
    expect(findings).toHaveLength(1);
    expect(summary.failures.get('exception for test-detector')?.count).toBe(1);
  });

  it('keeps an event out of a window', async () => {
    const detector = detectorOf('true', ['window: { by: [], within: 1m, count: 2 }']);
    const events = [at(1), { ...at(2), verb: 'list' }];
    expect((await judge(detector, events)).findings).toHaveLength(1);
    expect((await judge(detector, events, [rule('verb = "list"')])).findings).toHaveLength(0);
  });
});

describe('a window', () => {
  const detector = detectorOf('true', [
    'columns: { what: verb }',
    'window: { by: [user.username], within: 10s, count: 3 }',
  ]);

  it('makes one finding of a burst, with the columns of the event that completed it', async () => {
    const { findings } = await judge(
      detector,
      [at(1), at(3), at(5), at(6)].map((time, index) => ({ ...time, verb: `v${index}` })),
    );
    expect(findings).toMatchObject([
      {
        count: 4,
        first: '2026-02-22T10:15:01.000000Z',
        last: '2026-02-22T10:15:06.000000Z',
        time: '2026-02-22T10:15:01.000000Z',
        details: { what: 'v2' },
      },
    ]);
  });

  it('keeps groups apart', async () => {
    const of = (username: string, second: number) => ({ ...at(second), user: { username } });
    const events = [of('a', 1), of('b', 2), of('a', 3), of('b', 4), of('a', 5)];
    const { findings } = await judge(detector, events);
    expect(findings.map(({ actor, count }) => [actor.username, count])).toEqual([['a', 3]]);
  });

  it('counts different values', async () => {
    const distinct = detectorOf('true', ['window: { by: [], within: 1m, count: 3, distinct: objectRef.name }']);
    const of = (name: unknown, second: number) => ({ ...at(second), objectRef: { name } });
    const few = [of('a', 1), of('b', 2), of('a', 3), of('b', 4)];
    expect((await judge(distinct, few)).findings).toEqual([]);
    expect((await judge(distinct, [...few, of('c', 5)])).findings).toMatchObject([{ count: 5 }]);
    expect((await judge(distinct, [of('a', 1), of(undefined, 2), of(null, 3)])).findings).toEqual([]);
    expect((await judge(distinct, [of('a', 1), of(undefined, 2), of('null', 3)])).findings).toHaveLength(1);
  });

  it('takes no event without a time', async () => {
    const none = { requestReceivedTimestamp: undefined, stageTimestamp: undefined };
    expect((await judge(detector, [none, none, none, none])).findings).toEqual([]);
  });
});

/** So many seconds since a start, by one of a few users. */
const by = (username: string, second: number): EventRecord =>
  recordOf(
    auditFields({
      auditID: `${username} ${second}`,
      user: { username },
      requestReceivedTimestamp: formatTime(Date.UTC(2026, 1, 22) * 1_000 + second * 1_000_000),
    }),
  );

const burst = { ...detectorOf('true', ['window: { by: [user.username], within: 10s, count: 3 }']), id: 'burst' };
const spread = {
  ...detectorOf('true', ['window: { by: [], within: 20s, count: 2, distinct: user.username }']),
  id: 'spread',
};
const single = { ...detectorOf('user.username = "b"'), id: 'single' };

const engineOf = (detectors: readonly Detector[], options: EngineOptions): Engine =>
  createEngine(detectors, [], createSummary(), options);

/** An engine that goes on from what another one remembers, by way of a file. */
function restarted(engine: Engine, detectors: readonly Detector[], options: EngineOptions): Engine {
  const next = engineOf(detectors, options);
  next.restore(JSON.parse(JSON.stringify(engine.snapshot())));
  return next;
}

describe('a live engine', () => {
  const live: EngineOptions = { live: true };

  it('gives a burst when it is complete, and nothing at the end', async () => {
    const engine = engineOf([burst], live);
    expect(await engine.judge(by('a', 1))).toEqual([]);
    expect(await engine.judge(by('a', 2))).toEqual([]);
    expect(await engine.judge(by('a', 3))).toMatchObject([{ detector: 'burst', count: 3, auditID: 'a 3' }]);
    expect(await engine.judge(by('a', 4))).toEqual([]);
    expect(engine.finish()).toEqual([]);
  });

  it('leaves its windows open at the end: they go on after a restart', async () => {
    const engine = engineOf([burst], live);
    for (const second of [1, 2]) await engine.judge(by('a', second));
    engine.finish();
    const next = restarted(engine, [burst], live);
    expect(await next.judge(by('a', 3))).toMatchObject([{ count: 3 }]);
  });

  it('counts at the end what was forgotten, as it does for others', async () => {
    const summary = createSummary();
    const engine = createEngine([burst], [], summary, live);
    engine.restore({ burst: { episodes: [], forgotten: 7 } });
    engine.finish();
    expect(summary.forgottenBursts).toBe(7);
  });

  it('forgets windows that are long over, and keeps those that a straggler may reach', async () => {
    const engine = engineOf([burst], live);
    for (const second of [1, 2]) await engine.judge(by('old', second));
    for (const second of [5_001, 5_002]) await engine.judge(by('late', second));
    for (let i = 0; i < 1_020; i++) await engine.judge(by(`other ${i}`, 5_500));
    const open = (): number => engine.snapshot().burst?.episodes.length ?? 0;
    // The oldest of these 1,024 was old.
    expect(open()).toBe(1_022);
    for (let i = 0; i < 1_024; i++) await engine.judge(by('other 0', 5_500));
    expect(open()).toBe(1_021);
    expect(await engine.judge(by('late', 5_003))).toMatchObject([{ count: 3 }]);
  });

  it('misses no burst because of a node whose clock is ahead', async () => {
    const engine = engineOf([burst], live);
    const findings: Finding[] = [];
    for (let i = 0; i < 4_096; i++)
      findings.push(
        ...(await engine.judge(i % 1_400 === 7 ? by('a', i / 1_000) : by(`ahead ${i % 8}`, 9_000_000 + i * 60))),
      );
    expect(findings.map(({ actor }) => actor.username)).toEqual(['a']);
  });
});

describe('a restart', () => {
  it.each<[string, EngineOptions]>([
    ['an engine', {}],
    ['a live engine', { live: true }],
  ])('of %s changes no finding, wherever it comes', (_, options) =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(60)), { maxLength: 30 }),
        fc.nat(30),
        async (events, cut) => {
          const detectors = [burst, single, spread];
          const through = engineOf(detectors, options);
          let engine = engineOf(detectors, options);
          for (const [index, [username, second]] of events.entries()) {
            if (index === cut) engine = restarted(engine, detectors, options);
            expect(await engine.judge(by(username, second))).toEqual(await through.judge(by(username, second)));
          }
          expect(engine.finish()).toEqual(through.finish());
        },
      ),
      { numRuns: 50 },
    ),
  );

  it('takes over the windows of detectors that are still there', async () => {
    const engine = engineOf([burst, spread], {});
    for (const second of [1, 2]) await engine.judge(by('a', second));
    expect(Object.keys(engine.snapshot())).toEqual(['burst', 'spread']);
    // An id that every object has a property of.
    const added = { ...burst, id: 'constructor' };
    const next = restarted(engine, [added, burst], {});
    await next.judge(by('a', 3));
    expect(next.finish()).toMatchObject([{ detector: 'burst', count: 3 }]);
    expect(restarted(next, [spread], {}).finish()).toEqual([]);
  });
});

/** Go's decoder, and so the API server, lets 10,000 levels through. */
describe('a body that is nested 10,000 deep', () => {
  const deep = `${'['.repeat(9_990)}1${']'.repeat(9_990)}`;
  const text = JSON.stringify(auditFields({ requestObject: { x: 'DEEP' } })).replace('"DEEP"', deep);
  const event = decodeEvent(JSON.parse(text), text);
  const record = { event, text, place: { path: 'audit.log', offset: 0 } } as EventRecord;

  it.each([
    ['as a match', 'requestObject.x', []],
    ['as a column', 'true', ['columns: { body: requestObject }']],
    ['as a group', 'true', ['window: { by: [requestObject], within: 1m, count: 2 }']],
    ['as a distinct value', 'true', ['window: { by: [], within: 1m, count: 2, distinct: requestObject }']],
  ])('%s stops neither the run nor the report', async (_, match, lines) => {
    const { findings, summary } = await judge(detectorOf(match, lines), [record, record]);
    if (lines.length === 0 || lines[0]?.startsWith('columns')) expect(findings).toHaveLength(2);
    expect(() => JSON.stringify(findings)).not.toThrow();
    const groups = createFindingGroups();
    for (const finding of findings) groups.add(finding);
    expect([...summary.failures.keys()].length).toBeLessThanOrEqual(1);
  });
});

describe('a request whose bodies were not logged', () => {
  const match = 'objectRef.resource = "roles" and verb in ["create", "patch"] and "*" in requestObject.rules.verbs';
  const create = { verb: 'create', objectRef: { resource: 'roles', namespace: 'prod' } };
  const unjudged = async (detector: Detector, ...events: readonly Record<string, unknown>[]): Promise<number> => {
    const { summary } = await judge(detector, events);
    return [...summary.unjudged.values()].reduce((sum, { count }) => sum + count, 0);
  };

  it('could not be judged where the rest does not decide', async () => {
    const { summary } = await judge(detectorOf(match), [create, create, { ...create, verb: 'get' }]);
    expect([...summary.unjudged.values()]).toEqual([
      {
        detector: 'test-detector',
        bodies: 'request',
        why: 'Metadata',
        count: 2,
        first: { path: 'audit.log', offset: 0 },
      },
    ]);
  });

  it.each([
    ['of another resource', { ...create, objectRef: { resource: 'pods' } }],
    ['logged at level Request, and without an object', { ...create, level: 'Request' }],
    ['with an object that does not match', { ...create, level: 'Request', requestObject: { rules: [] } }],
    ['that was forbidden', { ...create, annotations: { 'authorization.k8s.io/decision': 'forbid' } }],
  ])('was judged: one %s', async (_, event) => {
    expect(await unjudged(detectorOf(match), event)).toBe(0);
  });

  it('is found, and judged, where the rest is enough', async () => {
    const either = `verb = "create" or ${match}`;
    const { findings, summary } = await judge(detectorOf(either), [create]);
    expect(findings).toHaveLength(1);
    expect(summary.unjudged.size).toBe(0);
  });

  it('is no blind spot of a detector that asks about the log itself', async () => {
    expect(await unjudged(detectorOf(match, ['aboutLog: true']), create)).toBe(0);
  });

  it('is no blind spot where the body is asked about only if it was logged', async () => {
    const role = '$exists(responseObject.roleRef)';
    expect(await unjudged(detectorOf(role), create)).toBe(1);
    expect(await unjudged(detectorOf(`$logged("responseObject") and ${role}`), create)).toBe(0);
    expect(await unjudged(detectorOf(`(verb = "patch" or $logged("responseObject")) and ${role}`), create)).toBe(0);
  });

  it('is not told of a detector that the interpreter runs', async () => {
    expect(await unjudged(detectorOf(`${match} and $fromMillis(0, "[Y]") = "1970"`), create)).toBe(0);
  });

  it('is judged by a function that knows what holds pods', async () => {
    const privileged = detectorOf('true in $containers().securityContext.privileged');
    const lease = { resource: 'leases', apiGroup: 'coordination.k8s.io' };
    expect(await unjudged(privileged, { ...create, objectRef: lease })).toBe(0);
    const service = { ...create, objectRef: { resource: 'services' }, requestURI: '/api/v1/namespaces/prod/services' };
    expect(await unjudged(privileged, service)).toBe(0);
    const knative = { ...service, requestURI: '/apis/serving.knative.dev/v1/namespaces/prod/services' };
    expect(await unjudged(privileged, knative)).toBe(1);
    expect(await unjudged(privileged, { ...create, objectRef: { resource: 'deployments', apiGroup: 'apps' } })).toBe(1);
    expect(
      await unjudged(privileged, { ...create, objectRef: { resource: 'rollouts', apiGroup: 'argoproj.io' } }),
    ).toBe(1);
  });
});

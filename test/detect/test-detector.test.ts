import { describe, expect, it } from 'vitest';
import { testDetector } from '../../src/detect/test-detector.ts';
import { detectorOf } from './detector-text.ts';

/** What the detector's one test says; undefined when it passed. */
async function failure(match: string, test: string, ...lines: readonly string[]): Promise<string | undefined> {
  const [result] = await testDetector(detectorOf(match, [...lines, `tests: [{ name: a test, ${test} }]`]));
  expect(result?.name).toBe('a test');
  return result?.failure;
}

describe("a detector's own test", () => {
  it.each([
    ['that matches as it should', 'match: true, event: { verb: get }', undefined],
    ['that does not match, as it should not', 'match: false, event: { verb: list }', undefined],
    ['that should match', 'match: true, event: { verb: list }', 'it should match, but does not'],
    ['that should not match', 'match: false, event: { verb: get }', 'it should not match, but does'],
    ['whose event is of another kind', 'match: true, event: { kind: Pod }', 'event is no audit event'],
    ['whose event is of another API', 'match: true, event: { apiVersion: v1, verb: get }', 'event is no audit event'],
    [
      'one of whose events is none',
      'match: true, events: [{ verb: get }, { kind: Pod }]',
      'events.1 is no audit event',
    ],
    ['of an event that only came in', 'match: false, event: { verb: get, stage: RequestReceived }', undefined],
    ['of several events, one of which matches', 'match: true, events: [{ verb: list }, { verb: get }]', undefined],
  ])('%s', async (_, test, expected) => {
    expect(await failure('verb = "get"', test)).toBe(expected);
  });

  it('fails where an expression does', async () => {
    expect(await failure('$contains(requestObject, "x")', 'match: false, event: { requestObject: 5 }')).toMatch(
      /^test-detector failed: T0410: /,
    );
    const column = await failure('true', 'match: true, event: {}', 'columns: { bad: "$lowercase(5)" }');
    expect(column).toMatch(/^test-detector, column bad failed: T0410: /);
  });

  it.each([
    ['columns: { who: maria }', undefined],
    ['columns: { who: eve }', 'column who should be "eve", but is "maria"'],
    ['columns: { none: null }', undefined],
    ['columns: { none: x }', 'column none should be "x", but is null'],
    ['columns: { groups: [a, b] }', undefined],
    ['columns: { groups: [b, a] }', 'column groups should be ["b","a"], but is ["a","b"]'],
    ['columns: { one: [a] }', undefined],
    ['columns: { object: { all: [a, b], one: [a], first: a } }', undefined],
    ['columns: { nobody: x }', 'column nobody should be "x", but is null'],
  ])('compares %s', async (columns, expected) => {
    const event = 'event: { user: { username: maria, groups: [a, b] } }';
    const own = [
      'columns:',
      '  who: user.username',
      '  none: missing',
      '  groups: user.groups',
      '  one: user.groups[0][]',
      '  object: \'{"all": user.groups[], "one": user.groups[0][], "first": user.groups[0]}\'',
    ];
    expect(await failure('true', `match: true, ${event}, ${columns}`, ...own)).toBe(expected);
  });

  it('runs a window over its events', async () => {
    const event = (second: number) =>
      `{ auditID: a${second}, requestReceivedTimestamp: '2026-01-01T00:00:0${second}Z' }`;
    const window = 'window: { by: [], within: 5s, count: 3 }';
    const events = (...seconds: number[]) => `events: [${seconds.map(event).join()}]`;
    expect(await failure('true', `match: true, ${events(1, 2, 3)}`, window)).toBeUndefined();
    expect(await failure('true', `match: false, ${events(1, 2)}`, window)).toBeUndefined();
    expect(await failure('true', `match: true, ${events(1, 2)}`, window)).toBe('it should match, but does not');
  });

  it('folds the stages of a request', async () => {
    const window = 'window: { by: [], within: 5m, count: 2 }';
    const stage = (name: string) =>
      `{ auditID: a, verb: watch, stage: ${name}, requestReceivedTimestamp: '2026-01-01T00:00:00Z' }`;
    expect(
      await failure(
        'true',
        `match: false, events: [${stage('ResponseStarted')}, ${stage('ResponseComplete')}]`,
        window,
      ),
    ).toBeUndefined();
  });

  it('is a log of its own: nothing is left of it for the next', async () => {
    const test = "{ name: x, match: false, event: { auditID: a, requestReceivedTimestamp: '2026-01-01T00:00:00Z' } }";
    const detector = detectorOf('true', [
      'window: { by: [], within: 5m, count: 2 }',
      `tests: [${test}, ${test}, ${test}]`,
    ]);
    expect((await testDetector(detector)).map(({ failure }) => failure)).toEqual([undefined, undefined, undefined]);
  });

  it('need not be there', async () => {
    expect(await testDetector(detectorOf('true'))).toEqual([]);
  });
});

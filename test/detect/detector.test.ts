import { describe, expect, it } from 'vitest';
import { parseDetector, parseDuration } from '../../src/detect/detector.ts';
import { DetectorError } from '../../src/errors.ts';
import { eventOf } from '../audit-event.ts';
import { detectorOf, detectorText } from './detector-text.ts';

function messageOf(text: string): string {
  try {
    parseDetector('d.yaml', text);
  } catch (error) {
    expect(error).toBeInstanceOf(DetectorError);
    return (error as Error).message;
  }
  throw new Error('no error');
}

/** The file with one of its first lines replaced; the lines are id, title, severity, attack, description, match. */
function withLine(line: string): string {
  const key = line.split(':')[0] ?? '';
  return detectorText('verb = "get"').replace(new RegExp(`^${key}:.*$`, 'm'), line);
}

describe('a duration', () => {
  it.each([
    ['90s', 90],
    ['5m', 300],
    ['24h', 86_400],
    ['7d', 604_800],
    [' 5m ', 300],
    ['0s', 0],
  ])('%s', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds * 1_000_000);
  });

  it.each(['', '5', 'm', '5 m', '-5m', '5.5m', '5M', '5ms', '5m30s', '1w', 'Infinitys'])('%j is none', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

describe('a detector file', () => {
  it('is compiled', async () => {
    const detector = detectorOf('verb = "get"', ['columns: { who: user.username }']);
    expect(detector).toMatchObject({ id: 'test-detector', severity: 'low', attack: ['T1609'], path: 'test.yaml' });
    expect(await detector.match.evaluate(eventOf({ verb: 'get' }))).toBe(true);
    expect(await detector.columns.get('who')?.evaluate(eventOf({ user: { username: 'maria' } }))).toBe('maria');
    expect(detector.window).toBeUndefined();
  });

  it('may have a window', async () => {
    const { window } = detectorOf('true', [
      'window: { by: [user.username, verb], within: 5m, count: 3, distinct: objectRef.name }',
    ]);
    expect(window).toMatchObject({ within: 300_000_000, count: 3 });
    expect(window?.by.map(({ text }) => text)).toEqual(['user.username', 'verb']);
    expect(window?.distinct?.text).toBe('objectRef.name');
  });

  it('may group by nothing', () => {
    expect(detectorOf('true', ['window: { by: [], within: 5m, count: 3 }']).window?.by).toEqual([]);
  });

  it('takes its severity from the configuration where that has one', () => {
    expect(detectorOf('true', [], { severities: { 'test-detector': 'critical' } }).severity).toBe('critical');
    expect(detectorOf('true', [], { severities: { other: 'critical' } }).severity).toBe('low');
  });

  it('takes no severity from what every object inherits', () => {
    const text = detectorText('true').replace('test-detector', 'constructor');
    expect(parseDetector('d.yaml', text, { severities: {} }).severity).toBe('low');
  });

  it('has the lists of the configuration', async () => {
    const { match } = detectorOf('$glob(verb, $verbs)', [], { lists: { verbs: ['g*'] } });
    expect(await match.evaluate(eventOf({ verb: 'get' }))).toBe(true);
  });
});

describe('a detector file that is wrong says the line, the key and what is wrong', () => {
  it.each([
    ['id: Test', 'd.yaml:1: id: must be lower-case words joined by -'],
    ['id: test_x', 'd.yaml:1: id: must be lower-case words joined by -'],
    ['id: -test', 'd.yaml:1: id: must be lower-case words joined by -'],
    ['id: 5', /^d\.yaml:1: "id" must be string, but is 5$/],
    ['title: ""', 'd.yaml:2: title: must not be empty'],
    ['severity: urgent', /^d\.yaml:3: .*severity.* must be .*info.*low.*medium.*high.*critical/],
    ['severity: High', /^d\.yaml:3: .*severity.* must be /],
    ['attack: T1609', /^d\.yaml:4: "attack" must be Array/],
    ['attack: [T16]', 'd.yaml:4: attack.0: must be an ATT&CK technique such as T1098 or T1098.006'],
    ['description: ""', 'd.yaml:5: description: must not be empty'],
    ['match: ""', 'd.yaml:6: match: must not be empty'],
    ['match: 5', /^d\.yaml:6: "match" must be string/],
  ])('%s', (line, message) => {
    if (typeof message === 'string') expect(messageOf(withLine(line)).replace(/, but is .*/, '')).toBe(message);
    else expect(messageOf(withLine(line))).toMatch(message);
  });

  it.each([
    ['severty: low', 'd.yaml:7: there is no key "severty" here'],
    ['columns: { "a b": verb }', /^d\.yaml:7: columns\.a b: a column is named by a letter/],
    ['columns: { a: "" }', 'd.yaml:7: columns.a: must not be empty'],
    [
      'window: { by: [verb], within: 5 minutes, count: 3 }',
      'd.yaml:7: window.within: must be a time such as 90s, 5m, 24h or 7d',
    ],
    [
      'window: { by: [verb], within: 0s, count: 3 }',
      'd.yaml:7: window.within: must be a time such as 90s, 5m, 24h or 7d',
    ],
    ['window: { by: [verb], within: 5, count: 3 }', /^d\.yaml:7: "window.within" must be string/],
    ['window: { by: [verb], within: 5m, count: 1 }', 'd.yaml:7: window.count: must be at least 2'],
    ['window: { by: [verb], within: 5m, count: 2.5 }', 'd.yaml:7: window.count: must be a whole number'],
    ['window: { by: [verb], within: 5m, count: 10001 }', /^d\.yaml:7: window\.count: must be at most 1000/],
    ['window: { by: verb, within: 5m, count: 3 }', /^d\.yaml:7: "window.by" must be Array/],
    ['window: { by: [verb], count: 3 }', 'd.yaml:7: "window.within" is missing'],
    ['tests: [{ name: x, match: true }]', 'd.yaml:7: tests.0: needs either event or events'],
    ['tests: [{ name: x, match: true, event: {}, events: [{}] }]', 'd.yaml:7: tests.0: needs either event or events'],
    ['tests: [{ name: x, match: true, events: [] }]', 'd.yaml:7: tests.0.events: must not be empty'],
    ['tests: [{ name: x, match: "true", event: {} }]', /^d\.yaml:7: "tests.0.match" must be boolean/],
  ])('%s', (line, message) => {
    const text = detectorText('true', line);
    if (typeof message === 'string') expect(messageOf(text).replace(/, but is .*/, '')).toBe(message);
    else expect(messageOf(text)).toMatch(message);
  });

  it.each([
    [detectorText('true').replace('title: A title', 'title: ""')],
    [detectorText('true', 'tests: [{ name: x, match: true, events: [] }]')],
    [detectorText('true', 'tests: [{ name: x, match: true }]')],
  ])('what it says is to be found in the file: no length and no type of the schema (%#)', (text) => {
    expect(messageOf(text)).not.toMatch(/but is (0|Object)$/);
  });

  it.each(['id', 'title', 'severity', 'attack', 'description', 'match'])('%s is missing', (key) => {
    expect(messageOf(detectorText('true').replace(new RegExp(`^${key}:.*\n`, 'm'), ''))).toBe(
      `d.yaml:1: "${key}" is missing`,
    );
  });

  it.each([
    [detectorText('verb ='), 'd.yaml:6: match: the expression does not parse'],
    [detectorText('$nope'), 'd.yaml:6: match: there is no $nope'],
    [detectorText('$now()'), 'd.yaml:6: match: a detector may not use $now'],
    [detectorText('true', 'columns:', '  a: verb', '  b: $nope'), 'd.yaml:9: columns.b: there is no $nope'],
    [
      detectorText('true', 'window:', '  within: 5m', '  count: 2', '  by:', '    - verb', '    - $nope'),
      'd.yaml:12: window.by.1: there is no $nope',
    ],
    [
      detectorText('true', 'window: { by: [], within: 5m, count: 2, distinct: $nope }'),
      'd.yaml:7: window.distinct: there is no $nope',
    ],
    [
      withLine('match: |\n  verb = "get"\n    and $nope'),
      'd.yaml:6: match: there is no $nope\n    and $nope\n        ^',
    ],
  ])('an expression that does not compile (%#)', (text, message) => {
    expect(messageOf(text)).toContain(message);
  });
});

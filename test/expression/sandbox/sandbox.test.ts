import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import type { EventRecord } from '../../../src/event/types.ts';
import { createInterpreter } from '../../../src/expression/interpreter.ts';
import type { Sandbox, SandboxLimits } from '../../../src/expression/sandbox/sandbox.ts';
import { recordOf } from '../../audit-event.ts';

/** A worker is started from a file, so that this is about the built one. */
const BUILT = new URL('../../../dist/expression/sandbox/sandbox.js', import.meta.url).href;
const { createSandbox } = (await import(BUILT)) as typeof import('../../../src/expression/sandbox/sandbox.ts');

/** No limit that an honest expression could meet on a machine that is busy with something else. */
const GENEROUS = { time: 60_000 };
const PATIENT = { memory: 64, time: 60_000 };
const HASTY = { memory: 64, time: 300 };

const open: Sandbox[] = [];

function sandbox(text: string, limits: Partial<SandboxLimits> = GENEROUS, constants = {}): Sandbox {
  const created = createSandbox(text, constants, limits);
  open.push(created);
  return created;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((created) => created.close()));
});

/** What became of each evaluation: its value, or its failure as text. */
async function outcomes(created: Sandbox, records: readonly EventRecord[]): Promise<unknown[]> {
  const settled = await Promise.allSettled(records.map((record) => created.evaluate(record)));
  return settled.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : told(outcome.reason)));
}

function told(error: Error & { code?: string }): string {
  return [error.name, error.code, error.message].filter((part) => part !== undefined).join(': ');
}

const evaluate = async (text: string, fields = {}, limits: Partial<SandboxLimits> = GENEROUS): Promise<unknown> =>
  (await outcomes(sandbox(text, limits), [recordOf(fields)]))[0];

const verbs = (...all: string[]): EventRecord[] => all.map((verb) => recordOf({ verb }));

describe('an expression in the sandbox', () => {
  const fields = {
    verb: 'create',
    requestURI: '/api/v1/namespaces/prod/pods/web/exec?command=sh&command=-c',
    user: { username: 'system:serviceaccount:prod:app', groups: ['a', 'b'] },
    objectRef: { resource: 'pods', subresource: 'exec', apiVersion: 'apps/v1' },
    requestObject: { _jsonata_function: true, spec: { containers: [{ image: 'x' }] } },
  };

  it.each([
    'verb',
    'verb = "create" and $count(user.groups) = 2',
    'nothing',
    '$',
    '**',
    'user.groups.{"group": $}',
    '($f := function($n) { $n < 2 ? 1 : $n * $f($n - 1) }; $f(10))',
    '[$command(), $serviceAccount().name, $planted(), $images(), $glob(verb, "cr*"), $outcome()]',
    '$eval("verb & verb")',
    '$pad(?, -10)(verb) & "|" & ($uppercase ~> $substringBefore(?, "E"))(verb)',
    '$map(user.groups, $uppercase) ~> $join("-")',
    '$replace(verb, /(c)(r)/, function($m) { $m.groups[0] & "." })',
    '$sort(["b", "a"], function($l, $r) { $l > $r })',
    'objectRef ~> |$|{"seen": true}, "apiVersion"|',
    '$contains(5, "x")',
    '$string(requestObject, true)',
    '1 / 0',
  ])('%s is what it is without', async (text) => {
    const record = recordOf(fields);
    const expected = await createInterpreter(text, {})
      .evaluate(record.event)
      // jsonata's lists carry marks of its own.
      .then((value) => (typeof value === 'object' ? JSON.parse(JSON.stringify(value)) : value), told);
    expect(await evaluate(text, fields)).toEqual(expected);
  });

  it('has the constants', async () => {
    const created = sandbox('verb in $READS', GENEROUS, { READS: ['get', 'list'] });
    expect(await outcomes(created, verbs('get', 'create', 'list'))).toEqual([true, false, true]);
  });

  it('is evaluated for each event by itself, however many at once', async () => {
    const created = sandbox('verb & "!"');
    const names = Array.from({ length: 3_000 }, (_, index) => `verb${index}`);
    expect(await outcomes(created, verbs(...names))).toEqual(names.map((name) => `${name}!`));
    expect(await outcomes(created, verbs('again'))).toEqual(['again!']);
  });

  it('fails on an event alone', async () => {
    const created = sandbox('$number(verb)');
    expect(await outcomes(created, verbs('1', 'x', '2', 'x', 'x', 'x', 'x', '3'))).toMatchObject({ 0: 1, 2: 2, 7: 3 });
  });
});

describe('a value out of the sandbox', () => {
  it('keeps the order of its keys, and what JSON has no word for', async () => {
    const value = await evaluate('{"b": 1, "a": 1 / 0, "c": verb}', { verb: 'get' });
    expect(Object.entries(value as object)).toEqual([
      ['b', 1],
      ['a', Number.POSITIVE_INFINITY],
      ['c', 'get'],
    ]);
  });

  it('holds no functions', async () => {
    expect(await evaluate('{"a": $sum, "b": [function($x) { $x }, 1, $sum], "c": /x/, "d": $pad(?, 1)}')).toEqual({
      b: [null, 1, null],
    });
    expect(await evaluate('function($x) { $x }')).toBeUndefined();
    expect(await evaluate('/x/')).toBeUndefined();
  });

  it('may have a key that is a word of the language', async () => {
    const requestObject = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 2, "toString": 3}') as object;
    const value = (await evaluate('$merge([requestObject, {"x": 1}]).constructor & ""', { requestObject })) as string;
    expect(value).toBe('2');
    const whole = (await evaluate('[requestObject][0]', { requestObject })) as Record<string, unknown>;
    expect(Object.keys(whole)).toEqual(['__proto__', 'constructor', 'toString']);
    expect(whole.polluted).toBeUndefined();
  });

  it('may be as long as the event', async () => {
    const requestObject = { data: 'x'.repeat(3_000_000), list: Array.from({ length: 100_000 }, (_, index) => index) };
    expect(await evaluate('[requestObject, verb]', { requestObject, verb: 'get' })).toEqual([requestObject, 'get']);
  });

  it('is not longer than that, nor nested deeper than anybody can read', async () => {
    const limits = { ...GENEROUS, value: 1_000 };
    expect(await evaluate('[1..100]', {}, limits)).toHaveLength(100);
    expect(await evaluate('[1..200]', {}, limits)).toBe(
      'EvaluationError: limit: its value is longer than 1,000 characters',
    );
    // Little to hold, and much to print.
    const doubled = Array.from({ length: 40 }, (_, level) => `$a := {"x": $a, "y": $a, "l": ${level}}; `).join('');
    expect(await evaluate(`($a := 1; ${doubled} $a)`)).toMatch(/^EvaluationError: limit: its value is longer than/);
    const nested = JSON.parse(`${'['.repeat(2_000)}${']'.repeat(2_000)}`) as unknown;
    expect(await evaluate('{"a": requestObject}', { requestObject: nested })).toBe(
      'EvaluationError: limit: its value is nested deeper than 500 levels',
    );
  });
});

describe('an expression that does not end', () => {
  it.each([
    ['calls itself last', '($f := function($n) { $f($n + 1) }; $f(1))'],
    ['compares each with each', '$distinct([1..1000000])'],
    ['makes garbage', '($f := function($n) { ($pad("x", 100000); $f($n + 1)) }; $f(1))'],
    ['makes many texts', '$count([1..1000000].$string([1..1000]))'],
  ])('is stopped: %s', async (_, text) => {
    expect(await evaluate(text, {}, HASTY)).toBe('EvaluationError: limit: it took longer than 0.3 s');
  });

  const poisoned = `verb = "evil" ? ($f := function() { $f() }; $f()) : verb`;

  it('costs the events that it does not end on, and no other', async () => {
    const created = sandbox(poisoned, { time: 1_000 });
    const late = 'EvaluationError: limit: it took longer than 1 s';
    const some = ['a', 'b', 'evil', 'c', 'evil', 'd', 'e', 'evil', 'evil', 'f', 'evil', 'g'];
    expect(await outcomes(created, verbs(...some))).toEqual(some.map((verb) => (verb === 'evil' ? late : verb)));
  });

  it('is given up after three events in a row', async () => {
    const created = sandbox(poisoned, { time: 1_000 });
    const stopped =
      'ExpressionStopped: the expression had to be stopped on 3 events in a row: ' +
      'it took longer than 1 s; simplify it, or select other events';
    const late = 'EvaluationError: limit: it took longer than 1 s';
    expect(await outcomes(created, verbs('evil', 'evil', 'evil', 'a', 'evil'))).toEqual([
      ...[late, late, late],
      ...[stopped, stopped],
    ]);
    expect(await outcomes(created, verbs('a'))).toEqual([stopped]);
  });
});

describe('an expression that needs much memory', () => {
  it.each([
    ['each with each', '[1..1000000].[1..1000000]'],
    ['a list in a list', '($f := function($a) { $f({"a": $a, "b": [1..1000]}) }; $f(1))'],
    ['many groups', '$count($keys([1..1000000]{"k" & $: $}))'],
    ['sorting', '$sort([1..1000000])'],
    ['sorting texts', '[1..1000000].("x" & $) ~> $sort'],
    [
      'texts that Node keeps elsewhere',
      '($s := $pad("x", 1500000); $map([1..1000], function() { $base64encode($s) }))',
    ],
  ])('is stopped: %s', async (_, text) => {
    expect(await evaluate(text, {}, PATIENT)).toBe('EvaluationError: limit: it needed more than 64 MiB');
  });

  it.each([
    ['doubling', '($f := function($s) { $f($s & $s) }; $f("xx"))'],
    ['padding', '$pad("x", 100000000)'],
    ['padding by far', '$pad("x", -4000000000, "ab")'],
    ['padding with much', '$pad("x", 20000, $pad("y", 20000))'],
    ['padding, over and over', '$map([1..100], function() { $pad("x", 100000000) })'],
    ['a wide date', '$fromMillis(0, "[Y,400000000]")'],
    ['joining', '$join([1..1000].$pad("x", 3000))'],
    ['as JSON', '$string([1..1000000])'],
    ['as JSON with spaces', '$length($string([1..100000].[[$]], true))'],
    [
      'as JSON, where little is much',
      '($f := function($n, $a) { $n = 0 ? $a : $f($n - 1, {"a": $a, "b": $a}) }; $f(40, 1)) & ""',
    ],
    ['a copy', '$clone([1..1000000])'],
    ['replacing', '$length($replace($pad("x", 10000, "x"), "x", $pad("y", 10000, "y")))'],
    ['replacing by a regex', '$length($replace($pad("x", 10000, "x"), /x/, $pad("y", 10000, "y")))'],
  ])('makes no text that is too long: %s', async (_, text) => {
    expect(await evaluate(text, {}, PATIENT)).toBe(
      'EvaluationError: limit: it made a text longer than 2,097,152 characters',
    );
  });

  it.each([
    ['a text that doubles and is looked at', '($f := function($s) { $length($s) > 0 ? $f($s & $s) }; $f("xx"))'],
    ['a text taken apart', '$count($split($pad("x", 2000000), ""))'],
  ])('is stopped by one limit or another: %s', async (_, text) => {
    expect(await evaluate(text, {}, PATIENT)).toMatch(
      /^EvaluationError: limit: it (needed more|made a \w+ longer) than /,
    );
  });

  it.each([
    ['a long range', '[1..10000000]', 'D2015'],
    ['calling itself', '($f := function($n) { 1 + $f($n + 1) }; $f(1))', 'D1011'],
    ['each other', '($g := function($n) { $f($n) & "" }; $f := function($n) { $g($n) & "" }; $f(1))', 'D1011'],
    ['calling itself over a list', '($f := function($n) { $sum($map([1], $f)) }; $f(1))', 'D1011'],
    ['calling itself in a text', '($f := function() { $eval("$f()") }; $f())', '(D3121|limit)'],
    ['a text that evaluates itself', '($x := "$eval($x)"; $eval($x))', '(D3121|limit)'],
    ['brackets', '$eval($pad("(", 100000, "("))', 'D3120'],
    ['a long sum', '$eval($pad("1", 99999, "+1"))', 'D312'],
    ['many arguments', '$max([1..1000000])', 'unknown'],
    ['a long numeral', '$formatInteger(100000000000000, "I")', 'unknown'],
  ])('fails as it would without: %s', async (_, text, code) => {
    expect(await evaluate(text, {}, PATIENT)).toMatch(new RegExp(`^EvaluationError: ${code}`));
  });

  it('costs the events that it needs it for, and no other', async () => {
    const created = sandbox('verb = "evil" ? [1..1000000].[1..1000000] : verb', PATIENT);
    const more = 'EvaluationError: limit: it needed more than 64 MiB';
    expect(await outcomes(created, verbs('a', 'evil', 'b', 'evil', 'c'))).toEqual(['a', more, 'b', more, 'c']);
  });

  it('is not run over an event that would take it all', async () => {
    const created = sandbox('verb', PATIENT);
    const requestObject = 'x'.repeat(3_000_000);
    expect(await outcomes(created, [recordOf({ verb: 'a' }), recordOf({ verb: 'b', requestObject })])).toEqual([
      'a',
      'EvaluationError: limit: the event is longer than 2,097,152 characters',
    ]);
  });
});

describe('the thread of a sandbox', () => {
  it('that cannot start is not started again', async () => {
    const created = sandbox('$missing(');
    const [first] = await outcomes(created, verbs('a'));
    expect(first).toMatch(/^ExpressionStopped: the expression cannot be run: /);
    expect(await outcomes(created, verbs('a'))).toEqual([first]);
  });

  it('ends when it is closed, with whatever it was at', async () => {
    const created = sandbox('($f := function() { $f() }; $f())');
    const pending = outcomes(created, verbs('a', 'b'));
    await created.close();
    const closed = 'ExpressionStopped: the expression is not run any more';
    expect(await pending).toEqual([closed, closed]);
    expect(await outcomes(created, verbs('a'))).toEqual([closed]);
    await created.close();
  });

  it.each([
    ['before it was used', ''],
    ['after it was used', 'console.log(await sandbox.evaluate(record));'],
  ])('keeps no process from ending, %s', async (_, use) => {
    const script = `
      const { createSandbox } = await import(${JSON.stringify(BUILT)});
      const sandbox = createSandbox('verb', {});
      const record = ${JSON.stringify(recordOf({ verb: 'get' }))};
      ${use}`;
    expect(await runScript(script)).toEqual({ output: use && 'get\n', exit: 0 });
  });

  it('keeps a process that waits for it from ending, and what it dies of to itself', async () => {
    const script = `
      const { createSandbox } = await import(${JSON.stringify(BUILT)});
      const sandbox = createSandbox('[1..1000000].[1..1000000]', {}, { memory: 64, time: 60_000 });
      const record = ${JSON.stringify(recordOf({ verb: 'get' }))};
      sandbox.evaluate(record).catch((error) => console.log(error.message));`;
    expect(await runScript(script)).toEqual({ output: 'it needed more than 64 MiB\n', exit: 0 });
  });
});

/** All that a process said, on either stream. */
async function runScript(script: string): Promise<{ output: string; exit: number | null }> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: fileURLToPath(new URL('../../..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exit) => resolve({ output: Buffer.concat(output).toString(), exit }));
  });
}

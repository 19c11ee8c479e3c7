import { describe, expect, it } from 'vitest';
import { type CompileOptions, compileExpression } from '../../src/expression/compile.ts';
import { ExpressionError } from '../../src/expression/error.ts';
import { EvaluationError } from '../../src/expression/failure.ts';
import { auditFields, eventOf } from '../audit-event.ts';

const evaluate = (text: string, fields: Record<string, unknown> = auditFields(), options?: CompileOptions) =>
  compileExpression(text, options).evaluate(eventOf(fields));

function errorOf(text: string, options?: CompileOptions): ExpressionError {
  try {
    compileExpression(text, options);
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
  throw new Error(`${text} compiles`);
}

describe('an expression', () => {
  it.each([
    ['verb', 'get'],
    ['objectRef.resource = "secrets" and user.username = "maria"', true],
    ['missing', undefined],
    ['missing = "x"', false],
    ['missing != "x"', false],
    ['$not(missing)', undefined],
    ['user.groups[0]', 'dev'],
    ['"dev" in user.groups', true],
    ['$actor()', 'maria'],
    ['$outcome()', 'allowed'],
    ['$succeeded()', true],
    ['$glob(objectRef.namespace, "pr*")', true],
    ['$glob(objectRef.namespace, ["x", "prod"])', true],
    ['$cidr(sourceIPs, "10.0.0.0/8")', true],
    ['$query("x")', undefined],
    ['$command()', undefined],
    ['verb.length', undefined],
    ['constructor', undefined],
    ['__proto__', undefined],
  ])('%s is %j', async (text, value) => {
    expect(await evaluate(text)).toEqual(value);
  });

  it('has the lists of the configuration as variables', async () => {
    const options = { lists: { teams: ['dev', 'ops'], empty: [] } };
    expect(await evaluate('$glob(user.groups, $teams)', undefined, options)).toBe(true);
    expect(await evaluate('$glob(user.groups, $empty)', undefined, options)).toBe(false);
    expect(errorOf('$glob(user.groups, $team)', options).message).toContain('there is no $team');
  });

  it.each([
    ['in a predicate', 'user[$actor() = "maria"].username', 'maria'],
    ['in a path', 'user.$actor()', 'maria'],
    ['in a lambda', '$map(user.groups, function($g){ $g & $actor() })', ['devmaria', 'system:authenticatedmaria']],
    ['as a function that is handed on', '($f := $actor; user.groups.$f())', ['maria', 'maria']],
    ['in a block', '($x := 1; $actor())', 'maria'],
  ])('our functions see the event %s', async (_, text, value) => {
    const result = await evaluate(text);
    expect(Array.isArray(result) ? [...result] : result).toEqual(value);
  });

  it('keeps nothing from one event for the next', async () => {
    const expression = compileExpression('($seen := $exists($seen) ? $seen & verb : verb; $seen)');
    for (const verb of ['get', 'list', 'get']) expect(await expression.evaluate(eventOf({ verb }))).toBe(verb);
  });

  it('may be evaluated for many events at once', async () => {
    const expression = compileExpression('$actor() & $match(user.username, /\\d+/).match');
    const events = Array.from({ length: 50 }, (_, index) => eventOf({ user: { username: `u${index}` } }));
    const values = await Promise.all(events.map((event) => expression.evaluate(event)));
    expect(values).toEqual(events.map((_, index) => `u${index}${index}`));
  });

  it('may be as long as a detector needs', async () => {
    for (const operator of ['or', 'and', '&']) {
      const text = Array.from({ length: 150 }, (_, index) => `verb = "v${index}"`).join(` ${operator} `);
      await expect(evaluate(text), operator).resolves.toBeDefined();
    }
  });

  it('does not backtrack, whatever the event holds', async () => {
    expect(await evaluate('$contains(userAgent, /^(a+)+$/)', { userAgent: `${'a'.repeat(5_000)}!` })).toBe(false);
  });
});

describe('an expression that does not parse', () => {
  it.each([
    ['', 0],
    ['(', 1],
    ['verb = ', 7],
    ['verb == "get"', 7],
    ['"open', 5],
    ['a[', 2],
    ['verb = "get" and', 16],
    ['/open', 5],
    ['a\n  and )', 9],
  ])('%j is an error that points at its place', (text, position) => {
    const error = errorOf(text);
    expect(error.reason).toMatch(/^the expression does not parse: /);
    expect(error.expression).toBe(text);
    expect(Math.abs(error.position - position), `at ${error.position}`).toBeLessThanOrEqual(2);
  });

  it.each([
    '/[z-a]/',
    '\n/[z-a]/',
    '\n\n/[z-a]/',
    '/(?<n>a)(?<n>b)/',
    '\n',
    '\n\n',
    '\n(',
    '\n$nope',
    '\n\n$eval("1")',
  ])('%j is an error as well', (text) => {
    expect(errorOf(text, { detector: true }).message).toContain('^');
  });
});

describe('a name that there is not', () => {
  it('is an error with the place of the name', () => {
    const error = errorOf('verb = "get"\n  and $globs(user.username, "a*")\n  and true');
    expect(error.reason).toBe('there is no $globs');
    expect(error.position).toBe(19);
    expect(error.message).toBe('there is no $globs\n    and $globs(user.username, "a*")\n        ^');
  });

  it.each(['$startsWith(verb, "g")', '$productionNamespaces', '$now2()', 'verb ~> $toupper'])('%s', (text) => {
    expect(errorOf(text).reason).toMatch(/^there is no \$/);
  });
});

describe('what a detector may not use', () => {
  it.each([
    ['$eval("1")', '$eval'],
    ['$now()', '$now'],
    ['$millis() > 1', '$millis'],
    ['$random() > 0.5', '$random'],
    ['$shuffle(user.groups)', '$shuffle'],
    ['verb ~> $eval', '$eval'],
    ['($e := $eval; $e("1"))', '$eval'],
    ['$map(user.groups, $eval)', '$eval'],
    ['$eval(?)', '$eval'],
    ['function($x){ $x }(1)', 'function definitions'],
    ['$map(user.groups, function($x){ $x })', 'function definitions'],
    ['$map(user.groups, λ($x){ $x })', 'function definitions'],
    ['($f := function($n){ $f($n) }; $f(1))', 'function definitions'],
    ['$ ~> |user|{"username": "x"}|', 'transforms'],
    ['user[$now() = "x"]', '$now'],
    ['{"k": $random()}', '$random'],
  ])('%s', async (text, what) => {
    const { reason, position } = errorOf(text, { detector: true });
    expect(reason).toBe(`a detector may not use ${what}`);
    expect(position).toBeGreaterThanOrEqual(0);
    expect(position).toBeLessThanOrEqual(text.length);
    expect(() => compileExpression(text), 'a query may').not.toThrow();
  });

  it.each([
    '$match(verb, /g/)',
    '$map(user.groups, $uppercase)',
    '($x := verb; $x)',
    'user@$u.groups#$i.$i',
    '$sort(user.groups)',
  ])('is not %s', (text) => {
    expect(() => compileExpression(text, { detector: true })).not.toThrow();
  });
});

describe('a regex', () => {
  it.each(['/a(?=b)/', '/(?<!a)b/', '/(a)\\1/'])('that RE2 lacks is an error: %s', (regex) => {
    const error = errorOf(`$contains(verb, ${regex})`);
    expect(error.reason).toMatch(/^the regex is not one of RE2's/);
    expect(error.position).toBeGreaterThanOrEqual(16);
  });

  it.each([
    ['$match(userAgent, /kube(\\w+)\\/v(\\d+)/).groups', ['ctl', '1']],
    ['$contains(userAgent, /KUBECTL/i)', true],
    ['$replace(userAgent, /v[\\d.]+/, "")', 'kubectl/'],
    ['$split(requestURI, /\\//)[1]', 'api'],
    ['requestURI ~> /secrets/ ? 1 : 0', 1],
  ])('%s works', async (text, value) => {
    expect(await evaluate(text)).toEqual(value);
  });
});

describe('an evaluation that fails', () => {
  it.each([
    ['$contains(responseStatus.code, "2")', 'T0410'],
    ['$lowercase(responseStatus)', 'T0410'],
    ['responseStatus.code > "1"', 'T2009'],
    ['annotations > 1', 'T2010'],
    ['$error("so it is")', 'D3137'],
    ['1 / "x"', 'T2002'],
    ['[1..2000000]', 'D2015'],
    ['[1..20000000]', 'D2014'],
    ['($f := function($n){ 1 + $f($n) }; $f(1))', 'D1011'],
    ['verb()', 'T1006'],
    ['{"a": 1, "a": 2}', 'D1009'],
    ['$sqrt(-1)', 'D3060'],
  ])('%s tells its code', async (text, code) => {
    const failure = await evaluate(text).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(EvaluationError);
    expect(failure).toMatchObject({ code, message: expect.stringMatching(/./) });
  });

  it('does not spoil the next evaluation', async () => {
    const expression = compileExpression('$contains(userAgent, "x") or $contains(objectRef.name, /d(b)/)');
    await expect(expression.evaluate(eventOf({ userAgent: 'x', objectRef: { name: 'db' } }))).resolves.toBe(true);
    await expect(
      compileExpression('$contains(requestObject, "x")').evaluate(eventOf({ requestObject: 1 })),
    ).rejects.toThrow();
    await expect(expression.evaluate(eventOf({ userAgent: '-', objectRef: { name: 'db' } }))).resolves.toBe(true);
  });

  it.each([
    ['doubles until it is too long', `($s := $pad("x", 1000000); ${'$s := $s & $s; '.repeat(12)} $length($s))`],
    ['is too long at once', '$pad("x", 1000000000)'],
  ])('is told of a text that %s', async (_, text) => {
    await expect(evaluate(text)).rejects.toThrow(EvaluationError);
  });
});

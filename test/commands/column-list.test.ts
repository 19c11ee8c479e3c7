import { describe, expect, it } from 'vitest';
import { parseColumnList } from '../../src/commands/column-list.ts';
import { UsageError } from '../../src/errors.ts';
import { auditFields, recordOf } from '../audit-event.ts';

const names = (list: string): string[] => parseColumnList('columns', list, {}).map(({ name }) => name);

async function row(list: string, fields: Readonly<Record<string, unknown>> = {}): Promise<Record<string, unknown>> {
  const record = recordOf(auditFields(fields));
  const entries = parseColumnList('columns', list, {}).map(
    async ({ name, expression }) => [name, await expression.evaluate(record)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

describe('commas', () => {
  it.each([
    ['verb', ['verb']],
    ['verb,user', ['verb', 'user']],
    [' verb , user ', ['verb', 'user']],
    ['$join(user.groups, ","),verb', ['$join(user.groups, ",")', 'verb']],
    ['[verb, stage],verb', ['[verb, stage]', 'verb']],
    ['{"a": verb, "b": stage},verb', ['{"a": verb, "b": stage}', 'verb']],
    ['user.groups[$ in ["a","b"]],verb', ['user.groups[$ in ["a","b"]]', 'verb']],
    ["$join(['a,b'], ')'),verb", ["$join(['a,b'], ')')", 'verb']],
    ['"a\\",b",verb', ['"a\\",b"', 'verb']],
    ['annotations.`a,b`,verb', ['annotations.`a,b`', 'verb']],
    [
      '$map(user.groups, function($g) { $uppercase($g) }),verb',
      ['$map(user.groups, function($g) { $uppercase($g) })', 'verb'],
    ],
  ])('%s', (list, expected) => {
    expect(names(list)).toEqual(expected);
  });

  it.each(['$contains(verb, /[,]/),verb', '$match(requestURI, /"/),verb', '$replace(verb, /\\(/, ""),verb'])(
    'a regular expression: %s',
    (list) => {
      expect(names(list)).toHaveLength(2);
    },
  );

  it.each(['', ',', 'verb,', ',verb', 'verb,,user', ' '])('nothing stands between those of %j', (list) => {
    expect(() => names(list)).toThrow(new UsageError('--columns: an expression is missing between two commas'));
  });
});

describe('names', () => {
  it('stand before an equals sign', async () => {
    expect(await row('who=user.username, what = verb')).toEqual({ who: 'maria', what: 'get' });
  });

  it('are no comparison', async () => {
    expect(await row('"get" = verb')).toEqual({ '"get" = verb': true });
    expect(await row('same=(verb = "get")')).toEqual({ same: true });
    expect(await row('(verb = "get")')).toEqual({ '(verb = "get")': true });
    expect(names('user.username = "maria"')).toEqual(['user.username = "maria"']);
    expect(names('verb != "get"')).toEqual(['verb != "get"']);
    expect(names('x=$count(user.groups) >= 2')).toEqual(['x']);
  });

  it('do not come of two equals signs', () => {
    expect(() => names('verb=="get"')).toThrow('cannot be used as a unary operator');
  });

  it('may have digits, dashes and underscores', () => {
    expect(names('a-b_1=verb')).toEqual(['a-b_1']);
  });

  it('are there once', () => {
    expect(() => names('user,verb,user')).toThrow(new UsageError('--columns: there are two columns user'));
    expect(() => names('user,user=verb')).toThrow(new UsageError('--columns: there are two columns user'));
  });
});

describe('short names', () => {
  const fields = {
    impersonatedUser: { username: 'system:admin' },
    sourceIPs: ['203.0.113.7', '10.0.0.9'],
    objectRef: {
      resource: 'pods',
      subresource: 'exec',
      namespace: 'prod',
      name: 'web-0',
      apiGroup: '',
      apiVersion: 'v1',
    },
    requestURI: '/api/v1/namespaces/prod/pods/web-0/exec?command=sh&command=-c&command=id',
  };

  it('stand for what people ask for most', async () => {
    expect(
      await row(
        'user,actor,group,impersonated,resource,subresource,namespace,name,code,ip,outcome,command,decision,time',
        fields,
      ),
    ).toEqual({
      user: 'maria',
      actor: 'maria as system:admin',
      group: ['dev', 'system:authenticated'],
      impersonated: 'system:admin',
      resource: 'pods',
      subresource: 'exec',
      namespace: 'prod',
      name: 'web-0',
      code: 200,
      ip: '10.0.0.9',
      outcome: 'allowed',
      command: ['sh', '-c', 'id'],
      decision: 'allow',
      time: '2026-02-22T10:15:30.000000Z',
    });
  });

  it('keep their meaning under another name', async () => {
    expect(await row('who=user', fields)).toEqual({ who: 'maria' });
  });

  it('are no names that every object has', async () => {
    expect(await row('constructor,toString')).toEqual({ constructor: undefined, toString: undefined });
  });
});

it('what does not parse is told with its place', () => {
  expect(() => names('verb,user.')).toThrow('the expression does not parse');
  expect(() => names('$nope(verb)')).toThrow('there is no $nope');
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LISTS } from '../../../src/detect/lists.ts';
import { loadDetectors, PACK } from '../../../src/detect/load.ts';
import { toBoolean } from '../../../src/expression/boolean.ts';
import { compileExpression } from '../../../src/expression/compile.ts';
import type { Trap, TrapKind } from '../../../src/expression/traps/trap.ts';
import { insteadOf } from '../../../src/expression/tree/names.ts';
import { auditFields, eventOf } from '../../audit-event.ts';

const trapsOf = (text: string, detector = false): readonly Trap[] => {
  const expression = compileExpression(text, { lists: DEFAULT_LISTS, detector });
  expect(expression.refusal, text).toBeUndefined();
  return expression.traps;
};
const kindsOf = (text: string, detector = false): TrapKind[] => trapsOf(text, detector).map(({ kind }) => kind);

describe.each<[kind: TrapKind, cases: readonly (readonly [text: string, at: string, advice: string])[]]>([
  [
    'list-compared',
    [
      [
        'requestObject.spec.containers.securityContext.privileged = true',
        'requestObject',
        'true in requestObject.spec.containers.securityContext.privileged',
      ],
      ['$containers().securityContext.privileged = true', '$cont', 'true in $containers().securityContext.privileged'],
      ['"x" = user.groups', 'user', '"x" in user.groups'],
      ['user.groups != "dev"', 'user', '$not("dev" in user.groups)'],
      ['$images() in ["a", "b"]', '$images', '$exists($images()[$ in ["a", "b"]])'],
      ['requestObject.rules[verbs = "*"]', 'verbs', '"*" in verbs'],
      ['requestObject.rules.resources = "secrets"', 'requestObject', '"secrets" in requestObject.rules.resources'],
      ['requestObject.path = "/spec"', 'requestObject', '"/spec" in requestObject.path'],
      ['$query("dryRun") = "All"', '$query', '"All" in $query("dryRun")'],
      [
        '5 < requestObject.spec.containers.ports.hostPort',
        'requestObject',
        '$exists(requestObject.spec.containers.ports.hostPort[5 < $])',
      ],
      [
        '[requestObject.roleRef, requestObject.value.roleRef].name = "x"',
        '[',
        '"x" in [requestObject.roleRef, requestObject.value.roleRef].name',
      ],
      ['requestObject.data.* = "x"', 'requestObject', '"x" in requestObject.data.*'],
      ['user.extra.scopes = "x"', 'user', '"x" in user.extra.scopes'],
      ['$containers()[image = "a"].name = "b"', '$containers', '"b" in $containers()[image = "a"].name'],
    ],
  ],
  [
    'not-of-nothing',
    [
      ['$not(objectRef.namespace)', '$not', '$not(objectRef.namespace or false)'],
      ['verb = "get" and $not($glob(user.username, "a*"))', '$not', '$not($glob(user.username, "a*") or false)'],
      ['$not($query("watch"))', '$not', '$not($query("watch") or false)'],
      ['$not($succeeded())', '$not', '$not($succeeded() or false)'],
      ['$not(responseStatus.code < 400)', '$not', '$not(responseStatus.code < 400 or false)'],
      ['$not(objectRef.name ?: objectRef.uid)', '$not', '$not((objectRef.name ?: objectRef.uid) or false)'],
      ['requestObject.roleRef[$not(kind)]', '$not', '$not(kind or false)'],
      ['objectRef.name or $not(objectRef.name)', '$not', '$not(objectRef.name or false)'],
    ],
  ],
  [
    'text-function',
    [
      ['$contains(requestObject.path, "x")', 'requestObject', '$contains(requestObject.path & "", "x")'],
      ['$lowercase(requestObject.kind) in ["pod"]', 'requestObject', '$lowercase(requestObject.kind & "")'],
      ['$contains(userAgent, /curl/)', 'userAgent', '$contains(userAgent & "", /curl/)'],
      ['$exists($match(requestURI, /x/))', 'requestURI', '$match(requestURI & "", /x/)'],
      ['$contains($images(), "evil")', '$images', '$contains($images() & "", "evil")'],
      ['requestObject.finalizers[$contains($, "x")]', '$, ', '$contains($ & "", "x")'],
      ['$contains(a.b, "x") and $type(a.b) = "string"', 'a.b', '$contains(a.b & "", "x")'],
    ],
  ],
  [
    'field-of-filtered-array',
    [
      [
        '[requestObject, responseObject][kind = "Role"].rules',
        '[',
        '([requestObject, responseObject])[kind = "Role"].rules',
      ],
    ],
  ],
  [
    'true-without-body',
    [
      ['$not("x" in requestObject.spec.y)', '$not', '$exists(requestObject) and $not("x" in requestObject.spec.y)'],
      [
        'verb = "create" and $not($exists(requestObject.spec.securityContext))',
        '$not',
        '$exists(requestObject) and $not($exists(requestObject.spec.securityContext))',
      ],
      [
        'verb = "create" and ($not(true in responseObject.a or true in responseObject.b) or verb = "x")',
        '$not',
        '$exists(responseObject) and $not(true in responseObject.a or true in responseObject.b)',
      ],
      [
        '$exists(responseObject) and $not($exists($containers().securityContext))',
        '$not',
        '$exists(requestObject) and $not($exists($containers().securityContext))',
      ],
    ],
  ],
])('%s', (kind, cases) => {
  it.each(cases)('%s', (text, at, advice) => {
    const [trap] = trapsOf(text);
    expect(trap).toMatchObject({ kind, position: text.indexOf(at), advice });
    expect(kindsOf(text)).toHaveLength(1);
  });

  it.each(cases)('is not in what is advised for %s', (_text, _at, advice) => {
    expect(kindsOf(advice)).not.toContain(kind);
  });
});

describe('a detector', () => {
  it.each([
    ['level = "RequestResponse"', 0],
    ['verb = "get" and $not(stage = "RequestReceived")', 22],
    ['stage in ["ResponseComplete"]', 0],
    ['$glob(level, "Request*")', 6],
  ])('does not ask for a level or a stage: %s', (text, position) => {
    expect(trapsOf(text, true)).toMatchObject([{ kind: 'level-or-stage', position }]);
    expect(trapsOf(text)).toEqual([]);
  });

  it('may show them', () => {
    expect(trapsOf('{"at": stage, "logged": level}', true)).toEqual([]);
    expect(trapsOf('requestObject[stage = "x"]', true)).toEqual([]);
  });
});

describe('no trap', () => {
  it.each([
    // one value, as it was picked or as it is one
    'sourceIPs[-1] = "10.0.0.1"',
    'requestObject.spec.containers[0].image = "x"',
    'requestObject.spec.containers[name = "web"].image = "x"',
    '$command()[0] = "sh"',
    '$containers()[securityContext.privileged = true]',
    'requestObject.spec.containers[resources.limits.memory = "1Gi"]',
    '"dev" in user.groups',
    'user.groups = ["dev"]',
    '$count($images()) > 1',
    'verb in ["get", "list"]',
    'annotations.constructor = "x"',
    // nothing is out of the question
    '$not(verb = "get")',
    '$not($outcome() in ["denied", "failed"])',
    '$not($exists(objectRef.namespace))',
    '$not($glob(user.username, "a*") and verb = "get")',
    '$not($glob(user.username, "a*") or false)',
    'objectRef.name and $not(objectRef.name)',
    'objectRef.name != "x" and $not($glob(objectRef.name, "x*"))',
    '$exists(objectRef.name.x) and $not($glob(objectRef.name, "x*"))',
    '$not($count(user.groups))',
    // texts, surely
    '$contains(requestURI & "", "x")',
    '$type(a.b) = "string" and $contains(a.b, "x")',
    'a.b[$type($) = "string" and $contains($, "x")]',
    'userAgent and $contains(userAgent, "x")',
    'userAgent ? $contains(userAgent, "x")',
    'user.groups[$contains($, "x")]',
    '$images()[$contains($, "x")]',
    '$lowercase($actor()) = "maria"',
    '$lowercase($authz().role) = "admin"',
    // a filter without a field, and a field without a filter
    '$exists([requestObject, responseObject][kind = "Role"])',
    '[requestObject, responseObject].kind',
    // a body that must be there, or that is not all that is asked
    '$exists(responseObject.status) and $not(true in responseObject.status.authenticated)',
    'requestObject.kind = "Pod" and $not($exists(requestObject.spec.securityContext))',
    '$not(verb = "create" and "x" in requestObject.labels)',
    '$not("All" in $query("dryRun"))',
    'requestObject.kind != "Pod"',
  ])('%s', (text) => {
    expect(trapsOf(text)).toEqual([]);
  });
});

describe('what is advised finds what the trap missed', () => {
  const pod = (...privileged: readonly boolean[]) => ({
    ...auditFields(),
    requestObject: { spec: { containers: privileged.map((value) => ({ securityContext: { privileged: value } })) } },
  });

  it.each<[text: string, fields: Record<string, unknown>]>([
    ['requestObject.spec.containers.securityContext.privileged = true', pod(true, false)],
    ['"dev" = user.groups', { ...auditFields(), user: { groups: ['dev'] } }],
    ['$not(objectRef.uid)', auditFields()],
    ['$not($glob(objectRef.uid, "x"))', auditFields()],
    [
      '[requestObject, responseObject][kind = "Role"].name = "x"',
      { ...auditFields(), requestObject: { kind: 'Role', name: 'x' }, responseObject: {} },
    ],
  ])('%s', async (text, fields) => {
    const isTrue = async (expression: string) =>
      toBoolean(await compileExpression(expression, { lists: DEFAULT_LISTS }).evaluate(eventOf(fields)));
    expect(await isTrue(text)).toBe(false);
    expect(await isTrue(trapsOf(text).at(-1)?.advice ?? '')).toBe(true);
  });
});

describe('what comes with the program', () => {
  it('has no trap, and all of it is compiled', async () => {
    for (const { id, match, columns, window } of await loadDetectors([], { lists: DEFAULT_LISTS })) {
      for (const expression of [match, ...columns.values(), ...(window?.by ?? [])]) {
        expect([expression.refusal, ...expression.traps], id).toEqual([undefined]);
      }
    }
    for (const name of readdirSync(join(PACK, 'saved'))) {
      expect(trapsOf(readFileSync(join(PACK, 'saved', name), 'utf8')), name).toEqual([]);
    }
  });
});

describe('a function of another language', () => {
  it.each([
    ['startsWith', '$glob(x, "prefix*")'],
    ['endswith', '$glob(x, "*suffix")'],
    ['matches', '$contains(x & "", /pattern/)'],
    ['some', '$exists(list[condition])'],
    ['Count', '$count'],
    ['lowerCase', '$lowercase'],
    ['frobnicate', undefined],
    ['constructor', undefined],
  ])('$%s is written %s', (name, written) => {
    expect(insteadOf(name)).toBe(written);
    expect(() => compileExpression(`$${name}(verb)`)).toThrow(
      `there is no $${name}${written ? `; write ${written}` : ''}\n`,
    );
  });
});

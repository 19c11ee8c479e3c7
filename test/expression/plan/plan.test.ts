/** What the planner says of an expression, held against what the expression gives. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { absentBodies } from '../../../src/event/bodies.ts';
import { decodeEvent } from '../../../src/event/decode.ts';
import { misleading } from '../../../src/event/misleading.ts';
import { maySayReserved } from '../../../src/event/neutralise.ts';
import { type AuditEvent, PLAIN, PLANTED } from '../../../src/event/types.ts';
import { toBoolean } from '../../../src/expression/boolean.ts';
import { type CompiledExpression, compileExpression } from '../../../src/expression/compile.ts';
import { ExpressionError } from '../../../src/expression/error.ts';
import { AS_LOGGED } from '../../../src/expression/functions.ts';
import type { FieldPath } from '../../../src/expression/plan/field-path.ts';
import { HEAD_FIELDS } from '../../../src/expression/plan/head.ts';
import { areIn, type Needles } from '../../../src/expression/plan/needles.ts';
import { isError, LISTS, type Outcome, runCompiled } from '../oracle.ts';
import { events } from '../random-event.ts';
import { expressions } from '../random-expression.ts';
import { spellings } from '../spelling.ts';
import { writtenEvents, writtenExpressions } from '../written.ts';

const seed = Number(process.env.AUDITSCAN_FUZZ_SEED ?? Date.now() % 2 ** 31);
const tell = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
tell(`plan: AUDITSCAN_FUZZ_SEED=${seed}`);

/** As authors write conditions, guards first, and in every other order. */
const atoms = fc.constantFrom(
  ...['verb = "get"', 'verb in ["create", "update", "patch"]', 'objectRef.resource = "secrets"', 'objectRef.namespace'],
  ...['objectRef.resource in ["pods", "nodes"]', 'objectRef.subresource = "exec"', 'user.username = "maria"'],
  ...[
    '"system:masters" in user.groups',
    '$outcome() = "denied"',
    '$outcome() in ["allowed", "unknown"]',
    '$succeeded()',
  ],
  ...['$glob(objectRef.namespace, $systemNamespaces)', '$glob(user.username, ["system:*", "!system:node:*"])'],
  ...['$exists($serviceAccount())', '$serviceAccount(impersonatedUser.username ?: user.username).namespace'],
  ...['requestObject.roleRef.name = "cluster-admin"', '"*" in requestObject.rules.verbs', 'responseStatus.code >= 400'],
  ...['true in $containers().securityContext.privileged', '$exists(requestObject.metadata.labels)', '$authz().binding'],
  ...['requestObject.spec.containers[securityContext.privileged].name', '$contains(userAgent & "", "kubectl")'],
  ...['$contains(requestObject.metadata.name, "a")', 'responseObject.metadata.name != "db"', '$query("labelSelector")'],
  ...['$exists([requestObject.roleRef, responseObject.roleRef][name = "cluster-admin" and $not(kind = "Role")])'],
  ...[
    'impersonatedUser.username',
    'annotations.`authorization.k8s.io/decision` = "allow"',
    '$cidr(sourceIPs[-1], "10.0.0.0/8")',
  ],
  ...[
    'objectRef.apiGroup = "apps"',
    'sourceIPs[0] = "::1"',
    '$lowercase(verb) = "get"',
    '$boolean(requestObject.kind)',
  ],
);

const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4 },
    { weight: 6, arbitrary: atoms },
    { weight: 1, arbitrary: expressions(writtenExpressions).map((text) => `(${text})`) },
    { weight: 4, arbitrary: fc.tuple(tie('condition'), tie('condition')).map((sides) => `${sides.join(' and ')}`) },
    { weight: 3, arbitrary: fc.tuple(tie('condition'), tie('condition')).map((sides) => `(${sides.join(' or ')})`) },
    { weight: 2, arbitrary: tie('condition').map((text) => `$not(${text})`) },
    { weight: 1, arbitrary: tie('condition').map((text) => `$not(${text} or false)`) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(tie('condition'), tie('condition'), tie('condition'))
        .map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    },
    { weight: 1, arbitrary: tie('condition').map((text) => `$exists(${text})`) },
  ),
}));
const expression = fc.oneof(
  { weight: 8, arbitrary: condition },
  { weight: 3, arbitrary: expressions(writtenExpressions) },
  { weight: 1, arbitrary: fc.constantFrom(...writtenExpressions) },
);

function compiled(text: string): CompiledExpression | undefined {
  try {
    const result = compileExpression(text, { lists: LISTS });
    return result.predicate ? result : undefined;
  } catch (error) {
    if (error instanceof ExpressionError) return undefined;
    throw error;
  }
}

function decoded(text: string): AuditEvent | undefined {
  return decodeEvent(JSON.parse(text), text);
}

const outcomeOf = ({ predicate }: CompiledExpression, event: AuditEvent): Outcome =>
  predicate ? runCompiled(predicate, event) : { value: undefined };

/** Nothing to tell: false, and no failure. A limit of one evaluation is none of the event's doing. */
const isQuiet = (outcome: Outcome): boolean =>
  isError(outcome) ? ['limit', 'D2014', 'D2015'].includes(outcome.code) : !toBoolean(outcome.value);

/** Runs a check over many expressions with many events each, and asks that it had enough to say. */
function sweep(name: string, least: number, check: (expression: CompiledExpression, text: string) => number): void {
  it(name, () => {
    let said = 0;
    fc.assert(
      fc.property(expression, fc.array(events(writtenEvents), { minLength: 10, maxLength: 10 }), (text, sources) => {
        const ready = compiled(text);
        if (ready) for (const source of sources) said += check(ready, source.text);
      }),
      { numRuns: 2_000, seed },
    );
    tell(`${name}: ${said} times`);
    expect(said).toBeGreaterThan(least);
  });
}

const matchesNeedles = (needles: Needles | undefined, line: string): boolean =>
  areIn(needles, (text) => line.includes(text));

/** The event with nothing but these fields; lists stay lists, item by item. */
function project(value: unknown, paths: readonly FieldPath[]): unknown {
  if (paths.some((path) => path.length === 0)) return value;
  if (Array.isArray(value)) return value.map((item) => project(item, paths));
  if (typeof value !== 'object' || value === null) return undefined;
  const result: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const inner = paths.filter(([first]) => first === key).map((path) => path.slice(1));
    const kept = inner.length > 0 ? project(item, inner) : undefined;
    if (kept !== undefined) Object.defineProperty(result, key, { value: kept, enumerable: true });
  }
  return result;
}

function bodiesOf({ requestObject, responseObject }: AuditEvent): Partial<AuditEvent> {
  return {
    ...(requestObject !== undefined && { requestObject }),
    ...(responseObject !== undefined && { responseObject }),
  };
}

describe('an expression', () => {
  sweep('reads no more than it says', 2_000, (ready, text) => {
    const event = decoded(text);
    if (!event) return 0;
    const less: AuditEvent = {
      ...(project(event, ready.plan?.fields ?? []) as AuditEvent),
      ...(event[PLANTED] && { [PLANTED]: event[PLANTED] }),
      ...(ready.plan?.fields.includes(AS_LOGGED) && bodiesOf(event)),
    };
    expect(outcomeOf(ready, less), `${ready.text}\n${text}`).toEqual(outcomeOf(ready, event));
    return 1;
  });

  sweep('is false where its head says so', 2_000, (ready, text) => {
    const event = decoded(text);
    if (!event) return 0;
    const isPlain = !event[PLANTED] && misleading(event).length === 0;
    const head = { ...(project(event, HEAD_FIELDS) as AuditEvent), ...(isPlain && { [PLAIN]: true as const }) };
    if (ready.plan?.head(head)) return 0;
    expect(outcomeOf(ready, event), `${ready.text}\n${text}`).toSatisfy(isQuiet);
    return 1;
  });

  sweep('is false where its needles are not in the line', 2_000, (ready, text) => {
    const event = decoded(text);
    if (!event || maySayReserved(text) || matchesNeedles(ready.plan?.needles, text)) return 0;
    expect(outcomeOf(ready, event), `${ready.text}\n${text}`).toSatisfy(isQuiet);
    return 1;
  });

  sweep('is not true of any bodies where it says that it can judge without them', 500, (ready, text) => {
    const full = decoded(text);
    if (!full || !ready.plan?.reach) return 0;
    const { requestObject, responseObject, ...rest } = full;
    const bare = { ...rest, level: 'Metadata' };
    const missing = absentBodies(bare);
    const bodies = { ...(missing.request && { requestObject }), ...(missing.response && { responseObject }) };
    if (Object.keys(bodies).length === 0 || ready.plan.reach(bare)) return 0;
    // That a body was logged is known; it is the body that is not.
    if (ready.plan.fields.includes(AS_LOGGED)) return 0;
    const without = outcomeOf(ready, bare);
    if (!isQuiet(without)) return 0;
    const whole = outcomeOf(ready, { ...bare, ...bodies });
    // A failure is counted when the body is there, and there is no more to it.
    if (!isError(whole)) expect(toBoolean(whole.value), `${ready.text}\n${text}`).toBe(false);
    return 1;
  });
});

describe('no spelling of an event', () => {
  it('hides it from the needles', () => {
    let matched = 0;
    fc.assert(
      fc.property(
        expression,
        fc.array(
          events(writtenEvents).chain(({ text }) => spellings(text)),
          { minLength: 10, maxLength: 10 },
        ),
        (text, lines) => {
          const ready = compiled(text);
          if (!ready?.plan?.needles) return;
          for (const line of lines) {
            const event = decoded(line);
            if (!event || isQuiet(outcomeOf(ready, event))) continue;
            matched += 1;
            expect(maySayReserved(line) || matchesNeedles(ready.plan.needles, line), `${text}\n${line}`).toBe(true);
          }
        },
      ),
      { numRuns: 1_500, seed },
    );
    tell(`needles of respelt events: ${matched} matches`);
    expect(matched).toBeGreaterThan(500);
  });
});

import { describe, expect, it } from 'vitest';
import { type ExplainOptions, planJson, planLines } from '../../src/commands/explain.ts';
import { DEFAULT_LISTS } from '../../src/detect/lists.ts';
import { compileExpression } from '../../src/expression/compile.ts';
import { displayWidth } from '../../src/sinks/width.ts';
import { HOSTILE } from '../sinks/hostile.ts';

const compile = (text: string) => compileExpression(text, { lists: DEFAULT_LISTS });
const explain = (text: string, options: Partial<ExplainOptions> = {}): string =>
  planLines(compile(text), { width: undefined, ...options }).join('\n');

describe('the plan of an expression', () => {
  it('that the head decides', () => {
    expect(explain('verb = "delete" and objectRef.resource in ["secrets", "configmaps"]')).toBe(
      [
        'Plan',
        '  runs    compiled',
        '  level   Metadata: it reads no body',
        '  reads   verb, objectRef.resource',
        '  head    verb, objectRef.resource: nothing else is asked',
        '  needles "verb" and "delete" and "objectRef" and "resource" and ("secrets" or "configmaps"); a',
        '          plain line without them is no match',
      ].join('\n'),
    );
  });

  it('that reads a body', () => {
    const text = explain('verb = "create" and "x" in requestObject.a');
    expect(text).toContain('level   Request: it reads requestObject; an event without');
    expect(text).toContain('head    verb: where they decide, the rest is not asked');
    expect(explain('requestObject.a = responseObject.b')).toContain(
      'level   RequestResponse: it reads requestObject and responseObject;',
    );
  });

  it('of a detector that is about the log', () => {
    const text = explain('requestObject.a = 1', { aboutLog: true, width: 200 });
    expect(text).toContain('it asks what stands in the log: a body that was not logged');
    expect(text).not.toContain('an event without');
  });

  it('that is left to the interpreter, with the place', () => {
    expect(explain('verb = "get"\n  and user.groups^(<$)')).toBe(
      [
        'Plan',
        '  runs    in the interpreter, many times slower: it sorts (`^(…)`)',
        '      and user.groups^(<$)',
        '                      ^',
        '  level   not known of an interpreted expression, and neither are its fields, head and needles',
      ].join('\n'),
    );
  });

  it('that nothing narrows', () => {
    const text = explain('$count(requestObject) = 0');
    expect(text).toContain('head    no field of it; the head of an event decides nothing');
    expect(text).toContain('needles none');
    expect(text).toContain('nothing in this expression can be decided before the event is parsed');
    expect(explain('verb = "get"')).not.toContain('before the event is parsed');
  });

  it('that reads nothing, or everything', () => {
    expect(explain('1 = 1')).toContain('reads   nothing of the event');
    expect(explain('$$')).toContain('reads   $$');
  });

  it('tells a needle that may stand anywhere from a quoted one, and not all of many', () => {
    expect(explain('$glob(objectRef.namespace, "kube-*")')).toContain(`"namespace" and 'kube-';`);
    const many = Array.from({ length: 20 }, (_, index) => `"v${index}"`);
    expect(explain(`verb in [${many.join()}]`)).toMatch(/"v7" or\s+12 more\)/);
  });

  it('with its traps, the places and the way out', () => {
    expect(explain('verb = "get"\n\tand $not(objectRef.namespace)')).toContain(
      [
        'Traps',
        '  objectRef.namespace may give nothing; $not of nothing is nothing, not true',
        '     and $not(objectRef.namespace)',
        '         ^',
        '  write   $not(objectRef.namespace or false)',
      ].join('\n'),
    );
  });

  it('fits a narrow terminal', () => {
    const text = `verb in ["create", "update"] and $not(objectRef.namespace) and ${'user.username != "x" and '.repeat(9)} $not($glob(userAgent, "a*"))`;
    for (const width of [60, 80, 200]) {
      for (const line of planLines(compile(text), { width })) {
        expect(displayWidth(line), line).toBeLessThanOrEqual(width);
      }
    }
  });

  it('is harmless, whatever the expression holds', () => {
    for (const text of HOSTILE) {
      const key = text.replaceAll(/[`\\]/g, '');
      const source = `\`${key}\`.x = "a" and $not(\`${key}\`)`;
      for (const line of planLines(compile(source), { width: 60 })) {
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
      }
    }
  });
});

describe('the plan as data', () => {
  it('of a compiled expression', () => {
    expect(planJson(compile('verb = "get" and\n  requestObject.a and $not(requestObject.b)'))).toEqual({
      expression: 'verb = "get" and\n  requestObject.a and $not(requestObject.b)',
      compiled: true,
      refusal: null,
      level: 'Request',
      bodies: ['requestObject'],
      fields: ['verb', 'requestObject.a', 'requestObject.b'],
      headFields: ['verb'],
      needles: { all: ['"verb"', '"get"', '"requestObject"', '"a"'] },
      traps: [
        {
          kind: 'not-of-nothing',
          message: expect.stringContaining('requestObject.b may give nothing'),
          advice: '$not(requestObject.b or false)',
          line: 2,
          column: 23,
        },
      ],
    });
  });

  it('of an interpreted one has the same keys', () => {
    const plan = planJson(compile('user.groups^(<$)'));
    expect(Object.keys(plan)).toEqual(Object.keys(planJson(compile('verb'))));
    expect(plan).toMatchObject({
      compiled: false,
      refusal: { reason: 'it sorts (`^(…)`)', line: 1 },
      level: null,
      fields: null,
      needles: null,
      traps: [],
    });
  });
});

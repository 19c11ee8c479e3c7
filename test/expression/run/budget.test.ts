import { beforeEach, describe, expect, it } from 'vitest';
import { compileExpression } from '../../../src/expression/compile.ts';
import { refill, spend, spendText } from '../../../src/expression/run/budget.ts';
import { eventOf } from '../../audit-event.ts';

const limit = expect.objectContaining({ code: 'limit' });

beforeEach(refill);

/** Steps, in thousands, until there are none left. */
function left(): number {
  for (let thousands = 0; ; thousands++) {
    try {
      spend(1_000);
    } catch {
      return thousands;
    }
  }
}

describe('what one evaluation may do', () => {
  it('has an end, millions of steps away', () => {
    expect(left()).toBeGreaterThan(1_000);
    expect(() => spend(1_000)).toThrow(limit);
  });

  it('is as much again for the next', () => {
    const first = left();
    refill();
    expect(left()).toBe(first);
  });

  it('is less for each text that it makes', () => {
    const first = left();
    refill();
    const text = 'sixteen letters.'.repeat(1_000);
    for (let times = 0; times < 500; times++) expect(spendText(text)).toBe(text);
    expect(left()).toBeLessThanOrEqual(first - 500);
  });
});

describe('an expression that does too much for one event is an error', () => {
  const items = (count: number): { name: string; n: number; list: number[] }[] =>
    Array.from({ length: count }, (_, n) => ({ name: `item-${n}`, n: -n, list: [n] }));
  const wide = Object.fromEntries(items(10_000).map(({ name }) => [name, 1]));

  it.each<[string, Record<string, unknown>]>([
    ['**.(**).(**)', { requestObject: items(800).reduce<object>((inner) => ({ a: inner }), {}) }],
    ['requestObject[$$.requestObject.name]', { requestObject: items(10_000) }],
    ['requestObject.($$.requestObject.n)', { requestObject: items(10_000) }],
    ['[1..requestObject].([1..1000])', { requestObject: 100_000 }],
    ['requestObject[$distinct($$.requestObject.name)]', { requestObject: items(2_000) }],
    [
      'requestObject[$$.requestObject = $$.responseObject]',
      { requestObject: items(10_000), responseObject: items(10_000) },
    ],
    ['requestObject.$contains($string($$.requestObject), /z/)', { requestObject: items(6_000) }],
    ['($n := requestObject.name; requestObject["x" in $n])', { requestObject: items(50_000) }],
    ['($n := requestObject.n; requestObject[$n])', { requestObject: items(50_000) }],
    ['requestObject.($$.responseObject.*)', { requestObject: items(10_000), responseObject: wide }],
    ['requestObject.$merge($$.requestObject)', { requestObject: items(5_000) }],
    ['requestObject.$split($$.userAgent, "")', { requestObject: items(10_000), userAgent: 'x'.repeat(10_000) }],
    ['requestObject.$replace($$.userAgent, "x", "")', { requestObject: items(10_000), userAgent: 'x'.repeat(10_000) }],
    ['requestObject.$match($$.userAgent, /x/)', { requestObject: items(10_000), userAgent: 'x'.repeat(10_000) }],
    ['requestObject.$length($$.userAgent)', { requestObject: items(10_000), userAgent: 'x'.repeat(10_000) }],
  ])('%s', (text, fields) => {
    const { predicate } = compileExpression(text);
    expect(predicate, 'it is compiled').toBeDefined();
    expect(() => predicate?.(eventOf(fields))).toThrow(limit);
    // The next one begins anew.
    expect(() => predicate?.(eventOf({}))).not.toThrow();
  });

  it.each<[string, Record<string, unknown>]>([
    ['$count(**)', { requestObject: items(100_000) }],
    ['$contains($string($$), "item-99999")', { requestObject: items(100_000) }],
    ['$count($distinct(requestObject.name))', { requestObject: items(3_000) }],
    ['$count($match(userAgent, /x/))', { userAgent: 'x'.repeat(10_000) }],
    ['$sum([1..900000])', {}],
  ])('and a large event is none: %s', (text, fields) => {
    expect(compileExpression(text).predicate?.(eventOf(fields))).toBeDefined();
  });
});

import fc from 'fast-check';
import jsonata from 'jsonata';
import { describe, expect, it } from 'vitest';
import { toBoolean } from '../../src/expression/boolean.ts';

const ask = jsonata('$boolean($value)');

describe('what counts as true', () => {
  it("is what jsonata's $boolean says", () =>
    fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        expect(toBoolean(value)).toBe(await ask.evaluate({}, { value }));
      }),
      { numRuns: 1_000 },
    ));

  it.each([
    0,
    -0,
    1,
    '',
    'false',
    '0',
    null,
    true,
    false,
    [],
    {},
    [[]],
    [0],
    [0, 0],
    [0, 1],
    [[0], [1]],
    [{}],
    [''],
    { a: 0 },
  ])("of %j is what jsonata's $boolean says", async (value) => {
    expect(toBoolean(value)).toBe(await ask.evaluate({}, { value }));
  });

  it('is never nothing, nor a function', () => {
    expect(toBoolean(undefined)).toBe(false);
    expect(toBoolean(() => true)).toBe(false);
  });

  it.each([
    ['arrays of one', '[', ']'],
    ['arrays of two', '[0,', ']'],
  ])('is told of %s, 100,000 deep: a client writes as deep as it likes', (_, open, close) => {
    const nested = (bottom: string): unknown => JSON.parse(open.repeat(100_000) + bottom + close.repeat(100_000));
    expect(toBoolean(nested('1'))).toBe(true);
    expect(toBoolean(nested('0'))).toBe(false);
  });
});

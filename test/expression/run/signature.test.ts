import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import jsonata from 'jsonata';
import { describe, expect, it } from 'vitest';
import { EvaluationError } from '../../../src/expression/failure.ts';
import { refill } from '../../../src/expression/run/budget.ts';
import { createSignature } from '../../../src/expression/run/signature.ts';

/** Every signature of jsonata's own functions, read off its source. */
const SIGNATURES = new Set(
  [...readFileSync('node_modules/jsonata/jsonata.js', 'utf8').matchAll(/staticFrame\.bind\('\w+', .*'(<.*>)'\)/g)].map(
    ([, signature = '']) => signature,
  ),
);

/** Of functions that are not compiled: any JSON, and several lists. */
const UNKNOWN = ['<afj?:j>'];

describe('the signatures of jsonata', () => {
  it('are found in its source', () => {
    expect(SIGNATURES.size).toBeGreaterThan(25);
    expect([...SIGNATURES]).toEqual(expect.arrayContaining(['<s-(sf)(sf)n?:s>', '<a<n>:n>', '<x-b?:s>', ...UNKNOWN]));
  });

  const value = fc.oneof(
    fc.constantFrom<unknown>(
      undefined,
      null,
      'a',
      '',
      0,
      1.5,
      true,
      false,
      {},
      { a: 1 },
      [],
      ['a'],
      [1],
      [1, 'a'],
      [{}],
    ),
    fc.constantFrom<unknown>([undefined], [[1]], [null], ['a', 'b'], [1, 2], [{}, {}], [{}, 1], [true], Number.NaN),
    fc.constant(() => 'a function'),
  );
  const letters = fc.constantFrom('a', 1, ['a'], [1], [{}], {}, undefined, true);

  it.each([...SIGNATURES].filter((signature) => !UNKNOWN.includes(signature)))(
    '%s lets through what jsonata lets through',
    async (text) => {
      const signature = createSignature(text, 'probe');
      await fc.assert(
        fc.asyncProperty(fc.array(fc.oneof(value, letters), { maxLength: 5 }), value, async (args, context) => {
          const expected = await interpreted(text, args, context);
          expect(compiled(signature, args, context)).toEqual(expected);
          // Again, from what it remembers.
          expect(compiled(signature, args, context)).toEqual(expected);
        }),
        { numRuns: 300 },
      );
    },
  );
});

type Outcome = { readonly given: readonly unknown[] } | { readonly code: string };

function compiled(signature: ReturnType<typeof createSignature>, args: readonly unknown[], context: unknown): Outcome {
  refill();
  try {
    return { given: signature.validate(args, context).map(named) };
  } catch (error) {
    if (error instanceof EvaluationError) return { code: error.code };
    throw error;
  }
}

/** What a function with the signature gets of jsonata. */
async function interpreted(signature: string, args: readonly unknown[], context: unknown): Promise<Outcome> {
  let given: readonly unknown[] = [];
  const expression = jsonata(`$probe(${args.map((_, index) => `$a${index}`).join(', ')})`);
  const probe = (...got: unknown[]): void => {
    given = got.map(named);
  };
  expression.registerFunction('probe', probe, signature as never);
  // An array would be wrapped, if it were not marked as if jsonata had made it.
  const input: unknown = Array.isArray(context) ? Object.assign(context.slice(), { sequence: true }) : context;
  try {
    await expression.evaluate(input, Object.fromEntries(args.map((arg, index) => [`a${index}`, arg])));
    return { given };
  } catch (error) {
    return { code: (error as { code: string }).code };
  }
}

/** jsonata wraps functions, and marks lists. */
function named(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(named);
  return typeof value === 'function' ? 'a function' : value;
}

describe('a mismatch', () => {
  const failure = (signature: string, args: unknown[], context?: unknown): string => {
    refill();
    try {
      createSignature(signature, 'name').validate(args, context);
    } catch (error) {
      return String(error);
    }
    return 'none';
  };

  it.each([
    ['<s-:s>', [1], undefined, 'Argument 1 of function "name" does not match function signature'],
    ['<s-nn?:s>', ['a', 'b'], undefined, 'Argument 2'],
    ['<s-nn?:s>', ['a', 1, 2, 3], undefined, 'Argument 4'],
    ['<s-:s>', [], 1, 'Context value is not a compatible type with argument 1 of function "name"'],
    ['<a<s>s?:s>', [[1]], undefined, 'Argument 1 of function "name" must be an array of "strings"'],
    ['<a<n>:n>', ['a'], undefined, 'must be an array of "numbers"'],
    ['<a<o>:o>', [1], undefined, 'must be an array of "objects"'],
  ])('of %s with %j says what is wrong', (signature, args, context, message) => {
    expect(failure(signature, args, context)).toContain(message);
  });
});

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ExpressionError } from '../../src/expression/error.ts';
import { EvaluationError } from '../../src/expression/failure.ts';
import { createInterpreter, type Interpreter } from '../../src/expression/interpreter.ts';
import { compilePredicate, type Predicate } from '../../src/expression/run/predicate.ts';
import { isRefusal, normalise } from '../../src/expression/tree/normalise.ts';
import { SHARED } from './shared.ts';

/** A case of jsonata's own test suite: {@link file://../../../shared/cases/jsonata/SOURCE.md}. */
interface Case {
  readonly group: string;
  readonly case: string;
  readonly expr: string;
  readonly dataset?: string | null;
  readonly data?: unknown;
  readonly bindings?: Readonly<Record<string, unknown>>;
  /** Milliseconds, and calls within calls, that the suite allows; no expression that is compiled comes near. */
  readonly timelimit?: number;
  readonly depth?: number;
  readonly result?: unknown;
  readonly undefinedResult?: boolean;
  readonly code?: string;
  readonly error?: { readonly code?: string };
  readonly unordered?: boolean;
}

interface Suite {
  readonly datasets: Readonly<Record<string, unknown>>;
  readonly cases: readonly Case[];
}

type Outcome = { readonly value: unknown } | { readonly code: string };

interface Accepted {
  readonly test: Case;
  readonly name: string;
  readonly interpreter: Interpreter;
  readonly predicate: Predicate;
}

const FILE = join(SHARED, 'cases/jsonata/suite.json.gz');
const hasSuite = existsSync(FILE);
if (!hasSuite) process.stderr.write(`\nCONFORMANCE NOT RUN: ${FILE} is not there.\n\n`);

const suite = hasSuite ? (JSON.parse(gunzipSync(readFileSync(FILE)).toString()) as Suite) : { datasets: {}, cases: [] };

/** The fewest cases that the compiler may accept: more as it learns, never fewer. */
const ACCEPTED = 950;

/** What our limit of a list's length, a million, forbids and jsonata, left to itself, does not. */
const OVER_OUR_LIMIT: Readonly<Record<string, string>> = {
  'range-operator/case021': 'D2015',
  'range-operator/case024': 'D2015',
};

const accepted: Accepted[] = [];
let unparsable = 0;
const refusals = new Map<string, number>();
for (const test of suite.cases) {
  const bindings = test.bindings ?? {};
  const interpreter = parse(test.expr, bindings);
  if (!interpreter) {
    unparsable++;
    continue;
  }
  const node = normalise(interpreter.ast, bindings);
  if (isRefusal(node)) refusals.set(node.reason, (refusals.get(node.reason) ?? 0) + 1);
  else accepted.push({ test, name: `${test.group}/${test.case}`, interpreter, predicate: compilePredicate(node) });
}

function parse(text: string, bindings: Readonly<Record<string, unknown>>): Interpreter | undefined {
  try {
    return createInterpreter(text, bindings);
  } catch (error) {
    if (error instanceof ExpressionError) return undefined;
    throw error;
  }
}

/** Anew for each who reads it; the predicates take any JSON for an event. */
function input({ dataset, data }: Case): Parameters<Predicate>[0] {
  return structuredClone(dataset ? suite.datasets[dataset] : data) as Parameters<Predicate>[0];
}

async function outcomeOf(run: () => unknown): Promise<Outcome> {
  try {
    return { value: plain(await run()) };
  } catch (error) {
    if (error instanceof EvaluationError) return { code: error.code };
    throw error;
  }
}

/** Arrays without jsonata's marks, objects with a prototype; undefined and null stay apart. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

/** What the suite says. */
function wanted({ code, error, undefinedResult, result }: Case): Outcome {
  const failure = code ?? error?.code;
  if (failure !== undefined) return { code: failure };
  return { value: undefinedResult ? undefined : result };
}

/** Where the order of a list is left open. */
function inOrder(outcome: Outcome, { unordered }: Case): Outcome {
  if (!unordered || !('value' in outcome) || !Array.isArray(outcome.value)) return outcome;
  return { value: outcome.value.map((item) => JSON.stringify(item)).sort() };
}

describe.runIf(hasSuite)("jsonata's own test suite", () => {
  it('is all there', () => {
    expect(suite.cases.length).toBeGreaterThan(1_600);
    expect(unparsable).toBeLessThan(suite.cases.length * 0.05);
  });

  it('is compiled for the most part', () => {
    const left = [...refusals].sort(([, a], [, b]) => b - a).map(([reason, count]) => `${count} ${reason}`);
    expect(accepted.length, left.join('\n')).toBeGreaterThanOrEqual(ACCEPTED);
  });

  it.each(accepted)('$name: the compiled expression is what the suite says', async ({ test, name, predicate }) => {
    const code = OVER_OUR_LIMIT[name];
    const expected = code === undefined ? wanted(test) : { code };
    const outcome = await outcomeOf(() => predicate(input(test)));
    expect(inOrder(outcome, test), test.expr).toEqual(inOrder(expected, test));
  });

  it.each(accepted)('$name: the interpreter is the same', async ({ test, interpreter, predicate }) => {
    const interpreted = await outcomeOf(() => interpreter.evaluate(input(test)));
    expect(await outcomeOf(() => predicate(input(test))), test.expr).toStrictEqual(interpreted);
  });

  it.each(Object.keys(OVER_OUR_LIMIT))('%s is still there', (name) => {
    expect(accepted.map((one) => one.name)).toContain(name);
  });
});

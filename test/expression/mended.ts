/**
 * jsonata without the two faults that a compiled expression does not copy, made out of its own source: what is known to
 * differ is held against this, so that nothing else passes for it.
 */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type jsonata from 'jsonata';
import type { AuditEvent } from '../../src/event/types.ts';
import { EvaluationError } from '../../src/expression/failure.ts';
import { eventFunctions } from '../../src/expression/functions.ts';
import type { Interpreter } from '../../src/expression/interpreter.ts';
import { MAX_SEQUENCE } from '../../src/expression/run/budget.ts';
import { LinearRegex } from '../../src/expression/run/regex.ts';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('jsonata'), 'utf8');

/** The items of a constructor are evaluated at once, and the failure of the quickest is told: here that of the first. */
const ORDER = [/await Promise\.all\(/g, 2, 'await inOrder('] as const;
/** To group an empty list, jsonata puts an undefined into it, be it a list of the event. */
const GROUP = [/input\.push\(undefined\);/g, 1, 'input = [undefined];'] as const;

async function inOrder(promises: readonly Promise<unknown>[]): Promise<unknown[]> {
  const settled = await Promise.allSettled(promises);
  return settled.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

function mend(...changes: readonly (typeof ORDER | typeof GROUP)[]): typeof jsonata {
  let source = SOURCE;
  for (const [pattern, times, replacement] of changes) {
    if (source.match(pattern)?.length !== times) throw new Error(`jsonata has changed: ${pattern}`);
    source = source.replaceAll(pattern, replacement);
  }
  const module: { exports: unknown } = { exports: {} };
  new Function('module', 'exports', 'inOrder', source)(module, module.exports, inOrder);
  return module.exports as typeof jsonata;
}

const ordered = mend(ORDER);
const mended = mend(ORDER, GROUP);

/** As the interpreter that the program uses, of a jsonata that is mended. */
function interpreter(engine: typeof jsonata, text: string, lists: object): Interpreter['evaluate'] {
  return async (event) => {
    const expression = engine(text, {
      RegexEngine: LinearRegex as unknown as RegExpConstructor,
      stack: 1_000,
      sequence: MAX_SEQUENCE,
    });
    for (const [name, value] of Object.entries(structuredClone(lists))) expression.assign(name, value);
    for (const [name, { run }] of Object.entries(eventFunctions)) {
      expression.registerFunction(name, (...args: unknown[]) => run(event, ...args));
    }
    try {
      return await expression.evaluate(event as AuditEvent);
    } catch (error) {
      const { code } = error as { code?: string };
      throw new EvaluationError(code ?? 'unknown', String(error));
    }
  };
}

export interface Mended {
  /** Tells the failure of the first. */
  readonly ordered: Pick<Interpreter, 'evaluate'>;
  /** Changes no list that it groups, either. */
  readonly mended: Pick<Interpreter, 'evaluate'>;
}

export function createMended(text: string, lists: object): Mended {
  return {
    ordered: { evaluate: interpreter(ordered, text, lists) },
    mended: { evaluate: interpreter(mended, text, lists) },
  };
}

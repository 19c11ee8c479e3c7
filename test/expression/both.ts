import { compare, isCandidate, isError, type Outcome, prepare } from './oracle.ts';

/**
 * What an expression gives for an event, compiled and interpreted: the value, or the code of the error.
 * @param event an object, or JSON for what an object cannot say: 1e999, `__proto__`.
 */
export async function both(expression: string, event: object | string = {}): Promise<unknown> {
  const prepared = prepare(expression);
  if (!isCandidate(prepared)) throw new Error(`${expression}: ${prepared?.refusal?.reason ?? 'it does not parse'}`);
  const text = typeof event === 'string' ? event : JSON.stringify(event);
  const { verdict, compiled, interpreted } = await compare(prepared, { text, isDecoded: false });
  if (verdict !== 'same') throw new Error(`compiled: ${show(compiled)}, interpreted: ${show(interpreted)}`);
  return isError(compiled) ? compiled.code : plain(compiled.value);
}

function show(outcome: Outcome): string {
  return isError(outcome) ? outcome.code : (JSON.stringify(outcome.value) ?? 'undefined');
}

/** Arrays without jsonata's marks, objects with a prototype. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

/** Random expressions, each over random events, compiled and interpreted. */

import fc from 'fast-check';
import { minimise } from './minimise.ts';
import { type Comparison, compare, isCandidate, isError, prepare, type Verdict } from './oracle.ts';
import { deepFreeze, type EventSource, events, makeEvent } from './random-event.ts';
import { expressions } from './random-expression.ts';
import { writtenEvents, writtenExpressions } from './written.ts';

export interface Difference extends Comparison {
  readonly expression: string;
  readonly event: EventSource;
}

/** What was compared, so that nobody takes a check of nothing for a check. */
export interface Tally {
  expressions: number;
  unparsable: number;
  /** Expressions that the interpreter runs, by reason. */
  refused: Record<string, number>;
  pairs: number;
  /** Pairs by what the compiled expression said. */
  outcomes: Record<'value' | 'true' | 'false' | 'nothing' | 'error', number>;
  /** Pairs by error code. */
  codes: Record<string, number>;
  /** Pairs by how they compare. */
  verdicts: Record<Verdict, number>;
  /** Expressions that each function stands in and that are compiled. */
  functions: Record<string, number>;
}

export function createTally(): Tally {
  return {
    ...{ expressions: 0, unparsable: 0, refused: {}, pairs: 0, codes: {}, functions: {} },
    outcomes: { value: 0, true: 0, false: 0, nothing: 0, error: 0 },
    verdicts: { same: 0, order: 0, changed: 0, different: 0 },
  };
}

export interface Batch {
  readonly seed: number;
  /** How many, each of which runs over each event. */
  readonly expressions: number;
  readonly events: number;
}

const expressionArbitrary = fc.noBias(expressions(writtenExpressions));
const eventArbitrary = fc.noBias(events(writtenEvents));

/** The same seed gives the same expressions and events. The first difference of each expression is told. */
export async function runBatch(batch: Batch, tally: Tally, tell: (difference: Difference) => void): Promise<void> {
  const { seed } = batch;
  const pool = fc
    .sample(eventArbitrary, { numRuns: batch.events, seed })
    .map((source) => ({ source, frozen: deepFreeze(makeEvent(source)) }));
  for (const text of fc.sample(expressionArbitrary, { numRuns: batch.expressions, seed })) {
    const prepared = prepare(text);
    tally.expressions++;
    if (prepared === undefined) tally.unparsable++;
    if (!isCandidate(prepared)) {
      if (prepared) add(tally.refused, prepared.refusal?.reason ?? '');
      continue;
    }
    for (const name of new Set(text.match(/\$\w+(?=\()/g))) add(tally.functions, name.slice(1));
    let isTold = false;
    for (const { source, frozen } of pool) {
      const comparison = await compare(prepared, source, frozen);
      count(tally, comparison);
      if (comparison.verdict !== 'different' || isTold) continue;
      isTold = true;
      tell({ ...comparison, expression: text, event: source });
    }
  }
}

function count(tally: Tally, { verdict, compiled }: Comparison): void {
  tally.pairs++;
  tally.verdicts[verdict]++;
  if (isError(compiled)) {
    tally.outcomes.error++;
    add(tally.codes, compiled.code);
  } else if (compiled.value === undefined) tally.outcomes.nothing++;
  else if (typeof compiled.value === 'boolean') tally.outcomes[`${compiled.value}`]++;
  else tally.outcomes.value++;
}

function add(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}

/** The same difference with less around it; itself where it shows only after other events. */
export async function smallest(difference: Difference): Promise<Difference> {
  const { isDecoded } = difference.event;
  const run = async (expression: string, text: string): Promise<Difference | undefined> => {
    const prepared = prepare(expression);
    if (!isCandidate(prepared)) return undefined;
    const event = { text, isDecoded };
    return { ...(await compare(prepared, event)), expression, event };
  };
  const fails = async (expression: string, text: string): Promise<boolean> =>
    (await run(expression, text))?.verdict === 'different';
  if (!(await fails(difference.expression, difference.event.text))) return difference;
  const [expression, text] = await minimise(difference.expression, difference.event.text, fails);
  return (await run(expression, text)) ?? difference;
}

export function describeDifference({ expression, event, compiled, interpreted }: Difference): string {
  const show = (outcome: Comparison['compiled']): string =>
    isError(outcome) ? `the error ${outcome.code}` : (JSON.stringify(outcome.value) ?? String(outcome.value));
  return [
    `expression:  ${expression}`,
    `event:       ${event.text}${event.isDecoded ? ' (decoded)' : ''}`,
    `compiled:    ${show(compiled)}`,
    `interpreted: ${show(interpreted)}`,
  ].join('\n');
}

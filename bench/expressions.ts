/**
 * Evaluations per second of each detector's `match`, by jsonata's interpreter and compiled, over the requests of a
 * synthetic log. Both in the same run, in turn; the median of five.
 *
 *   npx tsx bench/expressions.ts [--events 3000] [--seed 1]
 */
import { parseArgs } from 'node:util';
import { DEFAULT_LISTS } from '../src/detect/lists.ts';
import { loadDetectors } from '../src/detect/load.ts';
import { decodeEvent } from '../src/event/decode.ts';
import type { AuditEvent } from '../src/event/types.ts';
import { createInterpreter } from '../src/expression/interpreter.ts';
import { auditLog } from './log.ts';
import { MIXES } from './mix.ts';
import { seededRandom } from './random.ts';

const ROUNDS = 5;
/** Of a round of compiled evaluations, which would be over too soon to be measured. */
const REPEATS = 20;

const { values } = parseArgs({
  options: { events: { type: 'string', default: '3000' }, seed: { type: 'string', default: '1' } },
});
const events = sample(Number(values.events), Number(values.seed));

function sample(count: number, seed: number): AuditEvent[] {
  const found: AuditEvent[] = [];
  const start = Date.parse('2026-03-01T06:00:00Z') * 1_000;
  for (const line of auditLog({ mix: MIXES.busy, start, everyStage: false }, seededRandom(seed))) {
    const event = decodeEvent(JSON.parse(line), line);
    if (event) found.push(event);
    if (found.length >= count) break;
  }
  return found;
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

/** Evaluations per second. */
async function rate(evaluations: number, run: () => unknown): Promise<number> {
  const start = process.hrtime.bigint();
  await run();
  return evaluations / (Number(process.hrtime.bigint() - start) / 1e9);
}

const rows: { name: string; interpreted: number; compiled: number }[] = [];
for (const { id, match } of await loadDetectors()) {
  const { predicate, text } = match;
  if (!predicate) throw new Error(`${id} is not compiled`);
  const interpreter = createInterpreter(text, DEFAULT_LISTS);
  const interpreted: number[] = [];
  const compiled: number[] = [];
  let found = 0;
  for (let round = 0; round < ROUNDS; round++) {
    interpreted.push(
      await rate(events.length, async () => {
        for (const event of events) if (await interpreter.evaluate(event)) found += 1;
      }),
    );
    compiled.push(
      await rate(events.length * REPEATS, () => {
        for (let repeat = 0; repeat < REPEATS; repeat++)
          for (const event of events) if (predicate(event)) found -= 1 / REPEATS;
      }),
    );
  }
  if (Math.abs(found) > 0.5) throw new Error(`${id}: the two differ on ${found} events`);
  rows.push({ name: id, interpreted: median(interpreted), compiled: median(compiled) });
}

const thousands = (value: number): string => `${Math.round(value / 1_000).toLocaleString('en-US')} k`;
process.stdout.write(
  '| detector | interpreted, a second | compiled, a second | ratio |\n| --- | ---: | ---: | ---: |\n',
);
for (const { name, interpreted, compiled } of rows) {
  process.stdout.write(
    `| ${name} | ${thousands(interpreted)} | ${thousands(compiled)} | ${(compiled / interpreted).toFixed(0)} |\n`,
  );
}
const time = (key: 'interpreted' | 'compiled'): number => rows.reduce((sum, row) => sum + 1 / row[key], 0);
process.stdout.write(
  `| all ${rows.length}, requests a second | ${thousands(1 / time('interpreted'))} | ${thousands(1 / time('compiled'))} | ${(time('interpreted') / time('compiled')).toFixed(0)} |\n`,
);

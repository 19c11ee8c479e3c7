/**
 * Compares compiled expressions with jsonata's interpreter, on random expressions over random events, for as long as you
 * like: test/expression/differential.test.ts does some hundred thousand pairs of these in each run of the tests.
 *
 *   npx tsx bench/fuzz-expressions.ts --pairs 10000000 --seed 5
 *   npx tsx bench/fuzz-expressions.ts --processes 1 --go-on     # until it is stopped, and past differences
 */
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  createTally,
  type Difference,
  describeDifference,
  runBatch,
  smallest,
  type Tally,
} from '../test/expression/fuzz.ts';

const USAGE = `usage: fuzz-expressions.ts [options]
  --pairs N       of an expression and an event; without it, until it is stopped
  --seed N        default 1
  --processes N   default: as many as there are processors
  --go-on         past a difference
`;

/** Batches are numbered, and each has its own seed: how many processes share them changes nothing. */
const BATCH = { expressions: 100, events: 150 };
/** Far from the seeds of a run with the next seed. */
const SEEDS = 1_000_000;
const REPORT_SECONDS = 60;

interface Report {
  readonly batch: number;
  readonly tally: Tally;
  readonly differences: readonly string[];
}

async function work(seed: number): Promise<void> {
  // jsonata makes an error for the stack of every failure.
  Error.stackTraceLimit = 0;
  process.on('message', async (batch: number) => {
    const tally = createTally();
    const found: Difference[] = [];
    await runBatch({ ...BATCH, seed: seed * SEEDS + batch }, tally, (difference) => found.push(difference));
    const differences: string[] = [];
    for (const difference of found.slice(0, 5)) differences.push(describeDifference(await smallest(difference)));
    const report: Report = { batch, tally, differences };
    process.send?.(report);
  });
  process.send?.('ready');
}

type Counts = { [key: string]: number | Counts };

function addTo(total: Counts, part: Counts): void {
  for (const [key, value] of Object.entries(part)) {
    const known = total[key];
    if (typeof value === 'number') total[key] = (typeof known === 'number' ? known : 0) + value;
    else if (typeof known === 'object') addTo(known, value);
    else total[key] = value;
  }
}

function readCount(name: string, text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1) throw new RangeError(`--${name} must be a whole number, not ${text}`);
  return count;
}

async function lead(pairs: number, seed: number, processes: number, goOn: boolean): Promise<boolean> {
  const total = createTally();
  const seen = new Set<string>();
  const begin = performance.now();
  const seconds = (): number => Math.round((performance.now() - begin) / 1_000);
  let next = 0;
  const isDone = (): boolean => total.pairs >= pairs || (seen.size > 0 && !goOn);

  const take = ({ batch, tally, differences }: Report): void => {
    addTo(total as unknown as Counts, tally as unknown as Counts);
    for (const difference of differences) {
      if (seen.has(difference)) continue;
      seen.add(difference);
      process.stderr.write(`\nDIFFERENCE (--seed ${seed}, batch ${batch})\n${difference}\n\n`);
    }
  };
  const progress = setInterval(() => {
    process.stderr.write(`${seconds()} s: ${total.pairs} pairs, ${seen.size} differences\n`);
  }, REPORT_SECONDS * 1_000);

  const one = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const child = fork(fileURLToPath(import.meta.url), ['--worker', '--seed', String(seed)]);
      child.on('message', (message: Report | 'ready') => {
        if (message !== 'ready') take(message);
        if (isDone()) child.disconnect();
        else child.send(next++);
      });
      child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a process ended with ${code}`))));
    });
  try {
    await Promise.all(Array.from({ length: processes }, one));
  } finally {
    clearInterval(progress);
  }

  const { outcomes, verdicts } = total;
  process.stdout.write(`${JSON.stringify(total)}\n`);
  process.stdout.write(
    `${total.pairs} pairs of ${total.expressions} expressions (${total.unparsable} do not parse, ` +
      `${Object.values(total.refused).reduce((a, b) => a + b, 0)} are not compiled); ${outcomes.value + outcomes.true} with a value, ` +
      `${outcomes.error} errors; ${verdicts.different} different (${seen.size} expressions), ${verdicts.order} by the order of failures, ` +
      `${verdicts.changed} where jsonata wrote into an empty list; ${seconds()} s, seed ${seed}\n`,
  );
  return seen.size === 0;
}

const { values } = parseArgs({
  options: {
    ...{ pairs: { type: 'string' }, seed: { type: 'string' }, processes: { type: 'string' } },
    ...{ worker: { type: 'boolean' }, 'go-on': { type: 'boolean' }, help: { type: 'boolean' } },
  },
});
if (values.help) {
  process.stdout.write(USAGE);
} else {
  const seed = readCount('seed', values.seed ?? '1');
  if (values.worker) {
    await work(seed);
  } else {
    const pairs = values.pairs === undefined ? Number.POSITIVE_INFINITY : readCount('pairs', values.pairs);
    const processes = readCount('processes', values.processes ?? String(availableParallelism()));
    process.exitCode = (await lead(pairs, seed, processes, values['go-on'] ?? false)) ? 0 : 1;
  }
}

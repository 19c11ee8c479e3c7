/**
 * Compares the engines of a scan on random hostile logs, for as long as you like: test/engines/equal.test.ts does a few of
 * these in each run of the tests.
 *
 *   npx tsx bench/fuzz-engines.ts --seconds 3600 --seed 5
 *   AUDITSCAN_ENGINES_FROM=dist npx tsx bench/fuzz-engines.ts     # what was built; until it is stopped
 */
import { parseArgs } from 'node:util';
import { checkLog, type Oracle } from '../test/engines/check.ts';
import { type Question, unknownChoices, type Variant, variantsOf } from '../test/engines/compare.ts';
import { createDice } from '../test/engines/dice.ts';
import { type HostileOptions, hostileLog } from '../test/engines/hostile-log.ts';
import { createLogFiles } from '../test/engines/log-file.ts';
import { QUESTIONS, SINGLE_QUESTIONS } from '../test/engines/questions.ts';
import { seededRandom } from './random.ts';

const USAGE = `usage: fuzz-engines.ts [options]
  --seconds N     without it, until it is stopped
  --seed N        of the first log, the next has the next; default 1
  --logs N        at most
  --jobs 1,2      threads to compare; default 1,2
  --unchecked     with values of heads that are no JSON, which only a parser sees
`;

const REPORT_SECONDS = 60;
/** The interpreter takes a hundred times as long as the compiled expressions. */
const INTERPRETED = 0.1;

interface Round {
  readonly question: Question;
  readonly options: HostileOptions;
  readonly variants: readonly Variant[];
  readonly oracle: Oracle;
}

/** Everything follows from the seed. */
function roundOf(seed: number, jobs: readonly number[], unchecked: boolean): Round {
  const dice = createDice(seededRandom(-seed).unit);
  const oracle = dice.chance(INTERPRETED) ? 'interpreted' : 'compiled';
  const blockSize = dice.pick([undefined, 65_536, 4_096, 4_096, dice.between(1, 20_000), dice.between(1, 500)]);
  const events = dice.pick(oracle === 'interpreted' ? [5, 50] : [5, 50, 200, 1_000]);
  const options: HostileOptions = {
    events,
    odd: dice.pick([0.1, 0.33, 0.33, 1]),
    damaged: dice.pick([0, 0.02, 0.1, 0.4]),
    unchecked,
    newUsers: dice.pick([0, 0.05, 1]),
    daily: dice.pick([0, 0.3, 2]),
    holesAt: dice.chance(0.2) ? (blockSize === undefined || blockSize < 2_000 ? 4_096 : blockSize) : undefined,
  };
  const question = dice.chance(0.6) ? dice.pick(QUESTIONS) : dice.pick(SINGLE_QUESTIONS);
  return { question, options, variants: variantsOf([blockSize], jobs), oracle };
}

function readCount(name: string, text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 0) throw new RangeError(`--${name} must be a whole number, not ${text}`);
  return count;
}

async function run(
  seconds: number,
  first: number,
  logs: number,
  jobs: readonly number[],
  unchecked: boolean,
): Promise<boolean> {
  const unknown = unknownChoices();
  if (unknown.length > 0) process.stderr.write(`ENGINES NOT COMPARED: a scan does not know ${unknown.join(', ')}\n`);
  const files = createLogFiles();
  const begin = performance.now();
  const elapsed = (): number => (performance.now() - begin) / 1_000;
  let [count, bytes, scans, reported] = [0, 0, 0, 0];
  let told: string | undefined;
  const report = (): string =>
    `${Math.round(elapsed())} s: ${count} logs, ${Math.round(bytes / 1e6)} MB, ${scans} scans`;
  try {
    for (let seed = first; elapsed() < seconds && count < logs && told === undefined; seed++) {
      const { question, options, variants, oracle } = roundOf(seed, jobs, unchecked);
      const log = hostileLog(seededRandom(seed).unit, options);
      told = await checkLog(question, log, variants, oracle, files);
      files.clear();
      if (told !== undefined) process.stdout.write(`\nDIFFERENCE (--seed ${seed} --logs 1)\n${told}\n\n`);
      count += 1;
      bytes += log.length;
      scans += variants.length;
      if (elapsed() - reported < REPORT_SECONDS) continue;
      reported = elapsed();
      process.stderr.write(`${report()}\n`);
    }
  } finally {
    files.remove();
  }
  process.stdout.write(
    `${report()}; seeds ${first} to ${first + count - 1}, ${told ? 'DIFFERENT' : 'no difference'}\n`,
  );
  return told === undefined;
}

const text = { type: 'string' } as const;
const { values } = parseArgs({
  options: {
    seconds: text,
    seed: text,
    logs: text,
    jobs: text,
    unchecked: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});
if (values.help) {
  process.stdout.write(USAGE);
} else {
  const endless = Number.POSITIVE_INFINITY;
  const seconds = values.seconds === undefined ? endless : readCount('seconds', values.seconds);
  const logs = values.logs === undefined ? endless : readCount('logs', values.logs);
  const jobs = (values.jobs ?? '1,2').split(',').map((one) => readCount('jobs', one));
  process.exitCode = (await run(seconds, readCount('seed', values.seed ?? '1'), logs, jobs, values.unchecked ?? false))
    ? 0
    : 1;
}

/**
 * The long run: rotates logs in every way, kills the program again and again, and counts what was lost. The same code as
 * test/system/faults.test.ts, in many more rounds.
 *
 *   npm run build && npx tsx bench/faults.ts --rotations 10000 --kills 500
 *   npx tsx bench/faults.ts --rotations 500 --kills 20 --mode copytruncate --seed 17
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { MODES, type Mode, modeNamed } from '../test/faults/modes.ts';
import { describeReport, faultsOf, type Report, reportTable } from '../test/faults/report.ts';
import { type RoundOptions, runRound } from '../test/faults/round.ts';

const USAGE = `usage: faults.ts [options]
  --rotations N   in all; default 10000
  --kills N       in all; default 500
  --seed N        sizes, rates and the moments of kills are drawn from it; default the time
  --mode NAMES    all (default), or some of ${MODES.map(({ name }) => name).join(',')}
  --form NAMES    all (default), or some of query,detect,once (once: query without --follow, started again and again)
  --round N       only the round of this number, as progress names it
  --size N        bytes of a generation, about; default 60000
  --patience N    seconds without anything new after which what is missing is lost; default 60
  --program WORDS in the place of "node dist/cli.js"
`;

/** What each mode makes of all rotations: least those that take longest. */
const SHARES: Readonly<Record<string, number>> = {
  lumberjack: 0.54,
  create: 0.1,
  delaycompress: 0.09,
  dateext: 0.08,
  'old-descriptor': 0.07,
  copytruncate: 0.08,
  'copytruncate-holes': 0.04,
};
/** Rotations of a round. logrotate renames all generations each time, and none is deleted. */
const LONGEST_ROUND: Readonly<Record<string, number>> = { lumberjack: 500 };
const FORMS = ['query', 'detect', 'once'] as const;

interface Wanted {
  readonly modes: readonly Mode[];
  readonly forms: readonly string[];
  readonly rotations: number;
  readonly kills: number;
  readonly seed: number;
}

type Round = Pick<RoundOptions, 'mode' | 'command' | 'follow' | 'rotations' | 'kills' | 'stops' | 'seed'>;

/** The modes in turn. The first round of a mode, if it has several, is one without kills. */
function planRounds({ modes, forms, rotations, kills, seed }: Wanted): Round[] {
  const shares = modes.reduce((sum, { name }) => sum + (SHARES[name] ?? 0), 0);
  const counts = modes.map(({ name }) => {
    const share = (rotations * (SHARES[name] ?? 0)) / shares;
    const rounds = Math.max(Math.ceil(share / (LONGEST_ROUND[name] ?? 100)), 1);
    return { rounds, each: Math.ceil(share / rounds) };
  });
  const quiet = counts.filter(({ rounds }) => rounds > 1).length;
  const disturbed = counts.reduce((sum, { rounds }) => sum + rounds, 0) - quiet;
  const most = Math.max(...counts.map(({ rounds }) => rounds));
  const plan: Round[] = [];
  for (let turn = 0; turn < most; turn += 1) {
    for (const [index, mode] of modes.entries()) {
      const { rounds, each } = counts[index] ?? { rounds: 0, each: 0 };
      if (turn >= rounds) continue;
      const form = forms[(turn + index) % forms.length];
      const isQuiet = turn === 0 && rounds > 1;
      plan.push({
        mode,
        command: form === 'detect' ? 'detect' : 'query',
        follow: form !== 'once',
        rotations: each,
        kills: isQuiet ? 0 : Math.ceil(kills / disturbed),
        // Asked to end, a program that does not follow may die as any other.
        stops: form === 'once' ? 0 : isQuiet ? 4 : 1,
        seed: seed + plan.length,
      });
    }
  }
  return plan;
}

function parseCount(name: string, text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 0) throw new RangeError(`--${name} must be a whole number, not ${text}`);
  return count;
}

function parseForms(text: string): readonly string[] {
  // Following a query is the common use; it comes as often as the others together.
  if (text === 'all') return ['query', 'detect', 'query', 'once'];
  const forms = text.split(',');
  const unknown = forms.find((form) => !FORMS.some((known) => known === form));
  if (unknown !== undefined) throw new RangeError(`--form must be of ${FORMS.join(', ')}, not ${unknown}`);
  return forms;
}

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rotations: { type: 'string', default: '10000' },
      kills: { type: 'string', default: '500' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
      mode: { type: 'string', default: 'all' },
      form: { type: 'string', default: 'all' },
      round: { type: 'string' },
      size: { type: 'string', default: '60000' },
      patience: { type: 'string', default: '60' },
      program: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const number = (name: 'rotations' | 'kills' | 'seed' | 'size' | 'patience'): number => parseCount(name, values[name]);
  const program = values.program?.split(' ') ?? [
    process.execPath,
    fileURLToPath(new URL('../dist/cli.js', import.meta.url)),
  ];
  const seed = number('seed');
  const plan = planRounds({
    modes: values.mode === 'all' ? MODES : values.mode.split(',').map(modeNamed),
    forms: parseForms(values.form),
    rotations: number('rotations'),
    kills: number('kills'),
    seed,
  });
  const only = values.round === undefined ? undefined : parseCount('round', values.round);

  process.stderr.write(`seed ${seed}, ${plan.length} rounds\n`);
  const reports: Report[] = [];
  let bad = 0;
  for (const [index, round] of plan.entries()) {
    if (only !== undefined && only !== index + 1) continue;
    const options = { ...round, program, size: number('size'), patience: number('patience') * 1000 };
    const report = await runRound(options).catch((error: unknown) => {
      process.stderr.write(`${index + 1}/${plan.length} ${round.mode.name}, seed ${round.seed}: ${error}\n`);
    });
    if (!report) {
      bad += 1;
      continue;
    }
    reports.push(report);
    process.stderr.write(`${index + 1}/${plan.length} ${describeReport(report)}\n`);
    const faults = faultsOf(report, round.mode);
    if (faults.length === 0) continue;
    bad += 1;
    for (const text of [...faults, ...report.examples]) process.stderr.write(`  ${text}\n`);
    process.stderr.write(`  kept in ${report.folder}\n`);
  }
  process.stdout.write(`${reportTable(reports)}\n${bad === 0 ? 'nothing lost' : `${bad} rounds with faults`}\n`);
  return bad === 0 ? 0 : 1;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`faults: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n${USAGE}`);
  process.exitCode = 2;
}

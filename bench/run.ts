/**
 * auditscan beside its peers, in one run: every command as its own process, one after the other in turn, medians, and
 * the table of what must be reached. Nothing is timed before all that count the same thing have come to the same number.
 *
 *   npm run build && npm ci --prefix bench && apt-get install ripgrep jq gojq time
 *   npx tsx bench/make-log.ts --size 2GB --seed 1 --mix busy --out busy.log && gzip -k busy.log
 *   npx tsx bench/run.ts --log busy.log --gz busy.log.gz > table.md
 *
 * BENCH_CLI=/elsewhere/dist/cli.js measures another build (memory.ts and detectors.ts know it too). The tables go to standard
 * output, what happens meanwhile to standard error. Exits 0 also where a target is not met, 2 where nothing was measured.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, cpus, freemem, loadavg, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { checkAgreement } from './measure/checks.ts';
import { measuredTable, megabytes } from './measure/markdown.ts';
import { DUCKDB, findPeers } from './measure/peers.ts';
import { type Measured, measureInTurn, type Work } from './measure/rounds.ts';
import { checkWholeLines, warm, writeSample } from './measure/sample.ts';
import { parseCount, parseSize } from './measure/sizes.ts';
import { targetsTable } from './measure/targets.ts';
import { missingTime } from './measure/timed.ts';
import { CLI, type Logs, logWorks, NODE, peerOf, START_WORKS } from './measure/works.ts';

const USAGE = `usage: run.ts --log FILE [options]
  --gz FILE.gz        the same log, compressed
  --rounds N          default 5
  --start-rounds N    rounds of --version and node alone; default 20
  --only A,B          only these works; the names are told with --list
  --jq-size SIZE      jq and gojq read so much of the log, and their times are scaled; default 200MB
  --no-check          skip the counts that must agree; not for figures that anybody is to believe
  --list              name the works, and end
`;

function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** The log as it is where it is short enough, or its beginning in a file of the folder. */
function prepareLogs(log: string, gz: string | undefined, most: number, folder: string): Logs {
  const size = statSync(log).size;
  if (size <= most) return { log, gz, sample: log, scale: 1, sampleText: 'the whole log' };
  const sample = join(folder, 'sample.log');
  const written = writeSample(log, most, sample);
  const scale = size / written;
  return { log, gz, sample, scale, sampleText: `first ${megabytes(written)}, times ${scale.toFixed(2)}` };
}

function machineText(logs: Logs, versions: ReadonlyMap<string, string>): string {
  const size = (path: string): string => megabytes(statSync(path).size);
  const peers = [...versions].map(([name, version]) => (version.startsWith(name) ? version : `${name} ${version}`));
  return [
    `Machine: ${availableParallelism()} cores, ${cpus()[0]?.model.trim()}, ${(totalmem() / 1e9).toFixed(0)} GB; Node ${process.versions.node}; ${process.platform}.`,
    `Log: ${logs.log}, ${size(logs.log)}${logs.gz === undefined ? '' : `; .gz ${size(logs.gz)}`}; in the page cache.`,
    ...(process.env.BENCH_CLI === undefined ? [] : [`Build: ${CLI}.`]),
    `Peers: ${peers.join('; ')}.`,
  ].join('\n');
}

function warnOfNoise(logs: Logs): void {
  const load = loadavg()[0] ?? 0;
  if (load > 0.5) tell(`note: the load is ${load.toFixed(1)} already: others work on this machine, figures are noisy`);
  if (freemem() < 2 * statSync(logs.log).size) tell('note: little free memory: the log may not stay in the page cache');
}

/** Whether a work was asked for and its program is there. @throws {RangeError} where a name asked for is none. */
function selection(
  only: string | undefined,
  known: readonly string[],
  has: (peer: string) => boolean,
): (work: Work) => boolean {
  const wanted = only?.split(',').map((name) => name.trim()) ?? known;
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new RangeError(`--only ${unknown.join(',')}: the works are ${known.join(', ')}`);
  return (work) => {
    const peer = peerOf(work);
    return wanted.includes(work.id) && (peer === undefined || has(peer));
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      log: { type: 'string' },
      gz: { type: 'string' },
      rounds: { type: 'string', default: '5' },
      'start-rounds': { type: 'string', default: '20' },
      only: { type: 'string' },
      'jq-size': { type: 'string', default: '200MB' },
      'no-check': { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
    },
  });
  if (values.list) {
    const logs = { log: 'LOG', gz: 'LOG.gz', sample: 'LOG', scale: 1, sampleText: 'a sample' };
    for (const { id, title } of [...logWorks(logs), ...START_WORKS]) process.stdout.write(`${id.padEnd(16)}${title}\n`);
    return;
  }
  if (values.log === undefined) throw new RangeError('--log is needed');
  const time = missingTime();
  if (time !== undefined) throw new Error(time);
  const [rounds, startRounds] = [
    parseCount('rounds', values.rounds),
    parseCount('start-rounds', values['start-rounds']),
  ];
  const peers = findPeers();
  for (const line of peers.missing) tell(line);
  const has = (peer: string): boolean => peers.versions.has(peer);

  const folder = mkdtempSync(join(tmpdir(), 'auditscan-sample-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const gz = values.gz === undefined ? undefined : resolve(values.gz);
  const logs = prepareLogs(resolve(values.log), gz, parseSize(values['jq-size']), folder);
  checkWholeLines(logs.log);

  const works = logWorks(logs);
  const known = [...works, ...START_WORKS].map(({ id }) => id);
  const selected = selection(values.only, known, has);

  warnOfNoise(logs);
  for (const path of new Set([logs.log, logs.sample, ...(gz === undefined ? [] : [gz])])) warm(path);
  if (!values['no-check']) await checkAgreement(logs, has, tell);
  const begun = loadavg()[0] ?? 0;
  const measured: Measured[] = [
    ...measureInTurn(works.filter(selected), rounds, tell),
    ...measureInTurn(START_WORKS.filter(selected), startRounds, () => {}),
  ];

  const names = new Map([
    [NODE, 'node'],
    [CLI, 'dist/cli.js'],
    [DUCKDB, 'bench/peers/duckdb.mjs'],
    [logs.log, 'LOG'],
    [logs.sample, logs.sample === logs.log ? 'LOG' : 'SAMPLE'],
    ...(gz === undefined ? [] : [[gz, 'LOG.gz'] as const]),
  ]);
  const absent = peers.missing.map((line) => `\nLeft out: ${line}.`).join('');
  const checked = values['no-check'] ? ' **Counts were not checked.**' : '';
  process.stdout.write(
    `${machineText(logs, peers.versions)}\n` +
      `Medians of ${rounds} rounds in turn (${startRounds} for the starts); load ${begun.toFixed(1)} at the start, ${(loadavg()[0] ?? 0).toFixed(1)} at the end.${checked}${absent}\n\n` +
      `${measuredTable(measured, names)}\n${targetsTable(measured)}`,
  );
}

try {
  await main();
} catch (error) {
  const usage = error instanceof RangeError ? USAGE : '';
  process.stderr.write(`run: ${error instanceof Error ? error.message : String(error)}\n${usage}`);
  process.exitCode = 2;
}

/**
 * Peak memory of `detect` on logs of several sizes: it must be the same for all of them, and at most 200 MB. The logs are
 * the busy mix with records of 8 MiB in it (lists of pods and of secrets), made here one after the other and removed;
 * 8 GB take some three minutes to make. They are made whole, not of copies: copies of events have the same IDs.
 *
 *   npm run build && npx tsx bench/memory.ts --sizes 400MB,8GB [--rounds 1] [--mix busy] [--dir /tmp] [--seed 1]
 *
 * Exits 1 where the limit is broken.
 */
import { closeSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { auditLog } from './log.ts';
import { withLongRecords } from './measure/long-records.ts';
import { markdownTable, megabytes, seconds } from './measure/markdown.ts';
import { type Measured, measureInTurn } from './measure/rounds.ts';
import { parseCount, parseSize } from './measure/sizes.ts';
import { missingTime } from './measure/timed.ts';
import { CLI, NODE } from './measure/works.ts';
import { MIX_NAMES, MIXES, type Mix } from './mix.ts';
import { seededRandom } from './random.ts';

/** Bytes. */
const LIMIT = 200e6;
/** "The same for both" leaves this to the garbage collector's moods. */
const SAME = 1.15;
const START = Date.parse('2026-03-01T06:00:00Z') * 1000;
const BLOCK = 1024 * 1024;

function makeLog(path: string, size: number, mix: Mix, seed: number): { events: number; longest: number } {
  const file = openSync(path, 'w');
  let [written, events, longest, block] = [0, 0, 0, ''];
  for (const line of auditLog({ mix: withLongRecords(mix), start: START, everyStage: false }, seededRandom(seed))) {
    block += `${line}\n`;
    events += 1;
    longest = Math.max(longest, line.length);
    const enough = written + block.length >= size;
    if (block.length < BLOCK && !enough) continue;
    written += writeSync(file, block, null, 'latin1');
    block = '';
    if (enough) break;
  }
  closeSync(file);
  return { events, longest };
}

function measure(path: string, size: string, rounds: number): Measured {
  const work = { id: 'detect', title: size, argv: [NODE, CLI, 'detect', '-q', '-ojsonl', path] };
  const [measured] = measureInTurn([work], rounds, (text) => process.stderr.write(`${size}: ${text}\n`));
  if (measured === undefined) throw new Error('nothing was measured');
  return measured;
}

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '400MB,8GB' },
    rounds: { type: 'string', default: '1' },
    mix: { type: 'string', default: 'busy' },
    dir: { type: 'string', default: tmpdir() },
    seed: { type: 'string', default: '1' },
  },
});
const mixName = MIX_NAMES.find((name) => name === values.mix);
if (mixName === undefined) throw new RangeError(`--mix must be one of ${MIX_NAMES.join(', ')}`);
const time = missingTime();
if (time !== undefined) throw new Error(time);
const sizes = values.sizes.split(',');
const rounds = parseCount('rounds', values.rounds);
const largest = Math.max(...sizes.map(parseSize));
const { bavail, bsize } = statfsSync(values.dir);
if (bavail * bsize < largest * 1.1)
  throw new Error(`${values.dir} has ${megabytes(bavail * bsize)} free, and ${megabytes(largest)} are to be written`);

const folder = mkdtempSync(join(values.dir, 'auditscan-memory-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

const rows: string[][] = [];
const peaks: number[] = [];
for (const size of sizes) {
  const path = join(folder, 'audit.log');
  process.stderr.write(`${size}: writing\n`);
  const { events, longest } = makeLog(path, parseSize(size), MIXES[mixName], parseCount('seed', values.seed));
  const { wall, memory } = measure(path, size, rounds);
  rmSync(path);
  peaks.push(memory.most);
  const verdict = memory.most <= LIMIT ? 'met' : '**not met**';
  rows.push([
    size,
    String(events),
    `${(longest / 2 ** 20).toFixed(2)} MiB`,
    seconds(wall.median),
    megabytes(memory.median),
    megabytes(memory.most),
    `${megabytes(LIMIT)}: ${verdict}`,
  ]);
}
const growth = Math.max(...peaks) / Math.min(...peaks);
process.stdout.write(
  `${markdownTable(['log', 'events', 'longest record', 'time', 'peak, median', 'peak, most', 'at most'], rows)}\n` +
    `Largest peak by smallest: ${growth.toFixed(2)} (the same: at most ${SAME}).\n`,
);
process.exitCode = Math.max(...peaks) <= LIMIT && growth <= SAME ? 0 : 1;

/**
 * What twice the detectors cost: `detect` with the built-in pack, with a copy of each that asks for other resources, and with a
 * copy of each that matches the same (so that twice the findings are made as well), all three in turn. The target, less
 * than a tenth more time, is for the former.
 *
 *   npm run build && npx tsx bench/detectors.ts --log busy.log [--rounds 5]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { copyPack, type Likeness } from './measure/copy-pack.ts';
import { markdownTable, megabytes, seconds } from './measure/markdown.ts';
import { measureInTurn, type Work } from './measure/rounds.ts';
import { warm } from './measure/sample.ts';
import { parseCount } from './measure/sizes.ts';
import { ENVIRONMENT, missingTime } from './measure/timed.ts';
import { CLI, NODE } from './measure/works.ts';

const TARGET = 1.1;

const { values } = parseArgs({ options: { log: { type: 'string' }, rounds: { type: 'string', default: '5' } } });
const { log } = values;
if (log === undefined) throw new RangeError('--log is needed');
const time = missingTime();
if (time !== undefined) throw new Error(time);

const folder = mkdtempSync(join(tmpdir(), 'auditscan-detectors-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const detect = (...options: string[]): string[] => [NODE, CLI, 'detect', '-q', '-ojsonl', ...options, log];

function doubled(likeness: Likeness, title: string): Work {
  const { copies, unchanged } = copyPack(join(folder, likeness), likeness);
  const note = likeness === 'other' && unchanged.length > 0 ? `; the same expression: ${unchanged.join(', ')}` : '';
  process.stderr.write(`${likeness}: ${copies} copies${note}\n`);
  return { id: likeness, title, argv: detect('--detectors', join(folder, likeness)) };
}

const works: Work[] = [
  { id: 'pack', title: 'the built-in pack', argv: detect() },
  doubled('other', 'twice as many, the copies ask for other resources'),
  doubled('same', 'twice as many, the copies match the same'),
];
warm(log);

/** Findings of each work; the copies that match the same must find as much again. */
const found = new Map(works.map(({ id, argv: [program = '', ...args] }) => [id, countFindings(program, args)]));
const [once = 0, twice = 0] = [found.get('pack'), found.get('same')];
if (once === 0 || twice !== 2 * once)
  throw new Error(`the pack finds ${once}, and ${twice} with copies that match the same; nothing was measured`);

function countFindings(program: string, args: readonly string[]): number {
  const run = spawnSync(program, args, { encoding: 'utf8', env: ENVIRONMENT, maxBuffer: 2 ** 30 });
  if (run.status !== 0) throw new Error(run.stderr);
  return run.stdout.split('\n').length - 1;
}

const measured = measureInTurn(works, parseCount('rounds', values.rounds), (text) => process.stderr.write(`${text}\n`));
const base = measured.find(({ work }) => work.id === 'pack');
const ratio = (id: string): number =>
  (measured.find(({ work }) => work.id === id)?.wall.median ?? Number.NaN) / (base?.wall.median ?? Number.NaN);
process.stdout.write(
  `${markdownTable(
    ['detectors', 'findings', 'median', 'range', 'processor', 'peak memory', 'ratio'],
    measured.map(({ work, wall, processor, memory }) => [
      work.title,
      String(found.get(work.id)),
      seconds(wall.median),
      `${seconds(wall.least)} to ${seconds(wall.most)}`,
      seconds(processor.median),
      megabytes(memory.most),
      ratio(work.id).toFixed(3),
    ]),
  )}\nAt most ${TARGET}: ${ratio('other') <= TARGET ? 'met' : '**not met**'}.\n`,
);

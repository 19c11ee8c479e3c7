/** The whole sample in memory: the same bytes each time. */
import { seededRandom } from '../../bench/random.ts';
import { attack } from './attack.ts';
import { background } from './background.ts';
import { makeCast } from './cast.ts';
import { dailyWork } from './daily-work.ts';
import { type Expected, expectedOf } from './expected.ts';
import { at, linesOf, type Moment } from './moment.ts';
import { fillTables } from './readme-tables.ts';
import { type LogFile, rotate } from './rotate.ts';

const SEED = 20_261_117;

const ROTATIONS = [
  { at: at('06:00:00.123'), compressed: true },
  { at: at('07:31:12.870'), compressed: true },
  // In the middle of the shell in payments-prod, whose last event is in the next file.
  { at: at('08:33:04.402'), compressed: true },
  { at: at('09:34:20.655'), compressed: true },
  // Rotated, and the compressor has not come to it.
  { at: at('10:06:10.018'), compressed: false },
];

const COPIED = at('10:30:00');

export interface Incident {
  readonly logs: readonly LogFile[];
  readonly expected: Expected;
}

export function makeIncident(): Incident {
  const random = seededRandom(SEED);
  const cast = makeCast(random);
  const moments: Moment[] = [
    ...attack(cast),
    ...dailyWork(cast),
    ...background(cast, at('05:02:00'), at('09:36:00'), 19, random),
    // Plain files are not compressed, so there the noise is thinner.
    ...background(cast, at('09:36:00'), COPIED, 50, random),
  ].sort((a, b) => a.at - b.at);
  // What is still open when the log was copied has no last event in it.
  const lines = moments
    .flatMap((moment) => linesOf(moment, random))
    .filter(({ writtenAt }) => writtenAt < COPIED)
    .sort((a, b) => a.writtenAt - b.writtenAt);
  const logs = rotate(lines, ROTATIONS);
  return { logs, expected: expectedOf(moments, lines, logs) };
}

/** All files of samples/incident by name; `readme` is the README as it is, whose tables are filled in. */
export function incidentFiles(readme: string): ReadonlyMap<string, Buffer> {
  const { logs, expected } = makeIncident();
  return new Map([
    ...logs.map(({ name, content }) => [name, content] as const),
    ['expected.json', Buffer.from(`${JSON.stringify(expected, null, 2)}\n`)],
    ['README.md', Buffer.from(fillTables(readme, expected))],
  ]);
}

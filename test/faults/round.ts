/**
 * A round: a writer, something that rotates its log, and the program under test, killed and started again; in the end what
 * the program printed is held against what was written and what is still there.
 */
import { appendFileSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../bench/random.ts';
import { type ApiServer, startApiServer } from './api-server-process.ts';
import { type Held, readHeld } from './held.ts';
import type { Mode } from './modes.ts';
import { eventSeries } from './numbered-events.ts';
import { type Command, readOutput } from './output.ts';
import { faultsOf, type Report } from './report.ts';
import { startRotator } from './rotator.ts';
import { createSupervisor } from './supervisor.ts';
import type { Tally } from './tally.ts';

export interface RoundOptions {
  readonly mode: Mode;
  readonly command: Command;
  /** Whether the program follows, or is started again and again to read what is new. */
  readonly follow: boolean;
  readonly rotations: number;
  readonly kills: number;
  readonly stops: number;
  readonly seed: number;
  /** The program under test, with what stands before its arguments. */
  readonly program: readonly string[];
  /** Bytes of a generation, about. */
  readonly size: number;
  /** Milliseconds without any progress after which the program is taken to be at its end. */
  readonly patience: number;
}

/** Events that the writer may be ahead of the program: what bounds the disk. */
const MAX_AHEAD = 20_000;
/** Milliseconds after which what was printed is taken to be committed, too, so that it may be deleted. */
const COMMITTED = 3000;
/** Something that was printed already might be printed again when nothing happens any more. */
const SETTLE = 1000;
/** What a kill takes with the start after it, in seconds; rotations are spread over that. */
const KILL_TAKES = 1.2;

/** Runs a round. Its folder is kept if something went wrong. */
export async function runRound(options: RoundOptions): Promise<Report> {
  const { mode, command, seed } = options;
  const began = Date.now();
  const folder = await mkdtemp(join(tmpdir(), 'auditscan-faults-'));
  const path = (name: string): string => join(folder, name);
  await mkdir(path('log'));
  await writeFile(path('out.jsonl'), '');
  const journal = (text: string): void => appendFileSync(path('journal'), `${Date.now() - began} ${text}\n`);
  journal(JSON.stringify({ ...options, mode: mode.name }));

  const random = seededRandom(seed);
  const actions = options.kills + options.stops;
  const perSecond = Math.min(Math.max(options.rotations / (actions * KILL_TAKES + 3), 4), 30);
  const start = began * 1000;
  const series = eventSeries(seed, start);
  const output = readOutput(path('out.jsonl'), command, series);
  const server = await startApiServer({
    folder: path('log'),
    seed,
    start,
    rotation: mode.logrotate.length === 0 ? 'lumberjack' : mode.holes ? 'holes' : 'append',
    bytesPerSecond: Math.round(options.size * perSecond),
    size: options.size,
    maxBackups: random.between(8, 30),
    answer: path('answer'),
  });
  const rotator = startRotator(server, {
    folder: path('log'),
    aside: folder,
    mode,
    pid: server.pid,
    answer: path('answer'),
    random: seededRandom(seed + 1),
    perSecond,
  });
  const supervisor = createSupervisor({
    ...{ program: options.program, command, follow: options.follow, random, journal },
    ...{ log: path('log/audit.log'), state: path('state'), stdout: path('out.jsonl'), stderr: path('err.txt') },
    output,
    signs: { printed: () => statSync(path('out.jsonl')).size, rotations: rotator.begun },
  });

  const flow = keepFlowing(server, output.tally, command);
  const stalls: string[] = [];
  /** A program that stands still holds the writer back, and then nothing rotates any more. */
  const rotated = async (count: number): Promise<void> => {
    let [before, since] = [-1, Date.now()];
    while (rotator.rotations() < count && Date.now() - since < 2 * options.patience) {
      await Promise.race([sleep(10), supervisor.failed, rotator.failed]);
      if (rotator.rotations() === before) continue;
      [before, since] = [rotator.rotations(), Date.now()];
    }
    if (rotator.rotations() < count) stalls.push(`it stood still ${flow.ahead()} events behind the writer`);
  };

  try {
    // Some generations are there before the program is.
    await rotated(random.between(0, Math.min(6, options.rotations / 4)));
    await supervisor.disturb(options.kills, options.stops, () => flow.ahead() > MAX_AHEAD);
    supervisor.resume();
    await rotated(options.rotations);
    await rotator.stop();
    await server.stop();
    journal(`written ${server.written()}, rotations ${rotator.rotations()}`);

    const held = readHeld(path('log'), series);
    const wanted = wantedNumbers(held, command, series.findingIn);
    const missing = (): number[] => [...wanted].filter((number) => !output.tally.has(number));
    await supervisor.catchUp(() => missing().length === 0, options.patience);
    journal(`caught up, but for ${missing().length}`);
    await sleep(SETTLE);
    await supervisor.end();
    const after = await supervisor.printedAfter(path('after.jsonl'));

    const lost = missing();
    const report: Report = {
      ...{ mode: mode.name, command, follow: options.follow, seed },
      rotations: rotator.rotations(),
      kills: supervisor.kills(),
      stops: supervisor.stops(),
      events: server.written(),
      held: held.numbers.size,
      lost: lost.length,
      gone: countGone(server.written(), held, output.tally, command, series.findingIn),
      ...output.tally.counts(),
      gaps: (await readFile(path('err.txt'), 'utf8')).match(/^gap: /gm)?.length ?? 0,
      after,
      failures: [...stalls, ...supervisor.failures()],
      examples: [...output.tally.examples(), ...(lost.length > 0 ? [`lost: ${ranges(lost)}`] : [])],
      seconds: (Date.now() - began) / 1000,
      folder,
    };
    journal(JSON.stringify(report));
    if (faultsOf(report, mode).length > 0) return report;
    await rm(folder, { recursive: true });
    return report;
  } finally {
    flow.stop();
    server.kill();
    supervisor.kill();
    output.close();
  }
}

interface Flow {
  /** Events written that were not printed yet, about. */
  ahead(): number;
  stop(): void;
}

/** Holds the writer back when the program is far behind, and lets it delete what the program has printed. */
function keepFlowing(server: ApiServer, tally: Tally, command: Command): Flow {
  const step = command === 'query' ? 1 : 7;
  let printed = 0;
  /** What was printed by when, the earliest first. */
  const history: { number: number; at: number }[] = [];
  const ahead = (): number => server.written() - tally.highest();
  const timer = setInterval(() => {
    while (tally.has(printed + step)) printed += step;
    history.push({ number: printed, at: Date.now() });
    for (let [oldest] = history; oldest && Date.now() - oldest.at > COMMITTED; [oldest] = history) {
      server.release(oldest.number);
      history.shift();
    }
    server.pause(ahead() > MAX_AHEAD);
  }, 50);
  return { ahead, stop: () => clearInterval(timer) };
}

type FindingIn = (number: number) => number | undefined;

/** What must have been printed: the events that are held, or the findings in them. */
function wantedNumbers(held: Held, command: Command, findingIn: FindingIn): ReadonlySet<number> {
  if (command === 'query') return held.numbers;
  return new Set([...held.numbers].flatMap((number) => findingIn(number) ?? []));
}

function countGone(written: number, held: Held, tally: Tally, command: Command, findingIn: FindingIn): number {
  const wanted = wantedNumbers(held, command, findingIn);
  const all = Array.from({ length: written }, (_, index) => index + 1);
  const expected = command === 'query' ? all : all.filter((number) => findingIn(number) === number);
  return expected.filter((number) => !wanted.has(number) && !tally.has(number)).length;
}

/** `3, 7-9`, of numbers in no order. */
function ranges(numbers: readonly number[]): string {
  const parts: [number, number][] = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const last = parts.at(-1);
    if (last && last[1] + 1 === number) last[1] = number;
    else parts.push([number, number]);
  }
  return parts.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(', ');
}

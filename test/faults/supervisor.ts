import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../bench/random.ts';
import { type Signs, untilMoment } from './moments.ts';
import type { Output } from './output.ts';
import { type Ending, type ProgramOptions, type Run, startProgram } from './program.ts';

export interface SupervisorOptions extends ProgramOptions {
  readonly random: Random;
  readonly output: Output;
  readonly signs: Pick<Signs, 'printed' | 'rotations'>;
  journal(text: string): void;
}

/** Starts the program under test, does it harm, starts it again, and takes in what it prints. */
export interface Supervisor {
  /** Kills and stops the program so often, in random order, at random moments; while `behind`, it is left alone. */
  disturb(kills: number, stops: number, behind: () => boolean): Promise<void>;
  /** Starts it once more, for as long as it takes. */
  resume(): void;
  /** Resolves when it has printed all, or nothing new for so many milliseconds. */
  catchUp(done: () => boolean, patience: number): Promise<void>;
  /** Asks it to end. */
  end(): Promise<void>;
  /** Lines that a run prints which only reads what is new. */
  printedAfter(stdout: string): Promise<number>;
  kill(): void;
  kills(): number;
  stops(): number;
  failures(): readonly string[];
  /** Rejects when the program failed too often for the rest to make sense. */
  readonly failed: Promise<never>;
}

/** How long a program may take that was asked to end, or to read what is new. */
const DEADLINE = 90_000;
const MAX_FAILURES = 10;

export function createSupervisor(options: SupervisorOptions): Supervisor {
  const { random, output, signs, journal } = options;
  const failures: string[] = [];
  let [kills, stops] = [0, 0];
  let run: Run | undefined;
  let printedBefore = 0;
  /** The final run, kept alive. */
  let resumed: Promise<void> | undefined;
  let ending = false;
  let fail: (error: Error) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => {});
  const reading = setInterval(() => output.read(), 20);
  reading.unref();

  function start(): Run {
    output.read();
    output.tally.startRun();
    printedBefore = signs.printed();
    run = startProgram(options);
    return run;
  }

  /** The run is over: takes in the rest, and judges how it ended. */
  function finish(ended: Ending, asked: 'SIGKILL' | 'SIGTERM' | undefined): void {
    output.read();
    const killed = ended.signal === 'SIGKILL' && asked === 'SIGKILL';
    output.tally.endRun(killed);
    // Before the program has got so far as to listen, a signal ends it as any other.
    const tooEarly = asked === 'SIGTERM' && ended.signal === 'SIGTERM' && signs.printed() === printedBefore;
    if (killed || ended.exit === 0 || tooEarly) return;
    const lastWords = readFileSync(options.stderr, 'utf8').trimEnd().split('\n').slice(-6).join(' / ').slice(-600);
    const text = `${asked ?? 'nobody'} asked, and it ended with ${ended.signal ?? ended.exit}: ${lastWords}`;
    journal(text);
    failures.push(text);
    if (failures.length >= MAX_FAILURES) fail(new Error(`the program fails again and again: ${text}`));
  }

  async function ask(asked: Run, signal: 'SIGKILL' | 'SIGTERM'): Promise<Ending> {
    asked.signal(signal);
    const timer = setTimeout(() => {
      failures.push(`it did not end within ${DEADLINE / 1000} s of ${signal}`);
      asked.signal('SIGKILL');
    }, DEADLINE);
    const ended = await asked.ended;
    clearTimeout(timer);
    return ended;
  }

  /** One run, to its end: by us at the moment, or by itself. */
  async function disturbedRun(signal: 'SIGKILL' | 'SIGTERM', behind: () => boolean): Promise<boolean> {
    const current = start();
    const moment = await untilMoment(random, { ...signs, over: current.over });
    await progress(() => !behind() || current.over(), DEADLINE);
    if (current.over()) {
      finish(await current.ended, undefined);
      return false;
    }
    const ended = await ask(current, signal);
    journal(`${signal} at ${moment}`);
    finish(ended, signal);
    return true;
  }

  /** Polls until it is so, or until nothing new was printed for so long. */
  async function progress(done: () => boolean, patience: number): Promise<void> {
    let [before, since] = [-1, Date.now()];
    while (!done() && Date.now() - since < patience) {
      await sleep(20);
      const { seen } = output.tally.counts();
      if (seen !== before) [before, since] = [seen, Date.now()];
    }
  }

  /** A program that follows runs until it is asked to end; another is started again and again. */
  async function keepRunning(): Promise<void> {
    while (!ending) {
      const current = start();
      const ended = await current.ended;
      finish(ended, ending && options.follow ? 'SIGTERM' : undefined);
      if (options.follow && !ending) failures.push('it ended by itself');
      if (!ending) await sleep(random.between(20, 300));
    }
  }

  return {
    async disturb(wantedKills, wantedStops, behind) {
      while (kills < wantedKills || stops < wantedStops) {
        const left = wantedKills - kills + wantedStops - stops;
        const kill = random.unit() * left < wantedKills - kills;
        const done = await Promise.race([disturbedRun(kill ? 'SIGKILL' : 'SIGTERM', behind), failed]);
        if (!done && options.follow) failures.push('it ended by itself');
        if (done && kill) kills += 1;
        else if (done) stops += 1;
        // The log is rotated while nobody reads it, too.
        await sleep(done ? random.pick([0, 0, 0, 100, 800]) : random.between(20, 300));
      }
    },
    resume() {
      resumed = keepRunning();
      resumed.catch(fail);
    },
    catchUp: (done, patience) => Promise.race([progress(done, patience), failed]),
    async end() {
      ending = true;
      if (run && options.follow) await ask(run, 'SIGTERM');
      await resumed;
      clearInterval(reading);
    },
    async printedAfter(stdout) {
      const later = startProgram({ ...options, stdout, follow: false });
      const timer = setTimeout(() => later.signal('SIGKILL'), DEADLINE);
      const { signal } = await later.ended;
      clearTimeout(timer);
      if (signal) failures.push('reading what is new did not end');
      return readFileSync(stdout, 'utf8').split('\n').filter(Boolean).length;
    },
    kill() {
      ending = true;
      clearInterval(reading);
      run?.signal('SIGKILL');
    },
    kills: () => kills,
    stops: () => stops,
    failures: () => failures,
    failed,
  };
}

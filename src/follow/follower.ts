import { dirname } from 'node:path';
import { placeOf } from '../sources/labels.ts';
import { type LogSet, lookAt } from '../sources/log-set.ts';
import { createFollowedLog, type FollowedLog, type LineBatch, type LogOptions, type LogState } from './log.ts';
import { createWake, type Wake } from './wake.ts';

/** By the live name in its directory without links. */
export type FollowState = Readonly<Record<string, LogState>>;

export interface FollowerOptions extends Omit<LogOptions, 'from'> {
  readonly sets: readonly LogSet[];
  /** Where logs begin that the state does not know. */
  readonly from: 'start' | 'end';
  readonly state?: FollowState | undefined;
  /** Asked now and then for logs that have come; nothing is looked for without it. */
  readonly findSets?: (() => Promise<readonly LogSet[]>) | undefined;
  /** Called once it is known where every log begins: what is written from then on is not missed. */
  readonly onBegun: () => void;
  /**
   * Called while nothing is on its way: all that was given has been consumed, and a snapshot covers it. Often, so that it
   * must cost nothing when there is nothing to do.
   */
  readonly onSettled: (logs: readonly FollowedLog[]) => Promise<void>;
  /** Ends the following: what is on its way is consumed, and the lines end. */
  readonly signal: AbortSignal;
}

/** Several logs, followed at once. */
export interface Follower {
  /** To be asked for once. Lines are good until the next batch is asked for. */
  lines(): AsyncGenerator<LineBatch>;
  snapshot(): FollowState;
}

/** Milliseconds between looks for new logs. */
const FIND = 10_000;

export function createFollower(options: FollowerOptions): Follower {
  const { state = {}, signal, once, onBegun, onSettled, now = Date.now } = options;
  const logs: FollowedLog[] = [];
  const places = new Map<FollowedLog, string>();

  /** @param from where logs begin that no checkpoint knows. */
  const add = async (sets: readonly LogSet[], from: 'start' | 'end'): Promise<void> => {
    for (const set of sets) {
      const place = await placeOf(set.path);
      if ([...places.values()].includes(place) || (await isFollowed(set))) continue;
      const log = createFollowedLog(set, { ...options, from: state[place] ?? from });
      places.set(log, place);
      logs.push(log);
    }
  };

  /** Whether the live file is one that is followed already: a link may have come, or lead elsewhere than it did. */
  const isFollowed = async (set: LogSet): Promise<boolean> => {
    const live = await lookAt(set.path);
    if (!live) return false;
    const others = await Promise.all(logs.map((log) => lookAt(log.set.path)));
    return others.some((other) => other?.inode === live.inode);
  };

  async function* turns(): AsyncGenerator<LineBatch> {
    for (const log of logs) {
      for await (const batch of log.turn()) {
        yield batch;
        await onSettled(logs);
        if (signal.aborted) return;
      }
    }
  }

  async function* follow(): AsyncGenerator<LineBatch> {
    const wakeFor = (): Wake => {
      const files = logs.map(({ set }) => set.path);
      return createWake(files, [...new Set(files.map((file) => dirname(file)))], signal);
    };
    let wake = wakeFor();
    let found = now();
    /** At the last wait: between two of them, lines come in one turn and none in the next. */
    let lastGrown = 0;
    try {
      while (!signal.aborted) {
        yield* turns();
        await onSettled(logs);
        if (options.findSets && now() - found > FIND) {
          found = now();
          const before = logs.length;
          // A log that has come since is new from its first line.
          await add(await options.findSets(), 'start');
          if (logs.length > before) {
            await wake.close();
            wake = wakeFor();
          }
        }
        if (!logs.every(({ idle }) => idle)) continue;
        const grown = Math.max(...logs.map((log) => log.grown));
        const isBusy = grown > lastGrown;
        lastGrown = grown;
        await wake.wait(isBusy);
      }
    } finally {
      await wake.close();
    }
  }

  async function* readOnce(): AsyncGenerator<LineBatch> {
    do yield* turns();
    while (!signal.aborted && !logs.every(({ idle }) => idle));
    if (signal.aborted) return;
    for (const log of logs) yield* log.finish();
    await onSettled(logs);
  }

  return {
    async *lines() {
      await add(options.sets, options.from);
      try {
        for (const log of logs) await log.begin();
        onBegun();
        yield* once ? readOnce() : follow();
      } finally {
        for (const log of logs) await log.close();
      }
    },
    snapshot: () => ({
      ...state,
      ...Object.fromEntries(Array.from(places, ([log, place]) => [place, log.snapshot()])),
    }),
  };
}

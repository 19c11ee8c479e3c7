import { dirname, resolve } from 'node:path';
import type { LogSet } from '../sources/log-set.ts';
import { createFollowedLog, type FollowedLog, type LineBatch, type LogOptions } from './log.ts';
import type { Position } from './position.ts';
import { createWake, type Wake } from './wake.ts';

/** Positions by the absolute path of the live file. */
export type FollowState = Readonly<Record<string, readonly Position[]>>;

export interface FollowerOptions extends Omit<LogOptions, 'from'> {
  readonly sets: readonly LogSet[];
  /** Where logs begin that the state does not know. */
  readonly from: 'start' | 'end';
  readonly state?: FollowState | undefined;
  /** Asked now and then for logs that have come; nothing is looked for without it. */
  readonly findSets?: (() => Promise<readonly LogSet[]>) | undefined;
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
  const { state = {}, signal, once, onSettled, now = Date.now } = options;
  const logs: FollowedLog[] = [];

  /** @param from where logs begin that no checkpoint knows. */
  const add = (sets: readonly LogSet[], from: 'start' | 'end'): void => {
    for (const set of sets) {
      if (logs.some((log) => log.set.path === set.path)) continue;
      logs.push(createFollowedLog(set, { ...options, from: state[resolve(set.path)] ?? from }));
    }
  };
  add(options.sets, options.from);

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
    let lastGrown = 0;
    try {
      while (!signal.aborted) {
        yield* turns();
        await onSettled(logs);
        if (options.findSets && now() - found > FIND) {
          found = now();
          const before = logs.length;
          // A log that has come since is new from its first line.
          add(await options.findSets(), 'start');
          if (logs.length > before) {
            await wake.close();
            wake = wakeFor();
          }
        }
        const isIdle = logs.every(({ idle }) => idle);
        const grown = Math.max(...logs.map((log) => log.grown));
        if (isIdle) await wake.wait(grown > lastGrown);
        lastGrown = grown;
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
      try {
        for (const log of logs) await log.begin();
        yield* once ? readOnce() : follow();
      } finally {
        for (const log of logs) await log.close();
      }
    },
    snapshot: () => ({
      ...state,
      ...Object.fromEntries(logs.map((log) => [resolve(log.set.path), log.snapshot()])),
    }),
  };
}

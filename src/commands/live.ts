import { InputError, UsageError } from '../errors.ts';
import { lineTime } from '../event/line-time.ts';
import { type Checkpoint, checkStatePlace, readCheckpoint, writeCheckpoint } from '../follow/checkpoint.ts';
import { createFollower, type FollowerOptions, type FollowState } from '../follow/follower.ts';
import type { LineBatch } from '../follow/log.ts';
import { DEFAULT_MAX_RECORD_SIZE } from '../scan.ts';
import type { LogSet } from '../sources/log-set.ts';
import { type Arguments, text } from './arguments.ts';
import { checkReadable, findLogs, withoutState } from './find-logs.ts';
import { followInput } from './follow-input.ts';
import { type LiveChoices, readLiveOptions } from './live-options.ts';
import { acquireLock, type Lock } from './lock.ts';
import { mayBeTorn, outputInode, syncOutput, withoutOutput } from './output-file.ts';
import type { Plan } from './plan.ts';
import { catchSignals } from './signals.ts';
import { createSilenceWatch, type Silence, type Watched } from './silence.ts';
import { createLiveTeller } from './tell-live.ts';

/** Something that remembers, and whose memory goes into the checkpoint. */
export interface Part {
  snapshot(): unknown;
  restore(state: never): void;
}

export interface LiveOptions {
  readonly command: 'detect' | 'query';
  /** By the name that each has in the state file. */
  readonly parts: Readonly<Record<string, Part>>;
  /**
   * Called about once a second while nothing is on its way, before a checkpoint: writes what is due, and says whether that
   * was something.
   */
  readonly onTick: (now: number, silences: readonly Silence[]) => Promise<boolean>;
  /** What the process ends with where it has to be ended, for nobody takes its output. */
  readonly status: () => number;
}

/** Reading that goes on where it stopped. */
export interface Live {
  /** The lines of the logs, until a signal ends them or, without --follow, until there are no more. */
  readonly lines: AsyncIterable<LineBatch>;
  /** The last checkpoint, after everything was written out. */
  commit(): Promise<void>;
  /** To be called whatever happens. */
  close(): Promise<void>;
}

/** Milliseconds from one checkpoint to the next, at least; ten times what the last one took where that is more, up to a limit. */
const COMMIT = 1_000;
const COMMIT_SHARE = 10;
const MAX_COMMIT = 20_000;

/**
 * @throws {KnownError} for options that do not go together, a state that cannot be used, and logs that are not there.
 */
export async function openLive(args: Arguments, plan: Plan, options: LiveOptions): Promise<Live> {
  const choices = readLiveOptions(args, plan);
  const { follow, statePath } = choices;
  if (statePath !== undefined) await checkStatePlace(statePath);
  const silenceWatch = createSilenceWatch(choices.silence);
  const teller = createLiveTeller(plan, follow);
  const ending = new AbortController();
  let lock: Lock | undefined;
  const signals = catchSignals(ending, async () => {
    await lock?.release();
    return options.status();
  });
  const close = async (): Promise<void> => {
    signals.release();
    await lock?.release();
  };

  /** Whether something came, or was written, since the last checkpoint. */
  let dirty = true;
  let nextTick = 0;
  let watched: readonly Watched[] = [];
  let snapshot = (): FollowState => ({});

  const commit = async (ended: boolean): Promise<void> => {
    if (statePath === undefined || !lock) return;
    await lock.check();
    if (!dirty && !ended) return;
    syncOutput();
    const parts = Object.entries(options.parts).map(([name, part]) => [name, part.snapshot()]);
    const all = { logs: snapshot(), ...Object.fromEntries(parts) };
    try {
      await writeCheckpoint(statePath, { command: options.command, ended, parts: all });
      dirty = false;
    } catch (error) {
      // A full disk must not end the watch: until there is room again, a restart tells anew what came meanwhile.
      if (ended || !follow || !(error instanceof InputError)) throw error;
      teller.error(error.message);
    }
  };

  const onSettled = async (logs: readonly Watched[]): Promise<void> => {
    watched = logs;
    if (performance.now() < nextTick) return;
    const now = Date.now();
    const silences = follow ? silenceWatch(logs, now) : [];
    for (const silence of silences) teller.silence(silence);
    teller.damage();
    if (await options.onTick(now, silences)) dirty = true;
    // What the reader of the output took is none of the checkpoint's time, and a clock may be set back.
    const start = performance.now();
    await commit(false);
    const end = performance.now();
    nextTick = end + Math.min(MAX_COMMIT, Math.max(COMMIT, COMMIT_SHARE * (end - start)));
  };

  const follower = async (state: Checkpoint | undefined) => {
    const find = () => findLogs(choices.paths, text(args.label), follow);
    const logsOf = async (found: readonly LogSet[], note: (text: string) => void): Promise<LogSet[]> =>
      withoutOutput(await withoutState(found, statePath, note), note);
    const { sets: found, notes } = await find();
    for (const { path } of found) await checkReadable(path);
    for (const note of notes) teller.note(note);
    const sets = await logsOf(found, teller.note);
    const followerOptions: FollowerOptions = {
      sets,
      from: choices.start,
      state: state?.parts.logs as FollowState | undefined,
      findSets: () =>
        find()
          .then((later) => logsOf(later.sets, () => {}))
          .catch(() => []),
      since: plan.since,
      exclude: outputInode(),
      once: !follow,
      maxRecordSize: plan.reading.maxRecordSize ?? DEFAULT_MAX_RECORD_SIZE,
      summary: plan.summary,
      timeOf: lineTime,
      onGap: teller.gap,
      onNote: teller.note,
      onError: teller.error,
      // Not earlier: whoever reads it may act at once, and wants to see that.
      onBegun: () => {
        if (follow) teller.following(sets, state ? 'the checkpoint' : `the ${choices.start}`);
      },
      onSettled,
      signal: ending.signal,
    };
    return createFollower(followerOptions);
  };

  async function* linesOf(batches: AsyncIterable<LineBatch>): AsyncIterable<LineBatch> {
    for await (const batch of batches) {
      dirty = true;
      yield batch;
    }
  }

  try {
    lock = statePath === undefined ? undefined : await acquireLock(statePath);
    const state = await restore(choices, options);
    if (plan.form !== 'json' && mayBeTorn(state?.ended === false)) await plan.terminal.write('\n');
    let lines: AsyncIterable<LineBatch>;
    if (choices.paths.includes('-')) {
      lines = followInput(plan, ending.signal, onSettled);
    } else {
      const following = await follower(state);
      snapshot = following.snapshot;
      lines = following.lines();
    }
    const end = async (): Promise<void> => {
      const silences = follow ? silenceWatch(watched, Date.now()) : [];
      for (const silence of silences) if (silence.isOver) teller.silence(silence);
      await commit(true);
    };
    return { lines: linesOf(lines), commit: end, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The checkpoint to go on from, its parts restored; undefined where reading begins anew. */
async function restore(
  { statePath, checkpoint }: LiveChoices,
  { command, parts }: LiveOptions,
): Promise<Checkpoint | undefined> {
  if (statePath === undefined || checkpoint === 'not') return undefined;
  const state = await readCheckpoint(statePath);
  if (!state && checkpoint === 'must') {
    throw new InputError(`there is no state at ${statePath} yet; leave --from away to begin with the whole log`);
  }
  if (state && state.command !== command) {
    throw new UsageError(
      `${statePath} is the state of auditscan ${state.command}, and ${command} would skip what it has read; give each its own --state`,
    );
  }
  for (const [name, part] of Object.entries(parts)) {
    const saved = state?.parts[name];
    if (saved !== undefined) part.restore(saved as never);
  }
  return state;
}

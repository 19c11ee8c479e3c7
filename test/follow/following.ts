import {
  createFollowedLog,
  type FollowedLog,
  type Gap,
  type LineBatch,
  type LogOptions,
  type LogState,
} from '../../src/follow/log.ts';
import { createSummary, type Summary } from '../../src/summary.ts';
import { timeOfTestLine } from '../sources/log-files.ts';

/** Milliseconds for which a rotated file must be quiet here, and after which everything is looked at again. */
export const LINGER = 10 * 60_000;
export const LOOK = 10_001;

export type FollowingOptions = Partial<Pick<LogOptions, 'from' | 'once' | 'maxRecordSize' | 'now'>>;

/** A log that is followed turn by turn, on a clock of its own. */
export interface Following {
  /** All lines so far; those without an end as `torn: …`. */
  readonly given: readonly string[];
  /** The names of the files that batches came from. */
  readonly paths: readonly string[];
  readonly gaps: readonly Gap[];
  readonly notes: readonly string[];
  readonly errors: readonly string[];
  readonly summary: Summary;
  readonly idle: boolean;
  /** What turns give until there is nothing left to be read. Each looks at everything anew. */
  settle(): Promise<string[]>;
  /** What one turn gives. */
  turn(): Promise<string[]>;
  /** As {@link turn}, but ends after the first batch. */
  firstBatch(): Promise<string[]>;
  pass(milliseconds: number): void;
  /** What the end of a run without `--follow` gives. */
  finish(): Promise<string[]>;
  last(): ReturnType<FollowedLog['last']>;
  /** As it comes out of a state file. */
  snapshot(): LogState;
  /** Ends without a word, as a kill does, and goes on from a snapshot. */
  restart(from: LogState): Promise<Following>;
  close(): Promise<void>;
}

export function textsOf({ lines }: LineBatch): string[] {
  return lines.map(({ bytes, terminated }) => (terminated ? bytes.toString() : `torn: ${bytes}`));
}

export function roundTrip<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

const opened: Following[] = [];

/** To be called after each test. */
export async function closeAll(): Promise<void> {
  for (const following of opened.splice(0)) await following.close();
}

export function follow(path: string, options: FollowingOptions = {}): Following {
  let clock = options.now?.() ?? Date.now();
  const given: string[] = [];
  const paths: string[] = [];
  const gaps: Gap[] = [];
  const notes: string[] = [];
  const errors: string[] = [];
  const summary = createSummary();
  const log = createFollowedLog(
    { path },
    {
      from: 'start',
      once: false,
      maxRecordSize: 1024 * 1024,
      ...options,
      summary,
      timeOf: timeOfTestLine,
      onGap: (gap) => gaps.push(gap),
      onNote: (note) => notes.push(note),
      onError: (message) => errors.push(message),
      now: () => clock,
      linger: LINGER,
    },
  );
  const take = async (batches: AsyncIterable<LineBatch>, most = Number.POSITIVE_INFINITY): Promise<string[]> => {
    const lines: string[] = [];
    let count = 0;
    for await (const batch of batches) {
      lines.push(...textsOf(batch));
      paths.push(batch.path);
      count += 1;
      if (count === most) break;
    }
    given.push(...lines);
    return lines;
  };
  const following: Following = {
    given,
    paths,
    gaps,
    notes,
    errors,
    summary,
    get idle() {
      return log.idle;
    },
    async settle() {
      const lines: string[] = [];
      do lines.push(...(await following.turn()));
      while (!log.idle);
      return lines;
    },
    async turn() {
      clock += LOOK;
      return take(log.turn());
    },
    async firstBatch() {
      clock += LOOK;
      return take(log.turn(), 1);
    },
    pass(milliseconds) {
      clock += milliseconds;
    },
    finish: () => take(log.finish()),
    last: () => log.last(),
    snapshot: () => roundTrip(log.snapshot()),
    async restart(from) {
      await log.close();
      return follow(path, { ...options, from, now: () => clock });
    },
    close: () => log.close(),
  };
  opened.push(following);
  return following;
}

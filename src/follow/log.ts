import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type InputError, systemReason } from '../errors.ts';
import type { Line } from '../framing/lines.ts';
import { QUIET } from '../sources/gaps.ts';
import { type LogSet, lookAt } from '../sources/log-set.ts';
import type { Summary } from '../summary.ts';
import { examine } from './candidate.ts';
import { createGenerations, type GenerationsOptions } from './generations.ts';
import type { Position } from './position.ts';
import { createPlainTail, type Tail } from './tail.ts';

/** Whole lines of one generation, in order. */
export interface LineBatch {
  /** The name that the generation has now. */
  readonly path: string;
  readonly label: string | undefined;
  readonly lines: readonly Line[];
}

/** What cannot be had any more: everything between two events. */
export interface Gap {
  readonly path: string;
  readonly label: string | undefined;
  readonly why: string;
  /** Whether something is known to be gone; otherwise there may just have been nothing to log. */
  readonly certain: boolean;
  /** Microseconds since the epoch of the last event before and the first one after; undefined where that is not known. */
  readonly from: number | undefined;
  readonly to: number | undefined;
}

/** What the checkpoint keeps of a log. */
export interface LogState {
  readonly positions: readonly Position[];
  /** A gap that is not told yet, for the next line tells where it ends. */
  readonly gap?: Omit<Gap, 'to'> | undefined;
}

export interface LogOptions extends Pick<GenerationsOptions, 'since' | 'exclude' | 'once' | 'onNote' | 'onError'> {
  /** Where to begin: at the start of the oldest generation, at the end of what is there, or where a checkpoint says. */
  readonly from: 'start' | 'end' | LogState;
  readonly maxRecordSize: number;
  readonly summary: Summary;
  /** Microseconds since the epoch of the event on a line; undefined where it does not tell. */
  readonly timeOf: (line: Buffer) => number | undefined;
  readonly onGap: (gap: Gap) => void;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** Milliseconds for which a generation whose successor has begun must be quiet to be over. */
  readonly linger?: number;
}

/** A log that is followed through its rotations. */
export interface FollowedLog {
  readonly set: LogSet;
  /**
   * Reads on, oldest generation first, some megabytes at most. Lines are good until the next batch is asked for. When
   * nothing was left to be read, the turn gives nothing and `idle` is true.
   */
  turn(): AsyncGenerator<LineBatch>;
  /** Finds out what there is: from then on a snapshot tells where reading begins. */
  begin(): Promise<void>;
  readonly idle: boolean;
  /** Milliseconds since the epoch of the last time when lines came; at first, of the beginning. */
  readonly grown: number;
  /** Where reading stands in the youngest generation, with the time of the last event of all; undefined where there is none. */
  last(): Position | undefined;
  /** Gives up on the unfinished last lines of generations that are over. */
  finish(): AsyncGenerator<LineBatch>;
  /** What was given so far, for a later `from`. */
  snapshot(): LogState;
  close(): Promise<void>;
}

/** Bytes in one turn: other logs are waiting for theirs. */
const QUANTUM = 4 * 1024 * 1024;
/** A writer that nobody tells of the rotation goes on in the renamed file. */
const LINGER = 10 * 60_000;
/** Rotated generations that are held open for that. */
const MAX_LINGERING = 16;
/** Milliseconds between looks at everything: not every file system tells of changes, nor does a file that grows. */
const RESCAN = 10_000;
/** Milliseconds in which the first line after a truncation may come, to tell how much is missing. */
const PATIENCE = 10_000;

export function createFollowedLog(set: LogSet, options: LogOptions): FollowedLog {
  const { from, maxRecordSize, summary, timeOf, now = Date.now, linger = LINGER } = options;
  const state = typeof from === 'string' ? undefined : from;
  const tailOptions = { label: set.label, maxRecordSize, summary, timeOf, now };
  const generations = createGenerations(set, {
    ...options,
    from: typeof from === 'string' ? from : from.positions,
    tail: tailOptions,
    linger,
    onLost: ({ path, offset, lastTime }) =>
      openGap(path, `${path}, read up to byte ${offset}, is not there any more`, lastTime),
    onCutBack: ({ lastTime }) =>
      openGap(set.path, `${set.path} was cut back, and is read from its start`, lastTime, { wait: PATIENCE }),
  });
  /** Tails whose end was reached. */
  const atEnd = new WeakSet<Tail>();
  /** Lines that are left of tails that were given up on. */
  let remains: LineBatch[] = [];
  /** Something is known to have changed. */
  let due = true;
  let watched = '';
  let scanned = 0;
  let idle = false;
  let grown = now();
  /** A gap whose end is told by the next line, if that comes before a time. */
  let gap = state?.gap && { ...state.gap, until: now() + PATIENCE };
  /** A gap was told, and no line has come since. */
  let gapTold = false;

  const batch = (tail: Tail, lines: readonly Line[]): LineBatch => ({ path: tail.path, label: set.label, lines });

  const positionOf = (tail: Tail): Position => {
    const drained = tail !== generations.open.at(-1) && atEnd.has(tail);
    return { ...tail.state(), signature: '', size: undefined, drained };
  };

  const positions = (): Position[] => [...generations.past.all(), ...generations.open.map(positionOf)];

  const endLine = (tail: Tail): void => {
    const lines = tail.end();
    if (lines.length > 0 && tail.position > tail.accounted) remains.push(batch(tail, lines));
  };

  /** Nothing more is expected of it. */
  const finishTail = async (tail: Tail): Promise<void> => {
    endLine(tail);
    const { path, signature } = tail.copy ?? tail;
    generations.settle(signature);
    await generations.leave(tail, { ...positionOf(tail), path, signature, size: tail.position, drained: true });
  };

  /** Whether the directory, or what the live name stands for, is not what it was. */
  const hasChanged = async (): Promise<boolean> => {
    const directory = await stat(dirname(set.path), { bigint: true }).catch(() => undefined);
    const live = await lookAt(set.path);
    const state = `${directory?.mtimeNs}:${directory?.ctimeNs}:${live?.inode}`;
    const changed = due || state !== watched || now() - scanned > RESCAN;
    watched = state;
    return changed;
  };

  const scan = async (): Promise<void> => {
    scanned = now();
    await generations.scan();
    due = generations.more;
  };

  /** @param wait milliseconds in which the next line may come. */
  const openGap = (path: string, why: string, from: number | undefined, { certain = true, wait = 0 } = {}): void => {
    // The earliest stays: what is between belongs to it.
    gap ??= { path, label: set.label, why, certain, from, until: now() + wait };
  };

  const closeGap = (line: Buffer | undefined): void => {
    if (gap) {
      const { path, label, why, certain, from } = gap;
      options.onGap({ path, label, why, certain, from, to: line && timeOf(line) });
    }
    gapTold = line === undefined && (gapTold || gap !== undefined);
    gap = undefined;
  };

  /** Tells when a generation begins long after the one before it ended. */
  const comparePrevious = (tail: Tail, line: Buffer): void => {
    const previous = latest(positions().filter(({ beginning }) => beginning !== tail.beginning));
    if (!previous || gapTold) return;
    const from = previous.lastTime;
    const to = timeOf(line);
    if (to === undefined || to - from <= QUIET) return;
    openGap(tail.path, `${previous.path} ends, and ${tail.path} begins later`, from, { certain: false });
  };

  /**
   * The file lost what was read from it. Truncated, it begins a new generation, and the old one goes on in the copy that
   * copytruncate made; or it was cut back to an earlier line, or written over.
   */
  const cutOff = async (tail: Tail): Promise<void> => {
    const { path, inode, handle } = tail;
    const { beginning, file } = await examine(handle, path);
    const position = positionOf(tail);
    if (tail.beginning !== undefined && beginning === tail.beginning) {
      const isShorter = file.size < tail.position;
      const offset = isShorter ? await tail.unchanged() : undefined;
      const start = offset === undefined ? undefined : { ...position, offset, marker: undefined, markerSize: 0 };
      const opened = { ...tailOptions, path, inode, signature: '', modified: now() };
      generations.replace(tail, createPlainTail(handle, opened, start));
      endLine(tail);
      const why = isShorter ? `cut back by ${tail.position - file.size} bytes` : 'written over';
      openGap(path, `${path} was ${why}`, position.lastTime, { wait: PATIENCE });
      return;
    }
    // Of what was not given, nobody knows whether it was of the old generation.
    const old = { ...position, size: position.offset === 0 ? 0 : tail.position, drained: false };
    // What the file holds now may have been copied, too: it is looked at as if it were new.
    await generations.leave(tail, old.beginning === undefined ? undefined : old);
    await scan();
    if (old.beginning === undefined) return endLine(tail);
    // It goes on in its copy.
    if (generations.open.some((other) => other.beginning === old.beginning)) return;
    endLine(tail);
    if (!generations.past.has(old)) return;
    openGap(path, `${path} was truncated, and no copy of it is there`, position.lastTime, { wait: PATIENCE });
  };

  /** A compressed file that breaks off: tried again when it has changed, and given up when it does not. */
  const putAside = async (tail: Tail, error: InputError): Promise<void> => {
    if (generations.wait(tail.signature)) {
      await generations.leave(tail, tail.beginning === undefined ? undefined : positionOf(tail));
      return;
    }
    options.onError(`${tail.path}: ${error.message}`);
    await finishTail(tail);
  };

  /** A file that cannot be read any more, as a network's may be; it is looked for again. */
  const lose = async (tail: Tail, error: unknown): Promise<'end'> => {
    if (!(error instanceof Error && 'code' in error)) throw error;
    options.onError(`cannot read ${tail.path}: ${systemReason(error)}`);
    await generations.leave(tail, tail.beginning === undefined ? undefined : positionOf(tail));
    return 'end';
  };

  /** Reads a tail on. */
  const step = async (tail: Tail): Promise<LineBatch | 'more' | 'end'> => {
    const isNew = tail.offset === 0;
    const reading = await tail.read();
    switch (reading.kind) {
      case 'lines': {
        atEnd.delete(tail);
        const [first] = reading.lines;
        if (!first) return 'more';
        if (isNew) comparePrevious(tail, first.bytes);
        return batch(tail, reading.lines);
      }
      case 'end':
        atEnd.add(tail);
        return 'end';
      case 'cut':
        await cutOff(tail);
        return 'more';
      case 'finished':
        await finishTail(tail);
        return 'end';
      case 'damaged':
        await putAside(tail, reading.error);
        return 'end';
    }
  };

  /** Closes what nobody writes to any more, and what there is no room for. */
  async function* retire(): AsyncGenerator<LineBatch> {
    const rotated = generations.open.slice(0, -1).filter((tail) => atEnd.has(tail));
    for (const [index, tail] of rotated.entries()) {
      const { open } = generations;
      const hasSuccessor = open.slice(open.indexOf(tail) + 1).some(({ offset }) => offset > 0);
      const isOver = hasSuccessor && now() - tail.grown >= linger;
      if (isOver || rotated.length - index > MAX_LINGERING) await finishTail(tail);
      yield* takeRemains();
    }
  }

  function* takeRemains(): Generator<LineBatch> {
    const left = remains;
    remains = [];
    yield* left;
  }

  return {
    set,
    async begin() {
      if (scanned === 0) await scan();
      due = true;
    },
    async *turn() {
      idle = false;
      let busy = due;
      if (await hasChanged()) await scan();
      let budget = QUANTUM;
      for (const tail of generations.inTurn) {
        while (generations.open.includes(tail)) {
          if (budget <= 0) return;
          const { position } = tail;
          const result = await step(tail).catch((error: unknown) => lose(tail, error));
          // At once: what is known of the generation already says that they were given.
          yield* takeRemains();
          if (result === 'end') break;
          busy = true;
          budget -= tail.position - position;
          if (result === 'more') continue;
          grown = now();
          closeGap(result.lines[0]?.bytes);
          yield result;
        }
      }
      yield* retire();
      if (gap && now() >= gap.until) closeGap(undefined);
      idle = !busy && !due;
    },
    get idle() {
      return idle;
    },
    get grown() {
      return grown;
    },
    async *finish() {
      for (const tail of generations.open.slice(0, -1)) {
        await finishTail(tail);
        yield* takeRemains();
      }
    },
    last() {
      const all = positions();
      const last = all.at(-1);
      return last && { ...last, lastTime: latest(all)?.lastTime };
    },
    snapshot() {
      // Of a file without a whole line there is nothing to be known, but that all of it was given.
      const known = positions().filter(({ beginning, size }) => beginning !== undefined || size !== undefined);
      if (!gap) return { positions: known };
      const { until: _, ...pending } = gap;
      return { positions: known, gap: pending };
    },
    async close() {
      if (gap) closeGap(undefined);
      for (const tail of generations.open) await tail.close();
    },
  };
}

/** The position behind the latest event; its time tells more than the order in which generations were met. */
function latest(positions: readonly Position[]): (Position & { readonly lastTime: number }) | undefined {
  let found: (Position & { readonly lastTime: number }) | undefined;
  for (const position of positions) {
    const { lastTime } = position;
    if (lastTime !== undefined && (!found || lastTime > found.lastTime)) found = { ...position, lastTime };
  }
  return found;
}

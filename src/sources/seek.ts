import { firstNonZero } from './identity.ts';
import type { TimeOfLine } from './inspect.ts';
import { isReadFailure } from './open-file.ts';

/** A plain file that can be read anywhere. */
export interface SeekableFile {
  /** Bytes; what is written behind them later is not looked at. */
  readonly size: number;
  /** The bytes from `position` on: fewer than `length` only where the file ends. The caller owns them. */
  read(position: number, length: number): Promise<Buffer>;
}

export interface SeekOptions {
  /** Tells when a line was written, from the whole line: what stands in bodies must not deceive it. */
  readonly timeOfLine: TimeOfLine;
  readonly thresholds?: Partial<SeekThresholds> | undefined;
}

/** Sizes and distances in bytes. */
export interface SeekThresholds {
  /**
   * Microseconds by which a line may stand too late in a log that counts as ordered. An API server's own inversions are
   * of milliseconds, in batches of seconds, on a disk that hangs of a minute; a clock that is set, or a guest that wakes
   * up, seldom jumps by more than some.
   */
  readonly slack: number;
  /** Smaller files are read about as fast as they are probed. */
  readonly minSize: number;
  /** So many samples, evenly spread, must confirm the order at least ... */
  readonly samples: number;
  /** ... and so many more that none is farther from the next than this. */
  readonly spacing: number;
  /** What is read at once. */
  readonly window: number;
  /** A place is unknown where no line within so much tells a time. */
  readonly maxWindow: number;
  /** Of the lines with a time in a place, so many are looked at, if they were read with the first of them. */
  readonly lines: number;
  /** The part of the file that probing may read before reading it all is the better deal. */
  readonly share: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;

const DEFAULTS: SeekThresholds = {
  slack: 5 * 60 * 1_000_000,
  minSize: 64 * MIB,
  samples: 64,
  spacing: 16 * MIB,
  window: 64 * KIB,
  maxWindow: 4 * MIB,
  lines: 8,
  share: 1 / 4,
};

interface TimedLine {
  readonly offset: number;
  readonly time: number;
}

/**
 * Where in a log to start reading so as to see every event that was written at `since` or later: the start of a line; 0
 * where nothing can be left out, or the file does not show that it is in order.
 *
 * A line that was written before `since - slack` has only such before it as were written before `since`, where the log is
 * in order but for that slack: each line's time vouches for what stands before it, whether that has times or is damaged.
 * The answer keeps a second slack, so it holds as well for events that were *received* at `since` or later: they are
 * written after that, unless the clock was set back meanwhile.
 *
 * What is left out is not read: counts of bytes, lines and damage are those of the bytes from the answer on.
 *
 * **The order is only sampled.** Merged and concatenated files are told by samples that go back in time, and are read
 * whole. What no sample meets is not seen: blocks that stand too early or too late, and are shorter than the distance of
 * two samples (a 64th of the file, {@link SeekThresholds.spacing} at most), in a file that is in order otherwise; the
 * like around a clock that was set back by more than the slack. Where lines of `since` or later stand too early, or
 * bisection meets a block that stands too late, those of `since` or later before the answer are missed. The API server's
 * own backend writes no such file; a collector that merges several servers' logs may.
 *
 * @param since microseconds since the epoch.
 */
export async function seekTime(file: SeekableFile, since: number, options: SeekOptions): Promise<number> {
  const thresholds = { ...DEFAULTS, ...options.thresholds };
  if (file.size === 0 || file.size < thresholds.minSize) return 0;
  try {
    return await find(file, since - 2 * thresholds.slack, options.timeOfLine, thresholds);
  } catch (error) {
    // Reading the file whole will tell what is wrong with it.
    if (error instanceof GaveUp || isReadFailure(error)) return 0;
    throw error;
  }
}

/** The file ended early, or probing costs too much. */
class GaveUp extends Error {}

async function find(
  file: SeekableFile,
  before: number,
  timeOfLine: TimeOfLine,
  thresholds: SeekThresholds,
): Promise<number> {
  const { samples, spacing, window, slack } = thresholds;
  const probe = createProbe(file, timeOfLine, thresholds);
  const seen: TimedLine[] = [];
  let known = 0;
  let unknown = 0;
  /** Nothing that is wanted stands before the first; of the second that is not known. */
  let low = 0;
  let high = file.size;

  const count = Math.max(samples, Math.ceil(file.size / spacing));
  const grid = Array.from({ length: count }, (_, index) => Math.floor((index * file.size) / count));
  for (const position of [...grid, Math.max(0, file.size - window)]) {
    const lines = await probe(position);
    if (lines === undefined) continue;
    const [first] = lines;
    if (!first) {
      unknown += 1;
      continue;
    }
    known += 1;
    seen.push(...lines);
    if (areBefore(lines, before)) low = first.offset;
    else high = Math.min(high, first.offset);
  }
  if (unknown > known) return 0;

  // Nearer than that, reading is as fast as probing.
  while (high - low > 4 * window) {
    const middle = low + Math.floor((high - low) / 2);
    const lines = (await probe(middle)) ?? [];
    const [first] = lines;
    seen.push(...lines);
    if (first && areBefore(lines, before)) low = first.offset;
    else high = middle;
  }
  return isOrdered(seen, slack) ? low : 0;
}

/** All of them, so that one line that came late does not speak for its place. */
function areBefore(lines: readonly TimedLine[], before: number): boolean {
  return lines.every(({ time }) => time < before);
}

/** Whether no line is older by more than the slack than one that stands before it. */
function isOrdered(lines: readonly TimedLine[], slack: number): boolean {
  let latest = Number.NEGATIVE_INFINITY;
  return lines
    .toSorted((a, b) => a.offset - b.offset)
    .every(({ time }) => {
      latest = Math.max(latest, time);
      return time >= latest - slack;
    });
}

/** The first lines with a time that start behind a position: none where they are too far; undefined in a hole. */
type Probe = (position: number) => Promise<readonly TimedLine[] | undefined>;

function createProbe(file: SeekableFile, timeOfLine: TimeOfLine, thresholds: SeekThresholds): Probe {
  const { size } = file;
  let affordable = size * thresholds.share;

  const read = async (position: number, length: number): Promise<Buffer> => {
    affordable -= length;
    if (affordable < 0) throw new GaveUp();
    const bytes = await file.read(position, length);
    if (bytes.length < length) throw new GaveUp();
    return bytes;
  };

  return async (position) => {
    const found: TimedLine[] = [];
    /** Where the current line starts; undefined in the one that the position stands in. */
    let start = position === 0 ? 0 : undefined;
    let parts: Buffer[] = [];
    let at = position;
    const end = Math.min(size, at + thresholds.maxWindow);
    while (at < end && found.length === 0) {
      const chunk = await read(at, Math.min(thresholds.window, end - at));
      if (firstNonZero(chunk) < 0) return undefined;
      let from = 0;
      for (let newline = chunk.indexOf(0x0a); newline >= 0; newline = chunk.indexOf(0x0a, from)) {
        if (start !== undefined) {
          const line = Buffer.concat([...parts, chunk.subarray(from, newline)]);
          // A hole ends what stands before it, as a newline does.
          const hole = line.lastIndexOf(0) + 1;
          const time = timeOfLine(line.subarray(hole));
          if (time !== undefined) found.push({ offset: start + hole, time });
          if (found.length === thresholds.lines) return found;
        }
        parts = [];
        from = newline + 1;
        start = at + from;
      }
      if (start !== undefined) parts.push(chunk.subarray(from));
      at += chunk.length;
    }
    return found;
  };
}

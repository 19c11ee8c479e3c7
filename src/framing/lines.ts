import type { Chunks } from '../sources/types.ts';
import { countReject, type Summary } from '../summary.ts';

/** One line of a stream, without its end. */
export interface Line {
  /** A view, good until the next batch is asked for. */
  readonly bytes: Buffer;
  /** Bytes from the start of the stream to the first byte of the line. */
  readonly offset: number;
  /** Bytes that the line accounts for: its own and its `\n`. */
  readonly size: number;
  /** False for what stands before a run of NULs or the end of the stream: perhaps only a part of a line. */
  readonly terminated: boolean;
}

export interface FramingOptions {
  readonly path: string;
  readonly label?: string | undefined;
  /** Longer lines are skipped, in constant memory, and counted as `too-long`. */
  readonly maxRecordSize: number;
}

const NEWLINE = 0x0a;
const NUL = 0x00;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** Cuts a stream into lines, a chunk at a time. */
export interface Splitter {
  /** The lines that the chunk completes, in order. The splitter keeps views of the chunk until its last line is whole. */
  add(chunk: Buffer): Line[];
  /** The end of the stream: the line that it broke off in, if there is one. */
  end(): Line[];
}

/**
 * What a line is made of is copied at most once, however many chunks it spans.
 *
 * The API server never writes a raw NUL, and JSON has none: a run of them is a hole that a truncation left behind while
 * the writer went on at its old offset. A hole ends what stands before it like a line end, and is counted as `nul-hole`.
 * Empty lines and blanks are counted, not given.
 * @param start where in the stream the first chunk stands; a line begins there.
 */
export function createSplitter(options: FramingOptions, summary: Summary, start = 0): Splitter {
  /** Earlier chunks' parts of the line that is being read. */
  let parts: Buffer[] = [];
  let partsSize = 0;
  /** Of the line that is being read, and of the stream's start in the current chunk. */
  let lineOffset = start;
  let chunkOffset = start;
  /** Bytes of an over-long line, or of a hole, that goes on; 0 when there is none. */
  let skipped = 0;
  let hole = 0;
  let batch: Line[] = [];

  const place = (offset: number) => ({ path: options.path, offset, label: options.label });

  const finish = (tail: Buffer, end: number, terminated: boolean): void => {
    const size = skipped + partsSize + tail.length + (terminated ? 1 : 0);
    if (skipped > 0 || partsSize + tail.length > options.maxRecordSize) {
      countReject(summary, 'too-long', place(lineOffset), size);
      skipped = 0;
    } else if (size > 0) {
      const whole = partsSize === 0 ? tail : Buffer.concat([...parts, tail]);
      const bytes = lineOffset === 0 && whole.subarray(0, 3).equals(BYTE_ORDER_MARK) ? whole.subarray(3) : whole;
      if (isBlank(bytes)) summary.emptyBytes += size;
      else {
        const mark = whole.length - bytes.length;
        summary.emptyBytes += mark;
        batch.push({ bytes, offset: lineOffset + mark, size: size - mark, terminated });
      }
    }
    parts = [];
    partsSize = 0;
    lineOffset = end;
  };

  const keep = (rest: Buffer): void => {
    if (skipped > 0) {
      skipped += rest.length;
      return;
    }
    parts.push(rest);
    partsSize += rest.length;
    if (partsSize <= options.maxRecordSize) return;
    skipped = partsSize;
    parts = [];
    partsSize = 0;
  };

  const takeBatch = (): Line[] => {
    const lines = batch;
    batch = [];
    return lines;
  };

  return {
    add(chunk) {
      summary.bytes += chunk.length;
      let position = 0;
      let nul = chunk.indexOf(NUL);
      let newline = chunk.indexOf(NEWLINE);
      while (position < chunk.length) {
        if (chunk[position] === NUL && partsSize === 0 && skipped === 0) {
          const from = position;
          while (chunk[position] === NUL) position++;
          hole += position - from;
          nul = chunk.indexOf(NUL, position);
          if (position === chunk.length) break;
        }
        if (hole > 0) {
          countReject(summary, 'nul-hole', place(lineOffset), hole);
          lineOffset = chunkOffset + position;
          hole = 0;
        }
        // Searched only when the last one found lies behind: a byte is looked at once for each of the two.
        if (newline >= 0 && newline < position) newline = chunk.indexOf(NEWLINE, position);
        const atNul = nul >= 0 && (newline < 0 || nul < newline);
        const end = atNul ? nul : newline;
        if (end < 0) {
          keep(chunk.subarray(position));
          break;
        }
        finish(chunk.subarray(position, end), chunkOffset + end + (atNul ? 0 : 1), !atNul);
        position = atNul ? end : end + 1;
      }
      chunkOffset += chunk.length;
      return takeBatch();
    },
    end() {
      if (hole > 0) countReject(summary, 'nul-hole', place(lineOffset), hole);
      else finish(Buffer.alloc(0), chunkOffset, false);
      hole = 0;
      return takeBatch();
    },
  };
}

/** The lines of a stream, a batch for each chunk that completes some. A stream that fails has still given what came before. */
export function splitLines(chunks: Chunks, options: FramingOptions, summary: Summary): AsyncIterable<Line[]> {
  return splitWith(createSplitter(options, summary), chunks);
}

/** As {@link splitLines}, by a splitter that may have seen what came before. */
export async function* splitWith(splitter: Splitter, chunks: Chunks): AsyncIterable<Line[]> {
  let failure: { readonly error: unknown } | undefined;
  try {
    for await (const chunk of chunks) {
      const lines = splitter.add(chunk);
      if (lines.length > 0) yield lines;
    }
  } catch (error) {
    failure = { error };
  }
  const last = splitter.end();
  if (last.length > 0) yield last;
  if (failure) throw failure.error;
}

/** Nothing but spaces, tabs and carriage returns. */
function isBlank(bytes: Buffer): boolean {
  for (const byte of bytes) {
    if (byte !== 0x20 && byte !== 0x0d && byte !== 0x09) return false;
  }
  return true;
}

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

/**
 * Cuts a stream into lines. A batch holds the lines that one chunk completed, in order; what a line is made of is copied
 * at most once, however many chunks it spans.
 *
 * The API server never writes a raw NUL, and JSON has none: a run of them is a hole that a truncation left behind while
 * the writer went on at its old offset. A hole ends what stands before it like a line end, and is counted as `nul-hole`.
 * Empty lines and blanks are counted, not given.
 */
export async function* splitLines(chunks: Chunks, options: FramingOptions, summary: Summary): AsyncIterable<Line[]> {
  /** Earlier chunks' parts of the line that is being read. */
  let parts: Buffer[] = [];
  let partsSize = 0;
  /** Of the line that is being read, and of the stream's start in the current chunk. */
  let lineOffset = 0;
  let chunkOffset = 0;
  /** Bytes of an over-long line, or of a hole, that goes on; 0 when there is none. */
  let skipped = 0;
  let hole = 0;
  let batch: Line[] = [];

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
  const place = (offset: number) => ({ path: options.path, offset, label: options.label });

  /** A stream that fails has still given what came before. */
  let failure: { readonly error: unknown } | undefined;
  try {
    for await (const chunk of chunks) {
      summary.bytes += chunk.length;
      let position = 0;
      let nul = chunk.indexOf(NUL);
      let newline = chunk.indexOf(NEWLINE);
      while (position < chunk.length) {
        if (chunk[position] === NUL && partsSize === 0 && skipped === 0) {
          const start = position;
          while (chunk[position] === NUL) position++;
          hole += position - start;
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
        if (end >= 0) {
          finish(chunk.subarray(position, end), chunkOffset + end + (atNul ? 0 : 1), !atNul);
          position = atNul ? end : end + 1;
          continue;
        }
        const rest = chunk.subarray(position);
        if (skipped > 0) {
          skipped += rest.length;
        } else {
          parts.push(rest);
          partsSize += rest.length;
          if (partsSize > options.maxRecordSize) {
            skipped = partsSize;
            parts = [];
            partsSize = 0;
          }
        }
        break;
      }
      chunkOffset += chunk.length;
      if (batch.length > 0) {
        yield batch;
        batch = [];
      }
    }
  } catch (error) {
    failure = { error };
  }
  if (hole > 0) countReject(summary, 'nul-hole', place(lineOffset), hole);
  else finish(Buffer.alloc(0), chunkOffset, false);
  if (batch.length > 0) yield batch;
  if (failure) throw failure.error;
}

/** Nothing but spaces, tabs and carriage returns. */
function isBlank(bytes: Buffer): boolean {
  for (const byte of bytes) {
    if (byte !== 0x20 && byte !== 0x0d && byte !== 0x09) return false;
  }
  return true;
}

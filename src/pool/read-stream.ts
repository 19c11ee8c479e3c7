import { createSplitter, type FramingOptions, type Line, type Splitter } from '../framing/lines.ts';
import type { Contains } from '../sieve/load.ts';
import type { Chunks } from '../sources/types.ts';
import type { Summary } from '../summary.ts';
import { type BlockReader, OVERLAP } from './block.ts';
import type { Piece } from './piece.ts';

const NEWLINE = 0x0a;
const NUL = 0x00;

/** What reads streams, and looks into the memory in which it does. */
export interface StreamReader {
  readonly reader: BlockReader;
  readonly contains: Contains;
}

/**
 * The lines of a stream, in order. A stream that fails has still given what came before.
 * @param blockSize bytes that are skimmed at once.
 */
export async function* readStream(
  chunks: Chunks,
  { reader, contains }: StreamReader,
  blockSize: number,
  options: FramingOptions,
  summary: Summary,
): AsyncIterable<Piece> {
  const memory = Buffer.from(reader.memory.buffer, reader.memory.byteOffset, reader.memory.byteLength);
  let failure: { readonly error: unknown } | undefined;
  /** Where in the stream the next byte stands that no piece has given; a line begins there, but for one that is being split. */
  let position = 0;
  /** Begins with the beginning of a line whose end has not come, of so many bytes. */
  let tail = Buffer.alloc(0);
  let tailSize = 0;
  /** Reads a line that is none for a skim, until its end has come. */
  let splitter: Splitter | undefined;

  /** What there is of the line that is being split, with its end; gives what is behind it. */
  const split = (bytes: Buffer, lines: Line[]): Buffer => {
    splitter ??= createSplitter(options, summary, position);
    const newline = bytes.indexOf(NEWLINE);
    const end = newline < 0 ? bytes.length : newline + 1;
    position += end;
    // A copy: what is not whole yet is kept.
    lines.push(...splitter.add(Buffer.from(bytes.subarray(0, end))));
    if (newline >= 0) splitter = undefined;
    return bytes.subarray(end);
  };

  const keep = (bytes: Buffer): void => {
    const size = tailSize + bytes.length;
    if (size > tail.length) {
      const larger = Buffer.allocUnsafeSlow(Math.min(2 * size, OVERLAP));
      tail.copy(larger, 0, 0, tailSize);
      tail = larger;
    }
    bytes.copy(tail, tailSize);
    tailSize = size;
  };

  const skim = function* (bytes: Buffer): Iterable<Piece> {
    // A long line is skimmed when its end has come, and not with each part of it.
    if (tailSize + bytes.length <= OVERLAP && !bytes.includes(NEWLINE)) {
      keep(bytes);
      return;
    }
    let rows = reader.load(0, position, [tail.subarray(0, tailSize), bytes]);
    tailSize = 0;
    for (;;) {
      if (rows.count > 0) yield { kind: 'rows', rows, memory, contains, ways: reader.ways };
      position = rows.end;
      if (rows.state === 'done') return;
      if (rows.state === 'stopped') {
        const rest = memory.subarray(rows.end - rows.shift, rows.limit - rows.shift);
        if (!rest.includes(NUL) && rest.length <= OVERLAP) {
          keep(rest);
          return;
        }
        const lines: Line[] = [];
        split(rest, lines);
        if (lines.length > 0) yield { kind: 'lines', lines };
        if (splitter || position >= rows.limit) return;
      }
      rows = reader.resume(0, position);
    }
  };

  try {
    for await (const chunk of chunks) {
      for (let rest = chunk; rest.length > 0; ) {
        if (splitter) {
          const lines: Line[] = [];
          rest = split(rest, lines);
          if (lines.length > 0) yield { kind: 'lines', lines };
        } else {
          yield* skim(rest.subarray(0, blockSize));
          rest = rest.subarray(blockSize);
        }
      }
    }
  } catch (error) {
    failure = { error };
  }
  // What stands behind the last line end.
  splitter ??= createSplitter(options, summary, position);
  const lines = [...splitter.add(tail.subarray(0, tailSize)), ...splitter.end()];
  if (lines.length > 0) yield { kind: 'lines', lines };
  if (failure) throw failure.error;
}

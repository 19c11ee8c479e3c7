import { readSync } from 'node:fs';
import { InputError, systemReason } from '../errors.ts';
import { createSplitter, type FramingOptions, type Line, type Splitter, splitWith } from '../framing/lines.ts';
import type { PlainParts } from '../sources/open.ts';
import type { OnRead } from '../sources/types.ts';
import type { Summary } from '../summary.ts';
import type { Piece } from './piece.ts';
import { readFileRows } from './read-file.ts';
import type { Skimmer } from './skimmer.ts';

const NEWLINE = 0x0a;
const NUL = 0x00;
const CHUNK = 64 * 1024;

/** How a file is read. */
export interface PlainReading {
  readonly skimmers: readonly Skimmer[];
  /** Bytes that are read at once. */
  readonly blockSize: number;
  /** Where to begin: at a line's first byte. */
  readonly from: number;
  readonly onRead: OnRead;
}

/**
 * The lines of an uncompressed file, in order: what it has when it was opened by blocks, side by side, and what was written since
 * as a stream. A file that fails has still given what came before.
 * @throws {InputError} when it cannot be read to its end.
 */
export async function* readPlain(
  file: PlainParts,
  { skimmers, blockSize, from, onRead }: PlainReading,
  options: FramingOptions,
  summary: Summary,
): AsyncIterable<Piece> {
  /** Up to here everything was given. */
  let position = from;
  /** Lines that stand before the next rows. */
  let lines: Line[] = [];
  /** In the midst of a line at the file's end. */
  let splitter: Splitter | undefined;

  /** Up to where a line goes that begins here, with its end, or the file's end where it has none; and whether a hole is in it. */
  const probe = (start: number): { readonly end: number; readonly hasNul: boolean } => {
    const chunk = Buffer.allocUnsafe(CHUNK);
    let hasNul = false;
    for (let at = start; ; ) {
      const got = readSync(file.descriptor, chunk, 0, CHUNK, at);
      const newline = chunk.subarray(0, got).indexOf(NEWLINE);
      const length = newline < 0 ? got : newline + 1;
      hasNul ||= chunk.subarray(0, length).includes(NUL);
      at += length;
      if (newline >= 0 || got === 0) return { end: at, hasNul };
    }
  };

  const readLine = async (start: number): Promise<number | undefined> => {
    splitter = createSplitter(options, summary, start);
    position = start;
    const { end, hasNul } = probe(start);
    // At once, if nothing of it is to be skipped: what is put together of parts is in memory twice.
    const size = hasNul || end - start > options.maxRecordSize ? CHUNK : end - start;
    while (position < end) {
      const chunk = Buffer.allocUnsafeSlow(Math.min(size, end - position));
      const got = readSync(file.descriptor, chunk, 0, chunk.length, position);
      if (got === 0) return undefined;
      const bytes = chunk.subarray(0, got);
      onRead(bytes, position);
      position += got;
      lines.push(...splitter.add(bytes));
      if (bytes[got - 1] !== NEWLINE) continue;
      splitter = undefined;
      return position;
    }
    return undefined;
  };

  /** Whether the rest is being read, which closes the file. */
  let isLeft = false;
  try {
    const part = { file: file.descriptor, from, to: file.size };
    for await (const { skimmer, ...rows } of readFileRows(part, skimmers, blockSize, readLine)) {
      if (lines.length > 0) yield { kind: 'lines', lines };
      lines = [];
      const { memory, contains, ways } = skimmer;
      onRead(memory.subarray(rows.begin - rows.shift, rows.end - rows.shift), rows.begin);
      yield { kind: 'rows', rows, memory, contains, ways };
      position = rows.end;
    }
    if (lines.length > 0) yield { kind: 'lines', lines };
    splitter ??= createSplitter(options, summary, position);
    isLeft = true;
    for await (const rest of splitWith(splitter, file.rest(position))) yield { kind: 'lines', lines: rest };
  } catch (error) {
    if (error instanceof InputError) throw error;
    if (lines.length > 0) yield { kind: 'lines', lines };
    throw new InputError(`cannot read ${options.path}: ${systemReason(error)}`);
  } finally {
    if (!isLeft) await file.close();
  }
}

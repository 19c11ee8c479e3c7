import { createBeginning, firstNonZero } from './identity.ts';
import type { GenerationFile } from './log-set.ts';
import { isReadFailure, openFile } from './open-file.ts';

/** The time of a line of a log in microseconds since the epoch; undefined where it has none. */
export type TimeOfLine = (line: Buffer) => number | undefined;

/** A file of a set and how it begins. */
export interface Inspected extends GenerationFile {
  /** Undefined where no line is whole yet, or none can be read. */
  readonly beginning: string | undefined;
  /** Of the first line that tells one, among the first few. */
  readonly firstTime: number | undefined;
}

/** A first line may be torn; where none of so many tells a time, none is looked for further. */
const MAX_LINES = 16;
const MAX_BYTES = 1024 * 1024;

/**
 * How a listed file begins; undefined when its name has gone, or gone to another file.
 * @throws {InputError} when it cannot be opened.
 */
export async function inspect(file: GenerationFile, timeOfLine?: TimeOfLine): Promise<Inspected | undefined> {
  const opened = await openFile(file.path);
  if (!opened) return undefined;
  try {
    const looked = await opened.look();
    if (looked.inode !== file.inode) return undefined;
    const beginning = createBeginning();
    const first = timeOfLine && createFirstTime(timeOfLine);
    try {
      for await (const chunk of opened.contents()) {
        beginning.add(chunk);
        first?.add(chunk);
        if (beginning.mark !== undefined && (!first || first.done)) break;
      }
    } catch (error) {
      // What cannot be read is told when it is read.
      if (!isReadFailure(error)) throw error;
    }
    return { ...looked, beginning: beginning.mark, firstTime: first?.time };
  } finally {
    await opened.close();
  }
}

interface FirstTime {
  add(chunk: Buffer): void;
  readonly time: number | undefined;
  /** Nothing that comes can change it. */
  readonly done: boolean;
}

function createFirstTime(timeOfLine: TimeOfLine): FirstTime {
  let rest: Buffer = Buffer.alloc(0);
  let lines = 0;
  let size = 0;
  let time: number | undefined;
  const isTold = (): boolean => time !== undefined || lines >= MAX_LINES;
  const isDone = (): boolean => isTold() || size >= MAX_BYTES;
  return {
    add(chunk) {
      // Zeros before the first line are a hole, of any size.
      const start = size > 0 ? 0 : firstNonZero(chunk);
      if (isDone() || start < 0) return;
      size += chunk.length - start;
      rest = Buffer.concat([rest, chunk.subarray(start)]);
      for (let end = rest.indexOf(0x0a); end >= 0 && !isTold(); end = rest.indexOf(0x0a)) {
        time = timeOfLine(rest.subarray(0, end));
        lines += 1;
        rest = rest.subarray(end + 1);
      }
    },
    get time() {
      return time;
    },
    get done() {
      return isDone();
    },
  };
}

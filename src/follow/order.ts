import { InputError } from '../errors.ts';
import { countEnded } from '../sources/ended.ts';
import { inspect, type TimeOfLine } from '../sources/inspect.ts';
import type { GenerationFile } from '../sources/log-set.ts';
import { inOrder, isOneFamily } from '../sources/order.ts';

/** What the times of first events tell of a set's files. */
export interface Order {
  /** Oldest first, also where the names of several rotations mix. */
  sort(files: readonly GenerationFile[]): Promise<readonly GenerationFile[]>;
  /** How many of the files, oldest first, ended before a time: microseconds since the epoch. */
  endedBefore(files: readonly GenerationFile[], since: number): Promise<number>;
}

export function createOrder(timeOf: TimeOfLine): Order {
  /** By signature; a beginning does not change. */
  let known = new Map<string, number | undefined>();

  const withTimes = async (files: readonly GenerationFile[]) => {
    const times = new Map<string, number | undefined>();
    for (const file of files) {
      const { signature } = file;
      times.set(signature, known.has(signature) ? known.get(signature) : await firstTime(file));
    }
    known = times;
    return files.map((file) => ({ ...file, firstTime: times.get(file.signature) }));
  };

  const firstTime = async (file: GenerationFile): Promise<number | undefined> => {
    try {
      return (await inspect(file, timeOf))?.firstTime;
    } catch (error) {
      // It is told when it is to be read.
      if (!(error instanceof InputError)) throw error;
      return undefined;
    }
  };

  return {
    async sort(files) {
      // Within a family names tell, and cost nothing.
      return isOneFamily(files.map(({ path }) => path)) ? files : inOrder(await withTimes(files));
    },
    async endedBefore(files, since) {
      return countEnded(await withTimes(files), since);
    },
  };
}

import type { GenerationFile } from '../sources/log-set.ts';
import type { Position } from './position.ts';

/** Generations that are not there any more and are remembered, for those that come back. */
const MAX_ABSENT = 256;

/** The generations of a log that are not open: read to their end, passed over, or lost for now. */
export interface Past {
  add(position: Position): void;
  remove(position: Position): void;
  has(position: Position): boolean;
  /** The position that was left in a file when it looked just as it does now. */
  unchanged(file: GenerationFile): Position | undefined;
  /** Positions in generations that begin so. */
  beginningWith(beginning: string): readonly Position[];
  /** Those that reading was in the middle of. */
  unfinished(): readonly Position[];
  /** Keeps those whose files are there, and the latest of the others. */
  forget(files: readonly GenerationFile[]): void;
  all(): readonly Position[];
}

export function createPast(known: readonly Position[]): Past {
  let positions = [...known];
  return {
    add: (position) => positions.push(position),
    remove(position) {
      positions = positions.filter((other) => other !== position);
    },
    has: (position) => positions.includes(position),
    unchanged: (file) => positions.find(({ signature, size }) => size !== undefined && signature === file.signature),
    beginningWith: (beginning) => positions.filter((position) => position.beginning === beginning),
    unfinished: () => positions.filter(({ size }) => size === undefined),
    forget(files) {
      const signatures = new Set(files.map(({ signature }) => signature));
      const paths = new Set(files.map(({ path }) => path));
      // A name goes from one generation to the next: only the latest can be what it stands for.
      const latest = new Map(positions.map((position) => [position.path, position]));
      const absent = positions.filter(
        (position) =>
          !signatures.has(position.signature) && !(paths.has(position.path) && latest.get(position.path) === position),
      );
      if (absent.length <= MAX_ABSENT) return;
      const forgotten = new Set(absent.slice(0, -MAX_ABSENT));
      positions = positions.filter((position) => !forgotten.has(position));
    },
    all: () => positions,
  };
}

/**
 * The state file of a run that follows its logs. It is there whole or not at all, whenever the run is killed or the power
 * fails, and it is never believed when it is damaged: a start from zero that nobody asked for would tell old findings anew,
 * and one from the end would pass over new ones.
 */

import { constants } from 'node:buffer';
import { checkPlace, readSealed, type Seal, writeSealed } from '../files/sealed.ts';

export interface Checkpoint {
  /** What the run does; a state is only of use to the same. */
  readonly command: string;
  /** Whether the run that wrote it ended in an orderly way. */
  readonly ended: boolean;
  /** What each part of the run needs to go on, by its name: anything that is JSON. */
  readonly parts: Readonly<Record<string, unknown>>;
}

const STATE: Seal = {
  kind: 'checkpoint',
  version: 1,
  noun: 'state',
  wayOut: '--from start reads everything again, --from end only what comes from now on, and both replace the file',
  largest: Math.min(1 << 30, constants.MAX_STRING_LENGTH),
};

/**
 * Whether there is room for a state: no file yet, an empty one, or a state, be it damaged.
 * @throws {InputError} for anything else, which somebody named by mistake.
 */
export async function checkStatePlace(path: string): Promise<void> {
  await checkPlace(path, STATE);
}

/**
 * The state that was written last; undefined where there is no file.
 * @throws {InputError} when it cannot be read, is damaged, or is of another version.
 */
export async function readCheckpoint(path: string): Promise<Checkpoint | undefined> {
  return readSealed(path, STATE, (value) => {
    if (!isObject(value)) return undefined;
    const { command, ended, parts } = value;
    return typeof command === 'string' && typeof ended === 'boolean' && isObject(parts)
      ? { command, ended, parts }
      : undefined;
  });
}

/**
 * Replaces the state, at once and durably: when this resolves, a power failure does not undo it. A link stays, and what it
 * points to is replaced.
 * @throws {InputError} when it cannot be written; the one that was there stays as it was.
 */
export async function writeCheckpoint(path: string, { command, ended, parts }: Checkpoint): Promise<void> {
  await writeSealed(path, STATE, { command, ended, parts });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

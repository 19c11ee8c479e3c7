/**
 * What earlier reports told, for `--known`: so that a report can say what is new in it. The file is believed whole or not at
 * all, as a state is. What goes beyond its bounds is forgotten, and told as new once more: that is seen, a finding taken for
 * known is not.
 */

import * as v from 'valibot';
import { checkPlace, readSealed, type Seal, writeSealed } from '../files/sealed.ts';

/** What earlier reports told: ids of findings, and up to when each log was read. */
export interface Known {
  /** Whether an earlier report told the finding. What this run adds does not change it. */
  has(id: string): boolean;
  /**
   * Remembers a finding that this report tells; one told again counts as told last.
   * @param id at least 32 lower-case hexadecimal digits.
   */
  add(id: string): void;
  /**
   * Microseconds since the epoch of the latest event that reports read from a log, or what `setLast` said of it since;
   * undefined for a log that none read.
   * @param log its real path, or `-`.
   */
  lastOf(log: string): number | undefined;
  /** @param time microseconds since the epoch, whole; the later or the earlier than before, it takes the place of that. */
  setLast(log: string, time: number): void;
  /** Findings of this run that were added, and then given up for later ones: they may be told as new again. */
  readonly forgotten: number;
  /** Whether no report was remembered yet: there is no file, or an empty one. */
  readonly isFirst: boolean;
  /**
   * Replaces the file, at once and durably. The caller holds its lock.
   * @throws {InputError} when it cannot be written; the one that was there stays as it was.
   */
  save(): Promise<void>;
}

/** Findings that are remembered; of more, those told last. */
export const MAX_FINDINGS = 200_000;

/** Logs that are remembered; of more, those set last. */
export const MAX_LOGS = 10_000;

/** Hexadecimal digits that are kept of an id: 128 bits, which no two findings share by chance. */
const DIGITS = 32;

/** Microseconds since the epoch of the latest time that a date can be. */
const LATEST = 8_640_000_000_000_000_000;

const LIST: Seal = {
  kind: 'known',
  version: 1,
  noun: 'list of known findings',
  wayOut: 'remove it, and the next report takes every finding for new',
  // Both bounds reached, with paths of 2,500 bytes.
  largest: 1 << 25,
};

/** Each list has the oldest first. */
const schema = v.strictObject({
  /** Path, and microseconds since the epoch. Pairs, for a path can be a name that is special in an object. */
  logs: v.pipe(
    v.array(v.strictTuple([v.string(), v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(LATEST))])),
    v.maxLength(MAX_LOGS),
  ),
  findings: v.pipe(v.array(v.pipe(v.string(), v.regex(/^[\da-f]{32}$/))), v.maxLength(MAX_FINDINGS)),
});

type Content = v.InferOutput<typeof schema>;

/**
 * What the file says, and an empty memory where there is none. The caller holds its lock until after `save`, for of two that
 * read it at once each would drop what the other adds.
 * @throws {InputError} when it cannot be read, is damaged, is of another version, or is something else.
 */
export async function openKnown(path: string): Promise<Known> {
  const saved = (await checkPlace(path, LIST)) ? await readSealed(path, LIST, understand) : undefined;
  const earlier = new Set(saved?.findings);
  const added = new Set<string>();
  const logs = new Map(saved?.logs);
  // Each goes on where it stands: a new one would walk past all that were taken away before it finds the oldest.
  const oldestAdded = added.keys();
  const oldestLogs = logs.keys();
  let forgotten = 0;
  return {
    has: (id) => earlier.has(shortened(id)),
    add(id) {
      const short = shortened(id);
      added.delete(short);
      added.add(short);
      if (added.size <= MAX_FINDINGS) return;
      dropNext(added, oldestAdded);
      forgotten++;
    },
    lastOf: (log) => logs.get(log),
    setLast(log, time) {
      if (!Number.isInteger(time) || time < 0 || time > LATEST) throw new RangeError(`${time} is no time of an event`);
      logs.delete(log);
      logs.set(log, time);
      if (logs.size > MAX_LOGS) dropNext(logs, oldestLogs);
    },
    get forgotten() {
      return forgotten;
    },
    isFirst: saved === undefined,
    async save() {
      const older = [...earlier].filter((id) => !added.has(id));
      const content: Content = { logs: [...logs], findings: [...older, ...added].slice(-MAX_FINDINGS) };
      await writeSealed(path, LIST, content);
    },
  };
}

function understand(value: unknown): Content | undefined {
  // Of a hostile file one fault is enough.
  const parsed = v.safeParse(schema, value, { abortEarly: true });
  return parsed.success ? parsed.output : undefined;
}

/** Anything else would be a file that the next run refuses. */
function shortened(id: string): string {
  const short = id.slice(0, DIGITS);
  if (!/^[\da-f]{32}$/.test(short)) throw new TypeError(`${JSON.stringify(id)} is no id of a finding`);
  return short;
}

function dropNext(members: { delete(member: string): boolean }, oldest: Iterator<string>): void {
  const next = oldest.next();
  if (!next.done) members.delete(next.value);
}

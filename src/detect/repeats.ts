import type { Finding } from './finding.ts';
import { addToGroup, type FindingGroup, groupKey, newGroup } from './groups.ts';
import { keyOf } from './windows.ts';

/** Groups that are remembered at once, shown lately or with repeats to show. */
const MAX_GROUPS = 10_000;
/** Bytes of the findings that stand for repeats yet to be shown; an attacker chooses how long names and commands are. */
const MAX_SIZE = 8 * 1024 * 1024;

export interface RepeatsOptions {
  /** From one showing of a group to the next, in the unit of `now`. */
  readonly interval: number;
}

/** What is remembered of groups, as JSON can hold it. */
export interface RepeatsState {
  /** Keys of groups that were shown lately and have no repeats yet, the one shown longest ago first. */
  readonly shown: readonly (readonly [key: string, time: number])[];
  readonly pending: readonly PendingState[];
}

export interface PendingState {
  /** When the group was shown. */
  readonly shown: number;
  readonly group: Readonly<FindingGroup>;
}

/**
 * Limits how often findings of one group are shown to a person who watches a live log: the first at once, its repeats
 * together when the interval is over. Each finding is in exactly one of the groups that are given.
 *
 * `now` is the time of a clock that goes on after a restart. Where it was set back, the interval counts as over. The groups
 * that are given belong to the caller.
 */
export interface Repeats {
  /** Adds a finding; gives it back if it is to be shown at once. */
  add(finding: Finding, now: number): FindingGroup | undefined;
  /** The repeats of groups whose interval is over, a row for each group; to be called every now and then. */
  due(now: number): FindingGroup[];
  /** All repeats that were not shown yet, for the end. */
  flush(now: number): FindingGroup[];
  /** What to give to {@link Repeats.restore} for others to go on from here; a copy. */
  snapshot(): RepeatsState;
  /** To be called on new repeats, before their first finding. */
  restore(state: RepeatsState): void;
}

interface Pending {
  readonly shown: number;
  readonly group: FindingGroup;
  readonly size: number;
}

export function createRepeats({ interval }: RepeatsOptions): Repeats {
  /** When groups without repeats were shown, in the order of that. */
  const shown = new Map<string, number>();
  const pending = new Map<string, Pending>();
  let size = 0;

  const isOver = (time: number, now: number): boolean => now - time >= interval || now < time;

  /** Many at once: a map is walked past what was deleted from its front, so that one at a time would be quadratic. */
  const forget = (): void => {
    let surplus = MAX_GROUPS / 8;
    for (const key of shown.keys()) {
      if (surplus-- <= 0) break;
      shown.delete(key);
    }
  };

  const show = (key: string, group: FindingGroup, now: number): FindingGroup => {
    // To the end: it is the one that was shown last.
    shown.delete(key);
    if (shown.size + pending.size >= MAX_GROUPS) forget();
    // Where all have repeats to show, the group is not remembered, and its next finding is shown at once as well.
    if (shown.size + pending.size < MAX_GROUPS) shown.set(key, now);
    return group;
  };

  const hold = (key: string, entry: Pending): void => {
    shown.delete(key);
    pending.set(key, entry);
    size += entry.size;
  };

  const release = (entries: readonly [string, Pending][], now: number): FindingGroup[] =>
    entries.map(([key, entry]) => {
      pending.delete(key);
      size -= entry.size;
      return show(key, entry.group, now);
    });

  return {
    add(finding, now) {
      // A group may be named by megabytes.
      const key = keyOf(groupKey(finding));
      const waiting = pending.get(key);
      if (waiting) {
        addToGroup(waiting.group, finding);
        return undefined;
      }
      const group = newGroup(finding);
      const time = shown.get(key);
      if (time === undefined || isOver(time, now)) return show(key, group, now);
      const entry = { shown: time, group, size: sizeOf(finding) };
      if (size + entry.size > MAX_SIZE) return show(key, group, now);
      hold(key, entry);
      return undefined;
    },
    due(now) {
      for (const [key, time] of shown) {
        if (!isOver(time, now)) break;
        shown.delete(key);
      }
      return release(
        [...pending].filter((entry) => isOver(entry[1].shown, now)),
        now,
      );
    },
    flush: (now) => release([...pending], now),
    snapshot: () => ({
      shown: [...shown],
      pending: Array.from(pending.values(), ({ shown, group }) => ({ shown, group: { ...group } })),
    }),
    restore(state) {
      for (const [key, time] of state.shown) shown.set(key, time);
      for (const { shown, group } of state.pending)
        hold(keyOf(groupKey(group.finding)), { shown, group: { ...group }, size: sizeOf(group.finding) });
    },
  };
}

function sizeOf(finding: Finding): number {
  return JSON.stringify(finding).length;
}

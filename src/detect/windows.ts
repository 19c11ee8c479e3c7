import { createHash } from 'node:crypto';
import { formatTime } from '../event/time.ts';
import type { CompiledExpression } from '../expression/compile.ts';
import type { WindowDefinition } from './detector.ts';
import type { Finding } from './finding.ts';
import { plain } from './plain.ts';

/** Episodes that one detector watches at once; beyond it the one that was quiet for longest is closed early, and counted. */
const MAX_EPISODES = 65_536;
/** Matches that are remembered in all episodes together; an attacker may choose how many values one of them has. */
const MAX_RECENT = 4 * MAX_EPISODES;
/** Episodes not yet over that are looked past for those that are: a node whose clock is ahead must not keep the others. */
const PATIENCE = 64;

/** A match that counts towards a window. */
export interface WindowMatch {
  /** The values of `by`, as one text. */
  readonly group: string;
  /** Microseconds since the epoch. */
  readonly time: number;
  /** The value of `distinct`, as text; undefined where events are counted. */
  readonly value: string | undefined;
  /** The finding as it would be without a window. Made for the match that completes a burst. */
  finding(): Promise<Finding>;
}

interface Episode {
  readonly group: string;
  /** Grows from each episode to the next one. Of a group's episodes the one that was opened first is asked first. */
  readonly opened: number;
  burst: boolean;
  /** That of a burst, until it is given. */
  finding: Finding | undefined;
  first: number;
  last: number;
  events: number;
  /** Times of the latest matches, or of the latest match of each distinct value; at most `count` of them. */
  readonly recent: Map<string, number>;
}

export interface WindowOptions {
  /** Gives the finding of a burst when the burst is complete, and none when the episode is over. */
  readonly live?: boolean | undefined;
}

/** What windows remember, as JSON can hold it. */
export interface WindowsState {
  /** In the order in which they were last added to. */
  readonly episodes: readonly EpisodeState[];
  readonly forgotten: number;
}

export interface EpisodeState {
  readonly group: string;
  readonly opened: number;
  readonly burst: boolean;
  readonly finding?: Finding | undefined;
  readonly first: number;
  readonly last: number;
  readonly events: number;
  readonly recent: readonly (readonly [value: string, time: number])[];
}

/**
 * Counts a detector's matches by group. A burst is an episode: it starts with a match, lasts while matches of its group
 * come within `within` of it, and makes one finding when at some time `count` of them (or of their distinct values) lay
 * within `within`. The finding's count is that of the whole episode.
 *
 * Logs of several nodes are read one after the other, and a log has stragglers: a match that is older than the episode is
 * one of an episode of its own, and both stay open. A match that is newer ends the episode.
 *
 * Live windows give a burst's finding once, with the match that completes it: the count, the times and the id are those of
 * that moment, whatever is added to the episode later.
 */
export interface Windows {
  /** Adds a match; gives the findings of the episodes that were over before it; live, that of the burst it completes. */
  add(match: WindowMatch): Promise<Finding[]>;
  /** Ends all episodes; gives their findings. */
  flush(): Finding[];
  /**
   * Ends episodes that no match of this time (microseconds since the epoch) or later can belong to; gives their findings.
   * Cheap to call often: it looks at the quietest ones, and may leave some of them to a later call.
   */
  expire(time: number): Finding[];
  /** What to give to {@link Windows.restore} for others to go on from here; a copy. Not to be called during an `add`. */
  snapshot(): WindowsState;
  /** To be called on new windows, before their first match. */
  restore(state: WindowsState): void;
  /** Episodes that were forgotten, for want of room, before they could become bursts. */
  readonly forgotten: number;
}

/** The id of a burst: detector, group, and the time bucket that its first match fell into. */
export function windowId(detector: string, group: string, first: number, within: number): string {
  const bucket = Math.floor(first / within);
  return createHash('sha256')
    .update(JSON.stringify([detector, group, bucket]))
    .digest('hex');
}

/** The group that an event belongs to: the values of `by`, as one text. */
export async function groupOf(
  definition: WindowDefinition,
  evaluate: (expression: CompiledExpression) => Promise<unknown>,
): Promise<string> {
  const values: unknown[] = [];
  for (const expression of definition.by) values.push(plain(await evaluate(expression)) ?? null);
  return keyOf(values);
}

/** A value as a key: short ones as they are, long ones as their hash, for an attacker chooses how long they are. */
export function keyOf(value: unknown): string {
  const text = JSON.stringify(value) ?? '';
  return text.length <= 128 ? text : createHash('sha256').update(text).digest('hex');
}

export function createWindows(
  detector: string,
  definition: WindowDefinition,
  { live = false }: WindowOptions = {},
): Windows {
  const { within, count } = definition;
  /** In the order in which they were last added to. */
  const episodes = new Set<Episode>();
  const byGroup = new Map<string, Set<Episode>>();
  let forgotten = 0;
  let opened = 0;
  /** The sizes of all `recent` together. */
  let recents = 0;

  /** The burst as it stands. */
  const tell = (finding: Finding, { group, first, last, events }: Episode): Finding => ({
    ...finding,
    id: windowId(detector, group, first, within),
    time: formatTime(first),
    count: events,
    first: formatTime(first),
    last: formatTime(last),
  });

  const close = (episode: Episode): Finding[] => {
    const { group, finding } = episode;
    if (episodes.delete(episode)) recents -= episode.recent.size;
    const siblings = byGroup.get(group);
    siblings?.delete(episode);
    if (siblings?.size === 0) byGroup.delete(group);
    return finding ? [tell(finding, episode)] : [];
  };

  /** Many at once: a set is walked past what was deleted from its front, so that one at a time would be quadratic. */
  const forget = (): Finding[] => {
    const quietest = [...episodes].slice(0, Math.max(1, Math.floor(episodes.size / 8)));
    forgotten += quietest.filter(({ burst }) => !burst).length;
    return quietest.flatMap(close);
  };

  const join = (episode: Episode): void => {
    const siblings = byGroup.get(episode.group) ?? new Set();
    byGroup.set(episode.group, siblings.add(episode));
  };

  const open = (group: string, time: number): Episode => {
    const rest = { burst: false, finding: undefined, first: time, last: time, events: 0, recent: new Map() };
    const episode: Episode = { group, opened, ...rest };
    opened += 1;
    join(episode);
    return episode;
  };

  return {
    async add(match) {
      const { group, time, value } = match;
      const siblings = [...(byGroup.get(group) ?? [])];
      const over = siblings.filter(({ last }) => time - last > within);
      const findings = over.flatMap(close);
      const episode =
        siblings.find(({ first, last }) => time - last <= within && first - time <= within) ?? open(group, time);
      // Moved to the end: it is the one that was added to last.
      episodes.delete(episode);
      episodes.add(episode);
      if (episodes.size > MAX_EPISODES || recents > MAX_RECENT) findings.push(...forget());
      episode.first = Math.min(episode.first, time);
      episode.last = Math.max(episode.last, time);
      episode.events += 1;
      if (!episode.burst) {
        recents -= episode.recent.size;
        remember(episode.recent, value ?? String(episode.events), time, count);
        recents += episode.recent.size;
        if (episode.recent.size >= count && spread(episode.recent) <= within) {
          const finding = await match.finding();
          episode.burst = true;
          recents -= episode.recent.size;
          episode.recent.clear();
          if (live) findings.push(tell(finding, episode));
          else episode.finding = finding;
        }
      }
      return findings;
    },
    flush: () => [...episodes].flatMap(close),
    expire(time) {
      const over: Episode[] = [];
      let patience = PATIENCE;
      for (const episode of episodes) {
        if (time - episode.last > within) over.push(episode);
        else if (--patience === 0) break;
      }
      return over.flatMap(close);
    },
    snapshot: () => ({
      episodes: Array.from(episodes, (episode) => ({ ...episode, recent: [...episode.recent] })),
      forgotten,
    }),
    restore(state) {
      const restored = state.episodes.map((saved): Episode => {
        const recent = new Map<string, number>();
        // One by one, for the detector may have been changed since to count fewer.
        for (const [value, time] of saved.recent) remember(recent, value, time, count);
        return { ...saved, finding: saved.finding, recent };
      });
      for (const episode of restored) episodes.add(episode);
      for (const { recent } of restored) recents += recent.size;
      for (const episode of restored.sort((a, b) => a.opened - b.opened)) join(episode);
      opened = (restored.at(-1)?.opened ?? -1) + 1;
      forgotten = state.forgotten;
    },
    get forgotten() {
      return forgotten;
    },
  };
}

function remember(recent: Map<string, number>, value: string, time: number, cap: number): void {
  recent.set(value, Math.max(time, recent.get(value) ?? time));
  if (recent.size <= cap) return;
  // The one farthest from this match: of matches in order the oldest, and an earlier burst in a long episode stays together.
  let farthest: [string, number] | undefined;
  for (const entry of recent) {
    if (!farthest || Math.abs(entry[1] - time) > Math.abs(farthest[1] - time)) farthest = entry;
  }
  if (farthest) recent.delete(farthest[0]);
}

/** From the earliest to the latest of the times. */
function spread(recent: ReadonlyMap<string, number>): number {
  const times = [...recent.values()];
  return times.reduce((a, b) => Math.max(a, b)) - times.reduce((a, b) => Math.min(a, b));
}

import { createHash } from 'node:crypto';
import { formatTime } from '../event/time.ts';
import type { CompiledExpression } from '../expression/compile.ts';
import type { WindowDefinition } from './detector.ts';
import type { Finding } from './finding.ts';
import { plain } from './plain.ts';

/** Episodes that one detector watches at once; beyond it the one that was quiet for longest is closed early, and counted. */
const MAX_EPISODES = 65_536;

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
  /** There when the episode is a burst. */
  finding: Finding | undefined;
  first: number;
  last: number;
  events: number;
  /** Times of the latest matches, or of the latest match of each distinct value; at most `count` of them. */
  readonly recent: Map<string, number>;
}

/**
 * Counts a detector's matches by group. A burst is an episode: it starts with a match, lasts while matches of its group
 * come within `within` of it, and makes one finding when at some time `count` of them (or of their distinct values) lay
 * within `within`. The finding's count is that of the whole episode.
 *
 * Logs of several nodes are read one after the other, and a log has stragglers: a match that is older than the episode is
 * one of an episode of its own, and both stay open. A match that is newer ends the episode.
 */
export interface Windows {
  /** Adds a match; gives the findings of the episodes that were over before it. */
  add(match: WindowMatch): Promise<Finding[]>;
  /** Ends all episodes; gives their findings. */
  flush(): Finding[];
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

export function createWindows(detector: string, definition: WindowDefinition): Windows {
  const { within, count } = definition;
  /** In the order in which they were last added to. */
  const episodes = new Set<Episode>();
  const byGroup = new Map<string, Set<Episode>>();
  let forgotten = 0;

  const close = (episode: Episode): Finding[] => {
    const { group, first, last, events, finding } = episode;
    episodes.delete(episode);
    const siblings = byGroup.get(group);
    siblings?.delete(episode);
    if (siblings?.size === 0) byGroup.delete(group);
    if (!finding) return [];
    const id = windowId(detector, group, first, within);
    return [
      { ...finding, id, time: formatTime(first), count: events, first: formatTime(first), last: formatTime(last) },
    ];
  };

  /** Many at once: a set is walked past what was deleted from its front, so that one at a time would be quadratic. */
  const forget = (): Finding[] => {
    const quietest = [...episodes].slice(0, MAX_EPISODES / 8);
    forgotten += quietest.filter(({ finding }) => !finding).length;
    return quietest.flatMap(close);
  };

  const open = (group: string, time: number): Episode => {
    const episode: Episode = { group, finding: undefined, first: time, last: time, events: 0, recent: new Map() };
    const siblings = byGroup.get(group) ?? new Set();
    byGroup.set(group, siblings.add(episode));
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
      if (episodes.size > MAX_EPISODES) findings.push(...forget());
      episode.first = Math.min(episode.first, time);
      episode.last = Math.max(episode.last, time);
      episode.events += 1;
      if (!episode.finding) {
        remember(episode.recent, value ?? String(episode.events), time, count);
        if (episode.recent.size >= count && spread(episode.recent) <= within) {
          episode.finding = await match.finding();
          episode.recent.clear();
        }
      }
      return findings;
    },
    flush: () => [...episodes].flatMap(close),
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

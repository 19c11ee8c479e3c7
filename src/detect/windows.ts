import { createHash } from 'node:crypto';
import { formatTime } from '../event/time.ts';
import type { CompiledExpression } from '../expression/compile.ts';
import type { WindowDefinition } from './detector.ts';
import type { Finding } from './finding.ts';
import { plain } from './plain.ts';

/** Episodes that one detector watches at once; beyond it the one that was quiet for longest is closed early. */
const MAX_EPISODES = 4_096;

/** A match that counts towards a window. */
export interface WindowMatch {
  /** The values of `by`, as one text. */
  readonly group: string;
  /** Microseconds since the epoch. */
  readonly time: number;
  /** The value of `distinct`, as text; undefined where events are counted. */
  readonly value: string | undefined;
  /** The finding as it would be without a window. Made for an episode's first match only. */
  finding(): Promise<Finding>;
}

interface Episode {
  readonly group: string;
  readonly finding: Finding;
  first: number;
  last: number;
  events: number;
  fired: boolean;
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
  return JSON.stringify(values);
}

export function createWindows(detector: string, definition: WindowDefinition): Windows {
  const { within, count } = definition;
  /** In the order in which they were last added to. */
  const episodes = new Set<Episode>();
  const byGroup = new Map<string, Set<Episode>>();

  const close = (episode: Episode): Finding[] => {
    const { group, first, last, events, fired, finding } = episode;
    episodes.delete(episode);
    const siblings = byGroup.get(group);
    siblings?.delete(episode);
    if (siblings?.size === 0) byGroup.delete(group);
    if (!fired) return [];
    const id = windowId(detector, group, first, within);
    return [{ ...finding, id, count: events, first: formatTime(first), last: formatTime(last) }];
  };

  const open = async ({ group, time, finding }: WindowMatch): Promise<Episode> => {
    const episode = {
      group,
      finding: await finding(),
      first: time,
      last: time,
      events: 0,
      fired: false,
      recent: new Map(),
    };
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
        siblings.find(({ first, last }) => time - last <= within && first - time <= within) ?? (await open(match));
      // Moved to the end: it is the one that was added to last.
      episodes.delete(episode);
      episodes.add(episode);
      if (episodes.size > MAX_EPISODES) {
        const [quietest] = episodes;
        if (quietest) findings.push(...close(quietest));
      }
      episode.first = Math.min(episode.first, time);
      episode.last = Math.max(episode.last, time);
      episode.events += 1;
      if (!episode.fired) {
        remember(episode.recent, value ?? String(episode.events), time, count);
        episode.fired = episode.recent.size >= count && spread(episode.recent) <= within;
        if (episode.fired) episode.recent.clear();
      }
      return findings;
    },
    flush: () => [...episodes].flatMap(close),
  };
}

function remember(recent: Map<string, number>, value: string, time: number, cap: number): void {
  recent.set(value, Math.max(time, recent.get(value) ?? time));
  if (recent.size <= cap) return;
  let oldest: [string, number] | undefined;
  for (const entry of recent) if (!oldest || entry[1] < oldest[1]) oldest = entry;
  if (oldest) recent.delete(oldest[0]);
}

/** From the earliest to the latest of the times. */
function spread(recent: ReadonlyMap<string, number>): number {
  const times = [...recent.values()];
  return times.reduce((a, b) => Math.max(a, b)) - times.reduce((a, b) => Math.min(a, b));
}

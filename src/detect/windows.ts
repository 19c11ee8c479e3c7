import { createHash } from 'node:crypto';
import { formatTime } from '../event/time.ts';
import type { CompiledExpression } from '../expression/compile.ts';
import type { WindowDefinition } from './detector.ts';
import type { Finding } from './finding.ts';

/** Groups that one detector watches at once; beyond it the one that was quiet for longest is closed early. */
const MAX_GROUPS = 4_096;

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
  readonly finding: Finding;
  readonly first: number;
  last: number;
  events: number;
  fired: boolean;
  /** Times of the latest matches, or of the latest match of each distinct value; at most `count` of them. */
  readonly recent: Map<string, number>;
}

/**
 * Counts a detector's matches by group. A burst is an episode: it starts with a match, lasts while matches of its group
 * come within `within` of each other, and makes one finding when at some time `count` of them (or of their distinct
 * values) lay within `within`. The finding's count is that of the whole episode.
 */
export interface Windows {
  /** Adds a match; gives the findings of the episodes that were over before it. */
  add(match: WindowMatch): Promise<Finding[]>;
  /** Ends all episodes; gives their findings. */
  flush(): Finding[];
}

/** The id of a burst: detector, group, and the time bucket that its first match fell into. */
export function windowId(detector: string, group: string, first: number, within: number): string {
  return createHash('sha256')
    .update(JSON.stringify([detector, group, Math.floor(first / within)]))
    .digest('hex');
}

/** The group that an event belongs to: the values of `by`, as one text. */
export async function groupOf(
  definition: WindowDefinition,
  evaluate: (expression: CompiledExpression) => Promise<unknown>,
): Promise<string> {
  const values: unknown[] = [];
  for (const expression of definition.by) values.push((await evaluate(expression)) ?? null);
  return JSON.stringify(values);
}

export function createWindows(detector: string, definition: WindowDefinition): Windows {
  const { within, count } = definition;
  /** In order of their latest match, the quietest first. */
  const episodes = new Map<string, Episode>();

  const close = (group: string, episode: Episode): Finding[] => {
    episodes.delete(group);
    if (!episode.fired) return [];
    return [
      {
        ...episode.finding,
        id: windowId(detector, group, episode.first, within),
        count: episode.events,
        first: formatTime(episode.first),
        last: formatTime(episode.last),
      },
    ];
  };

  return {
    async add(match) {
      const findings: Finding[] = [];
      const known = episodes.get(match.group);
      const goesOn = known && match.time - known.last <= within;
      if (known && !goesOn) findings.push(...close(match.group, known));
      const episode: Episode =
        known && goesOn
          ? known
          : {
              finding: await match.finding(),
              first: match.time,
              last: match.time,
              events: 0,
              fired: false,
              recent: new Map(),
            };
      episodes.delete(match.group);
      episodes.set(match.group, episode);
      if (episodes.size > MAX_GROUPS) {
        const [quietest] = episodes;
        if (quietest) findings.push(...close(...quietest));
      }
      episode.last = Math.max(episode.last, match.time);
      episode.events += 1;
      if (!episode.fired) {
        remember(episode.recent, match.value ?? String(episode.events), match.time, count);
        episode.fired = [...episode.recent.values()].filter((time) => episode.last - time <= within).length >= count;
        if (episode.fired) episode.recent.clear();
      }
      return findings;
    },
    flush: () => [...episodes].flatMap(([group, episode]) => close(group, episode)),
  };
}

function remember(recent: Map<string, number>, value: string, time: number, cap: number): void {
  recent.delete(value);
  recent.set(value, time);
  if (recent.size <= cap) return;
  const [oldest] = recent.keys();
  if (oldest !== undefined) recent.delete(oldest);
}

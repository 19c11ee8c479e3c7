import type { Finding } from './finding.ts';
import { severityRank } from './finding.ts';
import { SILENCE } from './silence.ts';

/** Findings that share detector, actor, object and outcome. */
export interface FindingGroup {
  /** The first of them; stands for all. */
  readonly finding: Finding;
  count: number;
  /** RFC 3339 times of the earliest and the latest; empty where no finding has a time. */
  first: string;
  last: string;
}

export interface FindingGroups {
  /** Gives the group that it fell into; undefined where there was no room for another. */
  add(finding: Finding): FindingGroup | undefined;
  /** Worst first, then by time. */
  sorted(): FindingGroup[];
  /** Findings that came when the table was full, in groups of their own. */
  readonly other: number;
}

/** More groups than anybody reads; the findings beyond it are counted as other. */
export const MAX_GROUPS = 20_000;
/** Bytes of the findings that stand for their groups; an attacker chooses how long names and commands are. */
const MAX_SIZE = 32 * 1024 * 1024;

/** What the findings of a group share, as one text. */
export function groupKey({ detector, actor, object, uri, outcome, source }: Finding): string {
  // About no request, but about its log.
  const subject = detector === SILENCE.id ? source?.path : (object ?? uri);
  return JSON.stringify([detector, actor.username, actor.impersonated, subject, outcome]);
}

/** A group of nothing but this finding. */
export function newGroup(finding: Finding): FindingGroup {
  const { time, count, first = time, last = time } = finding;
  return { finding, count, first, last };
}

/** Counts one more finding of the group. */
export function addToGroup(group: FindingGroup, finding: Finding): void {
  const { count, first, last } = newGroup(finding);
  group.count += count;
  if (first !== '' && (group.first === '' || first < group.first)) group.first = first;
  if (last > group.last) group.last = last;
}

export function createFindingGroups(): FindingGroups {
  const groups = new Map<string, FindingGroup>();
  let size = 0;
  let other = 0;
  return {
    add(finding) {
      const key = groupKey(finding);
      const known = groups.get(key);
      if (known) {
        addToGroup(known, finding);
        return known;
      }
      if (groups.size >= MAX_GROUPS || size >= MAX_SIZE) {
        other += finding.count;
        return undefined;
      }
      const group = newGroup(finding);
      size += JSON.stringify(finding).length;
      groups.set(key, group);
      return group;
    },
    sorted: () =>
      [...groups.values()].sort(
        (a, b) =>
          severityRank(b.finding.severity) - severityRank(a.finding.severity) ||
          (a.first < b.first ? -1 : a.first > b.first ? 1 : 0),
      ),
    get other() {
      return other;
    },
  };
}

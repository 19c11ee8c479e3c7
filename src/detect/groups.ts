import type { Finding } from './finding.ts';
import { severityRank } from './finding.ts';

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
  add(finding: Finding): void;
  /** Worst first, then by time. */
  sorted(): FindingGroup[];
  /** Findings that came when the table was full, in groups of their own. */
  readonly other: number;
}

/** More groups than anybody reads; the findings beyond it are counted as other. */
export const MAX_GROUPS = 20_000;
/** Bytes of the findings that stand for their groups; an attacker chooses how long names and commands are. */
const MAX_SIZE = 32 * 1024 * 1024;

export function createFindingGroups(): FindingGroups {
  const groups = new Map<string, FindingGroup>();
  let size = 0;
  let other = 0;
  return {
    add(finding) {
      const { detector, actor, object, outcome } = finding;
      const key = JSON.stringify([detector, actor.username, actor.impersonated, object ?? finding.uri, outcome]);
      const first = finding.first ?? finding.time;
      const last = finding.last ?? finding.time;
      const group = groups.get(key);
      if (group) {
        group.count += finding.count;
        if (first !== '' && (group.first === '' || first < group.first)) group.first = first;
        if (last > group.last) group.last = last;
      } else if (groups.size < MAX_GROUPS && size < MAX_SIZE) {
        size += JSON.stringify(finding).length;
        groups.set(key, { finding, count: finding.count, first, last });
      } else {
        other += finding.count;
      }
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

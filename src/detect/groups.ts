import { hash } from 'node:crypto';
import { cutFinding, MAX_TEXT } from './cut-finding.ts';
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

/** Groups of one detector: more than anybody reads. The findings beyond are counted as other. */
export const MAX_GROUPS = 2_000;
/**
 * Characters of JSON of the findings that stand for one detector's groups. For each detector, since whoever can make one of
 * them fire would otherwise leave no room for what others find.
 */
const MAX_SIZE = 2 * 1024 * 1024;

/** What the findings of a group share, as one text. */
export function groupKey({ detector, actor, object, uri, outcome, source }: Finding): string {
  // About no request, but about its log.
  const subject = detector === SILENCE.id ? source?.path : (object ?? uri);
  return JSON.stringify([detector, actor.username, actor.impersonated, subject, outcome]);
}

/** Names that differ far behind their beginnings are different ones nevertheless. */
function shortKey(key: string): string {
  return key.length <= MAX_TEXT ? key : hash('sha256', key, 'base64url');
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
  const detectors = new Map<string, { readonly groups: Map<string, FindingGroup>; size: number }>();
  let other = 0;
  return {
    add(whole) {
      const finding = cutFinding(whole);
      const detector = detectors.get(finding.detector) ?? { groups: new Map<string, FindingGroup>(), size: 0 };
      detectors.set(finding.detector, detector);
      const key = shortKey(groupKey(whole));
      const known = detector.groups.get(key);
      if (known) {
        addToGroup(known, finding);
        return known;
      }
      if (detector.groups.size >= MAX_GROUPS || detector.size >= MAX_SIZE) {
        other += finding.count;
        return undefined;
      }
      const group = newGroup(finding);
      detector.size += JSON.stringify(finding).length;
      detector.groups.set(key, group);
      return group;
    },
    sorted: () =>
      [...detectors.values()]
        .flatMap(({ groups }) => [...groups.values()])
        .sort(
          (a, b) =>
            severityRank(b.finding.severity) - severityRank(a.finding.severity) ||
            (a.first < b.first ? -1 : a.first > b.first ? 1 : 0),
        ),
    get other() {
      return other;
    },
  };
}

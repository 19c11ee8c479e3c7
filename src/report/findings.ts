import type { Detector } from '../detect/detector.ts';
import type { Finding, Severity } from '../detect/finding.ts';
import { SEVERITIES } from '../detect/finding.ts';
import { createFindingGroups, type FindingGroup } from '../detect/groups.ts';
import { parseTime } from '../event/time.ts';
import { inFairOrder } from './fair.ts';
import type { Known } from './known.ts';
import type { ReportedFinding, Totals } from './model.ts';
import { LEAD_IN } from './window.ts';

/** Groups in a report; the worst ones. */
const MAX_REPORTED = 5_000;

/** What to type next, ready for a shell. */
export type Commands = Pick<ReportedFinding, 'show' | 'next'>;

export interface Findings {
  /**
   * Whether the report tells the finding. What an earlier report told is not told again when it is from before the window:
   * an event that leads up to it, or a request whose later stage falls into it.
   * @param isLeadIn whether it was found in an event from before the window.
   * @param since microseconds since the epoch of the window's start in the finding's log; undefined where it has none.
   */
  add(finding: Finding, isLeadIn: boolean, since: number | undefined): boolean;
  readonly bySeverity: ReadonlyMap<Severity, number>;
  /** Of these, what no earlier report told; empty without `--known`. */
  readonly newBySeverity: ReadonlyMap<Severity, number>;
  readonly toldBefore: number | null;
  totals(): Pick<Totals, 'findings' | 'newFindings' | 'bySeverity'>;
  /** Groups, worst first, and how many findings are in none of them. */
  groups(commandsOf: (group: FindingGroup) => Commands): {
    readonly findings: readonly ReportedFinding[];
    readonly others: number;
  };
}

/** @param detectors tell how long the windows of bursts are. */
export function createFindings(known: Known | undefined, detectors: readonly Detector[] = []): Findings {
  const groups = createFindingGroups();
  const bySeverity = new Map<Severity, number>();
  const newBySeverity = new Map<Severity, number>();
  /** Of each group. */
  const inGroup = new Map<FindingGroup, { findings: number; fresh: number }>();
  let toldBefore = 0;

  const isBefore = ({ time, last = time }: Finding, since: number | undefined): boolean => {
    const at = parseTime(last);
    return since !== undefined && at !== undefined && at < since;
  };
  /**
   * Whether a burst may have begun before the reading did: what is seen of it has another id then than the whole, which the
   * last report saw.
   */
  const isTail = ({ detector, first }: Finding, since: number | undefined): boolean => {
    const at = parseTime(first);
    const within = detectors.find(({ id }) => id === detector)?.window?.within;
    return since !== undefined && at !== undefined && within !== undefined && at < since - LEAD_IN + within;
  };
  return {
    add(finding, isLeadIn, since) {
      const { id, severity } = finding;
      const isKnown = known?.has(id) ?? false;
      const wasTold = isKnown
        ? isLeadIn || isBefore(finding, since)
        : known && isBefore(finding, since) && isTail(finding, since);
      if (wasTold) {
        known?.add(id);
        toldBefore += 1;
        return false;
      }
      bySeverity.set(severity, (bySeverity.get(severity) ?? 0) + 1);
      const isNew = known !== undefined && !isKnown;
      if (isNew) newBySeverity.set(severity, (newBySeverity.get(severity) ?? 0) + 1);
      const group = groups.add(finding);
      // What there is no room for is not told.
      if (group) {
        known?.add(id);
        const { findings, fresh } = inGroup.get(group) ?? { findings: 0, fresh: 0 };
        inGroup.set(group, { findings: findings + 1, fresh: fresh + (isNew ? 1 : 0) });
      }
      return true;
    },
    bySeverity,
    newBySeverity,
    get toldBefore() {
      return known ? toldBefore : null;
    },
    totals: () => ({
      findings: sum(bySeverity),
      newFindings: known ? sum(newBySeverity) : null,
      bySeverity: SEVERITIES.toReversed().map((severity) => ({
        severity,
        findings: bySeverity.get(severity) ?? 0,
        new: known ? (newBySeverity.get(severity) ?? 0) : null,
      })),
    }),
    groups(commandsOf) {
      const all = groups.sorted().map((group) => {
        const { findings, fresh } = inGroup.get(group) ?? { findings: 0, fresh: 0 };
        return reported(group, commandsOf(group), findings, known ? fresh : null);
      });
      const chosen = new Set(inFairOrder(all).slice(0, MAX_REPORTED));
      const findings = all.filter((group) => chosen.has(group));
      const told = findings.reduce((total, group) => total + group.findings, 0);
      return { findings, others: sum(bySeverity) - told };
    },
  };
}

function reported(
  { finding, count, first, last }: FindingGroup,
  commands: Commands,
  findings: number,
  fresh: number | null,
): ReportedFinding {
  const { id, detector, title, severity, attack, actor, verb, object, uri, outcome, code } = finding;
  const { sourceIPs, userAgent, auditID, source = null, details } = finding;
  return {
    ...{ id, detector, title, severity, attack, findings, new: fresh, count, first: first || null, last: last || null },
    ...{ actor, verb, object, uri, outcome, sourceIPs, userAgent, auditID, source, details, ...commands },
    // A log may hold any number there.
    code: Number.isInteger(code) ? code : null,
  };
}

function sum(counts: ReadonlyMap<Severity, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}

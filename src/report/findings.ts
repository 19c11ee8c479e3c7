import type { Detector } from '../detect/detector.ts';
import type { Finding, Severity } from '../detect/finding.ts';
import { SEVERITIES } from '../detect/finding.ts';
import { createFindingGroups, type FindingGroup } from '../detect/groups.ts';
import { parseTime } from '../event/time.ts';
import { cutText } from './cut.ts';
import type { Known } from './known.ts';
import { MAX_TEXT, type ReportedFinding, type Totals } from './model.ts';
import { LEAD_IN } from './window.ts';

/** Groups in a report; the worst ones. */
const MAX_REPORTED = 5_000;
/** Source addresses of one finding: a proxy's header may name any number. */
const MAX_ADDRESSES = 20;

export interface Findings {
  /**
   * Whether the report tells the finding. What an earlier report told is not told again when it is from before the window:
   * an event that leads up to it, or a request whose later stage falls into it.
   * @param isLeadIn whether it was found in an event from before the window.
   */
  add(finding: Finding, isLeadIn: boolean): boolean;
  readonly bySeverity: ReadonlyMap<Severity, number>;
  /** Of these, what no earlier report told; empty without `--known`. */
  readonly newBySeverity: ReadonlyMap<Severity, number>;
  readonly toldBefore: number | null;
  totals(): Pick<Totals, 'findings' | 'newFindings' | 'bySeverity'>;
  /** Groups, worst first, and how many findings are in none of them. */
  groups(): { readonly findings: readonly ReportedFinding[]; readonly others: number };
}

/**
 * @param since microseconds since the epoch of the window's start; undefined where it has none.
 * @param detectors tell how long the windows of bursts are.
 */
export function createFindings(
  known: Known | undefined,
  since: number | undefined,
  detectors: readonly Detector[] = [],
): Findings {
  const groups = createFindingGroups();
  const bySeverity = new Map<Severity, number>();
  const newBySeverity = new Map<Severity, number>();
  /** Of each group. */
  const inGroup = new Map<FindingGroup, { findings: number; fresh: number }>();
  let toldBefore = 0;

  const isBefore = ({ time, last = time }: Finding): boolean => {
    const at = parseTime(last);
    return since !== undefined && at !== undefined && at < since;
  };
  /**
   * Whether a burst may have begun before the reading did: what is seen of it has another id then than the whole, which the
   * last report saw.
   */
  const isTail = ({ detector, first }: Finding): boolean => {
    const at = parseTime(first);
    const within = detectors.find(({ id }) => id === detector)?.window?.within;
    return since !== undefined && at !== undefined && within !== undefined && at < since - LEAD_IN + within;
  };
  return {
    add(finding, isLeadIn) {
      const { id, severity } = finding;
      const isKnown = known?.has(id) ?? false;
      known?.add(id);
      const wasTold = isKnown ? isLeadIn || isBefore(finding) : known && isBefore(finding) && isTail(finding);
      if (wasTold) {
        toldBefore += 1;
        return false;
      }
      bySeverity.set(severity, (bySeverity.get(severity) ?? 0) + 1);
      const isNew = known !== undefined && !isKnown;
      if (isNew) newBySeverity.set(severity, (newBySeverity.get(severity) ?? 0) + 1);
      const group = groups.add(finding);
      if (group) {
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
    groups() {
      const findings = groups
        .sorted()
        .slice(0, MAX_REPORTED)
        .map((group) => {
          const { findings: all, fresh } = inGroup.get(group) ?? { findings: 0, fresh: 0 };
          return reported(group, all, known ? fresh : null);
        });
      const told = findings.reduce((total, group) => total + group.findings, 0);
      return { findings, others: sum(bySeverity) - told };
    },
  };
}

function reported(
  { finding, count, first, last }: FindingGroup,
  findings: number,
  fresh: number | null,
): ReportedFinding {
  const { id, detector, title, severity, attack, actor, outcome, code, object, source } = finding;
  return {
    ...{ id, detector, title, severity, attack, findings, new: fresh, count },
    first: first || null,
    last: last || null,
    actor: cutTexts(actor),
    verb: cut(finding.verb),
    object: object && cutTexts(object),
    uri: cut(finding.uri),
    outcome,
    // A log may hold any number there.
    code: Number.isInteger(code) ? code : null,
    sourceIPs: addresses(finding.sourceIPs).map(cut),
    userAgent: cut(finding.userAgent),
    auditID: cut(finding.auditID),
    source: source ?? null,
    details: Object.fromEntries(Object.entries(finding.details).map(([name, value]) => [name, cutValue(value)])),
  };
}

/** The last is the peer's; all before it are what the client claims. */
function addresses(all: readonly string[]): readonly string[] {
  return all.length <= MAX_ADDRESSES ? all : [...all.slice(0, MAX_ADDRESSES - 1), ...all.slice(-1)];
}

function sum(counts: ReadonlyMap<Severity, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}

function cut(text: string): string {
  return cutText(text, MAX_TEXT);
}

/** Of a flat object, and of the lists in it. */
function cutTexts<T extends object>(value: T): T {
  const entries = Object.entries(value).map(([key, item]): [string, unknown] => [key, cutItem(item)]);
  return Object.fromEntries(entries) as T;
}

function cutItem(item: unknown): unknown {
  if (typeof item === 'string') return cut(item);
  if (Array.isArray(item)) return item.slice(0, MAX_ADDRESSES).map(cutItem);
  return typeof item === 'object' && item !== null ? cutTexts(item) : item;
}

/** A column's value; one that is too large as the beginning of its JSON. */
function cutValue(value: unknown): unknown {
  if (typeof value === 'string') return cut(value);
  const json = JSON.stringify(value) ?? '';
  return json.length <= MAX_TEXT ? value : cut(json);
}

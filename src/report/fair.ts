import type { ReportedFinding } from './model.ts';

/**
 * In which order groups get a place where there is not room for all: the first ones of each detector, then the rest, each in
 * the order given. Whoever can make one detector fire thousands of times does not push what others found out of the report.
 * @param share groups of each detector that come before any others.
 */
export function inFairOrder(findings: readonly ReportedFinding[], share = 30): ReportedFinding[] {
  const seen = new Map<string, number>();
  const first: ReportedFinding[] = [];
  const rest: ReportedFinding[] = [];
  for (const finding of findings) {
    const before = seen.get(finding.detector) ?? 0;
    seen.set(finding.detector, before + 1);
    (before < share ? first : rest).push(finding);
  }
  return [...first, ...rest];
}

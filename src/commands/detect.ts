import { SEVERITIES, type Severity, severityRank } from '../detect/finding.ts';
import { createFindingGroups, type FindingGroup } from '../detect/groups.ts';
import { scan } from '../scan.ts';
import { countText, numberText } from '../sinks/quantities.ts';
import { isHumanForm } from '../sinks/registry.ts';
import { type Arguments, text, texts } from './arguments.ts';
import { findingColumns, findingRow } from './finding-row.ts';
import { nextSteps } from './next-steps.ts';
import { isReaderGone } from './output-file.ts';
import { createPlan } from './plan.ts';
import { prepareDetectors } from './prepare-detectors.ts';
import { exitStatus, tellSummary } from './tell.ts';

/** `auditscan detect [paths..]`: what the detectors find. Gives the exit status. */
export async function detect(args: Arguments): Promise<number> {
  const plan = await createPlan(args, texts(args.paths));
  const { summary, clock, form } = plan;
  const prepared = await prepareDetectors(args, plan.config, (note) => summary.notes.push(note));
  if (plan.live) return (await import('./detect-live.ts')).detectLive(args, plan, prepared);
  const sink = await plan.openSink(findingColumns(form, plan.terminal.width));
  const grouped = isHumanForm(form) ? createFindingGroups() : undefined;
  const bySeverity = new Map<Severity, number>();

  const status = (): 0 | 1 => failStatus(bySeverity, args['fail-on']);
  let groups: FindingGroup[] = [];

  try {
    for await (const findings of scan({ ...plan.reading, ...plan.heads, ...prepared })) {
      for (const { severity } of findings) bySeverity.set(severity, (bySeverity.get(severity) ?? 0) + 1);
      if (grouped) for (const finding of findings) grouped.add(finding);
      else await sink.write(findings.map((finding) => findingRow(finding, clock)));
    }
    groups = grouped?.sorted() ?? [];
    await sink.write(groups.map((group) => findingRow(group.finding, clock, group)));
    await sink.end();
  } catch (error) {
    // A clean end; what was found until then was found nevertheless.
    if (isReaderGone(error)) return status();
    throw error;
  }

  if (grouped && grouped.other > 0)
    summary.notes.push(`${countText(grouped.other, 'finding')} more than the table holds; -o jsonl gives all`);
  tellSummary(plan, headline(bySeverity), 'request');
  if (form === 'table' && !plan.quiet) {
    for (const step of nextSteps(groups, prepared.detectors, texts(args.paths), args.rotated === true))
      plan.terminal.tell(`next: ${step}`);
  }
  return exitStatus(plan, status());
}

/** `46 findings (3 critical, 20 high)`, worst first. */
export function headline(bySeverity: ReadonlyMap<Severity, number>): string {
  const total = [...bySeverity.values()].reduce((sum, count) => sum + count, 0);
  if (total === 0) return 'no finding';
  const parts = SEVERITIES.toReversed().flatMap((severity) =>
    bySeverity.has(severity) ? [`${numberText(bySeverity.get(severity) ?? 0)} ${severity}`] : [],
  );
  return `${countText(total, 'finding')} (${parts.join(', ')})`;
}

/** The exit status of what was found: 1 with a finding at or above what `--fail-on` says. */
export function failStatus(bySeverity: ReadonlyMap<Severity, number>, failOn: unknown): 0 | 1 {
  const least = text(failOn) as Severity | undefined;
  if (least === undefined) return 0;
  return [...bySeverity.keys()].some((severity) => severityRank(severity) >= severityRank(least)) ? 1 : 0;
}

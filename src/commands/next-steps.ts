import type { Detector } from '../detect/detector.ts';
import type { Finding } from '../detect/finding.ts';
import type { FindingGroup } from '../detect/groups.ts';
import { forTerminal } from '../sinks/escape.ts';
import { SHORT_ID } from '../sinks/finding-text.ts';
import { userSelector } from '../sinks/users.ts';

const MAX_STEPS = 3;

/**
 * The commands that lead on from the worst findings, ready to be run: the detectors' `next` with the finding's values in
 * the place of `<actor>`, `<namespace>`, `<name>`, `<first>` and `<id>`, and the paths that were read.
 *
 * Values come from a log and end in somebody's shell: each is quoted, and a step whose value is empty, holds anything that
 * a terminal would not show as it is, or would be taken for an option, is left out.
 */
export function nextSteps(
  groups: readonly FindingGroup[],
  detectors: readonly Detector[],
  paths: readonly string[],
  rotated = false,
): string[] {
  const templates = new Map(detectors.map(({ id, file }) => [id, file.next]));
  const steps = new Set<string>();
  for (const group of groups) {
    const template = templates.get(group.finding.detector);
    // One step of a detector, for its first finding, is enough.
    templates.delete(group.finding.detector);
    const step = template && nextStep(template, group, paths, rotated);
    if (step) steps.add(step);
    if (steps.size === MAX_STEPS) break;
  }
  return [...steps];
}

/** One of them; undefined where a value in it is not fit for a shell. */
export function nextStep(
  template: string,
  { finding, first }: FindingGroup,
  paths: readonly string[],
  rotated: boolean,
): string | undefined {
  const named = paths.some((path) => path.startsWith('-') && path !== '-') ? ['--', ...paths] : paths;
  const command = fill(template.trim(), finding, first);
  return command && [command, ...(rotated ? ['--rotated'] : []), ...named.map(shellWord)].join(' ');
}

function fill(template: string, finding: Finding, first: string): string | undefined {
  const values: Readonly<Record<string, string | undefined>> = {
    actor: userSelector(finding.actor.username),
    namespace: finding.object?.namespace,
    name: finding.object?.name,
    // To the second: a fraction only makes it longer.
    first: first.replace(/\.\d+Z$/, 'Z'),
    id: finding.id.slice(0, SHORT_ID),
  };
  let complete = true;
  const words = (template.match(/'[^']*'|\S+/g) ?? []).map((word) => {
    const plain = word.replace(/^'(.*)'$/s, '$1');
    const filled = plain.replace(/<(\w+)>/g, (placeholder, name: string) => {
      const value = values[name];
      if (!value || value.startsWith('-') || value !== forTerminal(value)) complete = false;
      return value ?? placeholder;
    });
    return shellWord(filled);
  });
  return complete ? words.join(' ') : undefined;
}

/** Safe in any POSIX shell; plain where nothing needs quoting. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

import type { Command } from './output.ts';

/** What came of a round. */
export interface Report {
  readonly mode: string;
  readonly command: Command;
  readonly follow: boolean;
  readonly seed: number;
  readonly rotations: number;
  /** Runs that were killed, and runs that were asked to end. */
  readonly kills: number;
  readonly stops: number;
  /** Events written; with `detect`, events are still counted here, findings in the others. */
  readonly events: number;
  /** What some generation still held at the end. */
  readonly held: number;
  /** Held and never printed. */
  readonly lost: number;
  /** Neither held nor printed: what the way of rotation itself lost. */
  readonly gone: number;
  readonly doubled: number;
  readonly inexcusable: number;
  readonly disordered: number;
  readonly halves: number;
  readonly empty: number;
  readonly foreign: number;
  /** Gaps that the program told of on standard error; whether rightly is not judged. */
  readonly gaps: number;
  /** Lines that a run after the clean end still printed. */
  readonly after: number;
  /** Runs that ended in another way than they should, in words. */
  readonly failures: readonly string[];
  readonly examples: readonly string[];
  readonly seconds: number;
  /** Where all of it lies, if it was kept. */
  readonly folder: string;
}

/** What must not be, in words; empty when all is well. */
export function faultsOf(report: Report, allowed: { losesItself: boolean; ordered: boolean }): string[] {
  const { kills, lost, gone, doubled, inexcusable, disordered, halves, foreign, after } = report;
  const quiet = kills === 0;
  const faults: [boolean, string][] = [
    [lost > 0, `${lost} lost`],
    [gone > 0 && !allowed.losesItself, `${gone} neither held nor printed`],
    [quiet && doubled > 0, `${doubled} doubled without a kill`],
    [inexcusable > 0, `${inexcusable} doubled that no kill excuses`],
    [quiet && disordered > 0 && allowed.ordered, `${disordered} out of order`],
    [halves > kills, `${halves} half lines of ${kills} kills`],
    [foreign > 0, `${foreign} lines that are no event as it was written`],
    [after > 0, `${after} lines printed after a clean end had committed them`],
  ];
  return [...faults.flatMap(([is, text]) => (is ? [text] : [])), ...report.failures];
}

const COLUMNS = [
  ...(['rotations', 'kills', 'stops', 'events', 'held', 'lost', 'gone', 'doubled', 'inexcusable'] as const),
  ...(['disordered', 'halves', 'gaps'] as const),
];

/** One line for a round. */
export function describeReport(report: Report): string {
  const { mode, command, follow, seed, seconds } = report;
  const numbers = COLUMNS.map((column) => `${column} ${report[column]}`).join(', ');
  return `${mode}, ${command}${follow ? '' : ' without --follow'}: ${numbers} (seed ${seed}, ${seconds.toFixed(0)} s)`;
}

/** The sums of rounds by mode, as text in columns. */
export function reportTable(reports: readonly Report[]): string {
  const head = ['mode', 'command', 'rounds', ...COLUMNS, 'seconds'];
  const rows = new Map<string, Report[]>();
  for (const report of [...reports]) {
    const key = `${report.mode} ${report.command}${report.follow ? '' : ',once'}`;
    rows.set(key, [...(rows.get(key) ?? []), report]);
  }
  const sums = (of: readonly Report[]): string[] => [
    String(of.length),
    ...COLUMNS.map((column) => String(of.reduce((sum, report) => sum + report[column], 0))),
    of.reduce((sum, report) => sum + report.seconds, 0).toFixed(0),
  ];
  const lines = [
    head,
    ...[...rows].map(([key, of]) => [...key.split(' '), ...sums(of)]),
    ['all', '', ...sums(reports)],
  ];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  return lines
    .map((line) =>
      line.map((cell, at) => (at < 2 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  '),
    )
    .join('\n');
}

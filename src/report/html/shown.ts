/** Which findings get a row on the page: it has to stay small, whatever was found. */

import { inFairOrder } from '../fair.ts';
import type { Report, ReportedFinding } from '../model.ts';
import { noteHtml, type PlacedNote, placeNotes } from './detectors.ts';
import { findingRow } from './finding-row.ts';
import type { Html } from './template.ts';
import type { Times } from './texts.ts';

export interface Shown {
  /** In the order of the report. */
  readonly findings: readonly ReportedFinding[];
  /** Of these findings. */
  readonly rows: readonly Html[];
  /** Of their detectors, in the order of the report. */
  readonly notes: readonly Html[];
}

export const NOTHING: Shown = { findings: [], rows: [], notes: [] };

/**
 * As many as there is room for. One detector that was made to fire thousands of times does not push the others' findings
 * off the page.
 * @param room bytes that the rows, and what is said of their detectors, may take together.
 */
export function shownWithin(report: Report, times: Times, room: number): Shown {
  const placed = placeNotes(report.detectors);
  const rows = new Map<ReportedFinding, Html>();
  const notes = new Map<PlacedNote, Html>();
  let left = room;
  for (const finding of inFairOrder(report.findings)) {
    const note = placed.get(finding.detector);
    const row = findingRow(finding, note, times, report.totals.newFindings !== null);
    left -= Buffer.byteLength(row.text);
    if (note && !notes.has(note)) {
      const text = noteHtml(note);
      left -= Buffer.byteLength(text.text);
      if (left >= 0) notes.set(note, text);
    }
    if (left < 0) break;
    rows.set(finding, row);
  }
  const findings = report.findings.filter((finding) => rows.has(finding));
  return {
    findings,
    rows: findings.flatMap((finding) => rows.get(finding) ?? []),
    notes: [...placed.values()].flatMap((note) => notes.get(note) ?? []),
  };
}

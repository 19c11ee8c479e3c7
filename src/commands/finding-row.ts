import type { Finding } from '../detect/finding.ts';
import type { Clock } from '../sinks/clock.ts';
import { actorText, detailsText, objectText, SHORT_ID } from '../sinks/finding-text.ts';
import type { OutputForm } from '../sinks/registry.ts';
import type { Column, Row } from '../sinks/types.ts';
import { shortUser } from '../sinks/users.ts';

/** What the plain table shows: little, short, and never cut where it tells findings apart. */
const TABLE_COLUMNS: readonly Column[] = [
  { key: 'severity', title: 'severity', severity: true, usual: 8 },
  { key: 'shortFirst', title: 'first', usual: 14 },
  { key: 'count', title: 'count', align: 'right' },
  { key: 'detector', title: 'detector', usual: 27 },
  { key: 'shortActor', title: 'actor', shrink: 1, usual: 26 },
  { key: 'action', title: 'action', shrink: 1, usual: 44 },
  { key: 'outcome', title: 'outcome', usual: 7 },
  { key: 'details', title: 'details', shrink: 1, usual: 40 },
];

/** What the other forms show: everything, each value by itself. */
const ALL_COLUMNS: readonly Column[] = [
  { key: 'severity', title: 'severity', severity: true },
  { key: 'first', title: 'first' },
  { key: 'last', title: 'last' },
  { key: 'count', title: 'count', align: 'right' },
  { key: 'detector', title: 'detector' },
  { key: 'actor', title: 'actor', shrink: 1 },
  { key: 'verb', title: 'verb' },
  { key: 'object', title: 'object', shrink: 1 },
  { key: 'outcome', title: 'outcome' },
  { key: 'code', title: 'code', align: 'right' },
  { key: 'details', title: 'details', shrink: 2 },
  { key: 'sourceIPs', title: 'source IPs', shrink: 1 },
  { key: 'userAgent', title: 'user agent', shrink: 2 },
  { key: 'auditID', title: 'audit ID', shrink: 2 },
  { key: 'id', title: 'id' },
  { key: 'source', title: 'source', shrink: 2 },
];

/**
 * The columns for a form and a terminal of that width. Where there is little room, a few columns that can be read are
 * better than all of them cut to pieces: the details go first, then the outcome.
 */
export function findingColumns(form: OutputForm, width: number | undefined): readonly Column[] {
  if (form !== 'table') return ALL_COLUMNS;
  if (width === undefined || width >= 120) return TABLE_COLUMNS;
  const left = TABLE_COLUMNS.filter(({ key }) => key !== 'details' && (width >= 100 || key !== 'outcome'));
  return left.map((column) => (column.key === 'detector' ? { ...column, shrink: 1 } : column));
}

export function findingRow(
  finding: Finding,
  clock: Clock,
  group?: { count: number; first: string; last: string },
): Row {
  const { source } = finding;
  const first = group?.first ?? finding.first ?? finding.time;
  const object = objectText(finding.object) || finding.uri;
  return {
    cells: {
      severity: finding.severity,
      first: clock.text(first),
      shortFirst: clock.shortText(first),
      last: clock.text(group?.last ?? finding.last ?? finding.time),
      count: group?.count ?? finding.count,
      detector: finding.detector,
      actor: actorText(finding.actor, (name) => name),
      shortActor: actorText(finding.actor, shortUser),
      verb: finding.verb,
      object,
      action: `${finding.verb} ${object}`.trim(),
      outcome: finding.outcome,
      code: finding.code,
      details: detailsText(finding.details),
      sourceIPs: finding.sourceIPs.join(' '),
      userAgent: finding.userAgent,
      auditID: finding.auditID,
      id: group ? finding.id.slice(0, SHORT_ID) : finding.id,
      source: source ? `${source.label ? `${source.label} ` : ''}${source.path}:${source.offset}` : '',
    },
    json: () => JSON.stringify(finding),
  };
}

import type { Finding, FindingObject } from '../detect/finding.ts';
import type { Column, Row } from '../sinks/types.ts';
import type { Clock } from './times.ts';

/** The columns of findings in the table forms. */
export const FINDING_COLUMNS: readonly Column[] = [
  { key: 'severity', title: 'severity', severity: true },
  { key: 'first', title: 'first' },
  { key: 'last', title: 'last', wide: true },
  { key: 'count', title: 'count', align: 'right' },
  { key: 'detector', title: 'detector', shrink: 1 },
  { key: 'actor', title: 'actor', shrink: 1 },
  { key: 'verb', title: 'verb' },
  { key: 'object', title: 'object', shrink: 1 },
  { key: 'outcome', title: 'outcome' },
  { key: 'code', title: 'code', align: 'right', wide: true },
  { key: 'details', title: 'details', shrink: 2 },
  { key: 'sourceIPs', title: 'source IPs', wide: true },
  { key: 'userAgent', title: 'user agent', wide: true, shrink: 2 },
  { key: 'auditID', title: 'audit ID', wide: true },
  { key: 'id', title: 'id', wide: true },
  { key: 'source', title: 'source', wide: true, shrink: 2 },
];

/** Enough of an id to be unique in practice, and short enough to be typed; `show` takes it. */
const SHORT_ID = 12;

export function findingRow(
  finding: Finding,
  clock: Clock,
  group?: { count: number; first: string; last: string },
): Row {
  const { source } = finding;
  return {
    cells: {
      severity: finding.severity,
      first: clock.text(group?.first ?? finding.first ?? finding.time),
      last: clock.text(group?.last ?? finding.last ?? finding.time),
      count: group?.count ?? finding.count,
      detector: finding.detector,
      actor: actorOf(finding),
      verb: finding.verb,
      object: objectText(finding.object) || finding.uri,
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

function actorOf({ actor }: Finding): string {
  const name = actor.username || '(nobody)';
  return actor.impersonated ? `${name} as ${actor.impersonated}` : name;
}

/** As kubectl names it: `pods/exec shop-prod/web-0`, `clusterrolebindings pwn`; a list has no name. */
export function objectText(object: FindingObject | null): string {
  if (!object?.resource) return '';
  const { group, resource, subresource, namespace, name } = object;
  const kind = `${resource}${subresource ? `/${subresource}` : ''}`;
  // A namespace lies in itself, as the API server writes it.
  const where = resource === 'namespaces' ? (name ?? namespace) : [namespace, name].filter(Boolean).join('/');
  // Only where the group is no built-in one does it help to tell objects apart.
  const custom = group.includes('.') && !group.endsWith('.k8s.io') ? `.${group}` : '';
  return `${kind}${custom}${where ? ` ${where}` : ''}`;
}

/** `command="sh -c id"`; lists of plain words are joined as a shell shows them. */
function detailsText(details: Readonly<Record<string, unknown>>): string {
  return Object.entries(details)
    .map(([name, value]) => `${name}=${valueText(value)}`)
    .join(' ');
}

function valueText(value: unknown): string {
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) {
    const joined = value.join(' ');
    return value.length > 1 || joined.includes(' ') ? `"${joined}"` : joined;
  }
  if (typeof value === 'string') return value.includes(' ') ? `"${value}"` : value;
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '…';
  }
}

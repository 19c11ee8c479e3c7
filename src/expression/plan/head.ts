import type { AuditEvent } from '../../event/types.ts';
import type { Node } from '../tree/node.ts';
import { type FieldPath, overlaps } from './field-path.ts';
import { compilePartial } from './partial.ts';

/** Fields that every event has before its bodies or behind them, as the API server writes it. */
export const HEAD_FIELDS: readonly FieldPath[] = [
  ...['kind', 'apiVersion', 'level', 'auditID', 'stage', 'requestURI', 'verb'].map((key) => [key]),
  ...['username', 'groups'].map((key) => ['user', key]),
  ...['impersonatedUser', 'sourceIPs', 'userAgent'].map((key) => [key]),
  ...['resource', 'namespace', 'name', 'apiGroup', 'apiVersion', 'subresource'].map((key) => ['objectRef', key]),
  ['responseStatus', 'code'],
  ...['requestReceivedTimestamp', 'stageTimestamp', 'annotations'].map((key) => [key]),
];

/** Whether an event with this head may match: false only where the expression is false, without a failure, for all of them. */
export type Head = (head: AuditEvent) => boolean;

/**
 * The expression on the head of an event.
 *
 * @param fields those that the heads hold; what is absent in a head is absent in its event.
 */
export function compileHead(node: Node, fields: readonly FieldPath[] = HEAD_FIELDS): Head {
  const known = new Set(fields.map((field) => field.join('.')));
  const judge = compilePartial(node, {
    isKnown: (path) => path.some((_, index) => known.has(path.slice(0, index + 1).join('.'))),
    keepsFailures: true,
  });
  return (head) => judge(head) !== false;
}

/** The fields of the head that an expression asks for. */
export function headFieldsOf(reads: readonly FieldPath[]): FieldPath[] {
  return HEAD_FIELDS.filter((field) => reads.some((path) => overlaps(field, path)));
}

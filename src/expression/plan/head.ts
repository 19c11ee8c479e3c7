import type { AuditEvent } from '../../event/types.ts';
import type { Node } from '../tree/node.ts';
import { type FieldPath, isWithin } from './field-path.ts';
import { compilePartial } from './partial.ts';

/** Fields that stand at the beginning of every event as the API server writes it, before both bodies. */
export const HEAD_FIELDS: readonly FieldPath[] = [
  ['verb'],
  ['user', 'username'],
  ['impersonatedUser', 'username'],
  ...['resource', 'subresource', 'apiGroup', 'namespace', 'name'].map((key) => ['objectRef', key]),
  ['responseStatus', 'code'],
];

/** Whether an event with this head may match: false only where the expression is false, without a failure, for all of them. */
export type Head = (head: AuditEvent) => boolean;

/**
 * The expression on the head of an event.
 *
 * @param fields those of {@link HEAD_FIELDS} that the heads hold; what is absent in a head is absent in its event.
 */
export function compileHead(node: Node, fields: readonly FieldPath[] = HEAD_FIELDS): Head {
  const judge = compilePartial(node, {
    isKnown: (path) => fields.some((field) => isWithin(path, field)),
    keepsFailures: true,
  });
  return (head) => judge(head) !== false;
}

/** The fields of the head that an expression asks for. */
export function headFieldsOf(reads: readonly FieldPath[]): FieldPath[] {
  return HEAD_FIELDS.filter((field) => reads.some((path) => isWithin(field, path)));
}

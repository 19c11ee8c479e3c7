import { ALL_FIELDS, pathsOf } from '../../event/head.ts';
import type { AuditEvent } from '../../event/types.ts';
import type { Node } from '../tree/node.ts';
import { type FieldPath, isWithin, overlaps } from './field-path.ts';
import { compilePartial } from './partial.ts';

/** Fields that every event has before its bodies or behind them, as the API server writes it. */
export const HEAD_FIELDS: readonly FieldPath[] = pathsOf(ALL_FIELDS);

/** No field of a head; an outcome asks for it only where there is no code. */
const STATUS: FieldPath = ['responseStatus', 'status'];

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

/** What an expression reads: all of it, and what it reads of every event. */
interface Reads {
  readonly fields: readonly FieldPath[];
  readonly always: readonly FieldPath[];
}

/**
 * Of which heads these fields are all that an expression reads: of `all`, of those `with-code` (100 or more), or of `none`.
 *
 * @param known those that a head holds, or that are known besides.
 */
export function readableOf({ fields, always }: Reads, known: readonly FieldPath[]): 'all' | 'with-code' | 'none' {
  const isKnown = (path: FieldPath): boolean => known.some((field) => isWithin(path, field));
  if (fields.every(isKnown)) return 'all';
  // Not where it asks for the status itself.
  return always.every(isKnown) && fields.every((path) => isKnown(path) || isWithin(path, STATUS))
    ? 'with-code'
    : 'none';
}

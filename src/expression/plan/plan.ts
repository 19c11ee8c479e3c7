import type { Node } from '../tree/node.ts';
import type { FieldPath } from './field-path.ts';
import { compileHead, type Head, headFieldsOf } from './head.ts';
import { type Needles, needlesOf } from './needles.ts';
import { bodiesOf, compileReach, type Reach } from './reach.ts';
import { readsOf } from './reads.ts';

/** The audit level that an event needs for an expression to see all that it asks for. */
export type Level = 'Metadata' | 'Request' | 'RequestResponse';

/** What follows from an expression without running it. */
export interface ExpressionPlan {
  /** What it reads of an event: its value follows from these alone. */
  readonly fields: readonly FieldPath[];
  readonly level: Level;
  /** Undefined where every line may match. */
  readonly needles: Needles | undefined;
  readonly head: Head;
  /** The fields of the head that it asks for. */
  readonly headFields: readonly FieldPath[];
  /** Undefined where every event decides it. */
  readonly reach: Reach | undefined;
}

export function planExpression(node: Node): ExpressionPlan {
  const fields = readsOf(node);
  return {
    fields,
    level: levelOf(fields),
    needles: needlesOf(node),
    head: compileHead(node),
    headFields: headFieldsOf(fields),
    reach: compileReach(node),
  };
}

function levelOf(fields: readonly FieldPath[]): Level {
  const bodies = bodiesOf(fields);
  if (bodies.includes('responseObject')) return 'RequestResponse';
  return bodies.length > 0 ? 'Request' : 'Metadata';
}

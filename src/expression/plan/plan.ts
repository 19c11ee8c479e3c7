import { once } from '../once.ts';
import type { Node } from '../tree/node.ts';
import type { FieldPath } from './field-path.ts';
import { compileHead, type Head, headFieldsOf } from './head.ts';
import { type Needles, needlesOf } from './needles.ts';
import { bodiesOf, compileReach, type Reach } from './reach.ts';
import { needsOf, readsOf } from './reads.ts';

/** The audit level that an event needs for an expression to see all that it asks for. */
export type Level = 'Metadata' | 'Request' | 'RequestResponse';

/** What follows from an expression without running it. */
export interface ExpressionPlan {
  /** What it reads of an event: its value follows from these alone. */
  readonly fields: readonly FieldPath[];
  /** Of these, without what functions of ours need of some events only. */
  readonly always: readonly FieldPath[];
  readonly level: Level;
  /** Undefined where every line may match. */
  readonly needles: Needles | undefined;
  readonly head: Head;
  /** The same for heads that hold only some of the fields. */
  readonly headOf: (fields: readonly FieldPath[]) => Head;
  /** The fields of the head that it asks for. */
  readonly headFields: readonly FieldPath[];
  /** Undefined where every event decides it. */
  readonly reach: Reach | undefined;
}

/** Each part is made when it is asked for: a small log asks for few of them. */
export function planExpression(node: Node): ExpressionPlan {
  const fields = once(() => readsOf(node));
  const needles = once(() => needlesOf(node));
  const head = once(() => compileHead(node));
  const headFields = once(() => headFieldsOf(fields()));
  const reach = once(() => compileReach(node));
  return {
    get fields() {
      return fields();
    },
    get always() {
      return needsOf(node).always;
    },
    get level() {
      return levelOf(fields());
    },
    get needles() {
      return needles();
    },
    get head() {
      return head();
    },
    headOf: (fields) => compileHead(node, fields),
    get headFields() {
      return headFields();
    },
    get reach() {
      return reach();
    },
  };
}

function levelOf(fields: readonly FieldPath[]): Level {
  const bodies = bodiesOf(fields);
  if (bodies.includes('responseObject')) return 'RequestResponse';
  return bodies.length > 0 ? 'Request' : 'Metadata';
}

import { type AbsentBodies, absentBodies, type WhyAbsent } from '../../event/bodies.ts';
import type { AuditEvent } from '../../event/types.ts';
import type { Node } from '../tree/node.ts';
import { type FieldPath, overlaps } from './field-path.ts';
import { compilePartial, type Verdict } from './partial.ts';
import { readsOf } from './reads.ts';

/** A body, by the field of the event that holds it. */
export type Body = 'requestObject' | 'responseObject';

/** What an expression could not be judged by. */
export interface Undecided {
  readonly bodies: readonly Body[];
  readonly why: WhyAbsent;
}

/** Undefined where the event decides the expression, one way or the other. */
export type Reach = (event: AuditEvent) => Undecided | undefined;

const BODIES: readonly Body[] = ['requestObject', 'responseObject'];

/** The bodies that an expression reads. */
export function bodiesOf(reads: readonly FieldPath[]): Body[] {
  return BODIES.filter((body) => reads.some((path) => overlaps(path, [body])));
}

/**
 * Tells the events that an expression cannot judge, because a body that it reads is missing and the rest does not decide
 * it. Undefined for an expression that reads no body, which can judge every event.
 */
export function compileReach(node: Node): Reach | undefined {
  const read = bodiesOf(readsOf(node));
  if (read.length === 0) return undefined;
  /** By which bodies are missing: compiled when it is first needed. */
  const partials = new Map<string, (event: AuditEvent) => Verdict>();
  return (event) => {
    const missing = absentBodies(event);
    const bodies = read.filter((body) => isMissing(missing, body));
    if (bodies.length === 0) return undefined;
    const key = bodies.join();
    const judge = partials.get(key) ?? compileWithout(node, bodies);
    partials.set(key, judge);
    return judge(event) === 'undecided' ? { bodies, why: missing.why } : undefined;
  };
}

function isMissing(missing: AbsentBodies, body: Body): boolean {
  return body === 'requestObject' ? missing.request : missing.response;
}

function compileWithout(node: Node, bodies: readonly Body[]): (event: AuditEvent) => Verdict {
  return compilePartial(node, {
    isKnown: (path) => !bodies.some((body) => overlaps(path, [body])),
    keepsFailures: false,
  });
}

import type { AuditEvent } from '../../event/types.ts';
import { toBoolean } from '../boolean.ts';
import { EvaluationError } from '../failure.ts';
import { eventFunctions } from '../functions.ts';
import { not } from '../run/builtins.ts';
import { compilePredicate } from '../run/predicate.ts';
import { boolean, isTrue, operation } from '../run/values.ts';
import { type CallForm, isBare, type Node, type Operator } from '../tree/node.ts';
import { canFail, canTruthFail } from './can-fail.ts';
import type { FieldPath } from './field-path.ts';
import { needsOf, readsOf } from './reads.ts';

/** What an expression says of an event of which only some fields are known. */
export type Verdict = true | false | 'undecided';

export interface PartialOptions {
  /** Whether all of a field is as the event has it, absent included; of any other field, nothing is known. */
  readonly isKnown: (path: FieldPath) => boolean;
  /**
   * Whether what may fail is decided: false is then said only where the whole expression gives false on every event that
   * agrees in what is known. Else a failure counts as false.
   */
  readonly keepsFailures: boolean;
}

const UNKNOWN: unique symbol = Symbol('unknown');
type Partial = (event: AuditEvent) => unknown;

/**
 * The expression in Kleene's three-valued logic, over an event some of whose fields are not known: `and` is false as soon
 * as one side is, whatever the other may be.
 */
export function compilePartial(node: Node, options: PartialOptions): (event: AuditEvent) => Verdict {
  const run = compileNode(node, options);
  return (event) => {
    try {
      const value = run(event);
      return value === UNKNOWN ? 'undecided' : toBoolean(value);
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      return options.keepsFailures ? 'undecided' : false;
    }
  };
}

function compileNode(node: Node, options: PartialOptions): Partial {
  const { isKnown } = options;
  if (readsOf(node).every(isKnown)) return compilePredicate(node);
  const byParts = compileParts(node, options);
  const { always, decidedBy } = needsOf(node);
  const isConnective = node.form.kind === 'binary' && (node.form.operator === 'and' || node.form.operator === 'or');
  if (isConnective || decidedBy.length === 0 || !always.every(isKnown)) return byParts;
  const whole = compilePredicate(node);
  return (event) => (decidedBy.every((reads) => reads(event).every(isKnown)) ? whole(event) : byParts(event));
}

/** From what its parts give, where not all that it reads is known. */
function compileParts(node: Node, options: PartialOptions): Partial {
  const unknown: Partial = () => UNKNOWN;
  if (!isBare(node)) return unknown;
  const { form } = node;
  const below = (inner: Node): Partial => compileNode(inner, options);
  /** Whether a node that is not known may still be passed over. */
  const mayPass = (inner: Node): boolean => !options.keepsFailures || !canTruthFail(inner);
  switch (form.kind) {
    case 'binary':
      switch (form.operator) {
        case 'and':
        case 'or':
          return kleene(below(form.lhs), below(form.rhs), form.operator === 'or', mayPass(form.lhs));
        case '=':
        case '!=':
        case 'in': {
          const isSafe = !options.keepsFailures || (!canFail(form.lhs) && !canFail(form.rhs));
          return strict(form.operator, below(form.lhs), below(form.rhs), isSafe);
        }
        default:
          return strict(form.operator, below(form.lhs), below(form.rhs), false);
      }
    case 'condition': {
      const condition = below(form.condition);
      const then = below(form.then);
      const otherwise = form.otherwise ? below(form.otherwise) : () => undefined;
      const passes = mayPass(form.condition);
      return (event) => {
        const value = condition(event);
        if (value !== UNKNOWN) return isTrue(value) ? then(event) : otherwise(event);
        if (!passes) return UNKNOWN;
        // Where both ways lead to the same, it does not matter which is taken.
        const first = attempt(then, event);
        return typeof first !== 'object' && first === attempt(otherwise, event) ? first : UNKNOWN;
      };
    }
    case 'block': {
      const [only] = form.expressions;
      return only && form.expressions.length === 1 && only.form.kind !== 'bind' ? below(only) : unknown;
    }
    case 'call':
      return compileCall(form, below, options.isKnown) ?? unknown;
    default:
      return unknown;
  }
}

/** What may never be asked for fails only perhaps. */
function attempt(run: Partial, event: AuditEvent): unknown {
  try {
    return run(event);
  } catch (error) {
    if (error instanceof EvaluationError) return UNKNOWN;
    throw error;
  }
}

/** `or` where `decisive` is true, else `and`. */
function kleene(lhs: Partial, rhs: Partial, decisive: boolean, passes: boolean): Partial {
  return (event) => {
    const left = lhs(event);
    if (left !== UNKNOWN) {
      if (isTrue(left) === decisive) return decisive;
      const right = rhs(event);
      return right === UNKNOWN ? UNKNOWN : isTrue(right);
    }
    if (!passes) return UNKNOWN;
    const right = attempt(rhs, event);
    return right !== UNKNOWN && isTrue(right) === decisive ? decisive : UNKNOWN;
  };
}

/** Both sides must be known; of equality and membership, nothing on one side is enough for false. */
function strict(
  operator: Exclude<Operator, 'and' | 'or'>,
  lhs: Partial,
  rhs: Partial,
  isFalseOfNothing: boolean,
): Partial {
  const apply = operation(operator);
  return (event) => {
    const left = lhs(event);
    if (left === undefined && isFalseOfNothing) return false;
    const right = rhs(event);
    if (right === undefined && isFalseOfNothing) return false;
    return left === UNKNOWN || right === UNKNOWN ? UNKNOWN : apply(left, right);
  };
}

/** Functions whose value is known when their arguments are. */
function compileCall(
  { name, args, isOurs }: CallForm,
  below: (node: Node) => Partial,
  isKnown: PartialOptions['isKnown'],
): Partial | undefined {
  const given = args.map(below);
  const own = isOurs ? eventFunctions[name] : undefined;
  if (own) {
    const isReadable = own.reads(args.length).every(isKnown);
    return (event) => {
      if (!isReadable) return UNKNOWN;
      const values = given.map((run) => run(event));
      return values.includes(UNKNOWN) ? UNKNOWN : own.run(event, ...values);
    };
  }
  const [only] = given;
  if (!only || given.length !== 1 || (name !== 'not' && name !== 'exists' && name !== 'boolean')) return undefined;
  return (event) => {
    const value = only(event);
    if (value === UNKNOWN) return UNKNOWN;
    if (name === 'exists') return value !== undefined;
    return name === 'not' ? not(value) : boolean(value);
  };
}

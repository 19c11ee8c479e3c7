import { DetectorError } from '../errors.ts';
import { globMatches } from '../event/glob.ts';
import { type CompiledExpression, compileExpression, type Lists } from '../expression/compile.ts';
import { ExpressionError } from '../expression/error.ts';

/** What the configuration says need not be reported. */
export interface ExceptionRule {
  /** Detector id, or a glob over ids. */
  readonly detector: string;
  readonly match: string;
  readonly reason: string;
  /** RFC 3339 date or time from which the rule holds no more. */
  readonly expires?: string | undefined;
}

export interface Exception {
  readonly match: CompiledExpression;
  appliesTo(detector: string): boolean;
}

/**
 * Compiles the rules that still hold at `now` (milliseconds since the epoch); `note` is told of those that have expired.
 * @throws {DetectorError} for a rule whose expression does not compile or that names no detector there is.
 */
export function compileExceptions(
  rules: readonly ExceptionRule[],
  options: {
    readonly lists: Lists;
    readonly detectors: readonly string[];
    readonly now: number;
    readonly where: string;
  },
  note: (text: string) => void,
): Exception[] {
  const exceptions: Exception[] = [];
  for (const [index, rule] of rules.entries()) {
    const where = `${options.where}: exceptions.${index}`;
    if (!options.detectors.some((id) => globMatches(id, rule.detector))) {
      throw new DetectorError(`${where}: there is no detector ${rule.detector}`);
    }
    if (rule.expires !== undefined && Date.parse(rule.expires) <= options.now) {
      note(`the exception for ${rule.detector} (${rule.reason}) expired on ${rule.expires} and was not applied`);
      continue;
    }
    exceptions.push({
      match: compile(rule.match, options.lists, where),
      appliesTo: (id) => globMatches(id, rule.detector),
    });
  }
  return exceptions;
}

function compile(text: string, lists: Lists, where: string): CompiledExpression {
  try {
    return compileExpression(text, { lists, detector: true });
  } catch (error) {
    if (error instanceof ExpressionError) throw new DetectorError(`${where}.match: ${error.message}`);
    throw error;
  }
}

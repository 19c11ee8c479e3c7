import { EvaluationError } from '../failure.ts';

/** The code of a failure that a limit of the sandbox raised. */
const LIMIT = 'limit';

const MIB = 1024 * 1024;
/** Of a worker's memory: whatever one function makes of a text this long has room beside the event. */
const TEXT_SHARE = 1 / 32;

/** Characters of the longest text in a worker of so many MiB: of an event, and of what an expression makes. */
export function maxTextLength(memory: number): number {
  return Math.floor(memory * MIB * TEXT_SHARE);
}

export function tookLonger(time: number): EvaluationError {
  return new EvaluationError(LIMIT, `it took longer than ${time / 1000} s`);
}

export function neededMore(memory: number): EvaluationError {
  return new EvaluationError(LIMIT, `it needed more than ${memory} MiB`);
}

/** @param what a sentence without its end: "its value is". */
export function tooLong(what: string, maxLength: number, units = 'characters'): EvaluationError {
  return new EvaluationError(LIMIT, `${what} longer than ${maxLength.toLocaleString('en-US')} ${units}`);
}

export function tooDeep(maxDepth: number): EvaluationError {
  return new EvaluationError(LIMIT, `its value is nested deeper than ${maxDepth} levels`);
}

export function isLimit(error: EvaluationError): boolean {
  return error.code === LIMIT;
}

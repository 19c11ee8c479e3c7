import { EvaluationError } from '../failure.ts';

/**
 * What one evaluation of a compiled expression may do: items looked at, and characters made, four to a step. An expression
 * such as `**.(**)` grows with the square of what a client sent. No honest one comes near: an event of 100 MB has some
 * million values.
 */
const MAX_STEPS = 20_000_000;
const CHARACTERS_MADE = 4;
const CHARACTERS_READ = 64;
/** Characters of one text that an expression makes: a text that doubles is long before it costs anything. */
const MAX_TEXT = 8 * 1024 * 1024;

/** Items of one list; of jsonata's own lists, too. */
export const MAX_SEQUENCE = 1_000_000;

let left = 0;

/** To be called where an evaluation begins. */
export function refill(): void {
  left = MAX_STEPS;
}

export function spend(steps: number): void {
  left -= steps;
  if (left < 0) throw new EvaluationError('limit', 'the expression does too much for one event');
}

/** Gives back a text that was made, paid for. */
export function spendText(text: string): string {
  if (text.length > MAX_TEXT) {
    throw new EvaluationError(
      'limit',
      `the expression makes a text longer than ${MAX_TEXT.toLocaleString('en-US')} characters`,
    );
  }
  spend(text.length / CHARACTERS_MADE);
  return text;
}

/** For looking through a text, or a part of it. */
export function spendReading(characters: number): void {
  spend(characters / CHARACTERS_READ);
}

/** What was done since the evaluation began. */
export function spent(): number {
  return MAX_STEPS - left;
}

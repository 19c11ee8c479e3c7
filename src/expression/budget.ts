import { EvaluationError } from './failure.ts';

/**
 * What one evaluation of a compiled expression may do: items looked at, and characters made, sixteen to a step. An expression
 * such as `**.(**)` grows with the square of what a client sent. No honest one comes near: an event of 100 MB has some
 * million values.
 */
const MAX_STEPS = 20_000_000;
const CHARACTERS = 16;

let left = 0;

/** To be called where an evaluation begins. */
export function refill(): void {
  left = MAX_STEPS;
}

export function spend(steps: number): void {
  left -= steps;
  if (left < 0) throw new EvaluationError('limit', 'the expression does too much for one event');
}

/** Gives the text back, paid for. */
export function spendText(text: string): string {
  spend(text.length / CHARACTERS);
  return text;
}

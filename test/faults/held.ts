import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { EventSeries } from './numbered-events.ts';

export interface Held {
  /** The numbers of all events that a generation holds whole. */
  readonly numbers: ReadonlySet<number>;
  readonly generations: number;
  /** Lines that are no event: what a copy cut through. */
  readonly torn: number;
}

/** Reads every generation of a folder in the simplest way there is. Nobody may write to it any more. */
export function readHeld(folder: string, series: EventSeries): Held {
  const numbers = new Set<number>();
  const names = readdirSync(folder);
  let torn = 0;
  for (const name of names) {
    const bytes = readFileSync(join(folder, name));
    const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
    for (const part of text.split('\n')) {
      // What a descriptor that does not append left open after a truncation.
      const line = part.replace(/^\0+/, '');
      const number = series.numberOf(line);
      if (number !== undefined && line === series.line(number)) numbers.add(number);
      else if (line !== '') torn += 1;
    }
  }
  return { numbers, torn, generations: names.length };
}

import { basename } from 'node:path';
import { QUIET } from '../sources/gaps.ts';
import type { Gap } from '../summary.ts';
import type { Clock } from './clock.ts';

/** What lies between two generations, or does not: `nothing between 03:00 and 05:10 UTC: audit.log.2 ends, …`. */
export function gapText({ before, after, label, from, to, missing }: Gap, clock: Clock): string {
  const node = label === undefined ? '' : `${label} `;
  const [last, next] = [basename(before), basename(after)];
  const quiet =
    from !== undefined && to !== undefined && to - from > QUIET ? `nothing between ${clock.span(from, to, 'and')}` : '';
  if (missing === undefined) return `${quiet}: ${node}${last} ends, ${next} begins`;
  return `${node}${missing} ${missing.includes(' ') ? 'are' : 'is'} missing between ${last} and ${next}${quiet && `: ${quiet}`}`;
}

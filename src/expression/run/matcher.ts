import { failure } from '../failure.ts';
import { spend } from './budget.ts';
import { LinearRegex } from './regex.ts';

/** One match of a regex, and how to come to the next. */
export interface Match {
  readonly match: string;
  readonly start: number;
  readonly end: number;
  readonly groups: readonly (string | undefined)[];
  next(): Match | undefined;
}

/** What a regex is as a value: its first match in a text. */
export type Matcher = (text: string) => Match | undefined;

export function createMatcher(pattern: RegExp): Matcher {
  return (text) => {
    const regex = new LinearRegex(pattern);
    const find = (from: number): Match | undefined => {
      regex.lastIndex = from;
      const found = regex.exec(text);
      // A match may have been looked for to the text's end, and seldom was.
      spend(1 + (text.length - from) / (found ? 128 : 16));
      if (!found) return undefined;
      const [match, ...groups] = found;
      return {
        match,
        start: found.index,
        end: found.index + match.length,
        groups,
        next() {
          if (regex.lastIndex >= text.length) return undefined;
          const next = find(regex.lastIndex);
          // It would never come to an end.
          if (next?.match === '') throw failure('D1004', { value: pattern.source });
          return next;
        },
      };
    };
    return find(0);
  };
}

/** The matches of a regex. The one behind the limit is looked for as well, as jsonata does, and may be an error. */
export function* matches(matcher: Matcher, text: string, limit: number | undefined): Generator<Match> {
  let count = 0;
  let match = matcher(text);
  while (match && (limit === undefined || count < limit)) {
    yield match;
    match = match.next();
    count++;
  }
}

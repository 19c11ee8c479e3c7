import { RE2JS } from 're2js';

/**
 * jsonata makes a regex engine out of the pattern of each regex it meets and uses `exec` and `lastIndex` of it, as a
 * global RegExp has them. This one runs RE2, which is linear in the text: a pattern cannot be made to backtrack by what
 * somebody wrote into a log.
 */
export class LinearRegex {
  lastIndex = 0;
  readonly #pattern: RE2JS;

  /** jsonata gives the pattern as the expression has it. */
  constructor(pattern: RegExp | RE2JS) {
    this.#pattern = pattern instanceof RegExp ? linearPattern(pattern) : pattern;
  }

  exec(text: string): (RegExpExecArray & { index: number }) | null {
    const matcher = this.#pattern.matcher(text);
    if (this.lastIndex > text.length || !matcher.find(this.lastIndex)) {
      this.lastIndex = 0;
      return null;
    }
    this.lastIndex = matcher.end();
    const groups = Array.from({ length: matcher.groupCount() + 1 }, (_, group) => matcher.group(group) ?? undefined);
    return Object.assign(groups as [string, ...string[]], { index: matcher.start(), input: text });
  }
}

/** Patterns are few (they stand in expressions, not in events) and each is compiled once. */
const compiled = new Map<string, RE2JS>();

/**
 * The RE2 form of a JavaScript pattern.
 * @throws {Error} where RE2 has no such thing: look-around and back-references.
 */
export function linearPattern(pattern: RegExp): RE2JS {
  const key = `${pattern.flags}/${pattern.source}`;
  const known = compiled.get(key);
  if (known) return known;
  // RE2 knows no back-references; the named ones would be read as plain letters.
  if (/\\k</.test(pattern.source)) throw new Error('invalid escape sequence: `\\k`');
  let flags = 0;
  if (pattern.ignoreCase) flags |= RE2JS.CASE_INSENSITIVE;
  if (pattern.multiline) flags |= RE2JS.MULTILINE;
  if (pattern.dotAll) flags |= RE2JS.DOTALL;
  const result = RE2JS.compile(RE2JS.translateRegExp(pattern.source), flags);
  compiled.set(key, result);
  return result;
}

import { RE2JS } from 're2js';

/** A pattern that is linear in the text: global where it is JavaScript's own. */
export type LinearPattern = RE2JS | RegExp;

/**
 * jsonata makes a regex engine out of the pattern of each regex it meets and uses `exec` and `lastIndex` of it, as a
 * global RegExp has them. This one runs RE2, which is linear in the text: a pattern cannot be made to backtrack by what
 * somebody wrote into a log.
 */
export class LinearRegex {
  lastIndex = 0;
  readonly #pattern: LinearPattern;

  /** jsonata gives the pattern as the expression has it. */
  constructor(pattern: RegExp) {
    this.#pattern = linearPattern(pattern);
  }

  exec(text: string): (RegExpExecArray & { index: number }) | null {
    if (this.#pattern instanceof RegExp) {
      this.#pattern.lastIndex = this.lastIndex;
      const match = this.#pattern.exec(text);
      this.lastIndex = this.#pattern.lastIndex;
      return match;
    }
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

/**
 * A single character out of some: JavaScript's own engine has nothing to go back to, says the same as RE2 as long as it
 * counts in code points, and is much faster.
 */
const CHARACTER_CLASS =
  /^\[(?!\^)(?:[^\\[\]\ud800-\udfff]|\\(?:x[\da-f]{2}|u(?!d[89a-f])[\da-f]{4}|[nrt\\[\]^-]))+\]$/i;

/** Each pattern of an expression is compiled once. */
const compiled = new WeakMap<RegExp, LinearPattern>();

/**
 * The linear form of a JavaScript pattern.
 * @throws {Error} where RE2 has no such thing: look-around and back-references.
 */
export function linearPattern(pattern: RegExp): LinearPattern {
  const known = compiled.get(pattern);
  if (known) return known;
  // RE2 knows no back-references; the named ones would be read as plain letters.
  if (/\\k</.test(pattern.source)) throw new Error('invalid escape sequence: `\\k`');
  const result =
    CHARACTER_CLASS.test(pattern.source) && !pattern.ignoreCase ? new RegExp(pattern.source, 'gu') : re2(pattern);
  compiled.set(pattern, result);
  return result;
}

function re2(pattern: RegExp): RE2JS {
  let flags = 0;
  if (pattern.ignoreCase) flags |= RE2JS.CASE_INSENSITIVE;
  if (pattern.multiline) flags |= RE2JS.MULTILINE;
  if (pattern.dotAll) flags |= RE2JS.DOTALL;
  return RE2JS.compile(RE2JS.translateRegExp(pattern.source), flags);
}

/**
 * Whether text matches a shell-like pattern: `*` any run of characters, `?` any one; everything else is itself. Linear in
 * practice and never exponential: only the last `*` is ever gone back to.
 */
export function globMatches(text: string, pattern: string): boolean {
  let t = 0;
  let p = 0;
  let star = -1;
  let mark = 0;
  while (t < text.length) {
    const expected = pattern[p];
    if (expected === '*') {
      star = p++;
      mark = t;
    } else if (expected === '?' || expected === text[t]) {
      t++;
      p++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

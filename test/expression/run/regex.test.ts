import fc from 'fast-check';
import jsonata from 'jsonata';
import { describe, expect, it } from 'vitest';
import { LinearRegex, linearPattern } from '../../../src/expression/run/regex.ts';

/** Patterns that RE2 and JavaScript read alike. */
const atom = fc.constantFrom('a', 'b', 'ab', '[ab]', '[^a]', '.', '\\d', '\\w', '\\.', '(a|b)', '(?:ab)', '\\/');
const quantified = fc.tuple(atom, fc.constantFrom('', '', '', '+', '{1,2}', '+?')).map((parts) => parts.join(''));
const source = fc
  .tuple(
    fc.constantFrom('', '', '^', '\\b'),
    fc.array(quantified, { minLength: 1, maxLength: 4 }),
    fc.constantFrom('', '', '$'),
    // A group that may be empty and is repeated is one of the few things that the two see differently.
    fc.constantFrom('', '', 'x?', '(a)(b?)', '(x)?'),
  )
  .map(([start, middle, end, optional]) => `${start}${optional}${middle.join('')}${end}`);
const flags = fc.constantFrom('', 'i', 'm', 'im');
const subject = fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'x', '.', '1', ' ', '\n', '/', '-'), maxLength: 20 });

/** All matches that a caller gets who asks as jsonata does. */
function matches(regex: { lastIndex: number; exec(text: string): RegExpExecArray | null }, text: string): unknown[] {
  const found: unknown[] = [];
  regex.lastIndex = 0;
  for (let match = regex.exec(text); match; match = regex.exec(text)) {
    found.push({ groups: [...match], index: match.index, next: regex.lastIndex });
    if (match[0] === '') break;
  }
  return found;
}

describe('a regex', () => {
  it('finds what a global RegExp finds, one after the other', () => {
    fc.assert(
      fc.property(source, flags, subject, (pattern, flag, text) => {
        const regex = new RegExp(pattern, `g${flag}`);
        expect(matches(new LinearRegex(regex), text)).toEqual(matches(regex, text));
      }),
      { numRuns: 3_000 },
    );
  });

  it('starts again from the front when it found nothing more', () => {
    const regex = new LinearRegex(/a/g);
    expect([regex.exec('a')?.index, regex.exec('a'), regex.exec('a')?.index]).toEqual([0, null, 0]);
  });

  it('finds nothing behind the end of the text', () => {
    const regex = new LinearRegex(/a*/g);
    regex.lastIndex = 5;
    expect(regex.exec('aaa')).toBeNull();
    expect(regex.lastIndex).toBe(0);
  });

  it('tells a group that took no part from one that is empty', () => {
    expect([...(new LinearRegex(/a(b)?(c*)/g).exec('a') ?? [])]).toEqual(['a', undefined, '']);
  });

  it('counts in UTF-16, as the text does', () => {
    const regex = new LinearRegex(/漢/g);
    expect(regex.exec('\u{1f600}é漢漢')).toMatchObject({ index: 3 });
    expect(regex.exec('\u{1f600}é漢漢')).toMatchObject({ index: 4 });
  });

  it.each(['a(?=b)', 'a(?!b)', '(?<=a)b', '(?<!a)b', '(a)\\1', '(?<n>a)\\k<n>'])('%s is refused', (pattern) => {
    expect(() => linearPattern(new RegExp(pattern, 'g'))).toThrow();
  });

  it.each(['(a+)+$', '(a|a)+$', '(a|aa)+$', '(.*a){20}$', '^(([a-z])+.)+[A-Z]([a-z])+$'])(
    '%s is done at once',
    (pattern) => {
      expect(new LinearRegex(new RegExp(pattern, 'g')).exec(`${'a'.repeat(2_000)}!`)?.index).toBeUndefined();
    },
  );
});

describe('a regex in an expression', () => {
  const linear = { RegexEngine: LinearRegex as unknown as RegExpConstructor };
  const expressions = (pattern: string, flag: string): string[] =>
    [
      '$match(text, R)',
      '$contains(text, R)',
      '$split(text, R)',
      '$replace(text, R, "<$0,$1>")',
      '$replace(text, R, "-", 2)',
      '$match(text, R, 1)',
    ].map((call) => call.replace('R', `/${pattern}/${flag}`));

  const run = async (text: string, input: unknown, options?: jsonata.JsonataOptions): Promise<unknown> => {
    try {
      return JSON.stringify(await jsonata(text, options).evaluate(input));
    } catch (error) {
      return (error as { code?: string }).code;
    }
  };

  it('of $match, $contains, $split and $replace does what it does with a RegExp', () =>
    fc.assert(
      fc.asyncProperty(source, flags, subject, async (pattern, flag, text) => {
        for (const expression of expressions(pattern, flag))
          expect(await run(expression, { text }, linear), expression).toBe(await run(expression, { text }));
      }),
      { numRuns: 300 },
    ));

  it('replaces in a long text in linear time', async () => {
    const text = 'ab'.repeat(50_000);
    expect(await jsonata('$length($replace(text, /a/, ""))', linear).evaluate({ text })).toBe(50_000);
  });
});

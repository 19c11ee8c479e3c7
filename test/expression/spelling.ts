import fc from 'fast-check';

/**
 * The same JSON spelt in other ways: keys in another order, given twice, with blanks between, and every character of a text
 * perhaps escaped. What JSON.parse makes of it is the same.
 */
export function spellings(text: string): fc.Arbitrary<string> {
  return fc.infiniteStream(fc.nat({ max: 999 })).map((numbers) => {
    const next = (): number => numbers.next().value ?? 0;
    const style = next() % 4;
    return write(JSON.parse(text), {
      chance: (percent) => next() % 100 < percent,
      pick: (count) => next() % count,
      // Most lines are spelt as one program does it; some as nobody would.
      escapes: [0, 0, 5, 0][style] ?? 0,
      slashes: style === 1,
      blanks: [0, 30, 30, 0][style] ?? 0,
      twice: [5, 0, 5, 0][style] ?? 0,
      shuffles: style !== 3,
    });
  });
}

interface Hand {
  chance(percent: number): boolean;
  pick(count: number): number;
  readonly escapes: number;
  readonly slashes: boolean;
  readonly blanks: number;
  readonly twice: number;
  readonly shuffles: boolean;
}

function write(value: unknown, hand: Hand): string {
  if (typeof value === 'string') return writeText(value, hand);
  // JSON.stringify has no word for it.
  if (typeof value === 'number' && !Number.isFinite(value)) return value > 0 ? '1e999' : '-1e999';
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const blank = (): string => (hand.chance(hand.blanks) ? (['  ', '\t', ' '][hand.pick(3)] ?? '') : '');
  if (Array.isArray(value))
    return `[${blank()}${value.map((item) => write(item, hand)).join(`${blank()},${blank()}`)}${blank()}]`;
  const pairs = Object.entries(value).map(
    ([key, item]) => `${writeText(key, hand)}${blank()}:${blank()}${write(item, hand)}`,
  );
  if (hand.shuffles) pairs.sort(() => hand.pick(3) - 1);
  const decoys = Object.keys(value)
    .filter(() => hand.chance(hand.twice))
    .map((key) => `${writeText(key, hand)}:${['"decoy"', '{"name":"decoy"}', '[]', 'null'][hand.pick(4)]}`);
  return `{${blank()}${[...decoys, ...pairs].join(`,${blank()}`)}${blank()}}`;
}

function writeText(text: string, hand: Hand): string {
  const quoted = JSON.stringify(text);
  let result = '';
  for (const character of quoted.match(/\\u....|\\.|./gs) ?? []) {
    if (character === '/' && hand.slashes) result += '\\/';
    else if (/[<>&]/.test(character)) result += escapeOf(character);
    else if (/[A-Za-z0-9]/.test(character) && character.length === 1 && hand.chance(hand.escapes))
      result += escapeOf(character);
    else result += character;
  }
  return result;
}

function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

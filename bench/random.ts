/**
 * Seeded randomness. The same seed gives the same log byte for byte: nothing here reads a clock or the platform, and V8
 * computes Math.exp, log and cos with its own portable code.
 */

export interface Random {
  /** An unsigned 32-bit integer. */
  bits(): number;
  /** 0 <= x < 1. */
  unit(): number;
  /** An integer, low <= x <= high. */
  between(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** Log-normal by its median; sigma is the deviation of the logarithm. */
  logNormal(median: number, sigma: number): number;
  /** The time to the next event of a Poisson process, in the unit of `mean`. */
  gap(mean: number): number;
  /** `digits` hexadecimal digits. */
  hex(digits: number): string;
  /** A version 4 UUID. */
  uuid(): string;
}

/** sfc32 (Chris Doty-Humphrey, PractRand): 128 bits of state, fast, passes the usual batteries. */
export function seededRandom(seed: number): Random {
  let a = 0x9e3779b9;
  let b = 0x243f6a88;
  let c = seed | 0;
  let counter = 1;

  function bits(): number {
    const out = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + out;
    c |= 0;
    return out >>> 0;
  }
  // Near seeds start alike; twelve rounds are what the author of sfc32 asks for to part them.
  for (let round = 0; round < 12; round += 1) bits();

  const unit = (): number => bits() / 0x1_0000_0000;
  const eightHex = (): string => bits().toString(16).padStart(8, '0');

  return {
    bits,
    unit,
    between: (low, high) => low + Math.floor(unit() * (high - low + 1)),
    chance: (probability) => unit() < probability,
    pick<T>(items: readonly T[]): T {
      const item = items[Math.floor(unit() * items.length)];
      if (item === undefined) throw new RangeError('nothing to pick from');
      return item;
    },
    logNormal(median, sigma) {
      // Box and Muller; 1 - unit() keeps the logarithm away from zero.
      const normal = Math.sqrt(-2 * Math.log(1 - unit())) * Math.cos(2 * Math.PI * unit());
      return median * Math.exp(sigma * normal);
    },
    gap: (mean) => -mean * Math.log(1 - unit()),
    hex(digits) {
      let text = '';
      while (text.length < digits) text += eightHex();
      return text.slice(0, digits);
    },
    uuid() {
      const first = eightHex();
      const second = eightHex();
      const third = eightHex();
      const variant = '89ab'.charAt(bits() & 3);
      return `${first}-${second.slice(0, 4)}-4${second.slice(5)}-${variant}${third.slice(1, 4)}-${third.slice(4)}${eightHex()}`;
    },
  };
}

/** Draws items in proportion to their weights. */
export function weighted<T>(entries: readonly (readonly [weight: number, item: T])[]): (random: Random) => T {
  const sums: number[] = [];
  let total = 0;
  for (const [weight] of entries) {
    total += weight;
    sums.push(total);
  }
  return (random) => {
    const target = random.unit() * total;
    let low = 0;
    let high = sums.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? total) > target) high = middle;
      else low = middle + 1;
    }
    const entry = entries[low];
    if (entry === undefined) throw new RangeError('nothing to draw from');
    return entry[1];
  };
}

/** Draws items so that the k-th is drawn in proportion to 1 / k^exponent: few users make most requests. */
export function zipf<T>(items: readonly T[], exponent: number): (random: Random) => T {
  return weighted(items.map((item, index) => [1 / (index + 1) ** exponent, item] as const));
}

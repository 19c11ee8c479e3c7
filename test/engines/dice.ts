/** Draws from one stream of random numbers, so that a seed makes a log again. */
export interface Dice {
  /** 0 <= x < 1. */
  unit(): number;
  chance(probability: number): boolean;
  /** An integer, low <= x <= high. */
  between(low: number, high: number): number;
  pick<T>(items: readonly T[]): T;
  uuid(): string;
}

export function createDice(random: () => number): Dice {
  const between = (low: number, high: number): number => low + Math.floor(random() * (high - low + 1));
  const hex = (digits: number): string =>
    Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
  return {
    unit: random,
    chance: (probability) => random() < probability,
    between,
    pick<T>(items: readonly T[]): T {
      if (items.length === 0) throw new RangeError('nothing to pick from');
      return items[between(0, items.length - 1)] as T;
    },
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
  };
}

const UNITS: Readonly<Record<string, number>> = { '': 1, B: 1, KB: 1e3, MB: 1e6, GB: 1e9 };

/** Bytes of `400MB` (KB = 1000). @throws {RangeError} for anything else. */
export function parseSize(text: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)\s*([KMG]?B?)$/i.exec(text.trim()) ?? [];
  const factor = UNITS[unit.toUpperCase()];
  if (number === undefined || factor === undefined) throw new RangeError(`not a size: ${text} (write 400MB)`);
  return Math.round(Number(number) * factor);
}

/** A whole number of at least one. @throws {RangeError} for anything else. */
export function parseCount(option: string, text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1)
    throw new RangeError(`--${option} must be a whole number, not ${text}`);
  return count;
}

import { UsageError } from '../errors.ts';

/**
 * Bytes of `512`, `64K`, `64KiB`, `128MB`, `1GiB`; K and M are powers of 1024 unless a B without an i says otherwise.
 * @throws {UsageError} for anything else.
 */
export function parseSize(option: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([kmg]?)(i?b?)$/i.exec(text);
  if (!match) throw new UsageError(`--${option} ${text}: not a size; give bytes, or 64KiB, 128MiB, 1GiB`);
  const [, number, letter = '', suffix = ''] = match;
  const power = ['', 'k', 'm', 'g'].indexOf(letter.toLowerCase());
  const bytes = Number(number) * (suffix.toLowerCase() === 'b' && power > 0 ? 1000 : 1024) ** power;
  if (bytes < 1) throw new UsageError(`--${option} ${text}: must be at least one byte`);
  // V8 holds no string above half a gigabyte, and a record is parsed as one.
  return Math.min(bytes, 512 * 1024 * 1024 - 1024);
}

/** A whole number, 0 or more. @throws {UsageError} */
export function parseCount(option: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`--${option} ${text}: not a whole number`);
  return Number(text);
}

import { UsageError } from '../errors.ts';

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

/** Bytes for people: `981 B`, `5.6 MB`; powers of 1000. */
export function bytesText(bytes: number): string {
  let unit = 0;
  let value = bytes;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

/** `1 event`, `2,499 events`. */
export function countText(count: number, noun: string, plural = `${noun}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? noun : plural}`;
}

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

/** Milliseconds for people: `40 s`, `12 min`, `1.5 h`. */
export function durationText(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  return seconds < 3600 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** A whole number, 0 or more. @throws {UsageError} */
export function parseCount(option: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`--${option} ${text}: not a whole number`);
  return Number(text);
}

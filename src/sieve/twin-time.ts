import { ascii, isDigit, NOT_PLAIN, ZERO } from './twin-text.ts';

/** Digits are to stand at the zeros. */
const PATTERN = ascii('"0000-00-00T00:00:00.000000Z"');
export const TIME_LENGTH = PATTERN.length;

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Microseconds since the epoch of the text that begins at a quote; {@link NOT_PLAIN} where it is no time as Go writes it. */
export function readTime(memory: Uint8Array, at: number): number {
  for (let index = 0; index < PATTERN.length; index++) {
    const byte = memory[at + index];
    if (PATTERN[index] === ZERO ? !isDigit(byte) : byte !== PATTERN[index]) return NOT_PLAIN;
  }
  const year = readNumber(memory, at + 1, 4);
  const month = readNumber(memory, at + 6, 2);
  const day = readNumber(memory, at + 9, 2);
  const hours = readNumber(memory, at + 12, 2);
  const minutes = readNumber(memory, at + 15, 2);
  const seconds = readNumber(memory, at + 18, 2);
  if (year < 1970 || day < 1 || day > daysOf(year, month)) return NOT_PLAIN;
  if (hours > 23 || minutes > 59 || seconds > 59) return NOT_PLAIN;
  return Date.UTC(year, month - 1, day, hours, minutes, seconds) * 1000 + readNumber(memory, at + 21, 6);
}

function readNumber(memory: Uint8Array, at: number, digits: number): number {
  let value = 0;
  for (let place = at; place < at + digits; place++) value = value * 10 + (memory[place] ?? ZERO) - ZERO;
  return value;
}

/** 0 for what is no month. */
function daysOf(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && isLeap ? 29 : (DAYS[month - 1] ?? 0);
}

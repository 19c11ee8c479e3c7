import { FIELD_COUNT, FIELDS } from './layout.ts';

/** How much a dictionary of keys may hold. */
export interface KeyLimits {
  readonly count: number;
  /** Of all keys together. */
  readonly bytes: number;
}

/** Numbers in the order in which keys first appear. */
export interface Keys {
  /** Which fields a key is made of, a bit for each. Forgets all keys. */
  configure(fields: number): void;
  forget(): void;
  /** The key of a row as text: the bytes of each value, and a line end behind it. */
  textOf(row: Int32Array): string;
  /** Whether the key has a number, or there is room to give it one. */
  hasRoom(text: string): boolean;
  /** The key's number, a new one where it has none. */
  numberOf(text: string): number;
}

/** @param bytes the memory that the places of a row are in. */
export function createKeys(bytes: Buffer, limits: KeyLimits): Keys {
  const numbers = new Map<string, number>();
  let size = 0;
  let chosen: readonly number[] = [];

  const forget = (): void => {
    numbers.clear();
    size = 0;
  };

  return {
    configure(fields) {
      chosen = Array.from({ length: FIELD_COUNT }, (_, field) => field).filter(
        (field) => (fields & (1 << field)) !== 0,
      );
      forget();
    },
    forget,
    textOf(row) {
      let text = '';
      for (const field of chosen) {
        const at = row[FIELDS + 2 * field] ?? 0;
        const length = row[FIELDS + 2 * field + 1] ?? 0;
        if (length > 0) text += bytes.toString('latin1', at, at + length);
        text += '\n';
      }
      return text;
    },
    hasRoom: (text) => numbers.has(text) || (numbers.size < limits.count && size + text.length <= limits.bytes),
    numberOf(text) {
      const known = numbers.get(text);
      if (known !== undefined) return known;
      size += text.length;
      numbers.set(text, numbers.size);
      return numbers.size - 1;
    },
  };
}

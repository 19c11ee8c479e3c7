import { basename, dirname, join } from 'node:path';

/** lumberjack: `audit-2026-02-22T10-15-30.123.log`, the UTC time of the rotation. */
const LUMBERJACK = /-(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3})(?=\.|$)/;
/** logrotate with dateext: `audit.log-20261121`, `audit.log-2026112106`, `audit.log-20261121-1795236978`, `audit.log-2026-11-21`. */
const DATE = /[-.](\d{8}(?:\d{2})?(?:-\d{6,})?|\d{4}-\d\d-\d\d(?:-\d\d)?)(?=\.|$)/;
/** logrotate: `audit.log.1`, `audit.log.12.gz`; the higher, the older. */
const NUMBER = /\.(\d{1,4})(?=\.(?:gz|zst)$|$)/;
export const COMPRESSED = /\.(gz|zst)$/;

/**
 * Whether a file of a directory is taken for a log by its name: `*.log` and its rotated forms, `*.jsonl`, and `audit*.json`
 * (the name that RKE1 gives). Hidden files are not.
 */
export function looksLikeLog(path: string): boolean {
  const name = basename(path).replace(COMPRESSED, '');
  if (name.startsWith('.')) return false;
  return /\.log([.-]\d[\w.-]*)?$/.test(name) || /\.(jsonl|ndjson)$/.test(name) || /^audit.*\.json$/.test(name);
}

/** The name that a rotated file had while it was written: `audit.log` for all of the above. */
export function liveName(path: string): string {
  const name = basename(path).replace(COMPRESSED, '').replace(NUMBER, '').replace(LUMBERJACK, '').replace(DATE, '');
  return join(dirname(path), name);
}

/** Sorts the generations of each log together, oldest first, the live file last. */
export function byGeneration(a: string, b: string): number {
  return compare(liveName(a), liveName(b)) || compare(age(a), age(b)) || compare(a, b);
}

/** Sorts as text from the oldest to the live file: dated ones first, then numbered ones downwards, then the live one. */
function age(path: string): string {
  const name = basename(path).replace(COMPRESSED, '');
  const dated = LUMBERJACK.exec(name)?.[1] ?? DATE.exec(name)?.[1];
  const number = NUMBER.exec(name)?.[1];
  const order = number === undefined ? '' : String(10_000 - Number(number)).padStart(5, '0');
  if (dated) return `1 ${dated} ${order}`;
  return number === undefined ? '3' : `2 ${order}`;
}

/**
 * Names of one family tell which of two is older; of different families they do not: `audit-<time>.log`, `audit.log.1` and
 * `audit.log-20261120` beside each other, after another rotation took over. Undefined for the live file.
 */
export function family(path: string): string | undefined {
  const name = basename(path).replace(COMPRESSED, '');
  const date = DATE.exec(name)?.[1];
  if (LUMBERJACK.test(name)) return 'lumberjack';
  if (date !== undefined) return `dateext ${date.replace(/\d/g, '0')}`;
  return NUMBER.test(name) ? 'number' : undefined;
}

/** The number of a name that has only that: 3 of `audit.log.3.gz`, undefined for `audit-<time>.log.1`. */
export function generationNumber(path: string): number | undefined {
  return family(path) === 'number' ? Number(NUMBER.exec(basename(path))?.[1]) : undefined;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

import {
  closeSync,
  copyFileSync,
  existsSync,
  ftruncateSync,
  futimesSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

export type Naming = 'lumberjack' | 'numbered' | 'dateext';

/** How a log is written and rotated. */
export interface Regime {
  readonly naming: readonly Naming[];
  /** Rotations copy the live file and empty it; otherwise they rename it. */
  readonly copies: boolean;
  /** The writer goes on in the renamed file until it is told to open its log anew. */
  readonly late: boolean;
  /** Whether the writer appends; otherwise it writes at its own offset, which a truncation does not move. */
  readonly appends: boolean;
}

export interface WrittenLine {
  readonly number: number;
  readonly generation: number;
  readonly offset: number;
}

/** What a file holds, whatever its names. */
interface Content {
  name: string;
  lines: WrittenLine[];
  /** Number of the line that it ends in the middle of. */
  torn: number | undefined;
  /** How far it is on its way to its compressed form: nothing, an empty file, half of it, all of it, and nothing else. */
  zipped: 0 | 1 | 2 | 3 | 4;
}

const LIVE = 'audit.log';
const START = /^\{"n":(\d+),/;
const WHOLE = /^\{"n":(\d+),.*,"e":\1\}\r?$/;

/** The number of a line that a {@link RotatedWriter} wrote; undefined for what is none, or not whole. */
export function numberOf(line: string): number | undefined {
  const number = WHOLE.exec(line)?.[1];
  return number === undefined ? undefined : Number(number);
}

/** As {@link numberOf}, of the first part of a line. */
export function numberOfTorn(line: string): number | undefined {
  const number = START.exec(line)?.[1];
  return number === undefined ? undefined : Number(number);
}

/** A writer that numbers its lines, and what rotates its log. It knows which file holds what. */
export interface RotatedWriter {
  readonly path: string;
  readonly written: readonly WrittenLine[];
  /** Numbers of lines that were in no file any more, at some time. */
  readonly vanished: ReadonlySet<number>;
  /** Numbers of the lines that were broken off for good, in files that are there. */
  torn(): number[];
  /** Numbers of lines that were ever broken off. */
  readonly everTorn: ReadonlySet<number>;
  /** Numbers of the lines that were the first of their file when they were begun: broken off, nothing tells the file. */
  readonly first: ReadonlySet<number>;
  /** Ends the line that is not finished, and writes whole ones. */
  append(count: number, size: number, ending: '\n' | '\r\n'): void;
  /** Writes a line but for its last bytes. */
  appendPart(size: number): void;
  /** Renames and creates, or copies, or empties what was copied before. */
  rotate(choice: number): void;
  reopen(): void;
  /** The next visible step of compressing the oldest plain generation. */
  zip(): void;
  /** Removes the oldest generation; gives the numbers of the lines that are in no file now. */
  removeOldest(): readonly WrittenLine[];
  close(): void;
}

/** @param tick the time of each write, in seconds: two of them are never equal. */
export function createRotatedWriter(folder: string, regime: Regime, tick: () => number): RotatedWriter {
  const at = (name: string): string => join(folder, name);
  const flags = regime.appends ? 'a' : 'r+';
  const open = (): number => {
    if (!existsSync(at(LIVE))) writeFileSync(at(LIVE), '');
    return openSync(at(LIVE), flags);
  };
  let handle = open();
  const newContent = (name: string): Content => ({ name, lines: [], torn: undefined, zipped: 0 });
  let live = newContent(LIVE);
  /** What the writer writes to: the live file, or one that was renamed under it. */
  let current = live;
  /** Oldest first. */
  let rotated: Content[] = [];
  const written: WrittenLine[] = [];
  const vanished = new Set<number>();
  const everTorn = new Set<number>();
  const first = new Set<number>();
  let generation = 0;
  let rotations = 0;
  /** In the file that is written to; where the next write goes, and what ends the line there. */
  let offset = 0;
  let rest: { text: string; line: WrittenLine } | undefined;
  let copied = false;

  const write = (text: string): void => {
    const bytes = Buffer.from(text);
    writeSync(handle, bytes, 0, bytes.length, regime.appends ? null : offset);
    offset += bytes.length;
    const time = tick();
    futimesSync(handle, time, time);
  };

  const compose = (size: number, ending: string) => {
    const number = written.length + 1;
    const line = { number, generation, offset };
    written.push(line);
    const filling = `${number} `.repeat(size / 2 + 1).slice(0, size);
    return { line, text: `{"n":${number},"x":"${filling}","e":${number}}${ending}` };
  };

  const finish = (): void => {
    if (!rest) return;
    const { text, line } = rest;
    rest = undefined;
    // In another file than the one that it was begun in, it is rubbish, which belongs to no line.
    const isThere = current.torn === line.number;
    write(text);
    if (!isThere) return;
    current.torn = undefined;
    current.lines.push(line);
  };

  const isHeld = (number: number): boolean =>
    [live, current, ...rotated].some(({ lines }) => lines.some((line) => line.number === number));

  /** What was begun and cannot be finished, and is nowhere whole. */
  const breakOff = ({ torn }: Content): void => {
    if (torn === undefined || isHeld(torn)) return;
    everTorn.add(torn);
    vanished.add(torn);
  };

  const forgive = (lost: readonly WrittenLine[]): WrittenLine[] => {
    const gone = lost.filter(({ number }) => !isHeld(number));
    for (const { number } of gone) vanished.add(number);
    return gone;
  };

  const nextName = (choice: number): string => {
    rotations += 1;
    const naming = regime.naming[choice % regime.naming.length];
    const serial = String(rotations).padStart(3, '0');
    if (naming === 'lumberjack') return `audit-2027-01-01T00-00-00.${serial}.log`;
    if (naming === 'dateext') return `audit.log-20270${100 + rotations}`;
    shiftNumbers();
    return 'audit.log.1';
  };

  const shiftNumbers = (): void => {
    for (const content of rotated) {
      const number = /^audit\.log\.(\d+)$/.exec(content.name)?.[1];
      if (number === undefined) continue;
      // logrotate compresses one after the other, and rotates when it is done.
      while (content.zipped > 0 && content.zipped < 4) zipStep(content);
      const name = `audit.log.${Number(number) + 1}`;
      const ending = content.zipped === 4 ? '.gz' : '';
      renameSync(at(content.name + ending), at(name + ending));
      content.name = name;
    }
  };

  const zipStep = (content: Content): void => {
    const [plain, zipped] = [at(content.name), at(`${content.name}.gz`)];
    const bytes = content.zipped < 3 ? gzipSync(readFileSync(plain), { level: 1 }) : undefined;
    if (content.zipped === 0) writeFileSync(zipped, '');
    else if (content.zipped === 1) writeFileSync(zipped, bytes?.subarray(0, bytes.length * 0.6) ?? '');
    else if (content.zipped === 2) writeFileSync(zipped, bytes ?? '');
    else rmSync(plain);
    const time = tick();
    utimesSync(zipped, time, time);
    content.zipped = Math.min(4, content.zipped + 1) as Content['zipped'];
  };

  const reopen = (): void => {
    if (current === live) return;
    closeSync(handle);
    handle = open();
    breakOff(current);
    current = live;
    generation += 1;
    offset = 0;
  };

  const rename = (choice: number): void => {
    // Whoever writes to a renamed file is told of it before the next rotation, or there would be nothing to rotate.
    reopen();
    const name = nextName(choice);
    renameSync(at(LIVE), at(name));
    live.name = name;
    rotated.push(live);
    writeFileSync(at(LIVE), '');
    live = newContent(LIVE);
    if (!regime.late) reopen();
  };

  const copy = (choice: number): void => {
    const name = nextName(choice);
    copyFileSync(at(LIVE), at(name));
    const time = tick();
    utimesSync(at(name), time, time);
    rotated.push({ ...live, name, lines: [...live.lines], zipped: 0 });
  };

  const truncate = (): void => {
    const { lines } = live;
    ftruncateSync(handle, 0);
    const time = tick();
    futimesSync(handle, time, time);
    live.lines = [];
    forgive(lines);
    for (const content of [live, ...rotated]) breakOff(content);
    live.torn = undefined;
    generation += 1;
    if (regime.appends) offset = 0;
  };

  return {
    path: at(LIVE),
    written,
    vanished,
    everTorn,
    first,
    torn: () =>
      rotated.flatMap(({ torn }) => (torn !== undefined && everTorn.has(torn) && !first.has(torn) ? [torn] : [])),
    append(count, size, ending) {
      finish();
      let text = '';
      const start = offset;
      for (let index = 0; index < count; index++) {
        const next = compose(size, ending);
        const line = { ...next.line, offset: start + text.length };
        written[written.length - 1] = line;
        current.lines.push(line);
        text += next.text;
      }
      write(text);
    },
    appendPart(size) {
      const isFirst = !rest && current.lines.length === 0;
      finish();
      const { line, text } = compose(size, '\n');
      if (isFirst) first.add(line.number);
      // The rest tells the number as well: a file may begin with it, and no two files begin alike.
      const end = text.lastIndexOf('"e"') - (size % 5);
      write(text.slice(0, end));
      rest = { text: text.slice(end), line };
      current.torn = line.number;
    },
    rotate(choice) {
      if (!regime.copies) rename(choice);
      else if (copied) truncate();
      else copy(choice);
      if (regime.copies) copied = !copied;
    },
    reopen,
    zip() {
      const next = rotated.find((content) => content.zipped < 4 && content !== current);
      if (next) zipStep(next);
    },
    removeOldest() {
      const [oldest] = rotated;
      if (!oldest || oldest === current) return [];
      rotated = rotated.slice(1);
      rmSync(at(oldest.name), { force: true });
      rmSync(at(`${oldest.name}.gz`), { force: true });
      return forgive(oldest.lines);
    },
    close: () => closeSync(handle),
  };
}

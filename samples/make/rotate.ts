/** Cuts a log as lumberjack does: closed files are named after the time of their rotation, older ones are compressed. */
import { gzipSync } from 'node:zlib';
import type { Line } from './moment.ts';

export interface LogFile {
  readonly name: string;
  readonly lines: number;
  readonly content: Buffer;
}

export interface Rotation {
  /** Microseconds since 1970, whole milliseconds. */
  readonly at: number;
  readonly compressed: boolean;
}

const OPERATING_SYSTEM_BYTE = 9;
const UNKNOWN_OPERATING_SYSTEM = 255;

/** Node writes no time into the header, but the operating system it runs on. */
function gzip(content: Buffer): Buffer {
  const compressed = gzipSync(content, { level: 9 });
  compressed[OPERATING_SYSTEM_BYTE] = UNKNOWN_OPERATING_SYSTEM;
  return compressed;
}

function rotatedName(rotation: Rotation): string {
  const stamp = new Date(rotation.at / 1000).toISOString().slice(0, -1).replaceAll(':', '-');
  return `audit-${stamp}.log${rotation.compressed ? '.gz' : ''}`;
}

/** Lines must be in the order in which they were written; the last part is `audit.log`, still open. */
export function rotate(lines: readonly Line[], rotations: readonly Rotation[]): LogFile[] {
  const files: LogFile[] = [];
  let from = 0;
  for (const rotation of [...rotations, undefined]) {
    const next = rotation === undefined ? -1 : lines.findIndex(({ writtenAt }) => writtenAt > rotation.at);
    const to = next === -1 ? lines.length : next;
    const part = lines.slice(from, to);
    const content = Buffer.from(part.map(({ text }) => `${text}\n`).join(''), 'utf8');
    files.push({
      name: rotation === undefined ? 'audit.log' : rotatedName(rotation),
      lines: part.length,
      content: rotation?.compressed === true ? gzip(content) : content,
    });
    from = to;
  }
  return files;
}

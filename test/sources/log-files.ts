import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { byGeneration } from '../../src/sources/generations.ts';

/** A line with a time that {@link timeOfTestLine} tells, `minutes` after a beginning. */
export function testLine(id: string | number, minutes: number): string {
  return `{"id":"${id}","at":${minutes}}\n`;
}

/** In microseconds. */
export function timeOfTestLine(line: Buffer): number | undefined {
  const at = /"at":(-?[\d.]+)\}$/.exec(line.toString())?.[1];
  return at === undefined ? undefined : Number(at) * 60_000_000;
}

/** Writes a file; under a name that ends in `.gz` it is compressed. */
export function writeLog(path: string, content: string | Buffer): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, path.endsWith('.gz') ? gzipSync(content) : content);
  return path;
}

/** What logrotate and lumberjack do with a set's files. */
export interface Rotation {
  /** Every number becomes the next, the live file the first. */
  shift(newLine: string): void;
  /** As {@link shift}, but the live file is copied and emptied. */
  copyTruncate(newLine: string): void;
  /** The live file gets a name with a time. */
  lumberjack(newLine: string): void;
  /** A plain generation is compressed, the oldest or the youngest. */
  compress(which: 'oldest' | 'youngest'): void;
}

/** @param folder where the set of `audit.log` lies. */
export function createRotation(folder: string): Rotation {
  const live = join(folder, 'audit.log');
  let time = 0;
  const rotated = (): string[] =>
    readdirSync(folder)
      .filter((name) => name !== 'audit.log')
      .sort(byGeneration);
  const shiftNumbers = (): void => {
    for (const name of rotated()) {
      const match = /^audit\.log\.(\d+)(.*)$/.exec(name);
      if (match) renameSync(join(folder, name), join(folder, `audit.log.${Number(match[1]) + 1}${match[2]}`));
    }
  };
  return {
    shift(newLine) {
      shiftNumbers();
      renameSync(live, `${live}.1`);
      writeFileSync(live, newLine);
    },
    copyTruncate(newLine) {
      shiftNumbers();
      writeFileSync(`${live}.1`, readFileSync(live));
      writeFileSync(live, newLine);
    },
    lumberjack(newLine) {
      time += 1;
      renameSync(live, join(folder, `audit-2027-01-01T00-00-00.${String(time).padStart(3, '0')}.log`));
      writeFileSync(live, newLine);
    },
    compress(which) {
      const plain = rotated().filter((name) => !name.endsWith('.gz'));
      const name = which === 'oldest' ? plain[0] : plain.at(-1);
      if (name === undefined) return;
      writeFileSync(join(folder, `${name}.gz`), gzipSync(readFileSync(join(folder, name))));
      rmSync(join(folder, name));
    },
  };
}

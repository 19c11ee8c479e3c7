/**
 * What natefinch/lumberjack does, in its order of system calls: the API server rotates its own log with it. Sizes are
 * drawn anew for each generation, so that rotations come at every distance from one another.
 */
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Random } from '../../bench/random.ts';
import { openLogFile } from './log-file.ts';

const LIVE = 'audit.log';
const BACKUP = /^audit-.*\.log(\.gz)?$/;

export interface LumberjackOptions {
  readonly folder: string;
  readonly random: Random;
  /** Bytes of a generation, about. */
  readonly size: number;
  readonly maxBackups: number;
  /** A generation is deleted only when all its numbers are up to this one: what the reader is known to have. */
  released(): number;
}

export interface Lumberjack {
  write(number: number, line: Buffer): void;
  rotations(): number;
  /** Resolves when nothing is left to compress. */
  close(): Promise<void>;
}

export function createLumberjack(options: LumberjackOptions): Lumberjack {
  const { folder, random, maxBackups } = options;
  const live = join(folder, LIVE);
  /** The last number in each backup, by its plain name. */
  const lastIn = new Map<string, number>();
  let file = openLogFile(live, 'append');
  let size = 0;
  let limit = drawLimit();
  let last = 0;
  let rotations = 0;
  let milling = Promise.resolve();
  let millWanted = false;

  function drawLimit(): number {
    return (options.size / 8) * 32 ** random.unit();
  }

  function rotate(): void {
    file.close();
    const backup = freeName();
    renameSync(live, join(folder, backup));
    lastIn.set(backup, last);
    file = openLogFile(live, 'offset');
    size = 0;
    limit = drawLimit();
    rotations += 1;
    if (!millWanted) {
      millWanted = true;
      milling = milling.then(mill);
    }
  }

  /** lumberjack would overwrite the backup of the same millisecond; that loss is not what is tested here. */
  function freeName(): string {
    for (;;) {
      const name = `audit-${new Date().toISOString().slice(0, -1).replaceAll(':', '-')}.log`;
      if (!lastIn.has(name) && !existsSync(join(folder, `${name}.gz`))) return name;
    }
  }

  /** One at a time, the newest first, as lumberjack's goroutine does. */
  async function mill(): Promise<void> {
    millWanted = false;
    const names = readdirSync(folder).filter((name) => BACKUP.test(name));
    const backups = [...new Set(names.map((name) => name.replace(/\.gz$/, '')))].sort().reverse();
    const surplus = new Set(backups.slice(maxBackups).filter((name) => (lastIn.get(name) ?? 0) <= options.released()));
    for (const name of surplus) {
      rmSync(join(folder, name), { force: true });
      rmSync(join(folder, `${name}.gz`), { force: true });
      lastIn.delete(name);
    }
    for (const name of names.sort().reverse())
      if (!name.endsWith('.gz') && !surplus.has(name)) await compress(join(folder, name));
  }

  /** The copy is there, empty, before the first of it is written, and whole before the original goes. */
  async function compress(path: string): Promise<void> {
    const pause = random.pick([0, 0, 0, 1, 5, 40]);
    const compressed = gzipSync(await readFile(path), { level: 1 });
    const copy = await open(`${path}.gz`, 'w', 0o600);
    const pieces = pause === 0 ? 1 : random.between(1, 4);
    for (let piece = 0; piece < pieces; piece += 1) {
      if (pause > 0) await sleep(random.between(0, pause));
      const [from, to] = [piece, piece + 1].map((at) => Math.floor((at * compressed.length) / pieces));
      await copy.write(compressed.subarray(from, to));
    }
    if (pause > 0) await sleep(random.between(0, pause));
    await copy.close();
    await rm(path);
  }

  return {
    write(number, line) {
      if (size > 0 && size + line.length > limit) rotate();
      file.write(line);
      size += line.length;
      last = number;
    },
    rotations: () => rotations,
    async close() {
      file.close();
      await milling;
    },
  };
}

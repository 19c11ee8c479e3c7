import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Source } from '../../src/index.ts';

/** Logs as files, each with a name of its own, for a scan may read them by place. */
export interface LogFiles {
  write(log: Buffer, label?: string): Source;
  writeGzip(log: Buffer): Source;
  /** Forgets the logs so far. */
  clear(): void;
  remove(): void;
}

export function createLogFiles(): LogFiles {
  const folder = mkdtempSync(join(tmpdir(), 'auditscan-engines-'));
  let count = 0;
  const write = (bytes: Buffer, ending: string, label?: string): Source => {
    count += 1;
    const path = join(folder, `audit-${count}.log${ending}`);
    writeFileSync(path, bytes);
    return { path, label, size: bytes.length };
  };
  return {
    write: (log, label) => write(log, '', label),
    writeGzip: (log) => write(gzipSync(log), '.gz'),
    clear: () => {
      for (const name of readdirSync(folder)) rmSync(join(folder, name));
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

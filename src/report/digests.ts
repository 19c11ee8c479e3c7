import { createHash, type Hash } from 'node:crypto';
import type { Source } from '../sources/types.ts';
import type { InputFile } from './model.ts';

/** Files that a report names one by one. */
const MAX_FILES = 200;

/** What was read, so that it can be told later whether a report was made of the very same files. */
export interface Digests {
  /** To be shown all that is read, in order; as {@link OnRead}, with the source. */
  read(bytes: Buffer, position: number, source: Source): void;
  /** Whether a source was read to its end. */
  isRead(source: Source): boolean;
  /** To be called once, when everything was read. */
  result(): { readonly files: readonly InputFile[]; readonly otherFiles: number };
}

interface Reading {
  readonly source: Source;
  readonly hash: Hash;
  bytes: number;
  /** Whether its end was reached. */
  hasEnded: boolean;
  /** Whether it was truncated: what follows is another's. */
  wasCut: boolean;
}

export function createDigests(): Digests {
  const files: InputFile[] = [];
  let otherFiles = 0;
  let current: Reading | undefined;
  const whole = new Set<Source>();

  const finish = (): void => {
    if (!current) return;
    const { source, hash, bytes, hasEnded, wasCut } = current;
    const { path, label = null } = source;
    if (hasEnded && !wasCut) whole.add(source);
    const sha256 = whole.has(source) ? hash.digest('hex') : null;
    if (files.length < MAX_FILES) files.push({ path, label, bytes, sha256 });
    else otherFiles += 1;
    current = undefined;
  };
  return {
    read(bytes, position, source) {
      if (current?.source !== source) {
        finish();
        current = { source, hash: createHash('sha256'), bytes: 0, hasEnded: false, wasCut: false };
      }
      if (position !== current.bytes) current.wasCut = true;
      if (bytes.length === 0) current.hasEnded = true;
      current.bytes += bytes.length;
      current.hash.update(bytes);
    },
    isRead(source) {
      finish();
      return whole.has(source);
    },
    result() {
      finish();
      return { files, otherFiles };
    },
  };
}

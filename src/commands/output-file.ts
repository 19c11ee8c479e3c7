import { closeSync, fstatSync, fsyncSync, openSync, readSync } from 'node:fs';
import { codeOf, InputError, systemReason } from '../errors.ts';
import { lookAt } from '../sources/log-set.ts';
import { OutputFailure } from './terminal.ts';

const STDOUT = 1;
const NEWLINE = 0x0a;

/** Device and inode number of the file that standard output is; undefined where it is none. */
export function outputInode(): string | undefined {
  try {
    const output = fstatSync(STDOUT, { bigint: true });
    return output.isFile() ? `${output.dev}:${output.ino}` : undefined;
  } catch {
    return undefined;
  }
}

/** Leaves out what standard output goes to: a run that reads what it writes never ends. */
export async function withoutOutput<T extends { readonly path: string }>(
  inputs: readonly T[],
  note: (text: string) => void,
): Promise<T[]> {
  const output = outputInode();
  const kept: T[] = [];
  for (const input of inputs) {
    const isOutput = output !== undefined && (await lookAt(input.path))?.inode === output;
    if (isOutput) note(`${input.path} is where the output goes, and is not read`);
    else kept.push(input);
  }
  if (inputs.length > 0 && kept.length === 0) throw new InputError(`${inputs[0]?.path} is where the output goes`);
  return kept;
}

/**
 * Whether standard output may end in the half line that a killed run left there; the first line would be glued to it. A
 * file tells; of a pipe nobody knows.
 * @param killed whether the run before did not end by itself.
 */
export function mayBeTorn(killed: boolean): boolean {
  try {
    const output = fstatSync(STDOUT);
    if (!output.isFile()) return killed && (output.isFIFO() || output.isSocket());
    return output.size > 0 && lastByte(output.size) !== NEWLINE;
  } catch {
    return killed;
  }
}

/** Standard output is open for writing alone, as a rule. */
function lastByte(size: number): number | undefined {
  const descriptor = openSync(`/proc/self/fd/${STDOUT}`, 'r');
  try {
    const byte = Buffer.alloc(1);
    readSync(descriptor, byte, 0, 1, size - 1);
    return byte[0];
  } finally {
    closeSync(descriptor);
  }
}

/** Whether an error says that the reader of the output went away (`| head`), which is a clean end. */
export function isReaderGone(error: unknown): boolean {
  return error instanceof OutputFailure && codeOf(error.cause) === 'EPIPE';
}

/** What says that a file system has no such thing. */
const CANNOT_SYNC: ReadonlySet<unknown> = new Set(['EINVAL', 'ENOTSUP', 'ENOSYS']);

/**
 * What was written to a file is on its disk when this returns; what was written to anything else has left us.
 * @throws {InputError} when the disk, or who serves it, did not take it: some tell so only now.
 */
export function syncOutput(): void {
  try {
    if (fstatSync(STDOUT).isFile()) fsyncSync(STDOUT);
  } catch (error) {
    if (CANNOT_SYNC.has(codeOf(error))) return;
    throw new InputError(`the output cannot be written to its disk: ${systemReason(error)}`);
  }
}

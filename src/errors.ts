/**
 * The errors that auditscan knows. Each message is one sentence that names the thing, the place and the way out; the
 * command line prints it without a stack and ends with 2. Any other error is a fault of ours and keeps its stack.
 */

/** Common parent, so that one `instanceof` tells the known from the unknown. */
export class KnownError extends Error {
  override name = 'KnownError';
}

/** A file's name can hold a line end, and would then print a line of its own. */
function oneLine(message: string): string {
  return message.replaceAll('\n', '\\n').replaceAll('\r', '\\r');
}

/** The command line is wrong: an unknown option, a value that cannot be read, an expression that does not parse. */
export class UsageError extends KnownError {
  override name = 'UsageError';

  constructor(message: string) {
    super(oneLine(message));
  }
}

/** An input cannot be read: missing, unreadable, a directory without logs, a file that fails midway. */
export class InputError extends KnownError {
  override name = 'InputError';

  constructor(message: string) {
    super(oneLine(message));
  }
}

/** A detector file or the configuration is wrong. */
export class DetectorError extends KnownError {
  override name = 'DetectorError';
}

/** What the system calls the failure of an operation, `ENOENT` for example; undefined for other errors. */
export function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** The system's own short word for why a file operation failed. */
export function systemReason(error: unknown): string {
  const code = String(codeOf(error) ?? '');
  const words: Record<string, string> = {
    ENOENT: 'no such file or directory',
    EACCES: 'permission denied',
    EPERM: 'operation not permitted',
    EISDIR: 'is a directory',
    ENOTDIR: 'a part of the path is not a directory',
    EMFILE: 'too many open files',
    ENAMETOOLONG: 'the name is too long',
    ELOOP: 'too many symbolic links',
    EIO: 'input/output error',
    ENOSPC: 'no space left on device',
  };
  return words[code] ?? (error instanceof Error ? error.message : String(error));
}

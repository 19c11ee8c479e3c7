import { closeSync, constants, openSync, writeSync } from 'node:fs';

/** How a log file is opened: as at the API server's start, or as lumberjack does after a rotation of its own. */
export type Opening = 'append' | 'offset';

/** The descriptor that an API server holds. */
export interface LogFile {
  write(line: Buffer): void;
  close(): void;
}

/** With `offset` a truncation by somebody else leaves the offset where it was, and the next write makes a hole of NULs. */
export function openLogFile(path: string, opening: Opening): LogFile {
  const mode = opening === 'append' ? constants.O_APPEND : constants.O_TRUNC;
  const file = openSync(path, constants.O_WRONLY | constants.O_CREAT | mode, 0o600);
  return {
    write(line) {
      // One call for a line, as in Go; the rest is only for a disk that takes less than all of it.
      for (let done = 0; done < line.length; ) done += writeSync(file, line, done);
    },
    close: () => closeSync(file),
  };
}

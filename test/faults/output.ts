import { closeSync, openSync, readSync } from 'node:fs';
import type { EventSeries } from './numbered-events.ts';
import { createTally, type Tally } from './tally.ts';

/** What the program under test is asked for. */
export type Command = 'query' | 'detect';

export interface Output {
  readonly tally: Tally;
  /** Takes in what was printed since the last call, and says how many bytes that was. */
  read(): number;
  close(): void;
}

/** Reads a file that grows. */
export function readOutput(path: string, command: Command, series: EventSeries): Output {
  const tally = createTally(command === 'query' ? eventReader(series) : findingReader(series));
  const file = openSync(path, 'r');
  const buffer = Buffer.alloc(1024 * 1024);
  return {
    tally,
    read() {
      let total = 0;
      for (let length = -1; length !== 0; total += length) {
        length = readSync(file, buffer);
        tally.feed(buffer.subarray(0, length));
      }
      return total;
    },
    close: () => closeSync(file),
  };
}

/** An event is itself only if no byte of it is another. */
function eventReader(series: EventSeries): (line: string) => number | undefined {
  return (line) => {
    const number = series.numberOf(line);
    return number !== undefined && line === series.line(number) ? number : undefined;
  };
}

/** A finding that comes again must have the id that it had before. */
function findingReader(series: EventSeries): (line: string) => number | undefined {
  const ids = new Map<number, string>();
  return (line) => {
    const finding = parseFinding(line);
    const number = finding && series.findingOf(finding.auditID);
    if (finding === undefined || number === undefined) return undefined;
    const id = ids.get(number) ?? finding.id;
    ids.set(number, id);
    return id === finding.id ? number : undefined;
  };
}

function parseFinding(line: string): { id: string; auditID: string } | undefined {
  try {
    const finding: unknown = JSON.parse(line);
    if (typeof finding !== 'object' || finding === null || !('id' in finding) || !('auditID' in finding))
      return undefined;
    const { id, auditID } = finding;
    return typeof id === 'string' && typeof auditID === 'string' ? { id, auditID } : undefined;
  } catch {
    return undefined;
  }
}

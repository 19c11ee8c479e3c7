import { mayParse } from '../framing/objects.ts';
import { decodeEvent } from './decode.ts';
import { parseTime } from './time.ts';
import type { AuditEvent } from './types.ts';

/**
 * When the event's stage was reached and it was written, microseconds since the epoch: a log is in the order of these
 * times, but for small inversions. Undefined where the event does not say; Go's zero time is none.
 */
export function stageTime(event: AuditEvent | undefined): number | undefined {
  const time = parseTime(event?.stageTimestamp);
  return time !== undefined && time >= 0 ? time : undefined;
}

/** The {@link stageTime} of a line of a log; undefined where the line is no whole event. */
export function lineTime(line: Buffer): number | undefined {
  if (!mayParse(line)) return undefined;
  const text = line.toString('utf8');
  try {
    return stageTime(decodeEvent(JSON.parse(text), text));
  } catch {
    return undefined;
  }
}

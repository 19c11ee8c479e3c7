import type { FollowedLog } from '../follow/log.ts';
import type { Position } from '../follow/position.ts';

/** What is watched of a followed log. */
export interface Watched extends Pick<FollowedLog, 'set' | 'grown'> {
  last(): Pick<Position, 'offset' | 'marker' | 'lastTime'> | undefined;
}

/** What became of it. */
export interface Silence {
  readonly log: Watched;
  /** Milliseconds without a line, so far or, where lines come again, in all. */
  readonly lasted: number;
  readonly isOver: boolean;
}

/**
 * Notices logs to which nothing is written; each silence is told once, and once more when it is over.
 * @param threshold milliseconds.
 */
export function createSilenceWatch(threshold: number): (logs: readonly Watched[], now: number) => Silence[] {
  /** When the silences began that were told. */
  const silent = new Map<string, number>();
  return (logs, now) =>
    logs.flatMap((log): Silence[] => {
      const began = silent.get(log.set.path);
      if (began !== undefined && log.grown > began) {
        silent.delete(log.set.path);
        return [{ log, lasted: log.grown - began, isOver: true }];
      }
      if (began !== undefined || now - log.grown < threshold) return [];
      silent.set(log.set.path, log.grown);
      return [{ log, lasted: now - log.grown, isOver: false }];
    });
}

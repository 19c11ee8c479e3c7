import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../bench/random.ts';
import type { ApiServer } from './api-server-process.ts';
import { createLogrotate, type LogrotateOptions } from './logrotate.ts';

export interface Rotator {
  /** Rotations done. */
  rotations(): number;
  /** Rotations begun: one may be under way. */
  begun(): number;
  /** Rejects when a rotation failed; never resolves. */
  readonly failed: Promise<never>;
  /** Resolves when no rotation is under way and none will come; the writer may still write. */
  stop(): Promise<void>;
}

/** Rotates a log until it is stopped: at random distances, `perSecond` of them about; or the server does. */
export function startRotator(
  server: ApiServer,
  options: LogrotateOptions & { readonly random: Random; readonly perSecond: number },
): Rotator {
  const { mode, random } = options;
  if (mode.logrotate.length === 0)
    return {
      rotations: server.rotations,
      begun: server.rotations,
      failed: new Promise(() => {}),
      stop: async () => {},
    };

  const logrotate = createLogrotate(options);
  const late = mode.reopens === 'late';
  const distance = 1000 / options.perSecond / (late ? 2 : 1);
  let begun = 0;
  let done = 0;
  let stopping = false;
  const rotating = rotate();
  const failed = rotating.then(() => new Promise<never>(() => {}));
  // Told to whoever waits for it or stops it; until then it is not unhandled.
  failed.catch(() => {});

  async function rotate(): Promise<void> {
    while (!stopping) {
      await sleep(random.gap(distance));
      begun += 1;
      await logrotate.rotate();
      done = logrotate.rotations();
      if (!late) continue;
      await sleep(random.gap(distance));
      await server.reopen();
    }
  }

  return {
    rotations: () => done,
    begun: () => begun,
    failed,
    stop() {
      stopping = true;
      return rotating;
    },
  };
}

import type { FSWatcher } from 'chokidar';

/** Says when it is worth looking for new lines. */
export interface Wake {
  /**
   * Resolves when something may have been written.
   * @param busy whether there was something the last time.
   */
  wait(busy: boolean): Promise<void>;
  close(): Promise<void>;
}

/** Milliseconds. File systems of other hosts, and overlays, give no hints: the poll is what counts. */
const POLL = 1_000;
/** Milliseconds between looks while lines keep coming. */
const BUSY = 100;
/** Looks that found nothing, until the next one waits for a hint. */
const LOOKS = 20;

/**
 * While lines keep coming they are looked for at short intervals: a hint for each line would cost more than reading them.
 * When none came for a while the files are watched, and the first line is hinted at.
 * @param files the live files.
 * @param signal ends a wait at once.
 */
export function createWake(files: readonly string[], directories: readonly string[], signal: AbortSignal): Wake {
  let looks = 0;
  let watcher: FSWatcher | undefined;
  let hinted = false;
  /** Ends the wait that is on. */
  let end = (): void => {};
  signal.addEventListener('abort', () => end());

  const sleep = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const timer = setTimeout(resolve, milliseconds);
      end = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const close = async (): Promise<void> => {
    await watcher?.close();
    watcher = undefined;
  };

  return {
    async wait(busy) {
      looks = busy ? 0 : looks + 1;
      if (busy) await close();
      if (looks < LOOKS) return sleep(BUSY);
      watcher ??= await watch(files, directories, () => {
        hinted = true;
        end();
      });
      if (!hinted) await sleep(POLL);
      hinted = false;
    },
    close,
  };
}

async function watch(files: readonly string[], directories: readonly string[], hint: () => void): Promise<FSWatcher> {
  const chokidar = await import('chokidar');
  const live = new Set(files);
  return (
    chokidar
      .watch([...directories], {
        depth: 0,
        ignoreInitial: true,
        ignorePermissionErrors: true,
        ignored: (path, stats) => stats?.isFile() === true && !live.has(path),
      })
      .on('all', hint)
      // Where the system has no watches left, polling does without.
      .on('error', () => {})
  );
}

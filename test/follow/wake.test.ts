import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createWake, type Wake } from '../../src/follow/wake.ts';

interface Watched {
  readonly directories: readonly string[];
  readonly ignored: (path: string, stats?: { isFile(): boolean }) => boolean;
  readonly handlers: Map<string, () => void>;
  isClosed: boolean;
}

const { watches } = vi.hoisted(() => ({ watches: [] as Watched[] }));

vi.mock('chokidar', () => ({
  watch: (directories: string[], { ignored }: Pick<Watched, 'ignored'>) => {
    const watched: Watched = { directories, ignored, handlers: new Map(), isClosed: false };
    watches.push(watched);
    const watcher = {
      on(event: string, handler: () => void) {
        watched.handlers.set(event, handler);
        return watcher;
      },
      async close() {
        watched.isClosed = true;
      },
    };
    return watcher;
  },
}));

let ending: AbortController;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  watches.length = 0;
  ending = new AbortController();
});
afterEach(() => {
  vi.useRealTimers();
});

const wakeOf = (): Wake => createWake(['/logs/audit.log'], ['/logs'], ending.signal);
const breath = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Until a wait has begun to sleep. */
async function asleep(): Promise<void> {
  for (let breaths = 0; vi.getTimerCount() === 0 && breaths < 10_000; breaths++) await breath();
  expect(vi.getTimerCount()).toBe(1);
}

/** Milliseconds that a wait takes where nobody wakes it. */
async function lengthOf(waiting: Promise<void>): Promise<number> {
  let isOver = false;
  void waiting.then(() => {
    isOver = true;
  });
  await asleep();
  for (let milliseconds = 0; ; milliseconds += 10) {
    if (isOver) return milliseconds;
    vi.advanceTimersByTime(10);
    await breath();
  }
}

/** Lets a log be quiet until its files are watched; the wait that begins it goes on. */
async function untilWatched(wake: Wake): Promise<{ waiting: Promise<void>; watched: Watched }> {
  for (;;) {
    const waiting = wake.wait(false);
    await asleep();
    const [watched] = watches;
    if (watched) return { waiting, watched };
    await lengthOf(waiting);
  }
}

describe('a wait', () => {
  it('is short while lines come, and nothing is watched', async () => {
    const wake = wakeOf();
    for (let turn = 0; turn < 100; turn++) expect(await lengthOf(wake.wait(true))).toBeLessThanOrEqual(100);
    expect(watches).toEqual([]);
  });

  it('is a second when it is quiet, should there be no hint', async () => {
    const wake = wakeOf();
    const { waiting } = await untilWatched(wake);
    expect(await lengthOf(waiting)).toBe(1_000);
    expect(await lengthOf(wake.wait(false))).toBe(1_000);
    expect(watches).toHaveLength(1);
  });

  it('is over with a hint, and the next is one again', async () => {
    const wake = wakeOf();
    const { waiting, watched } = await untilWatched(wake);
    watched.handlers.get('all')?.();
    await waiting;
    expect(vi.getTimerCount()).toBe(0);
    expect(await lengthOf(wake.wait(false))).toBe(1_000);
  });

  it('is over with the end, in every state', async () => {
    const busy = wakeOf().wait(true);
    await asleep();
    ending.abort();
    await busy;
    await wakeOf().wait(false);
    await wakeOf().wait(true);
    ending = new AbortController();
    const { waiting } = await untilWatched(wakeOf());
    ending.abort();
    await waiting;
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('the watch', () => {
  it('is of the directories, and in them of the live files', async () => {
    const { watched } = await untilWatched(wakeOf());
    expect(watched.directories).toEqual(['/logs']);
    const isFile = { isFile: () => true };
    expect(watched.ignored('/logs/audit.log', isFile)).toBe(false);
    expect(watched.ignored('/logs/audit.log.1', isFile)).toBe(true);
    expect(watched.ignored('/logs', { isFile: () => false })).toBe(false);
    expect(watched.ignored('/logs')).toBe(false);
  });

  it('that fails is no error: polling does without', async () => {
    const { watched } = await untilWatched(wakeOf());
    expect(watched.handlers.get('error')).not.toThrow();
  });

  it('ends with the first lines, and begins again when they end', async () => {
    const wake = wakeOf();
    const { waiting, watched } = await untilWatched(wake);
    await lengthOf(waiting);
    await lengthOf(wake.wait(true));
    expect(watched.isClosed).toBe(true);
    watches.length = 0;
    const again = await untilWatched(wake);
    expect(again.watched.isClosed).toBe(false);
  });

  it('ends with the wake', async () => {
    const wake = wakeOf();
    const { watched } = await untilWatched(wake);
    await wake.close();
    expect(watched.isClosed).toBe(true);
  });
});

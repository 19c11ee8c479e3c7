import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { codeOf } from '../../errors.ts';
import { EvaluationError } from '../failure.ts';
import { neededMore, tookLonger } from './limit.ts';
import { BEGUN, CURRENT, type FromWorker, type Outcome, type WorkerStart } from './protocol.ts';

/** How a thread ended that nobody closed. */
export interface ThreadEnd {
  /** False when it could not even start: another one could not either. */
  readonly started: boolean;
  /** The place of the event that it was at, in the array that was sent last; -1 before, undefined where that came too late. */
  readonly at: number | undefined;
  readonly reason: EvaluationError;
}

export interface ThreadHandlers {
  /** Outcomes of the events sent, in their order; not all at once. */
  outcomes(outcomes: readonly Outcome[]): void;
  /** Nothing comes after it. */
  end(end: ThreadEnd): void;
}

/** A worker that evaluates, and the watch over it. */
export interface Thread {
  /** Sends texts of events, after the outcomes of all that were sent before. Until {@link Thread.rest} the process lives on. */
  send(texts: readonly string[]): void;
  /** To be called when there is nothing to wait for. */
  rest(): void;
  /** Ends it; no handler is called any more. */
  close(): Promise<void>;
}

/**
 * MiB for what is new. All of it can turn out to be needed at once, on top of a full heap, and V8 bears only 16 MB there: see
 * sandbox-guard.ts.
 */
const NURSERY = 6;
/**
 * How often the watch looks while an event may take its time. It counts looks at the same event and does not ask the clock:
 * a process that was stopped, or had no processor, did not get on either.
 */
const LOOKS = 4;

/** @param time milliseconds that an event may take. */
export function startThread(start: Omit<WorkerStart, 'progress'>, time: number, on: ThreadHandlers): Thread {
  const progress = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  progress[CURRENT] = -1;
  // Where the process was given these, V8 would take them for every worker's limit too. Its own heap has read them long ago.
  setFlagsFromString('--max-old-space-size=0');
  setFlagsFromString('--max-heap-size=0');
  const worker = new Worker(new URL('./worker.js', import.meta.url), {
    workerData: { ...start, progress } satisfies WorkerStart,
    resourceLimits: { maxOldGenerationSizeMb: start.memory, maxYoungGenerationSizeMb: NURSERY },
    // Nothing of how the program was started, and nothing of it on the terminal.
    execArgv: [],
    env: {},
    stdout: true,
    stderr: true,
  });

  let started = false;
  let closed = false;
  let tooLate = false;
  let reason: EvaluationError | undefined;
  const failed = (error: unknown): void => {
    reason ??= reasonOf(error, start.memory);
  };
  worker.on('message', (message: FromWorker) => {
    if (message === 'ready') started = true;
    else if (!closed) on.outcomes(message);
  });
  worker.on('messageerror', (error) => {
    failed(error);
    void worker.terminate();
  });
  worker.on('error', failed);
  // What it sent before comes before this, even where it was terminated.
  worker.on('exit', (code) => {
    clearInterval(watch);
    reason ??= new EvaluationError('unknown', `the thread that ran it ended with ${code}`);
    if (!closed) on.end({ started, at: tooLate ? undefined : Atomics.load(progress, CURRENT), reason });
  });

  // Not before: a listener would undo it.
  worker.unref();

  let watch: NodeJS.Timeout | undefined;
  let begun = 0;
  let looks = 0;
  const look = (): void => {
    const now = Atomics.load(progress, BEGUN);
    looks = now === begun && Atomics.load(progress, CURRENT) >= 0 ? looks + 1 : 0;
    begun = now;
    if (looks < LOOKS) return;
    reason ??= tookLonger(time);
    void worker.terminate();
  };

  return {
    send(texts) {
      // What it sent in its last moment may be answered with more of it.
      tooLate = reason !== undefined;
      worker.ref();
      worker.postMessage(texts);
      watch ??= setInterval(look, time / LOOKS).unref();
    },
    rest() {
      clearInterval(watch);
      watch = undefined;
      worker.unref();
    },
    async close() {
      closed = true;
      await worker.terminate();
    },
  };
}

function reasonOf(error: unknown, memory: number): EvaluationError {
  if (codeOf(error) === 'ERR_WORKER_OUT_OF_MEMORY') return neededMore(memory);
  const message = error instanceof Error ? error.message : String(error);
  return new EvaluationError('unknown', `the thread that ran it failed: ${message}`);
}

import { KnownError } from '../errors.ts';
import type { EventRecord } from '../event/types.ts';
import { EvaluationError } from './failure.ts';
import type { Outcome } from './sandbox-protocol.ts';
import { startThread, type Thread, type ThreadEnd } from './sandbox-thread.ts';
import { LIMIT, maxTextLength } from './sandbox-value.ts';

export interface SandboxLimits {
  /** Milliseconds that an event may take, and up to a quarter more. */
  readonly time: number;
  /** MiB of the worker's heap. An event's text may have 1/32 of that in characters, and any text that is made of it. */
  readonly memory: number;
  /** Characters that the value for an event may have as JSON; four times those of the event are always allowed. */
  readonly value: number;
}

/** An expression that runs in a thread of its own, where it can neither hang the process nor take its memory. */
export interface Sandbox {
  /**
   * The expression's value for the event of the record as plain data, undefined for "nothing". Events are evaluated one
   * after the other; those asked for in the same turn travel together.
   * @throws {EvaluationError} when it fails on the event; with the code `limit` when it had to be stopped.
   * @throws {SandboxStopped} when the expression is not run any more.
   */
  evaluate(record: EventRecord): Promise<unknown>;
  /** Ends the thread. A process can end without it. */
  close(): Promise<void>;
}

/** The expression is hopeless, or its thread cannot be started: no event will be evaluated any more. */
export class SandboxStopped extends KnownError {
  override name = 'SandboxStopped';
}

const DEFAULTS: SandboxLimits = { time: 5_000, memory: 256, value: 1024 * 1024 };
/**
 * Events in a row that an expression may fail on by a limit. One that somebody made for it must not end a query; but a
 * query that waits 5 s for each of a million events would never end, and says nothing.
 */
const MAX_STOPS = 3;
/** Of the longest event: what is sent at once, so that what waits in the worker takes little of its memory. */
const BATCH_SHARE = 1 / 4;

interface Pending {
  readonly text: string;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** @param text an expression that parses. */
export function createSandbox(
  text: string,
  constants: Readonly<Record<string, unknown>>,
  limits: Partial<SandboxLimits> = {},
): Sandbox {
  const { time, memory, value } = { ...DEFAULTS, ...limits };
  const maxLength = maxTextLength(memory);
  let waiting: Pending[] = [];
  /** With the thread, and without an outcome. */
  let sent: Pending[] = [];
  /** Outcomes that came of what was sent last. */
  let came = 0;
  let scheduled = false;
  let stops = 0;
  let stopped: SandboxStopped | undefined;

  const start = (): Thread => startThread({ text, constants, memory, value }, time, { outcomes, end });
  let thread: Thread | undefined = start();

  function sendNext(): void {
    scheduled = false;
    if (stopped || sent.length > 0) return;
    if (waiting.length === 0) {
      thread?.rest();
      return;
    }
    thread ??= start();
    sent = waiting.splice(0, batchSize(waiting, maxLength * BATCH_SHARE));
    came = 0;
    thread.send(sent.map((pending) => pending.text));
  }

  function outcomes(list: readonly Outcome[]): void {
    came += list.length;
    for (const outcome of list) {
      const pending = sent.shift();
      // Stopped by one before it.
      if (!pending) return;
      if ('code' in outcome) fail(pending, new EvaluationError(outcome.code, outcome.message));
      else succeed(pending, outcome.value);
    }
    sendNext();
  }

  function end({ started, at, reason }: ThreadEnd): void {
    thread = undefined;
    if (!started) {
      stop(new SandboxStopped(`the expression cannot be run: ${reason.message}`));
      return;
    }
    // Some before it may have to be evaluated again; one that was ready in the last moment is not to blame.
    const blamed = at < 0 ? sent.shift() : sent.splice(at - came, 1)[0];
    waiting = [...sent, ...waiting];
    sent = [];
    if (blamed) fail(blamed, reason);
    sendNext();
  }

  function succeed(pending: Pending, value: unknown): void {
    stops = 0;
    pending.resolve(value);
  }

  function fail(pending: Pending, error: EvaluationError): void {
    pending.reject(error);
    stops = error.code === LIMIT ? stops + 1 : 0;
    if (stops < MAX_STOPS) return;
    stop(new SandboxStopped(`the expression was stopped on ${MAX_STOPS} events in a row: ${error.message}`));
  }

  function stop(error: SandboxStopped): void {
    stopped ??= error;
    for (const pending of [...sent, ...waiting]) pending.reject(stopped);
    sent = [];
    waiting = [];
    void thread?.close();
  }

  return {
    evaluate({ text }) {
      if (stopped) return Promise.reject(stopped);
      if (text.length > maxLength) return Promise.reject(new EvaluationError(LIMIT, 'the event is too long'));
      return new Promise((resolve, reject) => {
        waiting.push({ text, resolve, reject });
        if (scheduled) return;
        scheduled = true;
        queueMicrotask(sendNext);
      });
    },
    async close() {
      stop(new SandboxStopped('the expression is not run any more'));
      await thread?.close();
    },
  };
}

/** How many of those that wait may be sent at once: one, at least. */
function batchSize(waiting: readonly Pending[], maxLength: number): number {
  let length = 0;
  const end = waiting.findIndex((pending) => {
    length += pending.text.length;
    return length > maxLength;
  });
  return end < 0 ? waiting.length : Math.max(1, end);
}

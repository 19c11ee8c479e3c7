import type { EventRecord } from '../../event/types.ts';
import { EvaluationError } from '../failure.ts';
import { isLimit, maxTextLength, tooLong } from './limit.ts';
import type { Outcome } from './protocol.ts';
import { ExpressionStopped, hopeless, MAX_STOPS } from './stopped.ts';
import { startThread, type Thread, type ThreadEnd } from './thread.ts';

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
   * @throws {ExpressionStopped} when the expression is not run any more.
   */
  evaluate(record: EventRecord): Promise<unknown>;
  /** Ends the thread. A process can end without it. */
  close(): Promise<void>;
}

const DEFAULTS: SandboxLimits = { time: 5_000, memory: 256, value: 1024 * 1024 };
/** Of the longest event: what is sent at once, so that what waits in the worker takes little of its memory. */
const BATCH_SHARE = 1 / 4;

interface Pending {
  readonly text: string;
  /** It was evaluated before, and its outcome got lost with the thread. */
  again?: boolean;
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
  /** How many to send by themselves next, so that nothing behind them can take their outcomes with it; 0 for all. */
  let apart = 0;
  let scheduled = false;
  let stops = 0;
  let stopped: ExpressionStopped | undefined;
  let thread: Thread | undefined;
  // At once, for it takes a moment in which the first events are read.
  thread = start();

  function start(): Thread | undefined {
    try {
      return startThread({ text, constants, memory, value }, time, { outcomes, end });
    } catch (error) {
      cannotRun(error);
      return undefined;
    }
  }

  function cannotRun(error: unknown): void {
    stop(
      new ExpressionStopped(`the expression cannot be run: ${error instanceof Error ? error.message : String(error)}`),
    );
  }

  function sendNext(): void {
    scheduled = false;
    if (stopped || sent.length > 0) return;
    if (waiting.length === 0) {
      thread?.rest();
      return;
    }
    thread ??= start();
    if (!thread) return;
    sent = waiting.splice(0, apart || batchSize(waiting, maxLength * BATCH_SHARE));
    came = 0;
    apart = 0;
    thread.send(sent.map((pending) => pending.text));
  }

  function outcomes(list: readonly Outcome[]): void {
    came += list.length;
    for (const outcome of list) {
      const pending = sent.shift();
      // Stopped by one before it.
      if (!pending) return;
      settle(pending, outcome);
    }
    sendNext();
  }

  function end({ started, at, reason }: ThreadEnd): void {
    thread = undefined;
    if (!started) {
      cannotRun(reason);
      return;
    }
    // One whose outcome came in the last moment is not to blame.
    const place = at === -1 ? 0 : (at ?? -1) - came;
    const blamed = place < 0 ? undefined : sent.splice(place, 1)[0];
    apart = Math.max(0, place);
    for (const pending of sent.slice(0, apart)) pending.again = true;
    waiting = [...sent, ...waiting];
    sent = [];
    if (place > 0) stops = 0;
    if (blamed) giveUp(blamed, reason);
    sendNext();
  }

  function settle(pending: Pending, outcome: Outcome): void {
    const error = 'code' in outcome ? new EvaluationError(outcome.code, outcome.message) : undefined;
    if (error && isLimit(error)) {
      giveUp(pending, error);
      return;
    }
    if (!pending.again) stops = 0;
    if (error) pending.reject(error);
    else if ('value' in outcome) pending.resolve(outcome.value);
  }

  function giveUp(pending: Pending, error: EvaluationError): void {
    pending.reject(error);
    stops += 1;
    if (stops === MAX_STOPS) stop(hopeless(error));
  }

  function stop(error: ExpressionStopped): void {
    stopped ??= error;
    for (const pending of [...sent, ...waiting]) pending.reject(stopped);
    sent = [];
    waiting = [];
    void thread?.close();
  }

  return {
    evaluate({ text }) {
      if (stopped) return Promise.reject(stopped);
      if (text.length > maxLength) return Promise.reject(tooLong('the event is', maxLength));
      return new Promise((resolve, reject) => {
        waiting.push({ text, resolve, reject });
        if (scheduled) return;
        scheduled = true;
        queueMicrotask(sendNext);
      });
    },
    async close() {
      stop(new ExpressionStopped('the expression is not run any more'));
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

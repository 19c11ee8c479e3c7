/** The thread that a sandbox starts: it evaluates one expression over the events that it is sent. */

import { parentPort, workerData } from 'node:worker_threads';
import { decodeEvent } from '../../event/decode.ts';
import { EvaluationError } from '../failure.ts';
import { createInterpreter, type Interpreter } from '../interpreter.ts';
import { guardEngine } from './guard.ts';
import { BEGUN, CURRENT, type FromWorker, type Outcome, type WorkerStart } from './protocol.ts';
import { plainCopy } from './value.ts';

/** Milliseconds for which outcomes are kept back to be sent together; they are lost when the worker has to be stopped. */
const HOLD_BACK = 10;
/** A failure can quote what it failed on. */
const MAX_MESSAGE = 1_000;

async function serve(start: WorkerStart, send: (message: FromWorker) => void): Promise<(texts: string[]) => void> {
  const { progress } = start;
  await guardEngine(start.memory);
  const interpreter = createInterpreter(start.text, start.constants);
  return async (texts) => {
    let outcomes: Outcome[] = [];
    let sent = Date.now();
    for (const [index, text] of texts.entries()) {
      Atomics.store(progress, CURRENT, index);
      Atomics.add(progress, BEGUN, 1);
      outcomes.push(await evaluate(interpreter, text, start.value));
      if (Date.now() - sent < HOLD_BACK) continue;
      send(outcomes);
      outcomes = [];
      sent = Date.now();
    }
    Atomics.store(progress, CURRENT, -1);
    if (outcomes.length > 0) send(outcomes);
  };
}

async function evaluate(interpreter: Interpreter, text: string, maxValue: number): Promise<Outcome> {
  try {
    const event = decodeEvent(JSON.parse(text), text);
    if (!event) throw new Error('the text is no audit event');
    const value = await interpreter.evaluate(event);
    // What an event holds is never too long.
    return { value: plainCopy(value, Math.max(maxValue, 4 * text.length)) };
  } catch (error) {
    const code = error instanceof EvaluationError ? error.code : 'unknown';
    const message = error instanceof Error ? error.message : String(error);
    return { code, message: message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}…` : message };
  }
}

if (parentPort) {
  const port = parentPort;
  const send = (message: FromWorker): void => port.postMessage(message);
  port.on('message', await serve(workerData as WorkerStart, send));
  send('ready');
}

/** The thread that {@link startThread} starts: it reads blocks, and skims them into a memory that the other side sees. */

import { parentPort, workerData } from 'node:worker_threads';
import { codeOf } from '../errors.ts';
import { createBlockReader } from './block.ts';
import type { Answer, Request, ThreadStart } from './protocol.ts';

if (parentPort) {
  const port = parentPort;
  const send = (answer: Answer): void => port.postMessage(answer);
  const reader = createBlockReader(workerData as ThreadStart);
  port.on('message', (request: Request) => {
    const { slot } = request;
    try {
      const rows = request.kind === 'read' ? reader.read(slot, request.place) : reader.resume(slot, request.at);
      send({ kind: 'rows', slot, rows });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      send({ kind: 'failed', slot, message, code: codeOf(error) });
    }
  });
  send({ kind: 'memory', memory: reader.shared, ways: reader.ways });
}

/**
 * The process that writes the log, apart from the tests so that their load does not set its pace. Started by
 * api-server-process.ts, which tells the messages.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../bench/random.ts';
import type { Order, ServerOptions, ServerState } from './api-server-process.ts';
import { openLogFile } from './log-file.ts';
import { createLumberjack } from './lumberjack.ts';
import { eventSeries } from './numbered-events.ts';

/** Written at once after a pause, at most: otherwise a machine that stood still would give one burst of everything. */
const LONGEST_BURST = 256 * 1024;

const options = JSON.parse(process.argv[2] ?? '') as ServerOptions;
const random = seededRandom(options.seed);
const series = eventSeries(options.seed, options.start);
const live = join(options.folder, 'audit.log');

interface Log {
  write(number: number, line: Buffer): void;
  rotations(): number;
  reopen(): void;
  close(): Promise<void>;
}

function plainLog(): Log {
  const opening = options.rotation === 'holes' ? 'offset' : 'append';
  let file = openLogFile(live, opening);
  return {
    write: (_number, line) => file.write(line),
    rotations: () => 0,
    reopen() {
      file.close();
      file = openLogFile(live, opening);
    },
    close: async () => file.close(),
  };
}

let written = 0;
let released = 0;
let paused = false;
let stopping = false;

const log: Log =
  options.rotation === 'lumberjack'
    ? {
        ...createLumberjack({ ...options, random, released: () => released }),
        reopen() {},
      }
    : plainLog();

function tell(kind: ServerState['kind']): void {
  const state: ServerState = { kind, written, rotations: log.rotations() };
  process.send?.(state);
}

process.on('message', (order: Order) => {
  if (order.kind === 'release') released = order.number;
  else if (order.kind === 'pause') paused = order.on;
  else if (order.kind === 'stop') stopping = true;
  else {
    log.reopen();
    tell('reopened');
  }
});
// What started us is gone.
process.on('disconnect', () => process.exit(1));
// logrotate's script waits for the answer, so that what it compresses is written no more.
process.on('SIGHUP', () => {
  log.reopen();
  writeFileSync(options.answer, '');
});

/** Bursts and lulls around the rate that was asked for. */
async function writeEvents(): Promise<void> {
  let owed = 0;
  let before = performance.now();
  let factor = 1;
  let factorEnds = 0;
  while (!stopping) {
    await sleep(random.between(1, 12));
    const now = performance.now();
    if (now > factorEnds) {
      factor = random.pick([0.1, 0.5, 1, 1, 3]);
      factorEnds = now + random.between(50, 600);
    }
    const earned = ((now - before) * options.bytesPerSecond * factor) / 1000;
    before = now;
    if (paused) continue;
    // An event of 300 KB must not silence a slow writer for long.
    owed = Math.min(Math.max(owed, -options.bytesPerSecond / 5) + earned, LONGEST_BURST);
    while (owed > 0) {
      const line = Buffer.from(`${series.line(written + 1)}\n`);
      log.write(written + 1, line);
      written += 1;
      owed -= line.length;
    }
    tell('state');
  }
}

tell('state');
await writeEvents();
await log.close();
tell('stopped');
process.disconnect();

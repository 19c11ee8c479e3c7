/**
 * Writes audit events at a steady rate to DIR/audit.log, each with one write as the API server does, and rotates it as
 * lumberjack does. Every hundredth is a binding to cluster-admin, whose auditID tells when it was written.
 *
 *   npx tsx bench/steady-writer.ts DIR RATE SECONDS
 */
import { closeSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { auditLog } from './log.ts';
import { MIXES } from './mix.ts';
import { seededRandom } from './random.ts';

/** Bytes; what API servers are started with. */
const MAX_SIZE = 100e6;
const PROBE = 100;

const [folder = '.', rate = '1000', seconds = '600'] = process.argv.slice(2);
const live = join(folder, 'audit.log');
const start = Date.now();
const log = auditLog({ mix: MIXES.busy, start: start * 1000, everyStage: false }, seededRandom(1));

/** Microseconds since the epoch, finer than `Date.now`. */
function microseconds(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}

function probe(): string {
  const now = microseconds();
  const time = `${new Date(now / 1000).toISOString().slice(0, -1)}${String(now % 1000).padStart(3, '0')}Z`;
  return JSON.stringify({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'RequestResponse',
    auditID: `probe-${now}`,
    stage: 'ResponseComplete',
    requestURI: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
    verb: 'create',
    user: { username: `prober-${now}` },
    objectRef: { resource: 'clusterrolebindings', apiGroup: 'rbac.authorization.k8s.io', name: 'probe' },
    responseStatus: { metadata: {}, code: 201 },
    requestObject: { roleRef: { kind: 'ClusterRole', name: 'cluster-admin' }, subjects: [{ kind: 'User', name: 'x' }] },
    requestReceivedTimestamp: time,
    stageTimestamp: time,
  });
}

let file = openSync(live, 'a');
let size = 0;
let written = 0;
let rotations = 0;
for (;;) {
  const elapsed = Date.now() - start;
  if (elapsed >= Number(seconds) * 1000) break;
  while (written < (elapsed * Number(rate)) / 1000) {
    const line = `${written % PROBE === 0 ? probe() : log.next().value}\n`;
    size += writeSync(file, line);
    written += 1;
    if (size < MAX_SIZE) continue;
    closeSync(file);
    renameSync(live, join(folder, `audit-${new Date().toISOString().slice(0, -1).replaceAll(':', '-')}.log`));
    file = openSync(live, 'a');
    size = 0;
    rotations += 1;
  }
  await sleep(5);
}
process.stdout.write(`${JSON.stringify({ written, probes: Math.ceil(written / PROBE), rotations })}\n`);

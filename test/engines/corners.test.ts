/** Small logs at corners of reading by heads, each of which was read differently once. */

import { afterAll, expect, it } from 'vitest';
import { createSelector } from '../../src/commands/selectors.ts';
import type { Detector } from '../../src/detect/detector.ts';
import { createSummary, type Source, scan } from '../../src/index.ts';
import { auditLine } from '../audit-event.ts';
import { detectorOf } from '../detect/detector-text.ts';
import { createLogFiles } from './log-file.ts';

const files = createLogFiles();
afterAll(() => files.remove());

type Fields = Readonly<Record<string, unknown>>;

/** No head of it can be relied on. */
const ODD = { userAgent: null };
const NOTHING = 'verb = "nothing"';

interface Corner {
  readonly logs: readonly (readonly (Fields | string)[])[];
  readonly match?: string;
  /** The logs are generations of one set. */
  readonly isSet?: boolean;
  readonly denied?: boolean;
}

const pods = { resource: 'pods', namespace: 'prod', name: 'web' };
const at = (clock: string, fields: Fields = {}): Fields => ({
  requestReceivedTimestamp: `2026-02-22T${clock}.000000Z`,
  stageTimestamp: `2026-02-22T${clock}.100000Z`,
  ...fields,
});

const CORNERS: Readonly<Record<string, Corner>> = {
  'a detector that asks for the status itself, and for a body that was not logged': {
    match: 'responseStatus.status = "Failure" and requestObject.spec.hostPID = true',
    logs: [[{ verb: 'create', objectRef: pods, responseStatus: { metadata: {}, status: 'Failure', code: 403 } }]],
  },
  'the start of a short request that must be parsed, and its end': {
    logs: [[{ stage: 'ResponseStarted', ...ODD }, {}, { auditID: 'other' }]],
  },
  'a time whose minute is NULs': {
    logs: [[auditLine().replace('2026-02-22T10:15:30', `${'\0'.repeat(16)}:30`)]],
  },
  'generations hours apart, all of which must be parsed': {
    isSet: true,
    logs: [[at('10:00:00', ODD)], [at('12:00:00', ODD)]],
  },
  'a generation that ends with what must be parsed': {
    isSet: true,
    logs: [[at('10:00:00'), at('10:11:00', ODD)], [at('10:11:10')]],
  },
  "a generation that ends with Go's zero time": {
    isSet: true,
    logs: [[at('10:00:00'), { stageTimestamp: '0001-01-01T00:00:00.000000Z' }], [at('10:00:10')]],
  },
  'a code that is none, denied': {
    denied: true,
    logs: [[{ responseStatus: { code: 50 }, annotations: { 'authorization.k8s.io/decision': 'forbid' } }]],
  },
  'a code that is none, not denied': {
    denied: false,
    logs: [[{ responseStatus: { code: 50 }, annotations: { 'authorization.k8s.io/decision': 'forbid' } }]],
  },
};

async function ask(
  corner: Corner,
  sources: readonly Source[],
  detectors: readonly Detector[],
  reader: 'plain' | 'wasm' | 'js',
) {
  const summary = createSummary();
  const findings = [];
  const { denied } = corner;
  const select = createSelector(denied === undefined ? {} : { denied }, 0);
  for await (const found of scan({ sources, summary, detectors, select, reader })) findings.push(...found);
  return { findings, summary };
}

it.each(Object.entries(CORNERS))('%s', async (_, corner) => {
  const sources = corner.logs.map((lines): Source => {
    const text = lines.map((line) => `${typeof line === 'string' ? line : auditLine(line)}\n`).join('');
    const source = files.write(Buffer.from(text));
    return corner.isSet ? { ...source, generation: { set: 'audit.log' } } : source;
  });
  const detectors = [detectorOf(corner.match ?? NOTHING)];
  const expected = await ask(corner, sources, detectors, 'plain');
  for (const reader of ['wasm', 'js'] as const)
    expect(await ask(corner, sources, detectors, reader), reader).toEqual(expected);
});

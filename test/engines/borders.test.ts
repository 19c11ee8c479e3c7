/** A short log with the border between two blocks at every one of its bytes. */

import { afterAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../bench/random.ts';
import { auditLine } from '../audit-event.ts';
import { ask } from './check.ts';
import { differenceOf, nameOf, outcomeOf, PLAIN, type Variant } from './compare.ts';
import { hostileLog } from './hostile-log.ts';
import { createLogFiles } from './log-file.ts';
import { PACK_QUESTION } from './questions.ts';

const TIMEOUT = 600_000;
/** Threads take longer to begin than such a log to read. */
const WITH_THREADS = 100;
/** So that a run takes seconds: the other test goes on by a byte. */
const STEP = 13;
const ENGINES = ['js', 'wasm'] as const;

const files = createLogFiles();
afterAll(() => files.remove());

/** As much as can happen in few bytes: events with and without a body, a hole in a line, a torn line, two glued, CRLF. */
const [exec, read, bound] = [
  auditLine({
    auditID: 'exec',
    verb: 'create',
    objectRef: { resource: 'pods', subresource: 'exec', namespace: 'prod' },
  }),
  auditLine({ auditID: 'read', annotations: undefined }),
  auditLine({
    ...{ auditID: 'bound', verb: 'create', level: 'Request', objectRef: { resource: 'clusterrolebindings' } },
    requestObject: { roleRef: { name: 'cluster-admin' }, note: '\\"requestReceivedTimestamp\\":\\"' },
    // Behind the bodies, as Go writes them.
    ...{ requestReceivedTimestamp: undefined, stageTimestamp: undefined, annotations: undefined },
  }).replace(
    /\}$/,
    ',"requestReceivedTimestamp":"2026-02-22T10:15:31.000000Z","stageTimestamp":"2026-02-22T10:15:31.000000Z"}',
  ),
];
const SHORT = Buffer.from(
  [
    `\ufeff${exec}\r\n`,
    `${bound}\n\n`,
    `${read.slice(0, 120)}\0\0\0\0\0\0\0${bound.slice(250)}\n`,
    `${exec.slice(0, 200)}${read}\n`,
    `klog line\n${bound.slice(0, 300)}\n`,
    read,
  ].join(''),
);

describe('a border of blocks', () => {
  it.each([
    ['a log of few lines', SHORT],
    ['hostile lines', hostileLog(seededRandom(5).unit, { events: 4, daily: 0, odd: 1 }).subarray(0, 6_000)],
  ])('at many bytes of %s', { timeout: TIMEOUT }, async (_, log) => {
    const source = files.write(log);
    const expected = await ask(PACK_QUESTION, [source], 'interpreted');
    const differing: string[] = [];
    const compare = async (variant: Variant): Promise<void> => {
      const told = differenceOf(expected, await outcomeOf(PACK_QUESTION, [source], variant));
      if (told !== undefined) differing.push(`${nameOf(variant)}: ${told}`);
    };
    // Small blocks have borders everywhere, large ones in the second half.
    const sizes = Array.from({ length: 24 }, (_, index) => index + 1);
    for (let size = log.length >> 1; size <= log.length + 1; size += STEP) sizes.push(size);
    for (const [index, blockSize] of sizes.entries()) {
      await compare({ engine: ENGINES[index % 2] ?? 'wasm', jobs: 1, blockSize });
      if (index % WITH_THREADS === 0) await compare({ engine: 'wasm', jobs: 2, blockSize });
      if (differing.length > 0) break;
    }
    expect(differing).toEqual([]);
  });

  it.each([
    ['of a line', 3, (length: number) => `${'x'.repeat(length)}\n`],
    ['of empty lines', 11, (length: number) => '\n'.repeat(length + 1)],
    ['of a hole', 11, (length: number) => '\0'.repeat(length + 1)],
    ['of an event', 11, (length: number) => `${auditLine({ userAgent: 'x'.repeat(length) })}\n`],
  ])('behind more and more bytes %s', { timeout: TIMEOUT }, async (_, step, padding) => {
    const differing: string[] = [];
    for (let length = 0; length < SHORT.length && differing.length === 0; length += step) {
      const source = files.write(Buffer.concat([Buffer.from(padding(length)), SHORT.subarray(3)]));
      const expected = await outcomeOf(PACK_QUESTION, [source], PLAIN);
      // As many blocks as the log has, and one more, so that one border passes over all of it.
      const variant = {
        engine: length % (2 * step) === 0 ? 'wasm' : 'js',
        jobs: 1,
        blockSize: SHORT.length + 1,
      } as const;
      const told = differenceOf(expected, await outcomeOf(PACK_QUESTION, [source], variant));
      if (told !== undefined) differing.push(`${length} bytes, ${nameOf(variant)}: ${told}`);
    }
    expect(differing).toEqual([]);
  });
});

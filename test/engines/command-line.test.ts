/** The command line gives the same with every engine, whatever is selected. */

import { afterAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../bench/random.ts';
import { ROOT, run } from '../command-line.ts';
import { hostileLog } from './hostile-log.ts';
import { createLogFiles } from './log-file.ts';

const seed = Number(process.env.AUDITSCAN_FUZZ_SEED ?? Math.floor(Math.random() * 1_000_000_000));
const files = createLogFiles();
afterAll(() => files.remove());

const sample = `${ROOT}samples/incident`;
const hostile = files.write(hostileLog(seededRandom(seed).unit, { events: 300 })).path;

const ENGINES = [
  ['--engine', 'wasm', '--jobs', '1'],
  ['--engine', 'wasm', '--jobs', '2'],
  ['--engine', 'js', '--jobs', '1'],
];

/** A selector of each kind, and what does not follow from heads. */
const SELECTIONS = [
  [],
  ['--user', 'system:*'],
  ['--user', '-system:*', '--verb', 'get'],
  ['--group', 'system:authenticated', '--code', '2xx'],
  ['--namespace', 'prod*', '--resource', 'pods/*'],
  ['--denied'],
  ['--no-denied', '--ip', '10.0.0.0/8'],
  ['--user-agent', 'kubectl/*', '--uri', '*secrets*'],
  ['--level', 'Metadata', '--stage', 'ResponseComplete', '--name', '*a*'],
  ['--since', '2026-02-22T10:20:00Z', '--until', '2026-02-22T10:40:00Z'],
  ['--since', '2026-11-17T07:00:00Z', '--verb', 'create'],
];
const TOP = [
  ...['verb,resource,user', 'outcome,code', 'namespace,name,actor', 'ip,decision', '$count(user.groups)', 'time'],
  'responseStatus.status',
];

describe(`every engine (AUDITSCAN_FUZZ_SEED=${seed})`, () => {
  it.each(SELECTIONS.map((selection) => [selection.join(' '), selection] as const))(
    'detects the same: %s',
    { timeout: 120_000 },
    async (_, selection) => {
      const args = ['detect', sample, hostile, ...selection, '-ojsonl'];
      const expected = await run([...args, '--engine', 'plain']);
      for (const engine of ENGINES) expect(await run([...args, ...engine]), engine.join(' ')).toEqual(expected);
    },
  );

  it.each(TOP)('counts the same: --by %s', { timeout: 120_000 }, async (by) => {
    for (const [index, more] of [[], ['--events'], ['--user', '-system:*', '--no-denied']].entries()) {
      const args = ['top', '--by', by, sample, hostile, '--limit', '0', '-ojsonl', ...more];
      const expected = await run([...args, '--engine', 'plain']);
      const engine = ENGINES[index] ?? [];
      expect(await run([...args, ...engine]), engine.join(' ')).toEqual(expected);
    }
  });
});

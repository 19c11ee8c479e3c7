import { existsSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { MODES, modeNamed } from '../faults/modes.ts';
import { describeReport, faultsOf, type Report } from '../faults/report.ts';
import { type RoundOptions, runRound } from '../faults/round.ts';
import { CLI } from './machine.ts';

/** For all waiting together: a machine that is busy with something else is no fault. */
const TIMEOUT = 600_000;
const seed = Number(process.env.AUDITSCAN_FAULTS_SEED ?? Date.now() % 1_000_000_000);
const reports: Report[] = [];

async function expectNothingLost(
  round: Pick<RoundOptions, 'rotations' | 'kills' | 'stops'> & { mode: string; form?: 'query' | 'detect' | 'once' },
): Promise<void> {
  const { form, ...rest } = round;
  const mode = modeNamed(round.mode);
  const report = await runRound({
    ...rest,
    mode,
    command: form === 'detect' ? 'detect' : 'query',
    follow: form !== 'once',
    seed: seed + reports.length,
    program: [process.execPath, CLI],
    size: 40_000,
    patience: 60_000,
  });
  reports.push(report);
  process.stderr.write(`${describeReport(report)}\n`);
  const { examples, folder } = report;
  const faults = faultsOf(report, mode);
  expect(faults, [...faults, ...examples, `kept in ${folder}`].join('\n')).toEqual([]);
}

describe('rotated and killed, nothing is lost', () => {
  it.each([
    { mode: 'lumberjack', form: 'query', rotations: 120, kills: 14, stops: 1 },
    { mode: 'lumberjack', form: 'detect', rotations: 40, kills: 6, stops: 1 },
    { mode: 'lumberjack', form: 'once', rotations: 20, kills: 4, stops: 0 },
    { mode: 'create', form: 'query', rotations: 20, kills: 6, stops: 1 },
    { mode: 'delaycompress', form: 'detect', rotations: 15, kills: 4, stops: 0 },
    { mode: 'dateext', form: 'query', rotations: 15, kills: 4, stops: 0 },
    { mode: 'old-descriptor', form: 'query', rotations: 15, kills: 5, stops: 0 },
    { mode: 'copytruncate', form: 'query', rotations: 15, kills: 5, stops: 0 },
    { mode: 'copytruncate-holes', form: 'query', rotations: 10, kills: 4, stops: 0 },
  ] as const)('$mode, $form, $kills kills', (round) => expectNothingLost(round), TIMEOUT);
});

describe('rotated and asked to end, nothing is lost and nothing comes twice', () => {
  it.each(
    MODES.map(({ name }) => ({
      mode: name,
      rotations: name === 'lumberjack' ? 80 : 10,
      kills: 0,
      stops: 2,
    })),
  )('$mode', (round) => expectNothingLost(round), TIMEOUT);
});

describe('all rounds together', () => {
  it('rotated 400 times and killed 50 times', () => {
    const sum = (field: 'rotations' | 'kills'): number => reports.reduce((total, report) => total + report[field], 0);
    expect(sum('rotations')).toBeGreaterThanOrEqual(400);
    expect(sum('kills')).toBeGreaterThanOrEqual(50);
  });
});

afterAll(() => {
  const kept = reports.map(({ folder }) => folder).filter((folder) => existsSync(folder));
  process.stderr.write(`faults: seed ${seed}${kept.length > 0 ? `; kept: ${kept.join(', ')}` : ''}\n`);
});

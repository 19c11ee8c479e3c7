import { expect, it } from 'vitest';
import { SILENCE, type SilentLog, silenceFinding } from '../../src/detect/silence.ts';
import { parseTime } from '../../src/event/time.ts';

const LAST = '2026-02-22T10:15:30.000000Z';
const place = { path: 'audit.log', offset: 81_234, label: 'node-1' };

const silent = (fields: Partial<SilentLog> = {}): SilentLog => ({
  path: '/logs/audit.log',
  node: 'node-1',
  lastTime: parseTime(LAST),
  marker: 'mark',
  silence: 600_000_000,
  ...fields,
});

it('a silence is a finding about no request', () => {
  expect(silenceFinding(place, silent())).toMatchObject({
    detector: SILENCE.id,
    severity: 'high',
    time: LAST,
    actor: { username: '', groups: [] },
    object: null,
    outcome: 'unknown',
    code: null,
    source: { path: 'audit.log', offset: 81_234, label: 'node-1' },
    details: { log: 'audit.log', seconds: 600 },
    count: 1,
  });
  expect(silenceFinding(place, silent({ lastTime: undefined }), 'low')).toMatchObject({ time: '', severity: 'low' });
});

it('keeps its id as long as no event comes, however long that lasts', () => {
  const { id } = silenceFinding(place, silent());
  const next = { ...place, offset: 0 };
  expect(silenceFinding(next, silent({ silence: 900_000_000, marker: undefined })).id).toBe(id);
  expect(silenceFinding(place, silent({ lastTime: (parseTime(LAST) ?? 0) + 1 })).id).not.toBe(id);
  expect(silenceFinding(place, silent({ path: '/logs/other.log' })).id).not.toBe(id);
  expect(silenceFinding(place, silent({ node: 'node-2' })).id).not.toBe(id);
});

it('keeps its id whatever the log is called on the command line, and beside which others', () => {
  const { id } = silenceFinding(place, silent());
  expect(silenceFinding({ ...place, path: '../logs/audit.log', label: 'node-1/logs' }, silent()).id).toBe(id);
});

it('without a time of the last event is told from others by the place behind it', () => {
  const untimed = silent({ lastTime: undefined });
  const { id } = silenceFinding(place, untimed);
  expect(silenceFinding(place, { ...untimed, silence: 900_000_000 }).id).toBe(id);
  expect(silenceFinding({ ...place, offset: 81_235 }, untimed).id).not.toBe(id);
  expect(silenceFinding(place, { ...untimed, marker: 'another' }).id).not.toBe(id);
  expect(silenceFinding(place, silent({ lastTime: 0 })).id).not.toBe(id);
});

import { expect, it } from 'vitest';
import { SILENCE, silenceFinding } from '../../src/detect/silence.ts';
import { parseTime } from '../../src/event/time.ts';

const LAST = '2026-02-22T10:15:30.000000Z';
const place = { path: '/logs/audit.log', offset: 81_234, label: 'node-1' };

it('a silence is a finding about no request', () => {
  expect(silenceFinding(place, parseTime(LAST), 600_000_000)).toMatchObject({
    detector: SILENCE.id,
    severity: 'high',
    time: LAST,
    actor: { username: '', groups: [] },
    object: null,
    outcome: 'unknown',
    code: null,
    source: { path: '/logs/audit.log', offset: 81_234, label: 'node-1' },
    details: { log: '/logs/audit.log', seconds: 600 },
    count: 1,
  });
  expect(silenceFinding(place, undefined, 0, 'low')).toMatchObject({ time: '', severity: 'low' });
});

it('keeps its id as long as no event comes, however long that lasts', () => {
  const { id } = silenceFinding(place, parseTime(LAST), 600_000_000);
  expect(silenceFinding({ ...place, offset: 0 }, parseTime(LAST), 900_000_000).id).toBe(id);
  expect(silenceFinding(place, (parseTime(LAST) ?? 0) + 1, 600_000_000).id).not.toBe(id);
  expect(silenceFinding({ ...place, path: '/logs/other.log' }, parseTime(LAST), 600_000_000).id).not.toBe(id);
  expect(silenceFinding({ ...place, label: 'node-2' }, parseTime(LAST), 600_000_000).id).not.toBe(id);
});

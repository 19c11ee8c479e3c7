import { expect, it } from 'vitest';
import { createClock } from '../../src/sinks/clock.ts';
import { gapText } from '../../src/sinks/gap-text.ts';
import type { Gap } from '../../src/summary.ts';

const at = (hour: number, minute: number): number => Date.UTC(2026, 10, 20, hour, minute) * 1000;
const gap = (fields: Partial<Gap>): Gap => ({
  before: '/var/log/audit.log.3.gz',
  after: '/var/log/audit.log.1',
  from: at(3, 0),
  to: at(5, 10),
  ...fields,
});

it.each<[string, Partial<Gap>, string]>([
  ['a quiet time', {}, 'nothing between 2026-11-20 03:00 and 05:10 UTC: audit.log.3.gz ends, audit.log.1 begins'],
  [
    'a quiet time of a node',
    { label: 'node-1' },
    'nothing between 2026-11-20 03:00 and 05:10 UTC: node-1 audit.log.3.gz ends, audit.log.1 begins',
  ],
  [
    'a missing name',
    { missing: 'audit.log.2' },
    'audit.log.2 is missing between audit.log.3.gz and audit.log.1: nothing between 2026-11-20 03:00 and 05:10 UTC',
  ],
  [
    'missing names',
    { missing: 'audit.log.2 to audit.log.4', from: undefined, label: 'node-1' },
    'node-1 audit.log.2 to audit.log.4 are missing between audit.log.3.gz and audit.log.1',
  ],
  [
    'a missing name where no time is',
    { missing: 'audit.log.2', to: at(3, 9) },
    'audit.log.2 is missing between audit.log.3.gz and audit.log.1',
  ],
])('%s', (_, fields, text) => {
  expect(gapText(gap(fields), createClock(undefined))).toBe(text);
});

it('speaks of times in the time zone that is asked for', () => {
  expect(gapText(gap({}), createClock('Asia/Kolkata'))).toContain('2026-11-20 08:30 and 10:40 Asia/Kolkata');
});

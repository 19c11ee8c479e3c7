import { describe, expect, it } from 'vitest';
import { lineTime, stageTime } from '../../src/event/line-time.ts';
import { auditLine, eventOf } from '../audit-event.ts';

const TIME = '2026-02-22T10:15:30.004000Z';
const MICROSECONDS = Date.UTC(2026, 1, 22, 10, 15, 30, 4) * 1000;

describe('the time of a line', () => {
  it('is that of the stage, not of the request', () => {
    expect(lineTime(Buffer.from(auditLine({ stageTimestamp: TIME })))).toBe(MICROSECONDS);
    expect(lineTime(Buffer.from(`${auditLine({ stageTimestamp: TIME })}\r`))).toBe(MICROSECONDS);
  });

  it.each([
    ['no JSON', 'klog line'],
    ['half an event', auditLine().slice(0, 300)],
    ['nothing', ''],
    ['no audit event', '{"kind":"Pod","stageTimestamp":"2026-02-22T10:15:30Z"}'],
    ['no stage time', auditLine({ stageTimestamp: undefined })],
    ['a time that cannot be read', auditLine({ stageTimestamp: 'yesterday' })],
    ["Go's zero time", auditLine({ stageTimestamp: '0001-01-01T00:00:00Z' })],
    ['a time in a body only', auditLine({ stageTimestamp: undefined, requestObject: { stageTimestamp: TIME } })],
  ])('is unknown where there is %s', (_, line) => {
    expect(lineTime(Buffer.from(line))).toBeUndefined();
  });

  it('is not looked for in a line that a parser would choke on', () => {
    const deep = '['.repeat(2_000_000) + ']'.repeat(2_000_000);
    const line = auditLine({ stageTimestamp: TIME }).replace(/}$/, `,"x":${deep}}`);
    expect(lineTime(Buffer.from(line))).toBeUndefined();
  });

  it('is that of the event', () => {
    expect(stageTime(eventOf({ verb: 'get', auditID: 'a', stageTimestamp: TIME }))).toBe(MICROSECONDS);
    expect(stageTime(undefined)).toBeUndefined();
  });
});

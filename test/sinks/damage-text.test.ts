import { describe, expect, it } from 'vitest';
import { unjudgedTexts } from '../../src/sinks/damage-text.ts';
import { countUnjudged, createSummary, type Unjudged } from '../../src/summary.ts';

const first = { path: 'audit.log', offset: 120 };
const request: Omit<Unjudged, 'count'> = { detector: 'wildcard-role', bodies: 'request', why: 'Metadata', first };

function texts(...requests: readonly Partial<Unjudged>[]): string[] {
  const summary = createSummary();
  for (const change of requests) countUnjudged(summary, { ...request, ...change });
  return unjudgedTexts(summary);
}

describe('what a detector could not judge', () => {
  it('is nothing', () => {
    expect(texts()).toEqual([]);
  });

  it('is counted, with the first place', () => {
    expect(texts({}, { first: { path: 'audit.log', offset: 900 } })).toEqual([
      'wildcard-role could not judge 2 requests: no request bodies at level Metadata, first at audit.log:120',
    ]);
    expect(texts({})).toEqual([
      'wildcard-role could not judge 1 request: no request bodies at level Metadata, first at audit.log:120',
    ]);
  });

  it.each([
    [{ why: 'Request', bodies: 'response' }, 'no response bodies at level Request'],
    [{ why: 'truncated' }, 'no request bodies where the API server cut them off as too large'],
    [
      { why: 'unknown', bodies: 'request and response' },
      'neither request nor response bodies where the event names no level',
    ],
  ] as const)('%j', (change, expected) => {
    expect(texts(change)[0]).toContain(expected);
  });

  it('is told for each reason, the most first', () => {
    const told = texts({ why: 'truncated' }, {}, {}, { detector: 'a' });
    expect(told.map((text) => text.split(':')[0])).toEqual([
      'wildcard-role could not judge 2 requests',
      'a could not judge 1 request',
      'wildcard-role could not judge 1 request',
    ]);
  });

  it('does not fill the screen', () => {
    const told = texts(...Array.from({ length: 40 }, (_, index) => ({ detector: `d${index}` })));
    expect(told).toHaveLength(13);
    expect(told.at(-1)).toBe('nor could 28 further detectors judge all requests');
  });
});

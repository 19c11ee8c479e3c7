import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/commands/plan.ts';
import { exitStatus, tellSummary } from '../../src/commands/tell.ts';
import { createClock } from '../../src/sinks/clock.ts';
import { countFailure, countReject, createSummary, type Summary } from '../../src/summary.ts';

/** A plan whose terminal notes what it is told. */
function planWith(change: (summary: Summary) => void, options: { quiet?: boolean; strict?: boolean } = {}) {
  const lines: string[] = [];
  const summary = createSummary();
  change(summary);
  const plan: Plan = {
    terminal: {
      width: undefined,
      colour: false,
      draws: false,
      draw() {},
      tell: (line) => lines.push(line),
      tellError: (message) => lines.push(`error: ${message}`),
      async write() {},
    },
    config: {
      path: 'auditscan.yaml',
      lists: {},
      exceptions: [],
      severities: {},
      disabled: [],
      businessHours: undefined,
    },
    clock: createClock(undefined),
    form: 'table',
    bounded: true,
    live: false,
    since: undefined,
    quiet: options.quiet ?? false,
    strict: options.strict ?? false,
    summary,
    reading: { sources: [], summary },
    heads: {},
    openSink: () => Promise.reject(new Error('not here')),
  };
  return { plan, lines };
}

function told(change: (summary: Summary) => void, unit: 'request' | 'event' = 'request', quiet = false): string[] {
  const { plan, lines } = planWith(change, { quiet });
  tellSummary(plan, 'no finding', unit);
  return lines;
}

const place = { path: 'a.log', offset: 12 };
const read = (summary: Summary, events: number, requests = events): void => {
  Object.assign(summary, { events, selected: events, requests, bytes: 1234 });
};

describe('the headline', () => {
  it('counts requests, and events where there are more', () => {
    expect(told((summary) => read(summary, 1))).toEqual(['no finding in 1 request, 1.2 KB read']);
    expect(told((summary) => read(summary, 2499, 1200))).toEqual([
      'no finding in 1,200 requests (2,499 events), 1.2 KB read',
    ]);
    expect(told((summary) => read(summary, 2499, 1200), 'event')).toEqual(['no finding in 2,499 events, 1.2 KB read']);
  });

  it('says of how many they were selected', () => {
    const lines = told((summary) => {
      read(summary, 10);
      summary.events = 5000;
    });
    expect(lines).toEqual(['no finding in 10 requests, selected from 5,000 events, 1.2 KB read']);
  });

  it('says of which time', () => {
    const lines = told((summary) => {
      read(summary, 2);
      summary.firstTime = Date.UTC(2026, 10, 17, 5, 2) * 1000;
      summary.lastTime = Date.UTC(2026, 10, 17, 10, 30) * 1000;
    });
    expect(lines).toEqual(['no finding in 2 requests, 2026-11-17 05:02 to 10:30 UTC, 1.2 KB read']);
  });
});

describe('after it', () => {
  it('come the notes', () => {
    expect(told((summary) => summary.notes.push('one', 'two')).slice(1)).toEqual(['note: one', 'note: two']);
  });

  it.each([
    ['torn', 1, '1 piece of an event (torn), 10 B'],
    ['torn', 2, '2 pieces of events (torn), 20 B'],
    ['not-json', 1, '1 line that is not JSON (not-json), 10 B'],
    ['not-json', 3, '3 lines that are not JSON (not-json), 30 B'],
    ['not-audit', 1, '1 line that is JSON but no audit event (not-audit), 10 B'],
    ['too-long', 2, '2 lines above the maximum record size (too-long), 20 B'],
    ['nul-hole', 1, '1 hole of NUL bytes (nul-hole), 10 B'],
    ['nul-hole', 1234, '1,234 holes of NUL bytes (nul-hole), 12.3 KB'],
  ] as const)('comes the damage: %s, %d times', (reason, count, text) => {
    const lines = told((summary) => {
      for (let i = 0; i < count; i++) countReject(summary, reason, { path: 'a.log', offset: 12 + i }, 10);
    });
    expect(lines.slice(1)).toEqual([`damage: ${text}, first at a.log:12`]);
  });

  it('comes where a node is named', () => {
    const lines = told((summary) => countReject(summary, 'torn', { ...place, label: 'node-1' }, 5));
    expect(lines.slice(1)).toEqual(['damage: 1 piece of an event (torn), 5 B, first at node-1 a.log:12']);
  });

  it('come expressions that failed', () => {
    const lines = told((summary) => {
      countFailure(summary, 'my-detector', 'T0410: bad', place);
      countFailure(summary, 'my-detector', 'T0410: worse', { path: 'b.log', offset: 0 });
    });
    expect(lines.slice(1)).toEqual(['error: my-detector failed on 2 events, first at a.log:12: T0410: bad']);
  });

  it.each([
    [1, '1 match'],
    [2, '2 matches'],
  ])('comes what exceptions left out: %d', (excepted, text) => {
    const lines = told((summary) => Object.assign(summary, { excepted }));
    expect(lines.slice(1)).toEqual([`note: ${text} left out by exceptions of auditscan.yaml`]);
  });

  it('comes that nothing was decided', () => {
    const lines = told((summary) => Object.assign(summary, { events: 3, selected: 3, received: 3 }));
    expect(lines.slice(1)).toEqual([
      'note: every event is of the stage RequestReceived, which decides nothing: the audit policy leaves out the later stages',
    ]);
  });

  it('come inputs that failed, also quietly', () => {
    const change = (summary: Summary): void => {
      summary.inputErrors.push('a.log.gz: damaged gzip data');
      summary.notes.push('one');
      countReject(summary, 'torn', place, 5);
    };
    expect(told(change).at(-1)).toBe('error: a.log.gz: damaged gzip data');
    expect(told(change, 'request', true)).toEqual(['error: a.log.gz: damaged gzip data']);
  });

  it('an expression that failed is told quietly too', () => {
    expect(told((summary) => countFailure(summary, 'my-detector', 'bad', place), 'request', true)).toHaveLength(1);
  });
});

describe('the exit status', () => {
  const status = (change: (summary: Summary) => void, given: 0 | 1, strict = false): number =>
    exitStatus(planWith(change, { strict }).plan, given);

  it('is the one given', () => {
    expect(status(() => {}, 0)).toBe(0);
    expect(status(() => {}, 1)).toBe(1);
    expect(status(() => {}, 1, true)).toBe(1);
  });

  it('is 2 where an input failed, which beats 1', () => {
    const failed = (summary: Summary): unknown => summary.inputErrors.push('x');
    expect(status(failed, 0)).toBe(2);
    expect(status(failed, 1)).toBe(2);
  });

  it('is 2 for damage under --strict alone', () => {
    const damaged = (summary: Summary): void => countReject(summary, 'torn', place, 5);
    expect(status(damaged, 0)).toBe(0);
    expect(status(damaged, 1)).toBe(1);
    expect(status(damaged, 0, true)).toBe(2);
    expect(status(damaged, 1, true)).toBe(2);
  });
});

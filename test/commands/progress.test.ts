import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createProgress } from '../../src/commands/progress.ts';
import type { Terminal } from '../../src/commands/terminal.ts';
import type { Source } from '../../src/sources/types.ts';

/** A terminal that notes what is drawn. */
function notes(draws: boolean): Terminal & { readonly drawn: string[] } {
  const drawn: string[] = [];
  return {
    width: undefined,
    colour: false,
    draws,
    drawn,
    draw: (line) => drawn.push(line),
    tell() {},
    tellError() {},
    async write() {},
  };
}

const source = (size: number | undefined): Source => ({ path: 'audit.log', size });

beforeEach(() => vi.useFakeTimers({ now: 0 }));
afterEach(() => vi.useRealTimers());

describe('nothing is drawn', () => {
  it('where standard error is no terminal', () => {
    const terminal = notes(false);
    const progress = createProgress([source(1000)], terminal, false);
    vi.advanceTimersByTime(5000);
    progress(500);
    expect(terminal.drawn).toEqual([]);
  });

  it('when it was asked to be quiet', () => {
    const terminal = notes(true);
    const progress = createProgress([source(1000)], terminal, true);
    vi.advanceTimersByTime(5000);
    progress(500);
    expect(terminal.drawn).toEqual([]);
  });

  it('within the first second', () => {
    const terminal = notes(true);
    const progress = createProgress([source(1000)], terminal, false);
    progress(100);
    vi.advanceTimersByTime(999);
    progress(100);
    expect(terminal.drawn).toEqual([]);
    vi.advanceTimersByTime(1);
    progress(100);
    expect(terminal.drawn).toHaveLength(1);
  });
});

describe('the bar', () => {
  it('shows share, size, rate and time left', () => {
    const terminal = notes(true);
    const progress = createProgress([source(60e6), source(40e6)], terminal, false);
    vi.advanceTimersByTime(2000);
    progress(25e6);
    expect(terminal.drawn).toEqual(['█████░░░░░░░░░░░░░░░ 25 % of 100 MB, 12.5 MB/s, 6 s left']);
  });

  it('is drawn five times a second at most', () => {
    const terminal = notes(true);
    const progress = createProgress([source(1e9)], terminal, false);
    for (let time = 0; time < 3000; time += 10) {
      vi.advanceTimersByTime(10);
      progress(1000);
    }
    expect(terminal.drawn.length).toBeGreaterThan(5);
    expect(terminal.drawn.length).toBeLessThanOrEqual(11);
  });

  it.each([
    [59, '59 s left'],
    [90, '2 min left'],
    [3599, '60 min left'],
    [5400, '1.5 h left'],
  ])('%d seconds are "%s"', (seconds, text) => {
    const terminal = notes(true);
    const progress = createProgress([source(1e6 * (seconds + 1))], terminal, false);
    vi.advanceTimersByTime(1000);
    progress(1e6);
    expect(terminal.drawn[0]?.endsWith(`, ${text}`)).toBe(true);
  });

  it('stays at the end where the file has grown meanwhile', () => {
    const terminal = notes(true);
    const progress = createProgress([source(1000)], terminal, false);
    vi.advanceTimersByTime(2000);
    progress(5000);
    expect(terminal.drawn).toEqual(['████████████████████ 100 % of 1.0 KB, 2.5 KB/s, 0 s left']);
  });

  it.each([[[undefined]], [[1000, undefined]], [[0]]])('is none where the size is unknown: %j', (sizes) => {
    const terminal = notes(true);
    const progress = createProgress(sizes.map(source), terminal, false);
    vi.advanceTimersByTime(2000);
    progress(5000);
    expect(terminal.drawn).toEqual(['5.0 KB read, 2.5 KB/s']);
  });
});

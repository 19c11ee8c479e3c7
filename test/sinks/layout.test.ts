import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layOut, lineWidth, type Measure, widen } from '../../src/sinks/layout.ts';

const column = (natural: number, shrink: 0 | 1 | 2 = 0, heading = 4): Measure => ({ heading, natural, shrink });

describe('layOut', () => {
  it('takes what it needs without a terminal, and where there is room', () => {
    expect(layOut([column(50), column(100)], undefined)).toEqual([50, 100]);
    expect(layOut([column(20), column(30)], 52)).toEqual([20, 30]);
  });

  it('narrows shrink 2 first, then 1, then 0', () => {
    const columns = [column(20, 0), column(20, 1), column(20, 2)];
    expect(layOut(columns, 60)).toEqual([20, 20, 16]);
    expect(layOut(columns, 46)).toEqual([20, 14, 8]);
    expect(layOut(columns, 34)).toEqual([14, 8, 8]);
  });

  it('takes from the widest, and leaves narrow columns and headings alone', () => {
    expect(layOut([column(40, 2), column(10, 2), column(3, 2)], 44)).toEqual([27, 10, 3]);
    expect(layOut([column(40, 2, 12), column(40)], 54)).toEqual([12, 40]);
  });

  it('cuts the last columns where even the minimums are too wide, with room for the mark', () => {
    expect(layOut([column(20), column(20), column(20), column(20)], 24)).toEqual([8, 8, 1, 0]);
    expect(layOut([column(20)], 4)).toEqual([1]);
  });

  it('fits any columns into any line', () => {
    const columns = fc.array(
      fc.record({
        heading: fc.integer({ min: 0, max: 40 }),
        natural: fc.integer({ min: 1, max: 200 }),
        shrink: fc.constantFrom(0 as const, 1 as const, 2 as const),
      }),
      { minLength: 1, maxLength: 30 },
    );
    fc.assert(
      fc.property(columns, fc.integer({ min: 4, max: 300 }), (measures, width) => {
        const widths = layOut(measures, width);
        const mark = widths.includes(0) ? 3 : 0;
        expect(lineWidth(widths) + mark).toBeLessThanOrEqual(width);
        expect(widths[0]).toBeGreaterThan(0);
      }),
    );
  });
});

describe('widen', () => {
  it('gives a longer cell what is left of the line, no more', () => {
    expect(widen([10, 10], [10, 30], 30)).toEqual([10, 18]);
    expect(widen([10, 10], [30, 30], undefined)).toEqual([30, 30]);
  });

  it('is the same array where nothing changes', () => {
    const widths = [10, 10];
    expect(widen(widths, [3, 10], 80)).toBe(widths);
    expect(widen(widths, [30, 10], 22)).toBe(widths);
    const full = [10, 0];
    expect(widen(full, [30, 10], 80)).toBe(full);
  });
});

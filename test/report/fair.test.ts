import fc from 'fast-check';
import { expect, it } from 'vitest';
import { inFairOrder } from '../../src/report/fair.ts';
import { sampleReport } from './sample-report.ts';

const [some] = sampleReport().findings;
if (!some) throw new Error('the sample has findings');
const findings = (...detectors: readonly string[]) =>
  detectors.map((detector, index) => ({ ...some, detector, id: `${index}` }));
const ids = (...args: Parameters<typeof inFairOrder>): string =>
  inFairOrder(...args)
    .map(({ id }) => id)
    .join('');

it('the first groups of each detector come before the rest, each in the order given', () => {
  expect(ids(findings('a', 'a', 'a', 'b', 'a', 'c', 'b'), 2)).toBe('0135624');
});

it('none is lost, and none is given twice', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'b', 'c')), fc.nat(5), (detectors, share) => {
      const all = findings(...detectors);
      expect(new Set(inFairOrder(all, share))).toEqual(new Set(all));
      expect(inFairOrder(all, share)).toHaveLength(all.length);
    }),
  );
});

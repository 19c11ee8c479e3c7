import { describe, expect, it } from 'vitest';
import { compileExceptions, type ExceptionRule } from '../../src/detect/exceptions.ts';
import { DetectorError } from '../../src/errors.ts';

const NOW = Date.parse('2026-02-22T10:00:00Z');

function compile(rule: Partial<ExceptionRule>): { count: number; notes: string[] } {
  const notes: string[] = [];
  const options = {
    lists: { known: ['x'] },
    detectors: ['prod-exec', 'secret-read'],
    now: NOW,
    where: 'auditscan.yaml',
  };
  const rules = [{ detector: 'prod-exec', match: 'true', reason: 'on call', ...rule }];
  return { count: compileExceptions(rules, options, (note) => notes.push(note)).length, notes };
}

describe('the exceptions of the configuration', () => {
  it.each([undefined, '2026-02-22T10:00:01Z', '2026-02-23', '2027-01-01'])('hold until %s', (expires) => {
    expect(compile({ expires })).toEqual({ count: 1, notes: [] });
  });

  it.each(['2026-02-22T10:00:00Z', '2026-02-22', '2020-01-01'])(
    'that expired on %s are named and not applied',
    (expires) => {
      expect(compile({ expires })).toEqual({
        count: 0,
        notes: [`the exception for prod-exec (on call) expired on ${expires} and was not applied`],
      });
    },
  );

  it.each(['prod-exec', 'prod-*', '*', '*-read'])('may name detectors by %s', (detector) => {
    expect(compile({ detector }).count).toBe(1);
  });

  it.each([
    [{ detector: 'prod-exce' }, 'auditscan.yaml: exceptions.0: there is no detector prod-exce'],
    [{ detector: '' }, 'auditscan.yaml: exceptions.0: there is no detector '],
    [{ match: 'verb =' }, 'auditscan.yaml: exceptions.0.match: the expression does not parse'],
    [{ match: '$nope' }, 'auditscan.yaml: exceptions.0.match: there is no $nope'],
    [{ match: '$random() > 0.5' }, 'auditscan.yaml: exceptions.0.match: a detector may not use $random'],
  ])('%j is an error', (rule, message) => {
    expect(() => compile(rule)).toThrow(DetectorError);
    expect(() => compile(rule)).toThrow(message);
  });

  it('may use the lists', () => {
    expect(compile({ match: '$glob(verb, $known)' }).count).toBe(1);
  });
});

import { describe, expect, it } from 'vitest';
import type { Arguments } from '../../src/commands/arguments.ts';
import { readLiveOptions } from '../../src/commands/live-options.ts';
import type { Plan } from '../../src/commands/plan.ts';
import { UsageError } from '../../src/errors.ts';

const read = (args: Arguments, plan: Partial<Pick<Plan, 'form' | 'since'>> = {}) =>
  readLiveOptions({ paths: ['audit.log'], ...args }, { form: 'table', since: undefined, ...plan } as Plan);

describe('where reading begins', () => {
  it.each<[Arguments, Partial<Pick<Plan, 'since'>>, 'must' | 'may' | 'not', 'start' | 'end']>([
    [{ follow: true }, {}, 'may', 'end'],
    [{ follow: true }, { since: 1 }, 'may', 'start'],
    [{ follow: true, state: 's' }, {}, 'may', 'start'],
    [{ state: 's' }, {}, 'may', 'start'],
    [{ state: 's', from: 'checkpoint' }, {}, 'must', 'start'],
    [{ state: 's', from: 'start' }, {}, 'not', 'start'],
    [{ state: 's', from: 'end' }, {}, 'not', 'end'],
    [{ follow: true, from: 'start' }, {}, 'not', 'start'],
  ])('%j %j', (args, plan, checkpoint, start) => {
    expect(read(args, plan)).toMatchObject({ checkpoint, start });
  });
});

describe('the silence that is told', () => {
  it.each<[string | undefined, number]>([
    [undefined, 600_000],
    ['90s', 90_000],
    ['0', Number.POSITIVE_INFINITY],
  ])('%s is %d milliseconds', (silence, expected) => {
    expect(read({ follow: true, silence }).silence).toBe(expected);
  });
});

describe('what does not go together is refused', () => {
  it.each<[Arguments, Partial<Pick<Plan, 'form'>>, string]>([
    [{ state: '' }, {}, '--state needs the name of a file'],
    [{ state: 's', paths: ['-'] }, {}, '--state does not go with -'],
    [{ follow: true, from: 'start', paths: ['-'] }, {}, '--from does not go with -'],
    [{ follow: true, paths: ['-', 'a.log'] }, {}, '- is followed alone'],
    [{ follow: true, until: '1h' }, {}, '--until does not go with --follow'],
    [{ state: 's', silence: '1m' }, {}, '--silence needs --follow'],
    [{ follow: true }, { form: 'json' }, '-o json is one document'],
    [{ state: 's', limit: '5' }, {}, '--limit and --state'],
    [{ follow: true, from: 'checkpoint' }, {}, '--from checkpoint needs --state'],
    [{ follow: true, silence: 'soon' }, {}, '--silence soon: not a time'],
  ])('%j', (args, plan, message) => {
    expect(() => read(args, plan)).toThrow(UsageError);
    expect(() => read(args, plan)).toThrow(message);
  });
});

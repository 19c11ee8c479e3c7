import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { runCommandLine } from '../../src/commands/parser.ts';
import { UsageError } from '../../src/errors.ts';

/** What the last command was given. */
const seen = vi.hoisted((): { command: string; args: Record<string, unknown> } => ({ command: '', args: {} }));
const stub = vi.hoisted(() => (command: string) => async (args: Record<string, unknown>) => {
  Object.assign(seen, { command, args });
  return 0;
});
vi.mock('../../src/commands/detect.ts', () => ({ detect: stub('detect') }));
vi.mock('../../src/commands/query.ts', () => ({ query: stub('query') }));
vi.mock('../../src/commands/top.ts', () => ({ top: stub('top') }));
vi.mock('../../src/commands/show.ts', () => ({ show: stub('show') }));
vi.mock('../../src/commands/detectors.ts', () => ({
  list: stub('detectors list'),
  show: stub('detectors show'),
  lint: stub('detectors lint'),
  test: stub('detectors test'),
}));

beforeEach(() => Object.assign(seen, { command: '', args: {} }));

async function parse(...argv: string[]): Promise<Record<string, unknown>> {
  expect(await runCommandLine(argv, '0.0.0')).toBe(0);
  return seen.args;
}

const text = fc.string({ unit: 'binary' });
/** yargs takes the quotes off a value that stands in a pair of them; see the failing test below. */
const unquoted = text.filter((value) => !/^(["']).*\1$/s.test(value) && value !== '"' && value !== "'");

describe('values arrive as they were typed', () => {
  it('of repeatable options', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(unquoted, { minLength: 1, maxLength: 3 }), async (users) => {
        const args = await parse('detect', ...users.flatMap((user) => ['--user', user]), 'a.log');
        expect(args.user).toEqual(users);
        expect(args.paths).toEqual(['a.log']);
      }),
      { numRuns: 40 },
    );
  });

  it('of single ones', async () => {
    await fc.assert(
      fc.asyncProperty(unquoted, async (label) => {
        expect((await parse('detect', `--label=${label}`)).label).toBe(label);
      }),
      { numRuns: 40 },
    );
  });

  it.each(['007', '1e3', '-5', '0x10', 'true', 'false', 'null', '', ' ', 'a=b', '--', '-', 'a.b', '[1]'])(
    '%j is text',
    async (value) => {
      const args = await parse('top', '--by', value, '--user', value, '-n', value);
      expect([args.by, args.user, args.namespace]).toEqual([value, [value], [value]]);
    },
  );

  it.each(['"a","b"', "'x'"])('with its quotes: %j', async (value) => {
    expect((await parse('query', 'true', '--columns', value)).columns).toBe(value);
  });
});

describe('paths', () => {
  it('are all there, whatever they are called', async () => {
    const path = fc
      .oneof(text, fc.constantFrom('20261121', '-x.log', '--', '--user', 'a b', '*.log', '"q"', '1.0'))
      .filter((value) => value !== '-');
    await fc.assert(
      fc.asyncProperty(fc.array(path, { maxLength: 4 }), async (paths) => {
        const args = await parse('detect', '-q', '--', ...paths);
        expect((args.paths as string[]).toSorted()).toEqual(paths.toSorted());
      }),
      { numRuns: 40 },
    );
  });

  it('keep their order where none begins with a dash', async () => {
    expect((await parse('detect', 'b', '--user', 'u', 'a', '-nx', '20261121')).paths).toEqual(['b', 'a', '20261121']);
  });

  it('may be standard input', async () => {
    expect((await parse('detect', '-', 'more.log')).paths).toEqual(['-', 'more.log']);
  });

  it('keep their order after two dashes', async () => {
    expect((await parse('detect', '--', '-b.log', 'a.log')).paths).toEqual(['-b.log', 'a.log']);
  });

  it('an id may begin with a dash after two dashes', async () => {
    const args = await parse('show', '--', '-id', 'a.log');
    expect([args.id, args.paths]).toEqual(['-id', ['a.log']]);
  });
});

describe('commands', () => {
  it.each([
    [['detect'], 'detect'],
    [['query', 'true'], 'query'],
    [['top', '--by', 'verb'], 'top'],
    [['show', 'abc'], 'show'],
    [['detectors', 'list'], 'detectors list'],
    [['detectors', 'show', 'x'], 'detectors show'],
    [['detectors', 'lint'], 'detectors lint'],
    [['detectors', 'test', 'a', 'b'], 'detectors test'],
    [['-q', 'detect'], 'detect'],
    [['--user', 'detect', 'query', 'true'], 'query'],
  ])('%j runs %s', async (argv, command) => {
    await parse(...argv);
    expect(seen.command).toBe(command);
  });

  it('an expression is the first word, also one of digits', async () => {
    expect(await parse('query', '-q', '007', 'a.log')).toMatchObject({ expression: '007', paths: ['a.log'] });
  });

  it.each([
    [[], 'no command given; auditscan --help lists them'],
    [['detct'], 'there is no command detct; did you mean detect?'],
    [['query'], 'an argument is missing; see --help'],
    [['show'], 'an argument is missing; see --help'],
    [['detectors', 'show'], 'an argument is missing; see --help'],
    [['detect', '--by', 'x'], 'this command takes no --by; see --help'],
    [['detectors', 'list', 'x'], 'this command takes no x; see --help'],
  ])('%j is wrong use', async (argv, message) => {
    await expect(runCommandLine(argv, '0.0.0')).rejects.toThrow(new UsageError(message));
  });

  it.each([
    [['query', 'true', '--fail-on', 'high'], 'this command takes no --fail-on; see --help'],
    [['show', 'x', '-otable'], '--output table: not one of json, jsonl here'],
  ])('%j', async (argv, message) => {
    await expect(runCommandLine(argv, '0.0.0')).rejects.toThrow(new UsageError(message));
  });
  it('a word that is the name of an option stays a word in the error', async () => {
    await expect(runCommandLine(['version'], '0.0.0')).rejects.toThrow('there is no command version');
  });
  it('detectors without a command says which there are', async () => {
    await expect(runCommandLine(['detectors'], '0.0.0')).rejects.toThrow(
      'detectors needs one of list, show, lint, test',
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearest, parseArguments } from '../../src/commands/argv.ts';
import { OPTIONS, type OptionSpec } from '../../src/commands/option-table.ts';
import { UsageError } from '../../src/errors.ts';

/** Words, then options as they could have been typed, then two dashes. */
function normaliseArguments(argv: readonly string[]): string[] {
  const { words, options } = parseArguments(argv);
  return [...words, ...options.map(({ name, value }) => `--${name}=${value}`), '--'];
}

const SPECS: Readonly<Record<string, OptionSpec>> = OPTIONS;
const names = Object.keys(SPECS);
const valued = names.filter((name) => SPECS[name]?.type === 'string' && !SPECS[name]?.choices);
const switches = names.filter((name) => SPECS[name]?.type === 'boolean');
const shortValued = valued.filter((name) => SPECS[name]?.alias);

/** What people and shells put into a value: dashes, equals signs, quotes, nothing at all, and anything else. */
const value = fc.oneof(
  fc.constantFrom(
    '',
    '-',
    '--',
    '-get',
    '--verb',
    '--verb=x',
    '=',
    '==x',
    'a=b',
    '-n',
    '"x"',
    "'",
    ' ',
    '\n',
    '…',
    '0',
  ),
  fc.string(),
  fc.string({ unit: 'binary' }),
);
const word = value.filter((text) => !text.startsWith('-') || text === '-');

describe('values', () => {
  it('are the same after a blank and after an equals sign, whatever they are', () => {
    fc.assert(
      fc.property(fc.constantFrom(...valued), value, (name, text) => {
        const expected = [`--${name}=${text}`, '--'];
        expect(normaliseArguments([`--${name}`, text])).toEqual(expected);
        expect(normaliseArguments([`--${name}=${text}`])).toEqual(expected);
      }),
    );
  });

  it('are the same after a letter: glued, after a blank, after an equals sign', () => {
    fc.assert(
      fc.property(fc.constantFrom(...shortValued), value, (name, text) => {
        const letter = `-${SPECS[name]?.alias}`;
        const expected = [`--${name}=${text}`, '--'];
        expect(normaliseArguments([letter, text])).toEqual(expected);
        expect(normaliseArguments([`${letter}=${text}`])).toEqual(expected);
        // Glued, an empty value is none, and an equals sign stands between letter and value.
        if (text !== '' && !text.startsWith('=')) expect(normaliseArguments([letter + text])).toEqual(expected);
      }),
    );
  });

  it('never swallow the word that follows them', () => {
    fc.assert(
      fc.property(fc.constantFrom(...valued), value, fc.array(word), (name, text, words) => {
        expect(normaliseArguments([`--${name}`, text, ...words])).toEqual([...words, `--${name}=${text}`, '--']);
        expect(normaliseArguments([`--${name}=${text}`, ...words])).toEqual([...words, `--${name}=${text}`, '--']);
      }),
    );
  });

  it('of repeatable options keep their order', () => {
    fc.assert(
      fc.property(fc.array(value), (texts) => {
        const argv = texts.flatMap((text) => ['--user', text]);
        expect(normaliseArguments(argv)).toEqual([...texts.map((text) => `--user=${text}`), '--']);
      }),
    );
  });

  it('must be there', () => {
    for (const name of valued) {
      expect(() => normaliseArguments([`--${name}`])).toThrow(new UsageError(`--${name} needs a value`));
    }
    expect(() => normaliseArguments(['detect', '-n'])).toThrow(new UsageError('-n needs a value'));
    expect(() => normaliseArguments(['-qn'])).toThrow(new UsageError('-n needs a value'));
  });

  it('may be two dashes', () => {
    expect(normaliseArguments(['--user', '--', 'a.log'])).toEqual(['a.log', '--user=--', '--']);
  });

  it.each([[['-ojsonl']], [['-o', 'jsonl']], [['-o=jsonl']], [['--output', 'jsonl']], [['--output=jsonl']]])(
    '%j is the form jsonl',
    (argv) => {
      expect(normaliseArguments(argv)).toEqual(['--output=jsonl', '--']);
    },
  );

  it.each([
    [['-oyaml'], '-o yaml: not one of table, wide, json, jsonl, csv, markdown, html'],
    [['--output='], '--output : not one of table, wide, json, jsonl, csv, markdown, html'],
    [['--fail-on', 'High'], '--fail-on High: not one of info, low, medium, high, critical'],
    [['--severity=none'], '--severity none: not one of info, low, medium, high, critical'],
  ])('%j is none of the choices', (argv, message) => {
    expect(() => normaliseArguments(argv)).toThrow(new UsageError(message));
  });
});

describe('switches', () => {
  it('are on by their name, off with no- before it, and what they are said to be', () => {
    for (const name of switches) {
      expect(normaliseArguments([`--${name}`])).toEqual([`--${name}=true`, '--']);
      expect(normaliseArguments([`--no-${name}`])).toEqual([`--${name}=false`, '--']);
      expect(normaliseArguments([`--${name}=false`])).toEqual([`--${name}=false`, '--']);
      expect(normaliseArguments([`--no-${name}=false`])).toEqual([`--${name}=true`, '--']);
    }
  });

  it('take no other value', () => {
    expect(() => normaliseArguments(['--denied=maybe'])).toThrow(new UsageError('--denied takes no value'));
    expect(() => normaliseArguments(['--no-color='])).toThrow(new UsageError('--no-color takes no value'));
  });

  it('leave the word after them alone', () => {
    expect(normaliseArguments(['detect', '--denied', 'true', '-q', 'false'])).toEqual([
      'detect',
      'true',
      'false',
      '--denied=true',
      '--quiet=true',
      '--',
    ]);
  });

  it('stand together, the last letter may take a value', () => {
    expect(normaliseArguments(['-qh'])).toEqual(['--quiet=true', '--help=true', '--']);
    expect(normaliseArguments(['-qnprod'])).toEqual(['--quiet=true', '--namespace=prod', '--']);
    expect(normaliseArguments(['-qn', 'prod'])).toEqual(['--quiet=true', '--namespace=prod', '--']);
    expect(normaliseArguments(['-nq'])).toEqual(['--namespace=q', '--']);
  });
});

describe('words', () => {
  it('stay as they are and in their order', () => {
    fc.assert(
      fc.property(fc.array(word), (words) => {
        expect(normaliseArguments(words)).toEqual([...words, '--']);
      }),
    );
  });

  it.each(['20261121', '007', '1e3', '0x1f', '-', '', 'true', 'null', 'a b', 'x=y', '*.log'])('%j is one', (text) => {
    expect(normaliseArguments(['detect', text])).toEqual(['detect', text, '--']);
  });

  it('after two dashes all arguments are', () => {
    fc.assert(
      fc.property(fc.array(value), (words) => {
        const result = normaliseArguments(['detect', '-q', '--', ...words]);
        const end = result.indexOf('--quiet=true');
        expect([...result.slice(0, end), ...result.slice(end + 2)].sort()).toEqual(['detect', ...words].sort());
        expect(result[end + 1]).toBe('--');
      }),
    );
  });

  it('that look like options are words behind two dashes', () => {
    expect(normaliseArguments(['detect', '--', 'a.log', '-x.log', '--', '--user'])).toEqual([
      'detect',
      'a.log',
      '-x.log',
      '--',
      '--user',
      '--',
    ]);
  });
});

describe('given twice', () => {
  it('is an error for every option that is not repeatable, however it is spelt', () => {
    for (const name of names) {
      const { type, choices, repeatable } = SPECS[name] ?? {};
      const once = type === 'boolean' ? [`--${name}`] : [`--${name}`, choices?.[0] ?? '1'];
      if (repeatable) expect(() => normaliseArguments([...once, ...once])).not.toThrow();
      else expect(() => normaliseArguments([...once, ...once])).toThrow(new UsageError(`--${name} is given twice`));
    }
    expect(() => normaliseArguments(['--output', 'csv', '-ojsonl'])).toThrow(new UsageError('-o is given twice'));
    expect(() => normaliseArguments(['-qq'])).toThrow(new UsageError('-q is given twice'));
    expect(() => normaliseArguments(['--color', '--no-color'])).toThrow(new UsageError('--no-color is given twice'));
  });
});

describe('unknown options', () => {
  it.each([
    [['--verbs'], 'there is no option --verbs; did you mean --verb?'],
    [['--verbs=get'], 'there is no option --verbs; did you mean --verb?'],
    [['--no-verb'], 'there is no option --no-verb'],
    [['--no-fail-on'], 'there is no option --no-fail-on'],
    [['--failon', 'high'], 'there is no option --failon; did you mean --fail-on?'],
    [['--zzzzzz'], 'there is no option --zzzzzz'],
    [['---user'], 'there is no option ---user; did you mean --user?'],
    [['--=x'], 'there is no option --'],
    [['--User'], 'there is no option --User; did you mean --user?'],
    [['--constructor'], 'there is no option --constructor'],
    [['--__proto__=x'], 'there is no option --__proto__'],
    [['--no-constructor'], 'there is no option --no-constructor'],
    [['--toString'], 'there is no option --toString'],
    [['-x'], 'there is no option -x'],
    [['-qx'], 'there is no option -x (in -qx)'],
    [['-1'], 'there is no option -1'],
    [['-x.log'], 'there is no option -x (in -x.log)'],
  ])('%j', (argv, message) => {
    expect(() => normaliseArguments(argv)).toThrow(new UsageError(message));
  });

  it('no arguments fail otherwise than by a sentence', () => {
    const argument = fc.oneof(
      value,
      fc.constantFrom(...names.map((name) => `--${name}`), '-q', '-o', '-n', '-qnx', '--'),
    );
    fc.assert(
      fc.property(fc.array(argument), (argv) => {
        try {
          expect(normaliseArguments(argv)).toContain('--');
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
    );
  });
});

describe('the option table', () => {
  it('gives each letter to one option', () => {
    const letters = names.flatMap((name) => SPECS[name]?.alias ?? []);
    expect(new Set(letters).size).toBe(letters.length);
    for (const letter of letters) expect(letter).toMatch(/^[a-zA-Z]$/);
  });

  it('describes each in one line that ends without a full stop', () => {
    for (const name of names) expect(SPECS[name]?.describe, name).toMatch(/^[^\n]*[^\n.]$/);
  });
});

describe('nearest', () => {
  it.each([
    ['verbs', ['verb', 'user'], 'verb'],
    ['vreb', ['verb', 'user'], 'verb'],
    ['exce', ['exec', 'exec-in-production'], 'exec'],
    ['exec', ['exec-in-production', 'exec'], 'exec'],
    ['ab', ['abc', 'abcd'], 'abc'],
    ['a', ['b'], 'b'],
    ['ab', ['cd'], undefined],
    ['verb', [], undefined],
    ['', ['verb'], undefined],
    ['namspce', ['name', 'namespace'], 'namespace'],
    ['completely', ['different'], undefined],
  ])('of %j in %j is %j', (text, words, expected) => {
    expect(nearest(text, words)).toBe(expected);
  });

  it('is the word itself where it is there', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), fc.nat(), (words, index) => {
        const text = words[index % words.length] ?? '';
        expect(nearest(text, words)).toBe(text);
      }),
    );
  });

  it('is what one slip of the finger made of it', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 3, maxLength: 12 }),
        fc.nat(),
        fc.string({ maxLength: 1 }),
        (text, at, typed) => {
          const place = at % text.length;
          expect(nearest(text.slice(0, place) + typed + text.slice(place + 1), [text])).toBe(text);
        },
      ),
    );
  });
});

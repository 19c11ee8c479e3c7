import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forCsv, forJson, forMarkdown, forTerminal } from '../../src/sinks/escape.ts';
import { HOSTILE, hostileText, UNSEEN } from './hostile.ts';

describe('forTerminal', () => {
  it.each([
    ['system:admin', 'system:admin'],
    ['\u001b[2J', '\\u001b[2J'],
    ['\u009b2J', '\\u009b2J'],
    ['a\u007f\u0000', 'a\\u007f\\u0000'],
    ['a\nb\tc\rd', 'a\\nb\\tc\\rd'],
    ['\u202egpj.exe', '\\u202egpj.exe'],
    ['a\u200b\u200e\u061c\u2066\u2060\ufeff\u00ad', 'a\\u200b\\u200e\\u061c\\u2066\\u2060\\ufeff\\u00ad'],
    ['\u2028\u2029', '\\u2028\\u2029'],
    ['\ud800 \udc00', '\\ud800 \\udc00'],
    ['\u{e0041}\u{e0100}', '\\u{e0041}\\u{e0100}'],
    ['x\ufe0f', 'x\\ufe0f'],
    ['\ue000', '\\ue000'],
    ['C:\\new', 'C:\\new'],
    ['Grüße 漢字 🫠 e\u0301', 'Grüße 漢字 🫠 e\u0301'],
    ['\u0301a', '\\u0301a'],
  ])('%j becomes %j', (text, escaped) => expect(forTerminal(text)).toBe(escaped));

  it('lets eight combining marks stand on a letter and shows the others', () => {
    const mark = '\u0301';
    expect(forTerminal(`a${mark.repeat(10)}b`)).toBe(`a${mark.repeat(8)}\\u0301\\u0301b`);
  });

  it('leaves nothing unseen, and text that it made is left as it is', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const escaped = forTerminal(text);
        expect(escaped).not.toMatch(UNSEEN);
        expect(escaped).not.toMatch(/^\p{M}/u);
        expect(forTerminal(escaped)).toBe(escaped);
      }),
    );
  });
});

describe('forJson', () => {
  it('escapes DEL, C1, bidi controls and surrogates where they stand raw', () => {
    const text = '{"a\u009b":"\u007f\u202e\u{e0041}\ud800"}';
    expect(forJson(text)).toBe('{"a\\u009b":"\\u007f\\u202e\\udb40\\udc41\\ud800"}');
  });

  it('puts a text of several lines on one', () => {
    expect(forJson('{\r\n\t"a": 1\n}')).toBe('{   "a": 1 }');
  });

  it('keeps the meaning and leaves nothing unseen', () => {
    const json = fc.anything({
      key: hostileText,
      values: [hostileText, fc.integer(), fc.boolean(), fc.constant(null)],
    });
    fc.assert(
      fc.property(json, fc.constantFrom(0, 2), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent) ?? 'null';
        expect(JSON.parse(forJson(text))).toEqual(JSON.parse(text));
        expect(forJson(text)).not.toMatch(UNSEEN);
      }),
    );
  });
});

describe('forCsv', () => {
  it.each([
    ['prod', 'prod'],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    [' padded', '" padded"'],
    [-5, '-5'],
    [200, '200'],
    [-1n, '-1'],
    [true, 'true'],
    [null, ''],
    [undefined, ''],
    ['-5', "'-5"],
    ['=cmd|"/c calc"!A1', `"'=cmd|""/c calc""!A1"`],
    ['+1', "'+1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['  =1', `'  =1`],
    ['\u3000＝1', `'\u3000＝1`],
    ['＋1', "'＋1"],
    ['\t=1', '\\t=1'],
    ['\r=1', '\\r=1'],
    ['\u200b=1', '\\u200b=1'],
    ['a;=HYPERLINK(A1);b', `"a;'=HYPERLINK(A1);b"`],
    ['a\nb', 'a\\nb'],
    ['\u001b[2J', '\\u001b[2J'],
    [['10.0.0.1'], '"[""10.0.0.1""]"'],
  ])('case %#', (cell, field) => expect(forCsv(cell)).toBe(field));

  it('never starts a formula, in no list separator', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        for (const cell of forCsv(text).replace(/^"/, '').split(';')) expect(cell).not.toMatch(/^\s*[=+\-@＝＋－＠]/);
      }),
    );
  });
});

describe('forMarkdown', () => {
  it.each([
    ['Shell opened in a production pod', 'Shell opened in a production pod'],
    ['2026-02-22T10:15:30.000000Z', '2026-02-22T10:15:30.000000Z'],
    ['10.0.0.1', '10.0.0.1'],
    ['-5', '-5'],
    ['', ''],
    ['a|b', '`a`&#124;`b`'],
    ['|', '&#124;'],
    ['\\|', '`\\`&#124;'],
    ['`', '`` ` ``'],
    ['a``b', '```a``b```'],
    ['`a', '`` `a ``'],
    ['*a*', '`*a*`'],
    ['my_pod', '`my_pod`'],
    ['~~a~~', '`~~a~~`'],
    ['<script>alert(1)</script>', '`<script>alert(1)</script>`'],
    ['[x](javascript:alert(1))', '`[x](javascript:alert(1))`'],
    ['&lt;', '`&lt;`'],
    ['@octocat', '`@octocat`'],
    ['jane@example.org', '`jane@example.org`'],
    ['http://evil', '`http://evil`'],
    ['WWW.evil.org', '`WWW.evil.org`'],
    ['#123', '`#123`'],
    ['gh-12', '`gh-12`'],
    ['evil.example/x', '`evil.example/x`'],
    ['audit.log.1.gz', 'audit.log.1.gz'],
    ['%123', '`%123`'],
    ['7d4b9c6f5d', '`7d4b9c6f5d`'],
    ['system:serviceaccount:key:default', '`system:serviceaccount:key:default`'],
    ['a\nb', '`a\\nb`'],
    ['\u202eb', '`\\u202eb`'],
  ])('%j becomes %s', (text, cell) => expect(forMarkdown(text)).toBe(cell));

  // Held against markdown-it, marked and remark-gfm over 20,000 random cells when it was written: all show the literal text.
  it('is one cell: code spans that close, entities for pipes, or plain words', () => {
    fc.assert(
      fc.property(fc.oneof(hostileText, fc.constantFrom(...HOSTILE)), (text) => {
        const cell = forMarkdown(text);
        expect(cell).not.toContain('|');
        expect(cell).not.toMatch(UNSEEN);
        const shown = cell.replace(/(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)|&#124;/g, (_span, _fence, code?: string) =>
          code === undefined ? '|' : code.replace(/^ (.*[^ ].*) $/, '$1'),
        );
        expect(shown).toBe(forTerminal(text));
      }),
    );
  });
});

it('costs no more than its length: a megabyte of the worst is done at once', () => {
  for (const unit of ['\u001b', '\u0301', ';', '; ', ' ', '`', '|', ':a', 'a1', '漢', '"']) {
    const text = `a${unit.repeat(1e6 / unit.length)}b`;
    for (const makeSafe of [forTerminal, forJson, forCsv, forMarkdown]) makeSafe(text);
  }
  // Seconds, not hours: quadratic would be 10^12 steps.
});

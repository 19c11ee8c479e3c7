import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Html, html, trusted, type Value } from '../../../src/report/html/template.ts';
import { forTerminal } from '../../../src/sinks/escape.ts';
import { hostileText } from '../../sinks/hostile.ts';
import { ATTACKS } from '../sample-report.ts';

const REFERENCES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
};

/** What a browser makes of it; only the references that we write are known here, so that any other would show. */
function read(text: string): string {
  return text.replace(/&[^;]*;/g, (reference) => REFERENCES[reference] ?? `?${reference}?`);
}

function expectSafe(text: string): void {
  const page = html`<p title="${text}" lang="en">${text}</p>`.text;
  const [, attribute, inside] = /^<p title="([^"'<>]*)" lang="en">([^"'<>]*)<\/p>$/.exec(page) ?? [];
  expect(attribute).toBeDefined();
  expect(read(attribute ?? '')).toBe(forTerminal(text));
  expect(read(inside ?? '')).toBe(forTerminal(text));
}

describe('a text in a template', () => {
  it('makes no tag and no attribute, and reads as it was', () => {
    fc.assert(fc.property(hostileText, expectSafe));
  });

  it.each(ATTACKS)('%j is text', (attack) => expectSafe(attack));

  it.each([
    ['<b>', '&lt;b&gt;'],
    ['&lt;', '&amp;lt;'],
    [`"'`, '&quot;&#39;'],
    ['\u202eb\u0000', '\\u202eb\\u0000'],
  ])('%j is written %s', (text, written) => expect(html`${text}`.text).toBe(written));
});

describe('a template', () => {
  const cases: readonly [Value, string][] = [
    [undefined, ''],
    [null, ''],
    [false, ''],
    ['', ''],
    [0, '0'],
    [html`<b>${'<'}</b>`, '<b>&lt;</b>'],
    [[html`<i></i>`, ['<', [1, null]]], '<i></i>&lt;1'],
    [trusted('<svg></svg>'), '<svg></svg>'],
  ];
  it.each(cases)('case %#', (value, written) => expect(html`${value}`.text).toBe(written));

  it('leaves out the indentation of the source, and keeps words apart', () => {
    expect(
      html`<p>one
      ${'two\n  three'}
      four</p>`.text,
    ).toBe('<p>one\ntwo\\n  three\nfour</p>');
  });

  it('takes nothing for its own but what it made', () => {
    const forged = { text: '<script>' };
    expect(Html.is(forged)).toBe(false);
    expect(Html.is(Object.setPrototypeOf(forged, Html.prototype))).toBe(false);
    expect(Html.is(html``)).toBe(true);
  });
});

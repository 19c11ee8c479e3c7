/**
 * The only place that makes hostile text harmless. Whatever stood in a log was put there by whoever sent the request; each
 * function here makes it safe for one kind of reader, and what it returns is shown as it is.
 */

import { cellText } from './cell.ts';

/**
 * Characters that act on a terminal or leave no mark of their own: controls (C0, DEL, C1), formats (bidi overrides and
 * isolates, zero-width joiners, tags), line and paragraph separators, lone surrogates, private use (whose look the font
 * decides), and all that Unicode lets a renderer ignore (variation selectors, fillers, soft hyphen); and the empty Braille
 * pattern, which is no blank and looks like one. The properties rather
 * than a list of ranges, so that nothing is forgotten. Emoji held together by U+200D or U+FE0F come apart: the same two
 * characters are how text is hidden.
 */
const UNSEEN = String.raw`[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u{2800}]`;

/**
 * Also combining marks that have nothing to stand on (they would alter what was printed before them) and those that pile
 * up: no script needs more than eight on a letter, and a thousand reach over the lines above.
 */
const unfitForTerminal = new RegExp(String.raw`${UNSEEN}|^\p{M}|\p{M}(?<=\p{M}{9})`, 'gu');
const unfitForJson = new RegExp(UNSEEN, 'gu');

/** Nearly all text in a log; it needs no look at single characters. */
const printableAscii = /^[ -~]*$/;

/**
 * Text on one line of a terminal: what is in {@link UNSEEN} becomes a visible escape as JavaScript writes it: `\n`, `\t`,
 * `\r`, `\u001b`, `\u{e0041}`.
 *
 * A backslash stays single, although `\n` may then be either a line feed or two characters. Logs are full of JSON, paths
 * and expressions that have to stay legible and fit to be copied; neither reading does any harm, and `-o json` tells them
 * apart.
 */
export function forTerminal(text: string): string {
  return printableAscii.test(text) ? text : text.replace(unfitForTerminal, visibleEscape);
}

function visibleEscape(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\r') return '\\r';
  if (character === '\t') return '\\t';
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : unitEscape(code);
}

function unitEscape(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}

/**
 * A valid JSON text, on one line and safe on a terminal, with the same meaning to every JSON reader. JSON allows all but C0
 * inside strings as raw characters; none of them can stand elsewhere, so that an escape always lands in a string. Only
 * white space may hold a line feed, carriage return or tab; it becomes a space.
 */
export function forJson(jsonText: string): string {
  return printableAscii.test(jsonText) ? jsonText : jsonText.replace(unfitForJson, jsonEscape);
}

function jsonEscape(character: string): string {
  if (character === '\n' || character === '\r' || character === '\t') return ' ';
  let escaped = '';
  for (let i = 0; i < character.length; i++) escaped += unitEscape(character.charCodeAt(i));
  return escaped;
}

/**
 * Where a spreadsheet would start a formula: at the first character that is not white space, also where that is a
 * full-width or small form of the sign. After a semicolon too: where that is the list separator (most of Europe), a
 * spreadsheet cuts the line there whatever the quotes say. Source: OWASP, "CSV Injection".
 */
const formulaStart = /(^|;)(?=\s*[=+\-@＝＋－＠﹦﹢﹣﹫])/gu;

/**
 * One CSV field (RFC 4180). A number stays a number; text that a spreadsheet would take for a formula gets an apostrophe in
 * front; invisible characters and line ends become visible escapes, so that a record is always one line.
 */
export function forCsv(cell: unknown): string {
  if (typeof cell === 'number' || typeof cell === 'bigint') return String(cell);
  const field = forTerminal(cellText(cell)).replace(formulaStart, "$1'");
  return /[",;]|^\s|\s$/u.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

/** Characters that mean nothing to Markdown within a table cell. */
const plainMarkdown = /^[\p{L}\p{N} .,:;()%'"+=?/…-]*$/u;

/**
 * Made of such characters, and yet rewritten: links, `:emoji:` (but not `10:15:30`), commits, `GH-1` by GitHub, `%1` by
 * GitLab, and whatever looks like a domain, and like no file of ours, by chats and mail programs.
 */
const rewritten =
  /www\.|:\/\/|:(?!\d\d:)[\w+-]+:|\b[0-9a-f]{7,40}\b|\bgh-\d|%\w|[\p{L}\p{N}]\.(?!(?:log|gz|zst|jsonl?|ya?ml|html)\b)\p{L}{2,}/iu;

/**
 * A cell of a GitHub table that shows the literal text. Anything but plain words becomes a code span: GitHub looks for
 * mentions, references, addresses and emoji in the text after Markdown was rendered, where neither a backslash nor an
 * entity holds it back; it leaves code alone. A pipe stands between two spans as an entity: a table is cut at pipes before
 * code is recognised, and `\|` in code cannot follow a backslash.
 */
export function forMarkdown(value: string): string {
  const text = forTerminal(value);
  if (plainMarkdown.test(text) && !rewritten.test(text)) return text;
  return text.split('|').map(codeSpan).join('&#124;');
}

function codeSpan(text: string): string {
  if (text === '') return '';
  const longest = (text.match(/`+/g) ?? []).reduce((length, run) => Math.max(length, run.length), 0);
  const fence = '`'.repeat(longest + 1);
  // Markdown takes one space off each end; and a backtick at an end would make the fence longer.
  const pad = /^[` ]|[` ]$/.test(text) ? ' ' : '';
  return `${fence}${pad}${text}${pad}${fence}`;
}

const REFERENCES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Text of an HTML element, or of an attribute in quotes, on one line: no tag, reference or quote of its own, and nothing
 * unseen. Not for what HTML reads by other rules: scripts, styles, comments, attributes without quotes, addresses.
 */
export function forHtml(text: string): string {
  return forTerminal(text).replace(/[&<>"']/g, (character) => REFERENCES[character] ?? '');
}

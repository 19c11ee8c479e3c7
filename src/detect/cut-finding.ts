import type { Finding } from './finding.ts';

/** UTF-16 code units of a text that a log gave. */
export const MAX_TEXT = 1_000;
/** Items of a list: a proxy's header may name any number of addresses. */
const MAX_ITEMS = 20;

/**
 * A finding that is as large as others are, whatever was logged, for tables and reports that hold many: texts are cut, the
 * details' JSON where it is longer, and lists. Copies, for a slice keeps the whole text in memory.
 */
export function cutFinding(finding: Finding): Finding {
  const { object, details } = finding;
  return {
    ...finding,
    verb: cut(finding.verb),
    uri: cut(finding.uri),
    userAgent: cut(finding.userAgent),
    auditID: cut(finding.auditID),
    actor: cutTexts(finding.actor),
    object: object && cutTexts(object),
    sourceIPs: addresses(finding.sourceIPs).map(cut),
    details: Object.fromEntries(Object.entries(details).map(([name, value]) => [name, cutValue(value)])),
  };
}

/** Text in at most `max` UTF-16 code units; what was cut ends in an ellipsis. */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  const last = text.charCodeAt(max - 2);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return `${Buffer.from(text.slice(0, splitsPair ? max - 2 : max - 1), 'utf16le').toString('utf16le')}…`;
}

function cut(text: string): string {
  return cutText(text, MAX_TEXT);
}

/** The last is the peer's; all before it are what the client claims. */
function addresses(all: readonly string[]): readonly string[] {
  return all.length <= MAX_ITEMS ? all : [...all.slice(0, MAX_ITEMS - 1), ...all.slice(-1)];
}

/** Of a flat object, and of the lists in it. */
function cutTexts<T extends object>(value: T): T {
  const entries = Object.entries(value).map(([key, item]): [string, unknown] => [key, cutItem(item)]);
  return Object.fromEntries(entries) as T;
}

function cutItem(item: unknown): unknown {
  if (typeof item === 'string') return cut(item);
  if (Array.isArray(item)) return item.slice(0, MAX_ITEMS).map(cutItem);
  return typeof item === 'object' && item !== null ? cutTexts(item) : item;
}

/** A column's value; one that is too large as the beginning of its JSON. */
function cutValue(value: unknown): unknown {
  if (typeof value === 'string') return cut(value);
  const json = JSON.stringify(value) ?? '';
  return json.length <= MAX_TEXT ? value : cut(json);
}

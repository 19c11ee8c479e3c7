/** JSON as it may stand in a log, which an object cannot say: keys twice, in any order, in any spelling, of any blanks. */

import { goJson } from '../../bench/go-json.ts';

/** Written as it stands; may be no JSON. */
export interface Raw {
  readonly raw: string;
}

export interface Tree {
  /** A key is a text, or written as it stands, with its quotes. */
  pairs: [key: string | Raw, value: Json][];
}

export type Json = string | number | boolean | null | Json[] | Raw | Tree;

/** How a value is written. */
export interface Style {
  /** Between two tokens. */
  blank(): string;
  /** A text in quotes. */
  text(text: string): string;
}

/** As Go's encoding/json writes. */
export const GO: Style = { blank: () => '', text: goJson };

export function isRaw(value: Json): value is Raw {
  return typeof value === 'object' && value !== null && 'raw' in value;
}

export function isTree(value: Json | undefined): value is Tree {
  return typeof value === 'object' && value !== null && 'pairs' in value;
}

export function treeOf(value: Readonly<Record<string, unknown>>): Tree {
  const pairs = Object.entries(value).filter(([, item]) => item !== undefined);
  return { pairs: pairs.map(([key, item]) => [key, jsonOf(item)]) };
}

export function jsonOf(value: unknown): Json {
  if (Array.isArray(value)) return value.map(jsonOf);
  if (typeof value !== 'object') return (value as Json | undefined) ?? null;
  return value === null ? null : treeOf(value as Record<string, unknown>);
}

export function write(value: Json, style: Style = GO): string {
  const { blank, text } = style;
  const list = (open: string, items: readonly string[], close: string): string =>
    items.length === 0
      ? open + blank() + close
      : `${open}${items.map((item) => blank() + item + blank()).join(',')}${close}`;
  if (typeof value === 'string') return text(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isRaw(value)) return value.raw;
  if (Array.isArray(value))
    return list(
      '[',
      value.map((item) => write(item, style)),
      ']',
    );
  const pair = ([key, item]: readonly [string | Raw, Json]): string =>
    `${typeof key === 'string' ? text(key) : key.raw}${blank()}:${blank()}${write(item, style)}`;
  return list('{', value.pairs.map(pair), '}');
}

export function get({ pairs }: Tree, key: string): Json | undefined {
  return pairs.find(([name]) => name === key)?.[1];
}

/** In the place of the key's value, or behind all others. */
export function set(tree: Tree, key: string, value: Json): void {
  const at = tree.pairs.findIndex(([name]) => name === key);
  if (at < 0) tree.pairs.push([key, value]);
  else tree.pairs[at] = [key, value];
}

export function remove(tree: Tree, key: string): void {
  tree.pairs = tree.pairs.filter(([name]) => name !== key);
}

/** Every tree in a value, itself too. */
export function* trees(value: Json): Generator<Tree> {
  if (Array.isArray(value)) for (const item of value) yield* trees(item);
  if (!isTree(value)) return;
  yield value;
  for (const [, item] of value.pairs) yield* trees(item);
}

const EVENT_ORDER = [
  ...['kind', 'apiVersion', 'metadata', 'level', 'timestamp', 'auditID', 'stage', 'requestURI', 'verb', 'user'],
  ...['impersonatedUser', 'authenticationMetadata', 'sourceIPs', 'userAgent', 'objectRef', 'responseStatus'],
  ...['requestObject', 'responseObject', 'requestReceivedTimestamp', 'stageTimestamp', 'annotations'],
];
const USER_ORDER = ['username', 'uid', 'groups', 'extra'];
const INNER_ORDERS: Readonly<Record<string, readonly string[]>> = {
  user: USER_ORDER,
  impersonatedUser: USER_ORDER,
  objectRef: ['resource', 'namespace', 'name', 'uid', 'apiGroup', 'apiVersion', 'resourceVersion', 'subresource'],
  responseStatus: ['metadata', 'status', 'message', 'reason', 'details', 'code'],
};

/** Puts the keys of an event into the order of Go's structs, those of maps into that of the alphabet. */
export function inGoOrder(event: Tree): void {
  sortBy(event, EVENT_ORDER);
  for (const [key, value] of event.pairs) {
    if (!isTree(value) || typeof key !== 'string') continue;
    const order = INNER_ORDERS[key];
    if (order) sortBy(value, order);
    if (key === 'annotations') alphabetical(value);
  }
}

function sortBy(tree: Tree, order: readonly string[]): void {
  const rank = ([key]: readonly [string | Raw, Json]): number => {
    const place = typeof key === 'string' ? order.indexOf(key) : -1;
    return place < 0 ? order.length : place;
  };
  tree.pairs.sort((a, b) => rank(a) - rank(b));
}

export function alphabetical(tree: Tree): void {
  const name = ([key]: readonly [string | Raw, Json]): string => (typeof key === 'string' ? key : key.raw);
  tree.pairs.sort((a, b) => (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0));
}

/** Where Go would write a key of an event, among those that stand there; before the bodies unless it belongs behind them. */
export function goPlace(event: Tree, key: string): number {
  const rank = EVENT_ORDER.indexOf(key);
  const at = event.pairs.findIndex(([name]) => typeof name === 'string' && EVENT_ORDER.indexOf(name) > rank);
  const place = at < 0 ? event.pairs.length : at;
  return rank < EVENT_ORDER.indexOf('requestObject') ? Math.min(place, firstBody(event)) : place;
}

export const BODIES = ['requestObject', 'responseObject'];

/** Where the first body stands among the keys of an event; their number where it has none. */
export function firstBody({ pairs }: Tree): number {
  const at = pairs.findIndex(([key]) => typeof key === 'string' && BODIES.includes(key));
  return at < 0 ? pairs.length : at;
}

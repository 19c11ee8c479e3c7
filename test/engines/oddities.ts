/**
 * What makes an event odd: each attacks a rule of the skim (src/sieve/types.ts). They say what JSON can say, but for
 * {@link BROKEN} and its kin, which stand only outside of bodies.
 */

import type { Dice } from './dice.ts';
import {
  alphabetical,
  BODIES,
  firstBody,
  GO,
  get,
  goPlace,
  isTree,
  type Json,
  remove,
  type Style,
  set,
  type Tree,
  treeOf,
  trees,
  write,
} from './json-text.ts';
import {
  BROKEN,
  HEAD_KEYS,
  HUGE,
  NO_TEXTS,
  NO_VALUES,
  ODD_KEYS,
  ODD_TEXTS,
  ODD_VALUES,
  RESERVED,
  TIMES,
} from './odd-words.ts';

type Oddity = (event: Tree, dice: Dice) => void;

const TEXT_FIELDS = ['kind', 'apiVersion', 'level', 'auditID', 'stage', 'requestURI', 'verb', 'userAgent'];
const OBJECT_FIELDS = ['user', 'impersonatedUser', 'objectRef', 'responseStatus', 'annotations'];
const INNER_FIELDS: Readonly<Record<string, readonly string[]>> = {
  user: ['username', 'uid', 'groups', 'extra'],
  impersonatedUser: ['username', 'groups'],
  objectRef: ['resource', 'namespace', 'name', 'apiGroup', 'apiVersion', 'subresource'],
  responseStatus: ['code', 'status', 'message', 'reason', 'details'],
  annotations: ['authorization.k8s.io/decision', 'authorization.k8s.io/reason', 'audit.k8s.io/truncated'],
};

/** An object of the head, made where there is none. */
function inner(event: Tree, key: string): Tree {
  const known = get(event, key);
  if (isTree(known)) return known;
  const made: Tree = { pairs: [] };
  insertInHead(event, key, made);
  return made;
}

/** Where Go would write it: what is no body before the bodies, behind which the skim does not look for keys. */
function insertInHead(event: Tree, key: string, value: Json): void {
  if (get(event, key) !== undefined) set(event, key, value);
  else event.pairs.splice(goPlace(event, key), 0, [key, value]);
}

function anyPlace({ pairs }: Tree, dice: Dice): number {
  return dice.between(0, pairs.length);
}

/** A key of an object inside the head, and the object. */
function innerField(event: Tree, dice: Dice): [Tree, string] {
  const holder = dice.pick(OBJECT_FIELDS);
  return [inner(event, holder), dice.pick(INNER_FIELDS[holder] ?? [])];
}

function shuffle<T>(items: T[], dice: Dice): void {
  for (let i = items.length - 1; i > 0; i--) {
    const j = dice.between(0, i);
    [items[i], items[j]] = [items[j] as T, items[i] as T];
  }
}

/** A copy, for what is picked may be made odder. */
const pickValue = (dice: Dice, values: readonly Json[] = ODD_VALUES): Json =>
  structuredClone(dice.pick(values)) as Json;
const oddValue = (dice: Dice): Json => pickValue(dice, dice.chance(0.15) ? BROKEN : ODD_VALUES);
/** Where the skim vouches for a type. */
const typedValue = (dice: Dice): Json => (dice.chance(0.2) ? dice.pick(NO_VALUES) : oddValue(dice));

const types: readonly Oddity[] = [
  (event, dice) => insertInHead(event, dice.pick(TEXT_FIELDS), typedValue(dice)),
  (event, dice) => insertInHead(event, dice.pick(OBJECT_FIELDS), oddValue(dice)),
  (event, dice) => insertInHead(event, 'sourceIPs', typedValue(dice)),
  (event, dice) => {
    const [holder, key] = innerField(event, dice);
    set(holder, key, oddValue(dice));
  },
  (event, dice) => set(inner(event, 'responseStatus'), 'code', typedValue(dice)),
  (event, dice) => set(inner(event, 'user'), 'groups', typedValue(dice)),
  (event, dice) => insertInHead(event, dice.pick(BODIES), pickValue(dice)),
];

const texts: readonly Oddity[] = [
  (event, dice) => insertInHead(event, dice.pick(TEXT_FIELDS), dice.pick(ODD_TEXTS)),
  (event, dice) => insertInHead(event, dice.pick(['userAgent', 'auditID']), dice.pick(ODD_TEXTS)),
  (event, dice) => set(inner(event, dice.pick(['user', 'impersonatedUser'])), 'username', dice.pick(ODD_TEXTS)),
  (event, dice) => insertInHead(event, 'sourceIPs', [dice.pick(ODD_TEXTS), dice.pick(ODD_TEXTS)]),
  (event, dice) => set(inner(event, 'user'), 'groups', [dice.pick(ODD_TEXTS), 'dev', dice.pick(ODD_TEXTS)]),
  (event, dice) => {
    const [holder, key] = innerField(event, dice);
    set(holder, key, dice.pick(ODD_TEXTS));
  },
  (event, dice) => set(inner(event, 'annotations'), dice.pick(ODD_TEXTS), dice.pick(ODD_TEXTS)),
  (event, dice) =>
    set(inner(event, 'user'), 'username', dice.chance(0.2) ? HUGE + dice.uuid() : `${dice.uuid()}@example.com`),
  (event, dice) => insertInHead(event, dice.pick(TEXT_FIELDS), dice.chance(0.2) ? HUGE : dice.uuid()),
];

const times: readonly Oddity[] = [
  (event, dice) => set(event, 'requestReceivedTimestamp', pickValue(dice, TIMES)),
  (event, dice) => set(event, 'stageTimestamp', pickValue(dice, TIMES)),
  (event) => remove(event, 'requestReceivedTimestamp'),
  (event) => remove(event, 'stageTimestamp'),
  (event, dice) => insertInHead(event, 'timestamp', pickValue(dice, TIMES)),
  (event, dice) => {
    remove(event, 'requestReceivedTimestamp');
    insertInHead(event, 'timestamp', '2026-02-22T10:15:30Z');
    if (dice.chance(0.5)) remove(event, 'stageTimestamp');
  },
];

const keys: readonly Oddity[] = [
  (event, dice) => remove(event, dice.pick(HEAD_KEYS)),
  (event, dice) => {
    const [holder, key] = innerField(event, dice);
    remove(holder, key);
  },
  // Twice in the head: which of the two comes first decides nothing, the last one counts.
  (event, dice) => {
    const body = firstBody(event);
    const twice = event.pairs[dice.between(0, Math.max(0, body - 1))];
    if (!twice || body === 0) return;
    const other = dice.chance(0.5)
      ? structuredClone(twice[1])
      : pickValue(dice, [...ODD_VALUES, 'secrets', 'delete', 'Event', 'ResponseComplete']);
    event.pairs.splice(dice.between(0, body), 0, [twice[0], other]);
  },
  (event, dice) => {
    const [holder, key] = innerField(event, dice);
    const other = structuredClone(get(holder, key)) ?? dice.pick(ODD_TEXTS);
    holder.pairs.splice(anyPlace(holder, dice), 0, [key, dice.chance(0.5) ? other : pickValue(dice)]);
    if (dice.chance(0.5)) holder.pairs.splice(anyPlace(holder, dice), 0, [key, dice.pick(ODD_TEXTS)]);
  },
  (event, dice) => {
    const ref: Tree = treeOf({ resource: 'secrets', namespace: 'prod', name: 'db' });
    event.pairs.splice(dice.between(0, firstBody(event)), 0, ['objectRef', ref]);
  },
  // Keys that are none of an event's, or not at this place.
  (event, dice) => {
    const strange = ODD_KEYS.filter((key) => !HEAD_KEYS.includes(key));
    event.pairs.splice(dice.between(0, firstBody(event)), 0, [dice.pick(strange), pickValue(dice)]);
  },
  (event, dice) => {
    const holder = inner(event, dice.pick(OBJECT_FIELDS));
    holder.pairs.splice(anyPlace(holder, dice), 0, [dice.pick(ODD_KEYS), pickValue(dice)]);
  },
  (event, dice) =>
    set(
      inner(event, 'user'),
      'extra',
      treeOf({ username: ['root'], verb: ['get'], groups: ['x'], [dice.pick(ODD_KEYS)]: [] }),
    ),
  (event) =>
    set(
      inner(event, 'responseStatus'),
      'details',
      treeOf({ code: 500, name: 'x', causes: [{ code: 1, reason: '}' }] }),
    ),
  (event) => set(inner(event, 'responseStatus'), 'metadata', treeOf({ code: 403, resourceVersion: '1' })),
];

const orders: readonly Oddity[] = [
  (event) => alphabetical(event),
  (event) => {
    for (const tree of [...trees(event)]) alphabetical(tree);
  },
  (event, dice) => shuffle(event.pairs, dice),
  (event, dice) => {
    for (const tree of [...trees(event)]) shuffle(tree.pairs, dice);
  },
  (event, dice) => shuffle(inner(event, dice.pick(OBJECT_FIELDS)).pairs, dice),
  // Two neighbours, so that nearly all is as Go writes it.
  (event, dice) => {
    const at = dice.between(0, Math.max(0, event.pairs.length - 2));
    const [first, second] = event.pairs.slice(at, at + 2);
    if (first && second) event.pairs.splice(at, 2, second, first);
  },
];

const ID = '"auditID":"decoy"';
const RECEIVED = '"requestReceivedTimestamp":"2020-01-01T00:00:00.000000Z"';
const END = `${RECEIVED},"stageTimestamp":"2020-01-01T00:00:00.000000Z"`;

/** Values for bodies that hold what a reader of bytes could take for the envelope. */
function decoy(event: Tree, dice: Dice): Json {
  const text = write({ pairs: event.pairs.filter(([key]) => typeof key !== 'string' || !BODIES.includes(key)) }, GO);
  const plain: readonly Json[] = [
    { raw: `{${RECEIVED}}` },
    { raw: `{${END}}` },
    { raw: `{"x":1,${END},"annotations":{"authorization.k8s.io/decision":"forbid"}}` },
    { raw: `{${RECEIVED},"verb":"get","objectRef":{"resource":"secrets"},"user":{"username":"system:admin"}}` },
    { raw: '{"verb":"delete","responseStatus":{"code":403},"annotations":{}}' },
    { raw: '{"requestObject":{"requestObject":{}},"responseObject":[{}]}' },
    { raw: `{${ID}}` },
    { raw: `{"auditID" :"decoy",${END}}` },
    treeOf({ kind: 'Event', apiVersion: 'audit.k8s.io/v1', verb: 'get' }),
    ...[
      text,
      `${text}\n${text}`,
      `{${ID}`,
      `,${ID},`,
      RECEIVED,
      `",${END}}`,
      `\\",${END}}`,
      `{${END}}`,
      'a\\',
      'a\\\\',
    ],
    ...[
      '\\"',
      '"',
      '""',
      '}',
      '{{{{',
      ']]',
      '}\n{',
      '\\'.repeat(dice.between(1, 9)),
      `${'\\'.repeat(dice.between(1, 9))}"`,
    ],
  ];
  // A whole event, as a kubelet's checkpoint or a ConfigMap of somebody who tests us has it.
  return dice.chance(0.15) && isWritable(event) ? { raw: text } : dice.pick(plain);
}

/** So that what an oddity put into the head does not stand in a body, unless a parser takes it. */
function isWritable(event: Tree): boolean {
  try {
    JSON.parse(write(event, GO));
    return true;
  } catch {
    return false;
  }
}

const bodies: readonly Oddity[] = [
  (event, dice) => insertInHead(event, dice.pick(BODIES), decoy(event, dice)),
  (event, dice) => insertInHead(event, dice.pick(BODIES), { pairs: [[dice.pick(ODD_KEYS), decoy(event, dice)]] }),
  (event, dice) => insertInHead(event, 'requestObject', [decoy(event, dice), decoy(event, dice)]),
  (event, dice) => {
    insertInHead(event, 'requestObject', { pairs: [['data', decoy(event, dice)]] });
    insertInHead(event, 'responseObject', {
      pairs: [
        ['data', decoy(event, dice)],
        ['x', decoy(event, dice)],
      ],
    });
  },
  (event, dice) => insertInHead(event, 'requestObject', { pairs: [[dice.pick(ODD_TEXTS), dice.pick(ODD_TEXTS)]] }),
  (event, dice) => insertInHead(event, 'responseObject', { pairs: [['x', 'y'.repeat(dice.between(1_000, 20_000))]] }),
  (event, dice) => {
    const depth = dice.between(1, 300);
    insertInHead(event, dice.pick(BODIES), { raw: `${'[{"a":'.repeat(depth)}1${'}]'.repeat(depth)}` });
  },
];

/** Keys that jsonata takes for its own, and what nearly is one; plainly or with a letter escaped. */
function reserved(dice: Dice): [string | { raw: string }, Json] {
  const word = dice.pick(RESERVED);
  const key = dice.chance(0.4) ? { raw: escapeOne(word, dice) } : word;
  return [key, dice.pick<Json>([true, 'x', { pairs: [['a', 1]] }, word])];
}

const planted: readonly Oddity[] = [
  (event, dice) => insertInHead(event, dice.pick(BODIES), { pairs: [['spec', { pairs: [reserved(dice)] }]] }),
  (event, dice) => insertInHead(event, dice.pick(BODIES), { pairs: [reserved(dice), ['data', 1]] }),
  (event, dice) => insertInHead(event, 'requestObject', [{ pairs: [reserved(dice)] }]),
  (event, dice) => set(inner(event, 'user'), 'extra', { pairs: [reserved(dice)] }),
  (event, dice) => void inner(event, 'annotations').pairs.push(reserved(dice)),
  (event, dice) => void inner(event, dice.pick(OBJECT_FIELDS)).pairs.unshift(reserved(dice)),
  (event, dice) => void event.pairs.splice(dice.between(0, firstBody(event)), 0, reserved(dice)),
  (event, dice) => insertInHead(event, dice.pick([...TEXT_FIELDS, ...BODIES]), dice.pick(RESERVED)),
  (event, dice) => set(inner(event, 'annotations'), 'x', `"${dice.pick(RESERVED)}"`),
];

/** The text in quotes, one character of it spelled as an escape, as no Go program does. */
export function escapeOne(text: string, dice: Dice): string {
  const at = dice.between(0, Math.max(0, text.length - 1));
  const code = (text.charCodeAt(at) || 0).toString(16).padStart(4, '0');
  const spelled = `\\u${dice.chance(0.5) ? code : code.toUpperCase()}`;
  const inQuotes = (part: string): string => JSON.stringify(part).slice(1, -1);
  return text === '' ? '""' : `"${inQuotes(text.slice(0, at))}${spelled}${inQuotes(text.slice(at + 1))}"`;
}

/** What is no JSON, and yet has its quotes and braces, where a walk passes values over; escapes that there are not. */
const unchecked: readonly Oddity[] = [
  (event, dice) => {
    const [holder, key] = innerField(event, dice);
    set(holder, key, dice.pick([...NO_VALUES, ...NO_TEXTS]));
  },
  (event, dice) => insertInHead(event, dice.pick(TEXT_FIELDS), dice.pick(NO_TEXTS)),
  (event, dice) => set(inner(event, 'user'), 'extra', { pairs: [['a', dice.pick(NO_VALUES)]] }),
  (event, dice) => set(inner(event, 'impersonatedUser'), 'username', dice.pick([...NO_VALUES, ...NO_TEXTS])),
  (event, dice) =>
    set(inner(event, 'annotations'), 'authorization.k8s.io/reason', dice.pick([...NO_VALUES, ...NO_TEXTS])),
  (event, dice) => event.pairs.splice(dice.between(0, firstBody(event)), 0, ['other', dice.pick(NO_VALUES)]),
];

const KINDS: readonly (readonly Oddity[])[] = [types, texts, times, keys, orders, bodies, planted];

/** Makes the event odd in one way, or in some; `withUnchecked` also in those that make it no JSON and no walk need see. */
export function makeOdd(event: Tree, dice: Dice, withUnchecked: boolean): void {
  if (withUnchecked && dice.chance(0.3)) dice.pick(unchecked)(event, dice);
  for (let times = dice.pick([1, 1, 1, 2, 3]); times > 0; times--) dice.pick(dice.pick(KINDS))(event, dice);
  dropHidden(event);
}

/** Keys that Go writes first, in this order; behind them the two that no event with a body is without. */
const FIRST = ['kind', 'apiVersion', 'level', 'auditID', 'stage', 'requestURI', 'verb', 'user'];
const NEEDED = ['objectRef', 'responseStatus'];
const BEHIND = [...BODIES, 'requestReceivedTimestamp', 'stageTimestamp', 'annotations'];

/**
 * Behind the bodies of an event that begins as Go writes it the skim does not look for keys: whatever was brought there,
 * a second time or for the first, is a known difference and is left out.
 */
function dropHidden(event: Tree): void {
  const body = firstBody(event);
  const head = event.pairs.slice(0, body);
  const names = head.map(([key]) => key);
  const isAsGoWrites = FIRST.every((key, index) => names[index] === key) && NEEDED.every((key) => names.includes(key));
  if (!isAsGoWrites) return;
  const seen = new Set(names);
  const tail = event.pairs.slice(body).filter(([key]) => {
    const isTwice = seen.has(key);
    seen.add(key);
    return typeof key !== 'string' || (!isTwice && (BEHIND.includes(key) || !HEAD_KEYS.includes(key)));
  });
  event.pairs = [...head, ...tail];
}

/** How an odd event is written: mostly as Go does. */
export function anyStyle(dice: Dice): Style {
  const kind = dice.unit();
  if (kind < 0.6) return GO;
  const share = dice.pick([0.01, 0.1, 0.5]);
  if (kind < 0.75) return { ...GO, text: (text) => (dice.chance(share) ? escapeOne(text, dice) : GO.text(text)) };
  // As those write who escape no `<`, or each slash.
  if (kind < 0.8) return { ...GO, text: (text) => JSON.stringify(text) };
  if (kind < 0.85) return { ...GO, text: (text) => JSON.stringify(text).replaceAll('/', '\\/') };
  const blanks = dice.pick([[' '], [' ', '\t', '  '], ['\r'], ['\t']]);
  return { ...GO, blank: () => (dice.chance(share) ? dice.pick(blanks) : '') };
}

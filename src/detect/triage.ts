import { TRUNCATED } from '../event/bodies.ts';
import { ALL_FIELDS, pathsOf, type Row, readHead, readRaw, UNIQUE_FIELDS, unionOf } from '../event/head.ts';
import type { AuditEvent } from '../event/types.ts';
import { AS_LOGGED } from '../expression/functions.ts';
import { once } from '../expression/once.ts';
import type { FieldPath } from '../expression/plan/field-path.ts';
import { HEAD_FIELDS, type Head, readableOf } from '../expression/plan/head.ts';
import { areIn } from '../expression/plan/needles.ts';
import type { ExpressionPlan } from '../expression/plan/plan.ts';
import type { Undecided } from '../expression/plan/reach.ts';
import * as layout from '../sieve/layout.ts';
import type { Contains } from '../sieve/load.ts';
import type { Detector } from './detector.ts';

/** A detector as heads can be asked about it: by more and more of them. */
interface Asked {
  readonly id: string;
  /** Undefined where nothing is known of the detector but by running it. */
  readonly plan: ExpressionPlan | undefined;
  readonly byRequest: Head;
  readonly byActor: Head;
  readonly byBoth: Head;
  readonly byHead: Head;
  /** For events that have no bodies. */
  readonly withoutBodies: Head;
  readonly byBothWithoutBodies: Head;
  /** By all fields of the head but those in {@link MANY}. */
  readonly byFew: Head;
  /** Fields of the head that it reads. */
  readonly fields: number;
  /** Whether a head with a code has all that it reads of an event without bodies. */
  readonly isReadable: boolean;
  readonly aboutLog: boolean;
}

/** What is known of all events that are alike in {@link REQUEST_FIELDS}. */
export interface Kind {
  /** The detectors that may match some of them, or be unable to judge them. */
  readonly open: readonly Asked[];
}

/** What is known of all events that are alike in {@link ACTOR_FIELDS}: of each kind of request, the detectors that are left. */
export type Actor = Map<Kind, readonly Asked[]>;

/** What is known of all events that are alike in both. */
export interface Pair {
  readonly bodied: Look;
  readonly bare: Look;
}

/** How to look at heads of events with bodies, or of those without. */
export interface Look {
  /** The detectors that are left; none, for most kinds. */
  readonly open: readonly Asked[];
  /** What these read of a head. */
  readonly fields: number;
  /** Of it, what is not the same in all events of the kind. */
  readonly others: readonly number[];
  /** What was found, by the values of the others. */
  readonly found: Map<string, Found>;
  /** Of the others, those with few values, where there are more: they come first. */
  readonly few: readonly number[] | undefined;
  /** How to look on, by the values of these. */
  readonly narrowed: Map<string, Look>;
}

/** What a head tells. */
interface Found {
  readonly mustParse: boolean;
  /** Detectors that the bytes of bodies may close. */
  readonly byNeedles: readonly Asked[];
  readonly unjudged: readonly Unjudged[];
}

/** A detector that cannot judge a request. */
export interface Unjudged {
  readonly id: string;
  readonly undecided: Undecided;
}

/**
 * Tells by heads which requests no detector matches, nor fails on. A log has a few hundred kinds of requests and some
 * thousand actors: most of what is in it needs no more than a look at what is known of the two.
 */
export interface Triage {
  /** By an event's {@link REQUEST_FIELDS}. */
  kindOfRequest(head: AuditEvent): Kind;
  /** What both leave open; the head is asked for only where that is something. An actor of whom nothing is known is an empty one. */
  pairOf(request: Kind, actor: Actor, head: () => AuditEvent | undefined): Pair;
  /**
   * The detectors that cannot judge the request; undefined where it must be judged by its whole event.
   * @param contains looks into the memory that the row is in.
   */
  look(pair: Pair, row: Row, contains: Contains): readonly Unjudged[] | undefined;
}

/** What an event asks, and how it ended. */
export const REQUEST_FIELDS = unionOf([
  ...['kind', 'apiVersion', 'level', 'stage', 'verb'].map((key) => [key]),
  ...['resource', 'subresource', 'apiGroup'].map((key) => ['objectRef', key]),
  ['responseStatus', 'code'],
]);

/** Who asked. */
export const ACTOR_FIELDS = unionOf([['user', 'username'], ['user', 'groups'], ['impersonatedUser'], ['userAgent']]);

/** What tells which bodies are missing: see `absentBodies`. */
const ABOUT_BODIES = REQUEST_FIELDS | unionOf([['annotations']]);
const BODIES: readonly FieldPath[] = [['requestObject'], ['responseObject'], AS_LOGGED];

const NO_LOOK: Look = { open: [], fields: 0, others: [], found: new Map(), few: undefined, narrowed: new Map() };
const NO_PAIR: Pair = { bodied: NO_LOOK, bare: NO_LOOK };
const NO_DETECTOR: readonly Asked[] = [];
const NO_UNJUDGED: readonly Unjudged[] = [];
const PARSE: Found = { mustParse: true, byNeedles: [], unjudged: [] };

/** What may be another in each event. */
const MANY = UNIQUE_FIELDS | (1 << layout.NAME);

/** Heads that are remembered; beyond, all are looked at anew. */
const MAX_FOUND = 50_000;
/** Bytes of a head's values above which it is not remembered: a client chooses its URIs. */
const MAX_REMEMBERED = 1_024;

export function createTriage(detectors: readonly Detector[]): Triage {
  const all = detectors.map(ask);
  /** All that holds something that is remembered, and how much. */
  let remembering = new Set<Map<string, unknown>>();
  let remembered = 0;

  /** Many requests leave the same detectors open: they are of one kind. */
  const kinds = new Map<string, Kind>();

  const kindOf = (open: readonly Asked[]): Kind => {
    const which = open.map((asked) => all.indexOf(asked)).join();
    const kind = kinds.get(which) ?? { open };
    kinds.set(which, kind);
    return kind;
  };

  const remember = <T>(known: Map<string, T>, key: string | undefined, value: T): void => {
    if (key === undefined) return;
    if (remembered === MAX_FOUND) {
      for (const each of remembering) each.clear();
      remembering = new Set();
      remembered = 0;
    }
    known.set(key, value);
    remembering.add(known);
    remembered += 1;
  };

  /** Most looks end here, and need not be remembered for each URI. */
  const narrow = (look: Look, row: Row): Look => {
    if (!look.few) return look;
    const key = readRaw(row, look.few, MAX_REMEMBERED);
    const known = key === undefined ? undefined : look.narrowed.get(key);
    if (known) return known;
    const head = readHead(row, look.fields);
    const open = head ? look.open.filter(({ byFew }) => byFew(head)) : look.open;
    const narrowed = open.length === 0 ? NO_LOOK : { ...lookOf(open), few: undefined };
    remember(look.narrowed, key, narrowed);
    return narrowed;
  };

  return {
    kindOfRequest: (head) => kindOf(all.filter(({ byRequest }) => byRequest(head))),
    pairOf(request, actor, headOf) {
      if (request.open.length === 0) return NO_PAIR;
      const possible = actor.get(request) ?? leftBy(request, headOf());
      actor.set(request, possible);
      if (possible.length === 0) return NO_PAIR;
      const head = headOf();
      const open = head ? possible.filter(({ byBoth }) => byBoth(head)) : possible;
      const bare = head ? open.filter((asked) => !isClosedWithoutBodies(asked, head)) : open;
      return { bodied: lookOf(open), bare: lookOf(bare) };
    },
    look(pair, row, contains) {
      const hasBodies = row.rows[row.at + layout.HAS_BODY] !== 0;
      const look = narrow(hasBodies ? pair.bodied : pair.bare, row);
      if (look.open.length === 0) return NO_UNJUDGED;
      const key = readRaw(row, look.others, MAX_REMEMBERED);
      let found = key === undefined ? undefined : look.found.get(key);
      if (!found) {
        found = lookAt(look, readHead(row, look.fields), hasBodies);
        remember(look.found, key, found);
      }
      if (found.mustParse) return undefined;
      if (found.byNeedles.length === 0) return found.unjudged;
      const from = row.rows[row.at + layout.START] ?? 0;
      const to = row.rows[row.at + layout.END] ?? 0;
      const isIn = (text: string): boolean => contains(from, to, text);
      return found.byNeedles.some(({ plan }) => areIn(plan?.needles, isIn)) ? undefined : found.unjudged;
    },
  };
}

/** What of a kind of request the actor of this head leaves open. */
function leftBy(request: Kind, head: AuditEvent | undefined): readonly Asked[] {
  const left = head ? request.open.filter(({ byActor }) => byActor(head)) : request.open;
  return left.length === 0 ? NO_DETECTOR : left;
}

function lookOf(open: readonly Asked[]): Look {
  if (open.length === 0) return NO_LOOK;
  const fields = open.reduce((all, asked) => all | asked.fields, ABOUT_BODIES);
  const others = fields & ~(REQUEST_FIELDS | ACTOR_FIELDS);
  const few = others & MANY ? numbersOf(others & ~MANY) : undefined;
  return { open, fields, others: numbersOf(others), found: new Map(), few, narrowed: new Map() };
}

function numbersOf(fields: number): readonly number[] {
  const numbers: number[] = [];
  for (let rest = fields, field = 0; rest !== 0; rest >>>= 1, field++) if (rest & 1) numbers.push(field);
  return numbers;
}

/** Whether no event of such a head, without bodies, matches the detector, or leaves it without an answer. */
function isClosedWithoutBodies(asked: Asked, head: AuditEvent): boolean {
  const { plan } = asked;
  if (!plan || !isEnough(asked, head) || (plan.reach && !asked.aboutLog)) return false;
  return !asked.byBothWithoutBodies(head);
}

function lookAt({ open }: Look, head: AuditEvent | undefined, hasBodies: boolean): Found {
  if (!head) return PARSE;
  const byNeedles: Asked[] = [];
  const unjudged: Unjudged[] = [];
  for (const asked of open) {
    if (!asked.byHead(head)) continue;
    const { id, plan } = asked;
    if (!plan) return PARSE;
    if (!hasBodies && isEnough(asked, head)) {
      if (asked.withoutBodies(head)) return PARSE;
      const undecided = asked.aboutLog ? undefined : plan.reach?.(head);
      if (undecided) unjudged.push({ id, undecided });
    } else if (plan.needles && (asked.aboutLog || areBodiesLogged(plan, head))) byNeedles.push(asked);
    else return PARSE;
  }
  return { mustParse: false, byNeedles, unjudged };
}

function ask({ id, match, aboutLog = false }: Detector): Asked {
  const { plan } = match;
  // Compiled when they are asked for: most detectors are closed by the first.
  const by = (paths: () => readonly FieldPath[]): Head => {
    const head = once(() => plan?.headOf(paths()) ?? (() => true));
    return (event) => head()(event);
  };
  const both = (): readonly FieldPath[] => pathsOf(REQUEST_FIELDS | ACTOR_FIELDS);
  const fields = once(() => (plan ? unionOf(plan.fields.map((path) => path.slice(0, 2))) : 0));
  const isReadable = once(() => plan !== undefined && readableOf(plan, [...HEAD_FIELDS, ...BODIES]) !== 'none');
  return {
    id,
    plan,
    byRequest: by(() => pathsOf(REQUEST_FIELDS)),
    byActor: by(() => pathsOf(ACTOR_FIELDS)),
    byBoth: by(both),
    byFew: by(() => pathsOf(ALL_FIELDS & ~MANY)),
    byHead: by(() => HEAD_FIELDS),
    withoutBodies: by(() => [...HEAD_FIELDS, ...BODIES]),
    byBothWithoutBodies: by(() => [...both(), ...BODIES]),
    get fields() {
      return fields();
    },
    get isReadable() {
      return isReadable();
    },
    aboutLog,
  };
}

/** Whether a head has all that a detector reads of an event without bodies. */
function isEnough({ isReadable }: Asked, { responseStatus }: AuditEvent): boolean {
  return isReadable && (responseStatus?.code ?? 0) >= 100;
}

const LEVELS: Readonly<Record<string, number>> = { Metadata: 0, Request: 1, RequestResponse: 2 };

/** Whether the bodies that an expression asks for are there, where the request had them: else it may be unable to judge. */
function areBodiesLogged(plan: ExpressionPlan, { level, annotations }: AuditEvent): boolean {
  if (plan.level === 'Metadata') return true;
  return (LEVELS[level ?? ''] ?? -1) >= (LEVELS[plan.level] ?? 0) && annotations?.[TRUNCATED] === undefined;
}

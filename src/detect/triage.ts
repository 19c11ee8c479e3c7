import { ALL_FIELDS, fieldsOf, pathsOf, type Row, readHead, readLine } from '../event/head.ts';
import type { AuditEvent } from '../event/types.ts';
import { AS_LOGGED } from '../expression/functions.ts';
import { type FieldPath, isWithin } from '../expression/plan/field-path.ts';
import type { Head } from '../expression/plan/head.ts';
import { matchesNeedles } from '../expression/plan/needles.ts';
import type { ExpressionPlan } from '../expression/plan/plan.ts';
import type { Undecided } from '../expression/plan/reach.ts';
import * as layout from '../sieve/layout.ts';
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
  /** For an event that has no bodies. */
  readonly withoutBodies: Head;
  /** Fields of the head that it reads. */
  readonly fields: number;
  readonly canTellUnjudged: boolean;
  readonly aboutLog: boolean;
}

/** What is known of all events that are alike in some fields. */
export interface Kind {
  /** The detectors that may match some of them, or be unable to judge them. */
  readonly open: readonly Asked[];
  /** What these read of the head. */
  readonly fields: number;
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
  /** By its {@link ACTOR_FIELDS}. */
  kindOfActor(head: AuditEvent): Kind;
  /** What both leave open; the head is asked for only where that is something. */
  kindOfBoth(request: Kind, actor: Kind, head: () => AuditEvent | undefined): Kind;
  /** The detectors that cannot judge the request; undefined where it must be judged by its whole event. */
  look(kind: Kind, row: Row): readonly Unjudged[] | undefined;
}

const union = (paths: readonly FieldPath[]): number => paths.reduce((fields, path) => fields | fieldsOf(path), 0);

/** What an event asks, and how it ended. */
export const REQUEST_FIELDS = union([
  ...['kind', 'apiVersion', 'level', 'stage', 'verb'].map((key) => [key]),
  ...['resource', 'subresource', 'apiGroup'].map((key) => ['objectRef', key]),
  ['responseStatus', 'code'],
]);

/** Who asked. */
export const ACTOR_FIELDS = union([['user', 'username'], ['user', 'groups'], ['impersonatedUser']]);

/** What tells which bodies are missing: see `absentBodies`. */
const ABOUT_BODIES = REQUEST_FIELDS | union([['annotations']]);
const BODIES: readonly FieldPath[] = [['requestObject'], ['responseObject'], AS_LOGGED];
/** Asked for only where there is no code. */
const STATUS: FieldPath = ['responseStatus', 'status'];

const NOTHING: Kind = { open: [], fields: 0 };
const NO_UNJUDGED: readonly Unjudged[] = [];

export function createTriage(detectors: readonly Detector[]): Triage {
  const all = detectors.map(ask);
  const kindOf = (open: readonly Asked[]): Kind =>
    open.length === 0 ? NOTHING : { open, fields: open.reduce((fields, asked) => fields | asked.fields, ABOUT_BODIES) };
  return {
    kindOfRequest: (head) => kindOf(all.filter(({ byRequest }) => byRequest(head))),
    kindOfActor: (head) => kindOf(all.filter(({ byActor }) => byActor(head))),
    kindOfBoth(request, actor, headOf) {
      const open = request.open.filter((asked) => actor.open.includes(asked));
      if (open.length === 0) return NOTHING;
      const head = headOf();
      return kindOf(head ? open.filter(({ byBoth }) => byBoth(head)) : open);
    },
    look({ open, fields }, row) {
      if (open.length === 0) return NO_UNJUDGED;
      const head = readHead(row, fields);
      if (!head) return undefined;
      const hasBodies = row.rows[row.at + layout.HAS_BODY] !== 0;
      const unjudged: Unjudged[] = [];
      let line: string | undefined;
      for (const asked of open) {
        if (!asked.byHead(head)) continue;
        const { id, plan } = asked;
        if (!plan) return undefined;
        if (!hasBodies && isEnough(asked, head)) {
          if (asked.withoutBodies(head)) return undefined;
          const undecided = asked.aboutLog ? undefined : plan.reach?.(head);
          if (undecided) unjudged.push({ id, undecided });
          continue;
        }
        if (!plan.needles || !(asked.aboutLog || areBodiesLogged(plan, head))) return undefined;
        line ??= readLine(row);
        if (matchesNeedles(plan.needles, line)) return undefined;
      }
      return unjudged;
    },
  };
}

function ask({ id, match, aboutLog = false }: Detector): Asked {
  const { plan } = match;
  const by = (paths: readonly FieldPath[]): Head => plan?.headOf(paths) ?? (() => true);
  const heads = pathsOf(ALL_FIELDS);
  const known: readonly FieldPath[] = [...heads, ...BODIES, STATUS];
  return {
    id,
    plan,
    byRequest: by(pathsOf(REQUEST_FIELDS)),
    byActor: by(pathsOf(ACTOR_FIELDS)),
    byBoth: by(pathsOf(REQUEST_FIELDS | ACTOR_FIELDS)),
    byHead: by(heads),
    withoutBodies: by([...heads, ...BODIES]),
    fields: plan ? union(plan.fields.map((path) => path.slice(0, 2))) : 0,
    canTellUnjudged: plan?.fields.every((path) => known.some((field) => isWithin(path, field))) === true,
    aboutLog,
  };
}

/** Whether a head has all that a detector reads of an event without bodies. */
function isEnough({ canTellUnjudged }: Asked, { responseStatus }: AuditEvent): boolean {
  return canTellUnjudged && (responseStatus?.code ?? 0) >= 100;
}

const LEVELS: Readonly<Record<string, number>> = { Metadata: 0, Request: 1, RequestResponse: 2 };
const TRUNCATED = 'audit.k8s.io/truncated';

/** Whether the bodies that an expression asks for are there, where the request had them: else it may be unable to judge. */
function areBodiesLogged(plan: ExpressionPlan, { level, annotations }: AuditEvent): boolean {
  if (plan.level === 'Metadata') return true;
  return (LEVELS[level ?? ''] ?? -1) >= (LEVELS[plan.level] ?? 0) && annotations?.[TRUNCATED] === undefined;
}

import { hash } from 'node:crypto';
import type { AuditEvent, EventRecord } from './types.ts';

/**
 * What an event is in the life of its request:
 * - `decides`: the request is judged by this event;
 * - `twin`: a later stage of a request that was judged already;
 * - `received`: the request only came in, nothing is decided.
 */
export type Role = 'decides' | 'twin' | 'received';

/** What a folder remembers, as JSON can hold it: the keys of requests, oldest first. */
export interface RequestState {
  readonly open: readonly string[];
  readonly closed: readonly string[];
  /** Those of `open` that do not look as if they ran long; all of them where it is not given. */
  readonly unusual?: readonly string[] | undefined;
}

export interface RequestFolder {
  /** Tells the role of the next event; events come in the order of the log. */
  role(record: EventRecord): Role;
  /** What to give to {@link RequestFolder.restore} for another folder to go on from here; a copy. */
  snapshot(): RequestState;
  /** To be called on a new folder, before its first event. */
  restore(state: RequestState): void;
}

/** Long-running requests that are open at once, or were closed lately; beyond that the oldest are forgotten. */
const MAX_OPEN = 131_072;
const MAX_CLOSED = 16_384;

/** Of base64url, 132 bits: nobody can look for two requests of one key, for the server says when it received them. */
const KEY_LENGTH = 22;

/**
 * SHA-256 that tells one request from all others, the same for each of its stages: auditID, user, verb, URI and the time
 * it was received. The auditID alone would not do, for a client may pin one on all its requests. The bytes of the event
 * stand in where there is no auditID.
 */
export function requestHash(record: EventRecord): string {
  return hash('sha256', identity(record), 'hex');
}

/** The start of {@link requestHash}, in fewer characters. */
function requestKey(record: EventRecord): string {
  return hash('sha256', identity(record), 'base64url').slice(0, KEY_LENGTH);
}

function identity({ event, text }: EventRecord): string {
  const { auditID, user, verb, requestURI } = event;
  if (!auditID) return text;
  const received = event.requestReceivedTimestamp ?? event.timestamp ?? '';
  return JSON.stringify([auditID, user?.username ?? '', verb ?? '', requestURI ?? '', received]);
}

/** What an event tells of its place in the life of its request. */
export interface Standing {
  /** Its role, as long as no unusual request is open; undefined where other stages of the request must be asked for. */
  readonly alone: Role | undefined;
  /** Whether its stage is `ResponseStarted`. */
  readonly isStart: boolean;
  /** Whether the request looks as if it ran long. */
  readonly isLong: boolean;
}

/** Whether an event opens a request that does not look as if it ran long: from then on, any event may be its twin. */
export function opensUnusual({ alone, isStart, isLong }: Standing): boolean {
  return isStart && alone === undefined && !isLong;
}

export function standingOf(event: AuditEvent): Standing {
  const isStart = event.stage === 'ResponseStarted';
  const isLong = isLongRunning(event);
  if (event.stage === 'RequestReceived') return { alone: 'received', isStart, isLong };
  // A 401 has no later stage, and would stay open for ever.
  const isAlone = isStart ? event.responseStatus?.code === 401 : !isLong;
  return { alone: isAlone ? 'decides' : undefined, isStart, isLong };
}

/**
 * Brings the stages of a request together. `ResponseComplete`, `Panic` and an event without a stage decide.
 * `ResponseStarted` decides as well, for the API server writes it only for requests that run long (exec, watch, log) and
 * for a 401, whose only event it is; the `ResponseComplete` of the same request, hours later, is then its twin. The one
 * that comes second is the twin, whichever it is: merged logs are not in order.
 *
 * Only `ResponseStarted` opens a state, so memory grows with the long-running requests that are open, to a cap. A request
 * that falls off it may be judged twice; its findings have the same id then.
 */
export function createRequestFolder(): RequestFolder {
  // What slice() gives keeps the text that it was cut from in memory; a lookup does not mind, and is not slowed by a copy.
  const { role, snapshot, restore } = createFolding((key: string) => Buffer.from(key, 'latin1').toString('latin1'));
  return {
    role: (record) => role(standingOf(record.event), () => (record.event.auditID ? requestKey(record) : undefined)),
    snapshot,
    restore,
  };
}

/** What a {@link RequestFolder} does, by keys of any kind. */
export interface Folding<Key> {
  /** Whether a request is open that does not look as if it ran long: any event may be its twin then. */
  hasUnusual(): boolean;
  /** @param key is asked for only where the role does not follow from the event alone; undefined where it has no audit ID. */
  role(standing: Standing, key: () => Key | undefined): Role;
  snapshot(): { readonly open: readonly Key[]; readonly closed: readonly Key[]; readonly unusual: readonly Key[] };
  restore(state: { open: readonly Key[]; closed: readonly Key[]; unusual?: readonly Key[] | undefined }): void;
}

/** @param own makes of a key one that may be kept. */
export function createFolding<Key>(own: (key: Key) => Key = (key) => key): Folding<Key> {
  const open = new Set<Key>();
  const closed = new Set<Key>();
  /** Of those that are open: other events than those of long-running requests may be their twins. */
  const unusual = new Set<Key>();

  return {
    hasUnusual: () => unusual.size > 0,
    role({ alone, isStart, isLong }, keyOf) {
      // Nothing to look for and nothing to remember: the hash is most of what this costs.
      if (alone !== undefined && (alone === 'received' || isStart || unusual.size === 0)) return alone;
      const key = keyOf();
      if (key === undefined) return 'decides';
      if (isStart) {
        if (closed.delete(key) || open.has(key)) return 'twin';
        remember(open, own(key), MAX_OPEN);
        if (!isLong) remember(unusual, own(key), MAX_OPEN);
        return 'decides';
      }
      unusual.delete(key);
      if (open.delete(key)) return 'twin';
      if (isLong) remember(closed, own(key), MAX_CLOSED);
      return 'decides';
    },
    snapshot: () => ({ open: [...open], closed: [...closed], unusual: [...unusual] }),
    restore(state) {
      for (const key of state.open) remember(open, own(key), MAX_OPEN);
      for (const key of state.closed) remember(closed, own(key), MAX_CLOSED);
      for (const key of state.unusual ?? state.open) remember(unusual, own(key), MAX_OPEN);
    },
  };
}

function remember<Key>(keys: Set<Key>, key: Key, cap: number): void {
  keys.add(key);
  if (keys.size <= cap) return;
  // Many at once: a set is walked past what was deleted from its front, so that one at a time would be quadratic.
  let surplus = cap / 8;
  for (const oldest of keys) {
    if (surplus-- <= 0) break;
    keys.delete(oldest);
  }
}

const LONG_RUNNING_VERBS = new Set(['watch', 'proxy', 'connect']);
export const LONG_RUNNING_SUBRESOURCES: ReadonlySet<string> = new Set([
  'attach',
  'exec',
  'proxy',
  'log',
  'portforward',
]);

/** Requests for which the API server writes ResponseStarted; others may be made so by an aggregated server. */
function isLongRunning(event: AuditEvent): boolean {
  return LONG_RUNNING_VERBS.has(event.verb ?? '') || LONG_RUNNING_SUBRESOURCES.has(event.objectRef?.subresource ?? '');
}

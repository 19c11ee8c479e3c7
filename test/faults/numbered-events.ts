/**
 * Events that carry their number, each made from the seed and the number alone: what a program prints can be held
 * against what was written, byte for byte, without keeping any of it.
 */
import { goJson, microTime } from '../../bench/go-json.ts';
import { type Random, seededRandom } from '../../bench/random.ts';
import { auditFields } from '../audit-event.ts';

/** Every so many events a shell is opened in production, which a built-in detector tells of. */
const EXEC_EVERY = 7;
/** The session ends so many events later: a twin, which must give no second finding, not even across a restart. */
const EXEC_ENDS_AFTER = 3;

const LONGEST = 300_000;

export interface EventSeries {
  /** The line of an event without its end; numbers begin with 1. */
  line(number: number): string;
  /** The number that a line carries, if it is one of ours; the rest of it is not looked at. */
  numberOf(line: string): number | undefined;
  /** The number of the event that a finding is about, by its auditID; undefined where no detector should have found any. */
  findingOf(auditID: string): number | undefined;
  /** The finding that an event belongs to, by the number of its first event. */
  findingIn(number: number): number | undefined;
}

/** @param start Microseconds since 1970: the time of the event before the first. */
export function eventSeries(seed: number, start: number): EventSeries {
  const padding = seededRandom(seed).hex(2 * LONGEST);

  function line(number: number): string {
    const random = seededRandom(seed ^ Math.imul(number, 0x9e3779b1));
    const offset = random.between(0, LONGEST);
    const pad = (length: number): string => padding.slice(offset, offset + length);
    const exec = findingIn(number);
    const fields =
      exec === undefined ? plainFields(random, pad) : execFields(exec, number, pad(random.between(1, 900)));
    const at = microTime(start + number * 1000);
    return goJson(
      auditFields({
        auditID: auditIDOf(exec ?? number),
        requestReceivedTimestamp: exec === undefined ? at : microTime(start + exec * 1000),
        stageTimestamp: at,
        ...fields,
      }),
    );
  }

  return { line, numberOf, findingOf, findingIn };
}

function auditIDOf(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

const AUDIT_ID = /"auditID":"00000000-0000-4000-8000-(\d{12})","stage":"(\w+)"/;

function numberOf(line: string): number | undefined {
  const match = AUDIT_ID.exec(line.slice(0, 300));
  if (!match) return undefined;
  const request = Number(match[1]);
  const ends = findingIn(request) === request && match[2] === 'ResponseComplete';
  return ends ? request + EXEC_ENDS_AFTER : request;
}

function findingOf(auditID: string): number | undefined {
  const number = Number(/^0{8}-0000-4000-8000-(\d{12})$/.exec(auditID)?.[1] ?? Number.NaN);
  return findingIn(number) === number ? number : undefined;
}

function findingIn(number: number): number | undefined {
  if (number >= EXEC_EVERY && number % EXEC_EVERY === 0) return number;
  if (number > EXEC_EVERY && number % EXEC_EVERY === EXEC_ENDS_AFTER) return number - EXEC_ENDS_AFTER;
  return undefined;
}

function execFields(request: number, number: number, userAgent: string): Record<string, unknown> {
  return {
    stage: number === request ? 'ResponseStarted' : 'ResponseComplete',
    requestURI: `/api/v1/namespaces/production/pods/web-${request}/exec?command=id&container=web`,
    userAgent,
    objectRef: {
      resource: 'pods',
      namespace: 'production',
      name: `web-${request}`,
      apiVersion: 'v1',
      subresource: 'exec',
    },
    responseStatus: { metadata: {}, code: 101 },
  };
}

/** From 400 bytes to 20 KB, now and then 300 KB; what is longer than an address may be stands in the body. */
function plainFields(random: Random, pad: (length: number) => string): Record<string, unknown> {
  const kind = random.unit();
  if (kind < 0.3) {
    const none = { sourceIPs: undefined, userAgent: undefined, objectRef: undefined, annotations: undefined };
    return { ...none, requestURI: '/healthz', user: { username: 'system:kube-probe' } };
  }
  const object = { resource: 'configmaps', namespace: 'staging', name: 'settings', apiVersion: 'v1' };
  const uri = '/api/v1/namespaces/staging/configmaps/settings';
  if (kind < 0.95) {
    const text = pad(Math.round(6000 ** random.unit()));
    return { requestURI: `${uri}?fieldManager=${text}`, userAgent: pad(random.between(1, 900)), objectRef: object };
  }
  const body = pad(kind < 0.997 ? random.between(5000, 19_000) : LONGEST);
  return {
    level: 'Request',
    requestURI: uri,
    verb: 'update',
    objectRef: object,
    requestObject: { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'settings' }, data: { text: body } },
  };
}

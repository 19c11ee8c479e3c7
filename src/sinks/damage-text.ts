import { type Place, type RejectReason, rejectsOf, type Summary, type Unjudged } from '../summary.ts';
import { bytesText, countText, numberText } from './quantities.ts';

/** One and several of each kind of damage. */
const REASONS: Readonly<Record<RejectReason, readonly [string, string]>> = {
  torn: ['piece of an event (torn)', 'pieces of events (torn)'],
  'not-json': ['line that is not JSON (not-json)', 'lines that are not JSON (not-json)'],
  'not-audit': [
    'line that is JSON but no audit event (not-audit)',
    'lines that are JSON but no audit events (not-audit)',
  ],
  'too-long': ['line above the maximum record size (too-long)', 'lines above the maximum record size (too-long)'],
  'nul-hole': ['hole of NUL bytes (nul-hole)', 'holes of NUL bytes (nul-hole)'],
};

/** A line for each kind of damage. */
export function damageTexts(summary: Summary): string[] {
  return rejectsOf(summary).map(
    ([reason, { count, bytes, first }]) =>
      `${numberText(count)} ${REASONS[reason][count === 1 ? 0 : 1]}, ${bytesText(bytes)}, first at ${placeText(first)}`,
  );
}

/** A line for each expression that failed. */
export function failureTexts({ failures }: Summary): string[] {
  return [...failures].map(
    ([name, { count, message, first }]) =>
      `${name} failed on ${countText(count, 'event')}, first at ${placeText(first)}: ${message}`,
  );
}

/** Lines about what detectors could not see, beyond which the rest is one. */
const MAX_UNJUDGED = 12;

/** A line for each detector that could not judge requests, and for each reason; the most first. */
export function unjudgedTexts({ unjudged }: Summary): string[] {
  const all = [...unjudged.values()].sort((a, b) => b.count - a.count || (a.detector < b.detector ? -1 : 1));
  const further = new Set(all.slice(MAX_UNJUDGED).map(({ detector }) => detector)).size;
  return [
    ...all
      .slice(0, MAX_UNJUDGED)
      .map(
        ({ detector, bodies, why, count, first }) =>
          `${detector} could not judge ${countText(count, 'request')}: ${bodies === 'request and response' ? 'neither request nor response' : `no ${bodies}`} bodies ${WHY[why]}, first at ${placeText(first)}`,
      ),
    ...(further > 0 ? [`nor could ${countText(further, 'further detector')} judge all requests`] : []),
  ];
}

const WHY: Readonly<Record<Unjudged['why'], string>> = {
  Metadata: 'at level Metadata',
  Request: 'at level Request',
  truncated: 'where the API server cut them off as too large',
  unknown: 'where the event names no level',
};

/** What is said where nothing but the first stage was logged. */
export function receivedOnlyTexts({ received, requests }: Summary): string[] {
  if (received === 0 || requests > 0) return [];
  return [
    'every event is of the stage RequestReceived, which decides nothing: the audit policy leaves out the later stages',
  ];
}

export function forgottenBurstsTexts({ forgottenBursts }: Summary): string[] {
  if (forgottenBursts === 0) return [];
  return [
    `${countText(forgottenBursts, 'group')} of bursts forgotten for want of room: a burst among them may be missing`,
  ];
}

function placeText({ path, offset, label }: Place): string {
  return `${label === undefined ? '' : `${label} `}${path}:${offset}`;
}

/** What must be found in the sample, counted from the same list of requests that the log is made of. */

import { microTime } from '../../bench/go-json.ts';
import { BACKGROUND_NEAR_MISSES } from './background.ts';
import type { Line, Moment } from './moment.ts';
import type { LogFile } from './rotate.ts';

/** As in a finding. */
export interface ExpectedObject {
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string | undefined;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

export interface ExpectedFinding {
  readonly detector: string;
  /** The real caller; empty where nobody was authenticated. */
  readonly actor: string;
  readonly object?: ExpectedObject | undefined;
  /** How many requests, whatever the number of their stages. */
  readonly requests: number;
  /** When the first was received, to the second. */
  readonly first: string;
}

export interface Silence {
  readonly detector: string;
  readonly actor: string;
  readonly object?: ExpectedObject | undefined;
  readonly why: string;
}

export interface Expected {
  readonly totals: {
    readonly lines: number;
    readonly events: number;
    readonly requests: number;
    readonly stages: Readonly<Record<string, number>>;
  };
  readonly files: readonly { readonly name: string; readonly lines: number }[];
  readonly mustFind: readonly ExpectedFinding[];
  /** True, but a second view of something in mustFind, or a question of taste: found or not, both are right. */
  readonly mayFind: readonly ExpectedFinding[];
  readonly mustStaySilent: readonly Silence[];
}

/** Detectors of bursts: one finding of many requests, which need not be about one object. */
const WINDOWED = new Set(['failed-authentication']);

function objectOf(moment: Moment): ExpectedObject | undefined {
  const { object } = moment.call;
  if (object === undefined) return undefined;
  const { resource, subresource, namespace, name, apiGroup } = object;
  return { group: apiGroup ?? '', resource, subresource, namespace, name };
}

function tally(moments: readonly Moment[], detectorsOf: (moment: Moment) => readonly string[]): ExpectedFinding[] {
  const found = new Map<string, ExpectedFinding>();
  for (const moment of moments) {
    for (const detector of detectorsOf(moment)) {
      const actor = moment.call.actor.username;
      const object = WINDOWED.has(detector) ? undefined : objectOf(moment);
      const key = JSON.stringify([detector, actor, object]);
      const known = found.get(key);
      const first = known?.first ?? `${microTime(moment.at).slice(0, 19)}Z`;
      found.set(key, { detector, actor, object, requests: (known?.requests ?? 0) + 1, first });
    }
  }
  return [...found.values()];
}

function silences(moments: readonly Moment[]): Silence[] {
  const known = new Map<string, Silence>();
  for (const moment of moments) {
    for (const detector of moment.silent?.detectors ?? []) {
      const silence = {
        detector,
        actor: moment.call.actor.username,
        object: objectOf(moment),
        why: moment.silent?.why ?? '',
      };
      known.set(JSON.stringify(silence), silence);
    }
  }
  return [...known.values(), ...BACKGROUND_NEAR_MISSES];
}

/** `moments` in the order of their times; every one of them has left a line at least. */
export function expectedOf(moments: readonly Moment[], lines: readonly Line[], files: readonly LogFile[]): Expected {
  const stages: Record<string, number> = { RequestReceived: 0, ResponseStarted: 0, ResponseComplete: 0 };
  for (const { stage } of lines) stages[stage] = (stages[stage] ?? 0) + 1;
  return {
    totals: { lines: lines.length, events: lines.length, requests: moments.length, stages },
    files: files.map(({ name, lines: inFile }) => ({ name, lines: inFile })),
    mustFind: tally(moments, (moment) => moment.finds ?? []),
    mayFind: tally(moments, (moment) => moment.may ?? []),
    mustStaySilent: silences(moments),
  };
}

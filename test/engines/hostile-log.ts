/**
 * Logs that attack whoever reads only the heads of lines: events that detectors find or nearly find, written as Go does
 * and as nobody does, among damage.
 *
 * Two things that the skim does not see, as it says itself, are left out: damage inside of a body in a line whose head and
 * end are good, and keys of the envelope that stand behind a body though the event begins as Go writes it. Damage that
 * leaves a second `"auditID":` in the line, or breaks its end, is made.
 */

import { auditLog } from '../../bench/log.ts';
import { MIXES } from '../../bench/mix.ts';
import { seededRandom } from '../../bench/random.ts';
import { believable, type Fields } from './believable.ts';
import { damage, foreign, holesAtBorders, type Written } from './damage.ts';
import { createDice, type Dice } from './dice.ts';
import { BODIES, firstBody, GO, inGoOrder, type Tree, treeOf, write } from './json-text.ts';
import { bytesOf, HUGE } from './odd-words.ts';
import { anyStyle, makeOdd } from './oddities.ts';

export interface HostileOptions {
  readonly events: number;
  /** How many of the events are odd; a third unless said otherwise. */
  readonly odd?: number;
  /** How many of the lines are damaged, or foreign. */
  readonly damaged?: number;
  /** How many of the events are from a user whom nobody saw before. */
  readonly newUsers?: number;
  /** How many of the lines are a busy day's. */
  readonly daily?: number;
  /** Whether heads are no JSON though quotes and braces match: by a value, or because a middle was lost. */
  readonly unchecked?: boolean;
  /** Holes at the borders of blocks of this size. */
  readonly holesAt?: number | undefined;
}

/** Microseconds since 1970, and what is between two tests of the pack at most. */
const BEGIN = 1_771_755_330_000_000;
const GAP = 30_000_000;

export function hostileLog(random: () => number, options: HostileOptions): Buffer {
  const dice = createDice(random);
  const { odd = 0.33, damaged = 0.08, daily = 0.3, unchecked = false, holesAt } = options;
  const lines: Written[] = [];
  for (const fields of take(options, dice)) {
    const event = treeOf(fields);
    inGoOrder(event);
    const isOdd = dice.chance(odd);
    if (isOdd) makeOdd(event, dice, unchecked);
    lines.push(written(event, isOdd ? anyStyle(dice) : GO));
  }
  const day = auditLog({ mix: MIXES.quiet, start: BEGIN, everyStage: true }, seededRandom(dice.between(0, 1e9)));
  for (let count = lines.length * daily; count > 1; count--) {
    lines.splice(dice.between(0, lines.length), 0, withBody(day.next().value));
  }
  const log = joined(lines, damaged, unchecked, dice);
  return holesAt === undefined ? log : holesAtBorders(log, holesAt, dice);
}

/** Events of the pack's tests; the second stages of some come later, when others stand between. */
function* take({ events, newUsers = 0.05 }: HostileOptions, dice: Dice): Generator<Fields> {
  const clock = { now: BEGIN };
  let names = 0;
  const newName = (): string => {
    names += 1;
    return `person-${names}@example.com`;
  };
  const person = { share: newUsers, newName };
  const later: Fields[] = [];
  for (let count = 0; count < events; ) {
    clock.now += dice.between(0, GAP);
    for (const event of believable(dice, clock, person)) {
      if (dice.chance(0.1)) later.push(event);
      else yield event;
      count += 1;
    }
    while (later.length > 0 && dice.chance(0.3)) yield* later.splice(dice.between(0, later.length - 1), 1);
  }
  yield* later;
}

function written(event: Tree, style: typeof GO): Written {
  const text = write(event, style);
  return firstBody(event) < event.pairs.length ? withBody(text) : { bytes: bytesOf(text), body: undefined };
}

/** A body whose key is spelled with an escape is not found, and not passed over either. */
function withBody(text: string): Written {
  const found = BODIES.map((key) => text.indexOf(`"${key}"`)).filter((place) => place >= 0);
  const body = found.length === 0 ? undefined : bytesOf(text.slice(0, Math.min(...found))).length;
  return { bytes: bytesOf(text), body };
}

function joined(lines: readonly Written[], damaged: number, unchecked: boolean, dice: Dice): Buffer {
  const parts: Buffer[] = [];
  // A log as Windows leaves it, one of both, and one as it should be.
  const crlf = dice.pick([0, 0, 0, 0.05, 1]);
  const end = (): Buffer => Buffer.from(dice.chance(crlf) ? '\r\n' : '\n');
  if (dice.chance(0.2)) parts.push(Buffer.from(dice.pick(['\ufeff', '\ufeff\n', '\n', '\0\0\0', '\ufeff\0'])));
  for (const line of lines) {
    if (dice.chance(damaged / 2)) parts.push(foreign(dice), end());
    parts.push(dice.chance(damaged) ? damage(line, dice.pick(lines), dice, unchecked) : line.bytes, end());
  }
  if (dice.chance(0.02)) parts.push(Buffer.from(HUGE), end());
  if (dice.chance(0.5)) parts.pop();
  if (dice.chance(0.3))
    parts.push(Buffer.from(dice.pick(['\0', '\0\0\0\n', ' ', '\r', '{"kind":"Event","apiVersion":"audit', '\n\n'])));
  return Buffer.concat(parts);
}

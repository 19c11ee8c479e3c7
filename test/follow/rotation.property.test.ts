/**
 * A log that is written, rotated, compressed and removed at random, and read meanwhile by a follower that is killed at
 * random. For a longer run: `AUDITSCAN_ROTATION_RUNS=20000 npx vitest run --config test/runs/unit.ts rotation.property`;
 * fast-check prints the seed of a failure, and `AUDITSCAN_ROTATION_SEED` repeats it.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createFollowedLog, type FollowedLog, type Gap, type LogState } from '../../src/follow/log.ts';
import { createSummary } from '../../src/summary.ts';
import { LINGER, LOOK, roundTrip } from './following.ts';
import { createRotatedWriter, numberOf, numberOfTorn, type Regime, type WrittenLine } from './rotated-writer.ts';

const RUNS = Number(process.env.AUDITSCAN_ROTATION_RUNS ?? 500);
const SEED = process.env.AUDITSCAN_ROTATION_SEED;

type Step =
  | { readonly do: 'append'; readonly count: number; readonly size: number; readonly ending: '\n' | '\r\n' }
  | { readonly do: 'part'; readonly size: number }
  | { readonly do: 'rotate'; readonly choice: number }
  | { readonly do: 'reopen' | 'zip' | 'remove' | 'checkpoint' | 'pass' }
  /** Reads on: `look` at everything anew, whatever the directory tells. */
  | { readonly do: 'turn'; readonly look: boolean }
  /** After so many batches: in an orderly way, or as a kill ends it. `remove`: meanwhile the oldest generation goes. */
  | { readonly do: 'end'; readonly batches: number; readonly orderly: boolean; readonly remove: boolean };

const size = fc.oneof(
  { weight: 8, arbitrary: fc.nat(200) },
  { weight: 1, arbitrary: fc.integer({ min: 4_000, max: 4_200 }) },
  { weight: 1, arbitrary: fc.nat(100_000) },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      count: fc.integer({ min: 1, max: 4 }),
      size,
      ending: fc.constantFrom('\n' as const, '\r\n' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('part' as const), size }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('rotate' as const), choice: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('reopen' as const, 'remove' as const, 'pass' as const) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('zip' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('checkpoint' as const) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('turn' as const),
      look: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('end' as const),
      batches: fc.nat(4),
      orderly: fc.boolean(),
      remove: fc.boolean(),
    }),
  },
);
const regime: fc.Arbitrary<Regime> = fc.record({
  naming: fc.constantFrom(
    ['lumberjack' as const],
    ['numbered' as const],
    ['dateext' as const],
    ['lumberjack' as const, 'numbered' as const, 'dateext' as const],
  ),
  copies: fc.boolean(),
  late: fc.boolean(),
  appends: fc.boolean(),
});

/** Something that was given: a line's number, or `torn` and the number of its first part. */
type Given = number | `torn ${number}`;

/** What a run has seen so far. */
interface Observed {
  /** In the order in which it was given; begun anew by each end. */
  readonly epochs: WrittenLine[][];
  readonly count: Map<Given, number>;
  /** How often more than once it may be given: kills between its being given and the next checkpoint. */
  readonly repeats: Map<Given, number>;
  readonly certain: Gap[];
  readonly errors: string[];
}

const add = <T>(counts: Map<T, number>, key: T): void => void counts.set(key, (counts.get(key) ?? 0) + 1);

async function run(rules: Regime, steps: readonly Step[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'auditscan-rotation-'));
  let clock = 1_800_000_000_000;
  const writer = createRotatedWriter(folder, rules, () => {
    clock += 1;
    return clock / 1_000;
  });
  const seen: Observed = { epochs: [[]], count: new Map(), repeats: new Map(), certain: [], errors: [] };
  /** Given since the last checkpoint. */
  let unsaved: Given[] = [];
  let checkpoint: LogState | undefined;
  /** What it covers. */
  let saved = new Set<Given>();
  let ended = false;
  let removed = false;
  /** A generation that a checkpoint was in the middle of is gone. */
  let lost = 0;

  const begin = (): FollowedLog =>
    createFollowedLog(
      { path: writer.path },
      {
        from: checkpoint ?? 'start',
        once: false,
        maxRecordSize: 1024 * 1024,
        summary: createSummary(),
        timeOf: () => undefined,
        onGap: (gap) => gap.certain && seen.certain.push(gap),
        onNote: () => {},
        onError: (message) => seen.errors.push(message),
        now: () => clock,
        linger: LINGER,
      },
    );
  let log = begin();

  const take = (text: string, terminated: boolean, offset: number): void => {
    const number = terminated ? numberOf(text) : numberOfTorn(text);
    if (number === undefined) return;
    const given: Given = terminated ? number : `torn ${number}`;
    if (!terminated && writer.first.has(number)) return;
    add(seen.count, given);
    unsaved.push(given);
    if (!terminated) {
      if (!rules.late && !rules.copies) expect(writer.everTorn, 'a line that is not given up').toContain(number);
      return;
    }
    const line = writer.written[number - 1];
    expect(line?.offset, `the offset of line ${number}`).toBe(offset);
    if (line) seen.epochs.at(-1)?.push(line);
  };

  const turn = async (batches = Number.POSITIVE_INFINITY): Promise<void> => {
    let left = batches;
    for await (const { lines } of log.turn()) {
      for (const { bytes, terminated, offset } of lines) take(bytes.toString(), terminated, offset);
      left -= 1;
      if (left === 0) break;
    }
  };

  const save = (): void => {
    checkpoint = roundTrip(log.snapshot());
    saved = new Set([...saved, ...unsaved]);
    unsaved = [];
  };

  const end = async (remove: boolean): Promise<void> => {
    await log.close();
    ended = true;
    for (const given of unsaved) add(seen.repeats, given);
    unsaved = [];
    if (remove) {
      removed = true;
      const gone = writer.removeOldest();
      const [first] = gone;
      const inMiddle =
        gone.some(({ number }) => !saved.has(number)) &&
        writer.written.some(({ number, generation }) => generation === first?.generation && saved.has(number));
      if (inMiddle && !rules.late) lost = seen.certain.length + 1;
    }
    seen.epochs.push([]);
    log = begin();
  };

  const perform = async (next: Step): Promise<void> => {
    switch (next.do) {
      case 'append':
        return writer.append(next.count, next.size, next.ending);
      case 'part':
        return writer.appendPart(next.size);
      case 'rotate':
        return writer.rotate(next.choice);
      case 'reopen':
        return writer.reopen();
      case 'zip':
        return writer.zip();
      case 'remove':
        removed = true;
        writer.removeOldest();
        return;
      case 'checkpoint':
        return save();
      case 'pass':
        clock += LINGER;
        return;
      case 'turn':
        if (next.look) clock += LOOK;
        return turn();
      case 'end':
        if (next.batches > 0) await turn(next.batches);
        if (next.orderly) save();
        return end(next.remove);
    }
  };

  const settle = async (): Promise<void> => {
    do {
      clock += LOOK;
      await turn();
    } while (!log.idle);
  };

  try {
    for (const next of steps) await perform(next);
    // What was begun is finished, and what was rotated has a successor with something in it.
    writer.reopen();
    writer.append(1, 10, '\n');
    await settle();
    clock += LINGER;
    await settle();

    const missing = writer.written.filter(({ number }) => !writer.vanished.has(number) && !seen.count.has(number));
    expect(missing, 'lines that were not given').toEqual([]);
    const untold = writer.torn().filter((number) => !seen.count.has(number) && !seen.count.has(`torn ${number}`));
    expect(untold, 'torn lines that were not given').toEqual([]);
    const repeated = [...seen.count].filter(([given, count]) => count > 1 + (seen.repeats.get(given) ?? 0));
    expect(repeated, 'what was given too often').toEqual([]);
    const isOrdered = rules.naming.length === 1 && !rules.copies && !rules.late;
    for (const lines of seen.epochs) {
      const last = new Map<number, number>();
      for (const { number, generation } of lines) {
        const key = isOrdered ? 0 : generation;
        expect(number, 'the order of lines').toBeGreaterThan(last.get(key) ?? 0);
        last.set(key, number);
      }
    }
    expect(seen.certain.length, 'gaps that were told').toBeGreaterThanOrEqual(lost);
    if (!removed && !rules.copies) expect(seen.certain, 'gaps where nothing is missing').toEqual([]);
    if (!ended && !removed) expect(seen.errors.filter((message) => !message.includes('.gz: '))).toEqual([]);
  } finally {
    await log.close();
    writer.close();
    rmSync(folder, { recursive: true });
  }
}

it('whatever happens to a log, each of its lines is given, and once', { timeout: RUNS * 1_000 }, () =>
  fc.assert(fc.asyncProperty(regime, fc.array(step, { maxLength: 80, size: 'max' }), run), {
    numRuns: RUNS,
    ...(SEED === undefined ? {} : { seed: Number(SEED) }),
  }),
);

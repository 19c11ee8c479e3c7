import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import type { Random } from '../../bench/random.ts';

/** What can be seen of a run from outside. */
export interface Signs {
  /** Whether the run has ended by itself. */
  over(): boolean;
  /** Bytes printed by all runs. */
  printed(): number;
  /** Rotations begun. */
  rotations(): number;
}

/** A sign that does not come is not waited for longer. */
const LONGEST_WAIT = 5000;

const MOMENTS = ['start', 'early', 'later', 'later', 'print', 'write', 'rotation'] as const;

/**
 * Waits for a moment at which a run may be killed: within milliseconds of its start, while it finds its place, in the midst
 * of its work, right after it printed, as it writes, right when a rotation begins. Says which it was.
 */
export async function untilMoment(random: Random, signs: Signs): Promise<string> {
  const moment = random.pick(MOMENTS);
  const end = Date.now() + LONGEST_WAIT;
  const wait = async (passed: () => boolean): Promise<void> => {
    while (!passed() && !signs.over() && Date.now() < end) await sleep(2);
  };
  const pass = async (milliseconds: number): Promise<void> => {
    const over = Date.now() + milliseconds;
    await wait(() => Date.now() >= over);
  };
  switch (moment) {
    case 'start':
      await pass(random.between(0, 60));
      break;
    case 'early':
      await pass(random.between(60, 400));
      break;
    case 'later':
      await pass(random.between(400, 2500));
      break;
    case 'print': {
      const before = signs.printed();
      await wait(() => signs.printed() > before);
      await pass(random.between(0, 15));
      break;
    }
    case 'write': {
      await pass(random.between(150, 1500));
      const before = signs.printed();
      // Without a pause between two looks: a write of some hundred KB takes less than a millisecond.
      while (signs.printed() === before && !signs.over() && Date.now() < end) await turn();
      break;
    }
    case 'rotation': {
      const before = signs.rotations();
      await wait(() => signs.rotations() > before);
      await pass(random.between(0, 30));
      break;
    }
  }
  return moment;
}

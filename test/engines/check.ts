/** Asks the oracle and the variants; of a difference it makes a small log. */

import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Source } from '../../src/index.ts';
import {
  differenceOf,
  interpreted,
  nameOf,
  type Outcome,
  outcomeOf,
  PLAIN,
  type Question,
  type Variant,
} from './compare.ts';
import type { LogFiles } from './log-file.ts';
import { minimise, shown } from './minimise.ts';

/** Who says what is right: jsonata's interpreter, or the compiled expressions, which are faster; both parse every line. */
export type Oracle = 'interpreted' | 'compiled';

export function ask(question: Question, sources: readonly Source[], oracle: Oracle): Promise<Outcome> {
  return outcomeOf(oracle === 'interpreted' ? interpreted(question) : question, sources, PLAIN);
}

/** The first difference, as it should be told; undefined where all say the same. */
export async function check(
  question: Question,
  sources: readonly Source[],
  variants: readonly Variant[],
  oracle: Oracle,
): Promise<string | undefined> {
  const expected = await ask(question, sources, oracle);
  for (const variant of variants) {
    const actual = await outcomeOf(question, sources, variant);
    const told =
      oracle === 'interpreted' ? differenceOf(byCode(expected), byCode(actual)) : differenceOf(expected, actual);
    if (told !== undefined) return `${question.name} (${oracle}), ${nameOf(variant)}: ${told}`;
  }
  return undefined;
}

/** As {@link check}, of one log, which is made small, and kept, where there is a difference. */
export async function checkLog(
  question: Question,
  log: Buffer,
  variants: readonly Variant[],
  oracle: Oracle,
  files: LogFiles,
): Promise<string | undefined> {
  const told = await check(question, [files.write(log)], variants, oracle);
  if (told === undefined) return undefined;
  const variant = variants.filter((one) => told.includes(`${nameOf(one)}: `));
  const fails = async (smaller: Buffer): Promise<boolean> =>
    (await check(question, [files.write(smaller)], variant, oracle)) !== undefined;
  const small = await minimise(log, fails);
  const now = (await check(question, [files.write(small)], variant, oracle)) ?? told;
  const path = join(tmpdir(), `auditscan-difference-${process.pid}.log`);
  writeFileSync(path, small);
  return `${now}\n${path}: ${shown(small)}`;
}

/** Failures by their code alone: jsonata says `null` in the message where we say `Infinity`. */
function byCode(outcome: Outcome): Outcome {
  const { failures } = outcome.summary as {
    readonly failures: readonly (readonly [string, { readonly message: string }])[];
  };
  const coded = failures.map(([name, failure]) => [name, { ...failure, message: failure.message.split(':')[0] }]);
  return { ...outcome, summary: { ...outcome.summary, failures: coded } };
}

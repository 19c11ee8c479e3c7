import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../bench/random.ts';
import { ROOT } from '../command-line.ts';
import { ask, check, checkLog } from './check.ts';
import { differenceOf, type Outcome, PLAIN, unknownChoices, variantsOf } from './compare.ts';
import { type HostileOptions, hostileLog } from './hostile-log.ts';
import { longLines, manyUsers } from './large-log.ts';
import { createLogFiles } from './log-file.ts';
import { program } from './program.ts';
import { ALL_QUESTION, PACK_QUESTION, QUESTIONS, SINGLE_QUESTIONS } from './questions.ts';

/**
 * Another one each time; to see a failure again, set AUDITSCAN_FUZZ_SEED to what it says. For many more logs there is
 * bench/fuzz-engines.ts.
 */
const seed = Number(process.env.AUDITSCAN_FUZZ_SEED ?? Math.floor(Math.random() * 1_000_000_000));
/** It takes some seconds, on a machine that does nothing else. */
const TIMEOUT = 300_000;

const TINY = 4_096;
/** The first parses every line, and asks the compiled detectors that an event's kind leaves open. */
const VARIANTS = [PLAIN, ...variantsOf([TINY, undefined])];
/** Where there is much to ask: threads take longer to begin than such logs to read. */
const FEW = [...variantsOf([TINY], [1]), ...variantsOf([undefined], [1])];

const unknown = unknownChoices();
if (unknown.length > 0) {
  process.stderr.write(
    `\nENGINES NOT COMPARED: a scan does not know ${unknown.join(', ')}; all variants took the same path.\n\n`,
  );
}

const files = createLogFiles();
afterAll(() => files.remove());

const makeLog = (number: number, options: Partial<HostileOptions> = {}): Buffer =>
  hostileLog(seededRandom(number).unit, { events: 80, ...options });

describe('the samples', async () => {
  const folder = join(ROOT, 'samples/incident');
  const { sources } = await program.findSources([folder], { timeOfLine: program.lineTime });
  const names = readdirSync(folder).filter((name) => /\.log(\.gz)?$/.test(name));

  it.each(QUESTIONS)('as a rotated set: $name', { timeout: TIMEOUT }, async (question) => {
    const oracle = question === PACK_QUESTION ? 'interpreted' : 'compiled';
    expect(await check(question, sources, VARIANTS, oracle)).toBeUndefined();
  });

  it.each(names)('%s', { timeout: TIMEOUT }, async (name) => {
    const source = { path: join(folder, name), size: undefined };
    expect(await check(PACK_QUESTION, [source], VARIANTS, 'compiled')).toBeUndefined();
  });
});

/** Some are the same each time. */
const LOGS: readonly (readonly [number: number, options: Partial<HostileOptions>])[] = [
  [1, { holesAt: TINY }],
  [2, { odd: 0.6 }],
  [seed, {}],
  [seed + 1, { odd: 1, damaged: 0 }],
  [seed + 2, { odd: 0.2, damaged: 0.3, holesAt: TINY }],
  [seed + 3, { newUsers: 1, damaged: 0.02 }],
];

describe(`hostile logs (AUDITSCAN_FUZZ_SEED=${seed})`, () => {
  const again = `again with AUDITSCAN_FUZZ_SEED=${seed}`;

  it.each(LOGS)('of seed %i, %j', { timeout: TIMEOUT }, async (number, options) => {
    const log = makeLog(number, options);
    for (const question of QUESTIONS) {
      const oracle = question === PACK_QUESTION || question === ALL_QUESTION ? 'interpreted' : 'compiled';
      const variants = oracle === 'interpreted' ? VARIANTS : FEW;
      expect(await checkLog(question, log, variants, oracle, files), again).toBeUndefined();
    }
    for (const [index, question] of SINGLE_QUESTIONS.entries()) {
      const variant = FEW[index % FEW.length];
      expect(await checkLog(question, log, variant ? [variant] : [], 'compiled', files), again).toBeUndefined();
    }
  });

  it('compressed', { timeout: TIMEOUT }, async () => {
    const sources = [files.writeGzip(makeLog(seed + 4))];
    for (const question of [PACK_QUESTION, ALL_QUESTION])
      expect(await check(question, sources, VARIANTS, 'compiled'), again).toBeUndefined();
  });

  it('several, one after the other, with labels; the stages of requests in different ones', {
    timeout: TIMEOUT,
  }, async () => {
    const log = makeLog(seed + 5);
    const half = log.indexOf('\n', log.length >> 1) + 1;
    const parts = [log.subarray(0, half), log.subarray(half), makeLog(seed + 6), Buffer.alloc(0), Buffer.alloc(5)];
    const sources = [...parts.map((part, index) => files.write(part, `node-${index}`)), files.writeGzip(log)];
    for (const question of [PACK_QUESTION, ALL_QUESTION, ...QUESTIONS.filter(({ select }) => select)])
      expect(await check(question, sources, VARIANTS, 'compiled'), again).toBeUndefined();
  });

  it('one of which cannot be read', { timeout: TIMEOUT }, async () => {
    const missing = { path: join(ROOT, 'there-is-none.log'), size: undefined };
    const folder = { path: ROOT, size: undefined };
    const sources = [files.write(makeLog(seed + 7)), missing, folder, files.write(makeLog(seed + 8))];
    expect(await check(PACK_QUESTION, sources, VARIANTS, 'compiled'), again).toBeUndefined();
  });
});

describe('large logs', () => {
  it.each([
    ['of thousands of users', () => manyUsers(8_000, 20)],
    ['of users with huge names', () => manyUsers(60, 70_000)],
    ['with lines longer than any block', () => longLines(makeLog(3, { events: 30 }))],
  ])('%s', { timeout: TIMEOUT }, async (_, make) => {
    const sources = [files.write(make())];
    expect(await check(PACK_QUESTION, sources, variantsOf([65_536, undefined]), 'compiled')).toBeUndefined();
  });

  /** A parser is not given such a line, for nesting costs it fifty times the bytes. */
  it('with a body that is nested too deep', { timeout: TIMEOUT }, async () => {
    const deep = `${'['.repeat(600_000)}${']'.repeat(600_000)}`;
    const [line = ''] = makeLog(4, { events: 1, odd: 0, damaged: 0, daily: 0 }).toString().split(/\r?\n/);
    const log = Buffer.from(
      `${line}\n${line.replace(/,("requestReceivedTimestamp")/, `,"requestObject":${deep},$1`)}\n`,
    );
    expect(await check(PACK_QUESTION, [files.write(log)], VARIANTS, 'compiled')).toBeUndefined();
  });
});

describe('the comparison', () => {
  it('sees whatever differs', async () => {
    const source = files.write(makeLog(1, { events: 300 }));
    const expected = await ask(ALL_QUESTION, [source], 'compiled');
    const changed = (change: (outcome: { findings: unknown[]; summary: Record<string, unknown> }) => void): Outcome => {
      const copy = structuredClone(expected) as unknown as Parameters<typeof change>[0];
      change(copy);
      return copy as unknown as Outcome;
    };
    expect(
      differenceOf(
        expected,
        changed(() => {}),
      ),
    ).toBeUndefined();
    expect(
      differenceOf(
        expected,
        changed(({ findings }) => findings.pop()),
      ),
    ).toContain('findings');
    expect(
      differenceOf(
        expected,
        changed(({ findings }) => findings.unshift(findings.pop())),
      ),
    ).toContain('findings');
    for (const name of Object.keys(expected.summary)) {
      const told = differenceOf(
        expected,
        changed(({ summary }) => Object.assign(summary, { [name]: 'other' })),
      );
      expect(told).toContain(`summary.${name}`);
    }
    for (const name of ['rejects', 'unjudged', 'failures']) {
      const turned = changed(({ summary }) => (summary[name] as unknown[]).reverse());
      expect(differenceOf(expected, turned), name).toContain(`summary.${name}`);
    }
  });

  it('is of logs in which everything happens', { timeout: TIMEOUT }, async () => {
    const found = new Set<string>();
    const seen = new Set<string>();
    for (let number = 100; number < 110; number++) {
      const source = files.write(makeLog(number, { events: 250 }));
      const { findings, summary } = await ask(ALL_QUESTION, [source], 'compiled');
      for (const { detector } of findings) found.add(detector);
      for (const [name, value] of Object.entries(summary)) {
        if (typeof value === 'number' && value > 0) seen.add(name);
        if (!Array.isArray(value)) continue;
        for (const [key, item] of value as [string, { why?: string }][]) seen.add(`${name} ${item.why ?? key}`);
      }
    }
    expect([...found]).toEqual(expect.arrayContaining(PACK_QUESTION.detectors.map(({ id }) => id)));
    const expected = ['torn', 'not-json', 'not-audit', 'nul-hole'].map((reason) => `rejects ${reason}`);
    const unjudged = ['Metadata', 'Request', 'truncated', 'unknown'].map((why) => `unjudged ${why}`);
    const counters = ['emptyBytes', 'received', 'excepted', 'untimed', 'failures fails'];
    expect([...seen]).toEqual(expect.arrayContaining([...expected, ...unjudged, ...counters]));
  });
});

import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silenceFinding } from '../../src/detect/silence.ts';
import { InputError } from '../../src/errors.ts';
import { type Known, MAX_FINDINGS, MAX_LOGS, openKnown } from '../../src/report/known.ts';

const WAY_OUT = 'remove it, and the next report takes every finding for new';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'auditscan-known-'));
  path = join(folder, 'known');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** The id of a finding, of any number. */
const id = (number: number): string => number.toString(16).padStart(32, '0').padEnd(64, 'f');
const short = (number: number): string => id(number).slice(0, 32);

interface Content {
  logs: [string, number][];
  findings: string[];
}

function content(): Content {
  return JSON.parse(readFileSync(path, 'utf8').split('\n')[1] ?? '');
}

/** A file with a right header over whatever stands behind it. */
function plant(value: unknown, version = 1): void {
  const body = `${typeof value === 'string' ? value : JSON.stringify(value)}\n`;
  const sha256 = createHash('sha256').update(body).digest('hex');
  const header = JSON.stringify({ auditscan: 'known', version, sha256, size: Buffer.byteLength(body) });
  writeFileSync(path, `${header}\n${body}`);
}

async function run(use: (known: Known) => void): Promise<Known> {
  const known = await openKnown(path);
  use(known);
  await known.save();
  return known;
}

async function openError(): Promise<string> {
  const before = statSync(path).isFile() ? readFileSync(path) : undefined;
  const error = await openKnown(path).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(InputError);
  if (before !== undefined) expect(readFileSync(path).equals(before)).toBe(true);
  return (error as Error).message;
}

describe('what earlier reports told', () => {
  it('is known to the next, and not to the run that adds it', async () => {
    const first = await run((known) => {
      known.add(id(1));
      expect(known.has(id(1))).toBe(false);
    });
    expect(first.has(id(1))).toBe(false);
    const second = await run((known) => {
      expect([1, 2].map((number) => known.has(id(number)))).toEqual([true, false]);
      known.add(id(1));
      known.add(id(2));
      expect([1, 2].map((number) => known.has(id(number)))).toEqual([true, false]);
    });
    expect(second.has(id(2))).toBe(false);
    // A report that tells nothing takes nothing away.
    await run(() => {});
    const third = await openKnown(path);
    expect([1, 2, 3].map((number) => third.has(id(number)))).toEqual([true, true, false]);
  });

  it('is told apart by 128 bits, of whatever finding', async () => {
    const place = { path: '/a', offset: 0 };
    const log = { path: '/a', node: undefined, lastTime: 1, marker: undefined, silence: 1 };
    const silent = silenceFinding(place, log);
    await run((known) => {
      known.add(`${'a'.repeat(32)}${'b'.repeat(32)}`);
      known.add(silent.id);
    });
    const known = await openKnown(path);
    expect(known.has(`${'a'.repeat(32)}${'c'.repeat(32)}`)).toBe(true);
    expect(known.has(`${'a'.repeat(31)}${'b'.repeat(33)}`)).toBe(false);
    expect(known.has(silent.id)).toBe(true);
    expect(content().findings).toEqual(['a'.repeat(32), silent.id.slice(0, 32)]);
  });

  it('is never an id that the next run would refuse', async () => {
    const known = await openKnown(path);
    for (const wrong of ['', 'id', id(1).slice(0, 31), `G${id(1).slice(1)}`, id(0xf).toUpperCase()]) {
      expect(() => known.add(wrong)).toThrow(TypeError);
      expect(() => known.has(wrong)).toThrow(TypeError);
    }
  });

  it('has the oldest first; what is told again becomes recent', async () => {
    await run((known) => [1, 2, 3].map(id).forEach(known.add));
    await run((known) => [4, 2, 5, 4].map(id).forEach(known.add));
    expect(content().findings).toEqual([1, 3, 2, 5, 4].map(short));
  });
});

describe('the last event of a log', () => {
  it('is that which was set, for this run and the next', async () => {
    const times: [string, number][] = [
      ['-', 0],
      ['/var/log/audit.log', 1_771_755_330_123_456],
      ['__proto__', 1],
      ['/a\nb"\ud800', 253_402_300_800_000_000 - 1e6],
    ];
    await run((known) => {
      for (const [log, time] of times) {
        expect(known.lastOf(log)).toBeUndefined();
        known.setLast(log, time);
        expect(known.lastOf(log)).toBe(time);
      }
    });
    const known = await openKnown(path);
    for (const [log, time] of times) expect(known.lastOf(log)).toBe(time);
    expect(known.lastOf('toString')).toBeUndefined();
    expect(content().logs).toEqual(times);
  });

  it('is replaced, and its log becomes recent', async () => {
    await run((known) => {
      known.setLast('a', 2);
      known.setLast('b', 2);
    });
    await run((known) => known.setLast('a', 1));
    expect(content().logs).toEqual([
      ['b', 2],
      ['a', 1],
    ]);
  });

  it('is a time that the next run can use', async () => {
    const known = await openKnown(path);
    for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY, 0.5, -1, 1e300])
      expect(() => known.setLast('a', wrong)).toThrow(RangeError);
    expect(known.lastOf('a')).toBeUndefined();
  });
});

describe('the first report', () => {
  it('has no file, or an empty one, as touch makes it', async () => {
    expect((await openKnown(path)).isFirst).toBe(true);
    expect(existsSync(path)).toBe(false);
    writeFileSync(path, '');
    const first = await run(() => {});
    expect(first.isFirst).toBe(true);
    expect((await openKnown(path)).isFirst).toBe(false);
  });

  it('leaves two lines, the first with the sum of the second', async () => {
    await run((known) => {
      known.add(id(1));
      known.setLast('-', 5);
    });
    const written = readFileSync(path, 'utf8');
    expect(readdirSync(folder)).toEqual(['known']);
    plant({ logs: [['-', 5]], findings: [short(1)] });
    expect(readFileSync(path, 'utf8')).toBe(written);
  });
});

describe('beyond the bounds', () => {
  const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);

  it('the findings told last are kept', async () => {
    plant({ logs: [], findings: range(0, MAX_FINDINGS).map(short) });
    const known = await run((all) => {
      // The oldest is told again, which leaves room for all others; one more takes the place of the next.
      all.add(id(0));
      all.add(id(MAX_FINDINGS));
    });
    expect(known.forgotten).toBe(0);
    expect(content().findings).toEqual([...range(2, MAX_FINDINGS), 0, MAX_FINDINGS].map(short));
    expect(statSync(path).size).toBeLessThan(8_000_000);
  });

  it('findings of the run itself are forgotten, and counted', async () => {
    plant({ logs: [], findings: range(0, 10).map(short) });
    const known = await run((all) => {
      for (const number of range(5, MAX_FINDINGS + 5)) all.add(id(number));
      expect(all.forgotten).toBe(0);
      // One told again is not one more.
      all.add(id(5));
      expect(all.forgotten).toBe(0);
      for (const number of range(0, 3)) all.add(id(MAX_FINDINGS + 5 + number));
      expect(all.forgotten).toBe(3);
    });
    expect(known.has(id(9))).toBe(true);
    const kept = [...range(9, MAX_FINDINGS + 5), 5, ...range(MAX_FINDINGS + 5, MAX_FINDINGS + 8)];
    expect(content().findings).toEqual(kept.map(short));
    expect((await openKnown(path)).forgotten).toBe(0);
  });

  it('the logs set last are kept', async () => {
    await run((known) => {
      for (const number of range(0, MAX_LOGS)) known.setLast(`log ${number}`, number);
      known.setLast('log 0', 7);
      known.setLast('another', 8);
      expect(known.lastOf('log 1')).toBeUndefined();
      expect(known.lastOf('log 0')).toBe(7);
    });
    await run((known) => known.setLast('one more', 9));
    expect(content().logs.map(([log]) => log)).toEqual([
      ...range(3, MAX_LOGS).map((number) => `log ${number}`),
      'log 0',
      'another',
      'one more',
    ]);
  });

  it('both reached, with long paths, can be written and read', async () => {
    plant({ logs: [], findings: range(0, MAX_FINDINGS).map(short) });
    await run((known) => {
      for (const number of range(0, MAX_LOGS)) known.setLast(`/${String(number).padStart(2400, 'x')}`, 1e15 + number);
    });
    const known = await openKnown(path);
    expect(known.lastOf(`/${'0'.padStart(2400, 'x')}`)).toBe(1e15);
    expect(known.has(id(MAX_FINDINGS - 1))).toBe(true);
  });

  it('a file is none of ours', async () => {
    const tooMany = range(0, MAX_FINDINGS + 1).map(short);
    plant({ logs: [], findings: tooMany });
    expect(await openError()).toContain('holds no list of known findings');
    plant({ logs: range(0, MAX_LOGS + 1).map((number) => [String(number), 1]), findings: [] });
    expect(await openError()).toContain('holds no list of known findings');
    truncateSync(path, 2 ** 25 + 1);
    expect(await openError()).toBe(
      `the list of known findings in ${path} cannot be used: ${2 ** 25 + 1} bytes are more than a list of known findings may have; name another file, or remove it`,
    );
  });
});

describe('a damaged file', () => {
  it('is refused whatever byte of it is another, and at whatever length it was cut', async () => {
    await run((known) => known.add(id(1)));
    const bytes = readFileSync(path);
    for (let index = 0; index < bytes.length; index++) {
      const flipped = Buffer.from(bytes);
      flipped[index] = (bytes[index] ?? 0) ^ 1;
      writeFileSync(path, flipped);
      expect(await openError(), `byte ${index}`).toMatch(/remove it/);
      if (index === 0) continue;
      writeFileSync(path, bytes.subarray(0, index));
      expect(await openError(), `${index} bytes`).toMatch(/remove it/);
    }
  });

  it.each<[string, unknown]>([
    ['no JSON', '{'],
    ['no object', []],
    ['nothing', {}],
    ['no logs', { findings: [] }],
    ['no findings', { logs: [] }],
    ['more than belongs there', { logs: [], findings: [], more: [] }],
    ['a short id', { logs: [], findings: [short(1).slice(1)] }],
    ['a whole id', { logs: [], findings: [id(1)] }],
    ['an id with a line end', { logs: [], findings: [`${short(1)}\n`] }],
    ['an id in capitals', { logs: [], findings: ['A'.repeat(32)] }],
    ['an id that is no text', { logs: [], findings: [1] }],
    ['logs by their names', { logs: { a: 1 }, findings: [] }],
    ['a log without a time', { logs: [['a']], findings: [] }],
    ['a log with two times', { logs: [['a', 1, 2]], findings: [] }],
    ['a log without a name', { logs: [[null, 1]], findings: [] }],
    ['a time that is text', { logs: [['a', '1']], findings: [] }],
    ['a time that is no whole number', { logs: [['a', 1.5]], findings: [] }],
    ['a time before all', { logs: [['a', -1]], findings: [] }],
    ['a time that is no date', { logs: [['a', 1e19]], findings: [] }],
    ['a time without end', '{"logs":[["a",1e999]],"findings":[]}'],
  ])('is refused where the sum is right over %s', async (_name, value) => {
    plant(value);
    expect(await openError()).toBe(
      `the list of known findings in ${path} cannot be used: its checksum is right, and yet it holds no list of known findings; ${WAY_OUT}`,
    );
  });

  it('of another version is told as such', async () => {
    plant('whatever a later version holds', 2);
    expect(await openError()).toBe(
      `the list of known findings in ${path} is of version 2, and this auditscan reads version 1: use the auditscan that wrote it, or start anew: ${WAY_OUT}`,
    );
  });
});

describe('a file of something else', () => {
  it('is refused, and stays', async () => {
    for (const text of ['notes\n', '\n', '{"kind":"Event"}\n', '{"auditscan":"checkpoint","version":1}\n']) {
      writeFileSync(path, text);
      expect(await openError()).toBe(
        `${path} is no list of known findings of auditscan, and is not written over; name another file, or remove it`,
      );
    }
    path = folder;
    expect(await openError()).toBe(`the list of known findings in ${folder} cannot be read: is a directory`);
  });
});

it('a write that fails is told, and can be made again', async () => {
  const known = await openKnown(path);
  known.add(id(1));
  mkdirSync(path);
  await expect(known.save()).rejects.toThrow(
    new InputError(`the list of known findings in ${path} cannot be written: it is a directory`),
  );
  rmSync(path, { recursive: true });
  await known.save();
  expect((await openKnown(path)).has(id(1))).toBe(true);
});

/** What a memory without bounds would hold, each list with the oldest first. */
interface Model {
  findings: number[];
  logs: [string, number][];
}

type Step = { number: number } | { log: string; time: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ number: fc.nat(12) }),
  fc.record({
    log: fc.oneof(fc.constantFrom('-', '/a', '/b', '__proto__'), fc.string({ unit: 'binary', maxLength: 3 })),
    time: fc.maxSafeNat(),
  }),
);

function apply(model: Model, known: Known, fields: Step): void {
  if ('number' in fields) {
    known.add(id(fields.number));
    model.findings = [...model.findings.filter((number) => number !== fields.number), fields.number];
  } else {
    known.setLast(fields.log, fields.time);
    model.logs = [...model.logs.filter(([log]) => log !== fields.log), [fields.log, fields.time]];
  }
}

it('run after run, it is what a simple memory would be', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.record({ steps: fc.array(step), isSaved: fc.boolean() })), async (runs) => {
      rmSync(path, { force: true });
      let saved: Model | undefined;
      for (const { steps, isSaved } of runs) {
        const known = await openKnown(path);
        const model: Model = { findings: saved?.findings ?? [], logs: saved?.logs ?? [] };
        expect(known.isFirst).toBe(saved === undefined);
        for (const one of steps) {
          apply(model, known, one);
          for (let number = 0; number <= 12; number++)
            expect(known.has(id(number))).toBe(saved?.findings.includes(number) ?? false);
        }
        for (const [log, time] of model.logs) expect(known.lastOf(log)).toBe(time);
        expect(known.forgotten).toBe(0);
        if (!isSaved) continue;
        await known.save();
        saved = model;
        expect(content()).toEqual({ logs: model.logs, findings: model.findings.map(short) });
      }
    }),
  );
});

it('run after run at the bound, it is the end of what a simple memory would be', async () => {
  const full = Array.from({ length: MAX_FINDINGS }, (_, index) => index);
  const numbers = fc.oneof(fc.nat(20), fc.integer({ min: MAX_FINDINGS, max: MAX_FINDINGS + 20 }));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(numbers), { minLength: 1, maxLength: 2 }), async (runs) => {
      let model = full;
      plant({ logs: [], findings: full.map(short) });
      for (const told of runs) {
        const last = [...new Set(told.toReversed())].toReversed();
        const again = new Set(last);
        model = [...model.filter((number) => !again.has(number)), ...last].slice(-MAX_FINDINGS);
        await run((known) => told.map(id).forEach(known.add));
        expect(content().findings.join()).toBe(model.map(short).join());
      }
    }),
    { numRuns: 5 },
  );
});

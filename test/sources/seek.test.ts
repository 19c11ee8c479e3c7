import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { lineTime } from '../../src/event/line-time.ts';
import { eventTime, formatTime } from '../../src/event/time.ts';
import { createSplitter } from '../../src/framing/lines.ts';
import { readEvents } from '../../src/scan.ts';
import { type SeekableFile, type SeekThresholds, seekTime } from '../../src/sources/seek.ts';
import { createSummary } from '../../src/summary.ts';
import { auditLine } from '../audit-event.ts';
import { testLine, timeOfTestLine, writeLog } from './log-files.ts';

const MINUTE = 60_000_000;
const MIB = 1024 * 1024;

interface Probed extends SeekableFile {
  /** Bytes that were asked for. */
  asked(): number;
}

function fileOf(content: Buffer | string): Probed {
  const bytes = Buffer.from(content);
  let asked = 0;
  return {
    size: bytes.length,
    read: async (position, length) => {
      asked += length;
      // A plain error, which is not taken for a failure of the file.
      if (length <= 0 || position < 0 || position + length > bytes.length) throw new Error('read out of bounds');
      return Buffer.from(bytes.subarray(position, position + length));
    },
    asked: () => asked,
  };
}

/** Lines a minute apart, about 30 bytes each. */
const minutes = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, index) => testLine(`padded-${from + index}`, from + index)).join('');

const SMALL: SeekThresholds = {
  slack: 5 * MINUTE,
  minSize: 0,
  samples: 16,
  spacing: 100_000,
  window: 64,
  maxWindow: 512,
  lines: 3,
  share: 1,
};

function seek(content: Buffer | string | SeekableFile, since: number, thresholds: Partial<SeekThresholds> = {}) {
  const file = typeof content === 'string' || Buffer.isBuffer(content) ? fileOf(content) : content;
  return seekTime(file, since * MINUTE, { timeOfLine: timeOfTestLine, thresholds: { ...SMALL, ...thresholds } });
}

/** The time of the first line at an offset, in minutes; the rest of a file that is nothing but timed lines. */
const minuteAt = (content: Buffer | string, offset: number): number =>
  Number(/^\{"id":"[^"]*","at":(-?[\d.]+)\}\n/.exec(Buffer.from(content).subarray(offset).toString())?.[1]);

describe('the start of a time in a log', () => {
  const log = minutes(0, 2_000);

  it.each([100, 500, 1_003, 1_777, 1_999])(
    'is a line before minute %i by twice the slack and little more',
    async (at) => {
      const found = minuteAt(log, await seek(log, at));
      expect(found).toBeLessThan(at - 10);
      expect(found).toBeGreaterThan(at - 10 - 20);
    },
  );

  it('is a line near the end where all is older', async () => {
    expect(minuteAt(log, await seek(log, 100_000))).toBeGreaterThan(1_980);
  });

  it.each([-100, 0, 1, 10])('is the start of the file where all of it is younger than %i and the slack', async (at) => {
    expect(await seek(log, at)).toBe(0);
  });

  it('costs next to nothing', async () => {
    const long = fileOf(minutes(0, 50_000));
    expect(await seek(long, 40_000)).toBeGreaterThan(long.size * 0.79);
    expect(long.asked()).toBeLessThan(long.size / 100);
  });

  it('is not looked for in an empty or a small file', async () => {
    expect(await seek('', 100)).toBe(0);
    const small = fileOf(log);
    expect(await seek(small, 1_000, { minSize: small.size + 1 })).toBe(0);
    expect(small.asked()).toBe(0);
    expect(await seekTime(small, 1_000 * MINUTE, { timeOfLine: timeOfTestLine })).toBe(0);
    expect(small.asked()).toBe(0);
  });

  it('is found in spite of small inversions', async () => {
    const lines = Array.from({ length: 2_000 }, (_, index) => testLine(index, index - ((index * 7) % 5)));
    const found = minuteAt(lines.join(''), await seek(lines.join(''), 1_500));
    expect(found).toBeLessThan(1_490);
    expect(found).toBeGreaterThan(1_460);
  });

  it('is found with torn lines at both ends', async () => {
    const torn = log.slice(11, -9);
    expect(minuteAt(torn, await seek(torn, 1_000))).toBeGreaterThan(960);
    expect(minuteAt(torn, await seek(torn, 9_999))).toBeGreaterThan(1_960);
  });

  it('is found between lines that have no time', async () => {
    const noisy = Array.from({ length: 2_000 }, (_, index) => `I1122 watch.go:1] noise\n\n${testLine(index, index)}`);
    const found = minuteAt(noisy.join(''), await seek(noisy.join(''), 1_500));
    expect(found).toBeLessThan(1_490);
    expect(found).toBeGreaterThan(1_460);
  });

  it('is found between long ones that have none', async () => {
    const noisy = Array.from({ length: 2_000 }, (_, index) => `${'noise '.repeat(20)}\n${testLine(index, index)}`).join(
      '',
    );
    const offset = await seek(noisy, 1_500);
    expect(minuteAt(noisy, offset)).toBeLessThan(1_490);
    expect(minuteAt(noisy, offset)).toBeGreaterThan(1_460);
  });

  it('is not told by times in bodies', async () => {
    const decoys = Array.from({ length: 2_000 }, (_, index) => `{"body":{"at":1},"at":${index}}\n`).join('');
    const found = decoys.slice(await seek(decoys, 1_500));
    const at = Number(/"at":(\d+)\}\n/.exec(found)?.[1]);
    expect(at).toBeLessThan(1_490);
    expect(at).toBeGreaterThan(1_460);
  });
});

describe('a log that is not in order', () => {
  it.each<[string, string]>([
    ['of two logs of the same time', minutes(0, 1_000) + minutes(0, 1_000)],
    ['of a later log before an earlier one', minutes(1_000, 2_000) + minutes(0, 1_000)],
    ['with a line of a later log before it', minutes(1_500, 1_501) + minutes(0, 1_000)],
    ['with a later log in its midst', minutes(0, 500) + minutes(1_500, 1_700) + minutes(500, 1_000)],
    [
      'that goes backwards',
      minutes(0, 1_000)
        .split(/(?<=\n)/)
        .reverse()
        .join(''),
    ],
    [
      'of lines that take turns',
      Array.from({ length: 1_000 }, (_, index) => minutes(index, index + 1) + minutes(index + 500, index + 501)).join(
        '',
      ),
    ],
  ])('%s is read whole', async (_name, log) => {
    for (const since of [100, 700, 900, 5_000]) expect(await seek(log, since)).toBe(0);
  });

  it('is told the better, the more samples there are', async () => {
    const log = minutes(0, 1_000) + minutes(1_500, 1_520) + minutes(1_000, 2_000);
    expect(await seek(log, 1_510, { samples: 7 })).toBeGreaterThan(0);
    expect(await seek(log, 1_510, { samples: 7, spacing: 500 })).toBe(0);
  });

  it('but for a line that came late is not entered behind what is wanted', async () => {
    const lines = minutes(0, 2_000).split(/(?<=\n)/);
    // Where bisection may meet it first, and no sample does.
    for (let place = 1_640; place < 1_740; place += 1) {
      const log = lines.toSpliced(place, 0, testLine('late', 1_640)).join('');
      const found = await seek(log, 1_660);
      if (found > 0) expect(minuteAt(log, found)).toBeLessThan(1_660);
      expect(log.slice(0, found)).not.toContain('"at":1660}');
    }
  });
});

describe('a log that tells little', () => {
  it('is read whole where nothing has a time', async () => {
    const file = fileOf('{"kind":"Event"}\n'.repeat(5_000));
    expect(await seek(file, 100)).toBe(0);
    const costly = fileOf('{"kind":"Event"}\n'.repeat(5_000));
    expect(await seek(costly, 100, { samples: 100, share: 1 / 4 })).toBe(0);
    // The last read is not made.
    expect(costly.asked()).toBeLessThanOrEqual(costly.size / 4);
    expect(costly.asked()).toBeGreaterThan(costly.size / 5);
  });

  it('is read whole where it is one line', async () => {
    expect(await seek('x'.repeat(50_000), 100)).toBe(0);
  });

  it('is read whole where most of it has no times', async () => {
    expect(await seek(`${minutes(0, 500)}${'no time\n'.repeat(10_000)}`, 400)).toBe(0);
  });

  it('is entered before a stretch that has none', async () => {
    const log = `${minutes(0, 1_000)}${'no time\n'.repeat(1_000)}${minutes(1_000, 2_000)}`;
    const found = minuteAt(log, await seek(log, 1_010));
    expect(found).toBeLessThan(1_000);
    expect(found).toBeGreaterThan(800);
    expect(minuteAt(log, await seek(log, 1_500))).toBeGreaterThan(1_460);
  });

  it('is entered among long lines as far as windows grow, and before those that are longer', async () => {
    const long = (size: number): string =>
      Array.from({ length: 40 }, (_, index) => testLine('x'.repeat(size), index * 10)).join('');
    const asked = [1, 3].map(async (lines) => {
      const file = fileOf(long(400));
      const found = minuteAt(long(400), await seek(file, 300, { lines, share: 10, maxWindow: 2_000 }));
      expect(found).toBeLessThan(290);
      expect(found).toBeGreaterThan(200);
      return file.asked();
    });
    // No line is read for the order alone.
    expect(await asked[0]).toBe(await asked[1]);
    expect(await seek(long(400), 300, { maxWindow: 256, share: 10 })).toBe(0);
    const one = minutes(0, 1_000) + testLine('x'.repeat(4_000), 1_000) + minutes(1_001, 2_000);
    expect(minuteAt(one, await seek(one, 1_012))).toBeLessThan(1_001);
    expect(minuteAt(one, await seek(one, 1_500))).toBeGreaterThan(1_460);
  });
});

describe('a hole', () => {
  const hole = Buffer.alloc(200_000);
  const concat = (...parts: (string | Buffer)[]): Buffer => Buffer.concat(parts.map((part) => Buffer.from(part)));

  it.each<[string, Buffer]>([
    ['at the start', concat(hole, minutes(0, 2_000))],
    ['at the end', concat(minutes(0, 2_000), hole)],
    ['in the midst of lines', concat(minutes(0, 300), hole, minutes(300, 2_000))],
    ['in the midst of a line', concat(minutes(0, 300), '{"id":"torn', hole, minutes(300, 2_000))],
  ])('%s is passed over', async (_name, log) => {
    const file = fileOf(log);
    const found = minuteAt(log, await seek(file, 1_500));
    expect(found).toBeLessThan(1_490);
    expect(found).toBeGreaterThan(1_300);
    expect(file.asked()).toBeLessThan(10_000);
  });

  it('is left behind by the first line after it', async () => {
    const log = concat(minutes(0, 10), Buffer.alloc(40), minutes(10, 11), minutes(100, 200));
    expect(minuteAt(log, await seek(log, 90, { samples: 200, share: 10, lines: 1 }))).toBe(10);
  });

  it('is all there is', async () => {
    expect(await seek(hole, 100)).toBe(0);
  });
});

describe('a file that changes', () => {
  const log = Buffer.from(minutes(0, 2_000));

  it('is read whole where it shrinks while it is probed', async () => {
    for (let whole = 0; whole < 17; whole += 1) {
      let reads = 0;
      const shrinking: SeekableFile = {
        size: log.length,
        read: async (position, length) => {
          reads += 1;
          return log.subarray(0, reads > whole ? 100 : log.length).subarray(position, position + length);
        },
      };
      expect(await seek(shrinking, 1_500)).toBe(0);
      // The first sample fits into what is left.
      expect(reads).toBeLessThanOrEqual(Math.max(2, whole + 1));
    }
  });

  it('is read whole where it cannot be read, and a fault of ours is told', async () => {
    const failing = (error: Error): SeekableFile => ({ size: log.length, read: () => Promise.reject(error) });
    expect(await seek(failing(Object.assign(new Error('i/o error'), { code: 'EIO' })), 1_500)).toBe(0);
    await expect(seek(failing(new TypeError('ours')), 1_500)).rejects.toThrow('ours');
  });
});

describe('the defaults', () => {
  const folder = mkdtempSync(join(tmpdir(), 'auditscan-seek-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('find the start in a file of a usual size, and read a tenth of it at most', async () => {
    const body = 'x'.repeat(1_200);
    const lines = Array.from({ length: 72_000 }, (_, index) => testLine(body, index / 60));
    const path = writeLog(join(folder, 'audit.log'), lines.join(''));
    const handle = await open(path);
    try {
      const { size } = await handle.stat();
      expect(size).toBeGreaterThan(64 * MIB);
      let asked = 0;
      const file: SeekableFile = {
        size,
        read: async (position, length) => {
          asked += length;
          const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, position);
          return buffer.subarray(0, bytesRead);
        },
      };
      const offset = await seekTime(file, 1_000 * MINUTE, { timeOfLine: timeOfTestLine });
      const at = minuteAt(await file.read(offset, 2_000), 0);
      expect(at).toBeLessThan(990);
      expect(at).toBeGreaterThan(980);
      expect(asked).toBeLessThan(size / 10);
    } finally {
      await handle.close();
    }
  });
});

const START = Date.UTC(2026, 10, 20) * 1000;
const SLACK = 5 * MINUTE;

/** Events from an offset on that came in, or were written, at a time or later; by id and place. */
async function eventsFrom(bytes: Buffer, offset: number, since: number): Promise<string[]> {
  const summary = createSummary();
  async function* lines() {
    const splitter = createSplitter({ path: 'a', maxRecordSize: MIB }, summary, offset);
    for (const batch of [splitter.add(bytes.subarray(offset)), splitter.end()])
      yield { path: 'a', label: undefined, lines: batch };
  }
  const found: string[] = [];
  for await (const records of readEvents({ sources: [], lines: lines(), summary }))
    for (const { event, place } of records) {
      const { requestReceivedTimestamp, ...staged } = event;
      if (Math.max(eventTime(event) ?? 0, eventTime(staged) ?? 0) >= since)
        found.push(`${event.auditID}@${place.offset}`);
    }
  return found;
}

/** What a log is made of. Times in minutes: since the one before, how late it is written, how long its request took. */
const event = fc.record({
  kind: fc.constant('event'),
  after: fc.constantFrom(0, 0.01, 1, 7, 60),
  late: fc.constantFrom(0, 0, 0.1, 2.5, 5),
  // The clock was set back while it ran.
  took: fc.constantFrom(0, 0.5, 45, 600, -5),
  size: fc.constantFrom(0, 0, 10, 1_500),
  ending: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom('\n', '\r\n') },
    { weight: 1, arbitrary: fc.constantFrom('', '{"kind":"Event","requestObject":{"stageTimestamp":"2000') },
  ),
});
const damage = fc.record({
  kind: fc.constant('damage'),
  text: fc.constantFrom(
    '\n',
    'no event\n',
    '{"kind":"Event","stageTimestamp":"2000-01-01T00:00:00.000000Z"\n',
    '"stageTimestamp":"2000-01-01T00:00:00.000000Z"}\n',
    `{"a":${'['.repeat(500)}\n`,
    '\0'.repeat(7),
    '\0'.repeat(3_000),
  ),
});
const logs = fc.array(fc.oneof({ weight: 10, arbitrary: event }, { weight: 1, arbitrary: damage }), {
  minLength: 5,
  maxLength: 60,
  size: 'max',
});

type Item = typeof logs extends fc.Arbitrary<(infer T)[]> ? T : never;

/** As bytes; with the time of the last event's place. */
function write(items: readonly Item[]): { readonly bytes: Buffer; readonly minutes: number } {
  let minutes = 0;
  const text = items.map((item, index) => {
    if (!('after' in item)) return item.text;
    minutes += item.after;
    const stage = START + Math.round((minutes - item.late) * MINUTE);
    return `${auditLine({
      auditID: String(index),
      requestObject: { stageTimestamp: '2000-01-01T00:00:00.000000Z', items: 'x'.repeat(item.size) },
      requestReceivedTimestamp: formatTime(stage - item.took * MINUTE),
      stageTimestamp: formatTime(stage),
    })}${item.ending}`;
  });
  return { bytes: Buffer.from(text.join('')), minutes };
}

const thresholds: fc.Arbitrary<SeekThresholds> = fc.record({
  slack: fc.constant(SLACK),
  minSize: fc.constant(0),
  samples: fc.integer({ min: 1, max: 20 }),
  spacing: fc.constantFrom(500, 5_000, 1e9),
  window: fc.integer({ min: 30, max: 600 }),
  maxWindow: fc.constantFrom(1_500, 4_000, 8_000),
  lines: fc.integer({ min: 1, max: 3 }),
  share: fc.constantFrom(100, 100, 1),
});

it('no event is lost to full reading, of any log in order within the slack, whatever its damage', async () => {
  let skipped = 0;
  await fc.assert(
    fc.asyncProperty(logs, thresholds, fc.integer({ min: -10, max: 120 }), async (items, limits, percent) => {
      const { bytes, minutes } = write(items);
      const since = START + Math.round((minutes * percent) / 100) * MINUTE;
      const offset = await seekTime(fileOf(bytes), since, { timeOfLine: lineTime, thresholds: limits });
      if (offset > 0) {
        skipped += 1;
        expect([0x0a, 0x00]).toContain(bytes[offset - 1]);
      }
      expect(await eventsFrom(bytes, offset, since)).toEqual(await eventsFrom(bytes, 0, since));
    }),
    { numRuns: 600 },
  );
  expect(skipped).toBeGreaterThan(100);
}, 60_000);

it('a log in any order, or of any bytes, has a start that is that of a line', async () => {
  const anything = fc.oneof(
    fc
      .array(fc.tuple(fc.nat(300), fc.nat(30)), { maxLength: 80 })
      .map((lines) => lines.map(([at, size]) => testLine('x'.repeat(size), at)).join('')),
    fc.string({ unit: fc.constantFrom('{', '"at":', '1', '}', '\n', '\0', 'é'), maxLength: 400 }),
  );
  await fc.assert(
    fc.asyncProperty(anything, thresholds, fc.integer({ min: -10, max: 320 }), async (text, limits, since) => {
      const offset = await seek(text, since, limits);
      if (offset > 0) expect([0x0a, 0x00]).toContain(Buffer.from(text)[offset - 1]);
    }),
    { numRuns: 1_000 },
  );
}, 60_000);

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Finding } from '../src/detect/finding.ts';
import type { EventRecord } from '../src/event/types.ts';
import { type ReadOptions, readEvents, readRequests, scan } from '../src/scan.ts';
import type { Source } from '../src/sources/types.ts';
import { createSummary, type Summary } from '../src/summary.ts';
import { auditLine } from './audit-event.ts';
import { detectorOf } from './detect/detector-text.ts';

const folder = mkdtempSync(join(tmpdir(), 'auditscan-scan-'));
afterAll(() => rmSync(folder, { recursive: true }));

let written = 0;
function source(content: string | Buffer, label?: string): Source {
  written += 1;
  const path = join(folder, `${written}.log`);
  writeFileSync(path, content);
  return { path, label, size: undefined };
}

type Options = Partial<Omit<ReadOptions, 'sources' | 'summary'>>;

async function collect<T>(batches: AsyncIterable<readonly T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const batch of batches) all.push(...batch);
  return all;
}

async function events(
  sources: readonly Source[],
  options: Options = {},
): Promise<{ records: EventRecord[]; summary: Summary }> {
  const summary = createSummary();
  return { records: await collect(readEvents({ sources, summary, ...options })), summary };
}

async function requests(
  sources: readonly Source[],
  options: Options = {},
): Promise<{ records: EventRecord[]; summary: Summary }> {
  const summary = createSummary();
  return { records: await collect(readRequests({ sources, summary, ...options })), summary };
}

function accounted(summary: Summary): number {
  const rejected = [...summary.rejects.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  return summary.eventBytes + summary.emptyBytes + rejected;
}

const ids = (records: readonly EventRecord[]) => records.map(({ event }) => event.auditID);
const lines = (...auditIDs: readonly string[]) => auditIDs.map((auditID) => `${auditLine({ auditID })}\n`).join('');
const cutGzip = (text: string, missing = 4): Buffer => {
  const compressed = gzipSync(text);
  return compressed.subarray(0, compressed.length - missing);
};

describe('every byte read', () => {
  it('is accounted for, of any log', () => {
    const good = auditLine({ auditID: 'good' });
    const piece = fc.oneof(
      fc.constantFrom(
        good,
        `${good}\n`,
        '\n',
        '\r\n',
        '\0\0',
        ' ',
        'klog line\n',
        '{"kind":"Pod"}\n',
        good.slice(0, 300),
        good.slice(300),
      ),
      fc.string({ maxLength: 10 }),
      fc.constant('x'.repeat(3_000)),
    );
    return fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 12 }), fc.boolean(), async (pieces, zip) => {
        const text = Buffer.from(`{${pieces.join('')}`);
        const { summary } = await events([source(zip ? gzipSync(text) : text)], { maxRecordSize: 2_000 });
        expect(summary.bytes).toBe(text.length);
        expect(accounted(summary)).toBe(text.length);
      }),
      { numRuns: 100 },
    );
  });

  it('is accounted for where a source fails midway', async () => {
    const cut = cutGzip(lines('a', 'b', 'c').slice(0, -300), 8);
    const { summary } = await events([source(cut)]);
    expect(summary.inputErrors).toHaveLength(1);
    expect(summary.bytes).toBeGreaterThan(0);
    expect(accounted(summary)).toBe(summary.bytes);
  });

  it('leads back to its event by place and label', async () => {
    const text = `\ufeff\n${lines('a', 'b')}klog\0\0${lines('c')}`;
    const file = source(text, 'node-1');
    const { records } = await events([file]);
    expect(ids(records)).toEqual(['a', 'b', 'c']);
    const bytes = Buffer.from(text);
    for (const { text: event, place } of records) {
      expect(place).toMatchObject({ path: file.path, label: 'node-1' });
      expect(bytes.toString('utf8', place.offset, place.offset + event.length)).toBe(event);
    }
  });

  it('is told as it comes from disk', async () => {
    const compressed = gzipSync(lines('a', 'b'));
    let seen = 0;
    await events([source(compressed)], { onRead: ({ length }) => (seen += length) });
    expect(seen).toBe(compressed.length);
  });
});

describe('a source that fails', () => {
  it('in the middle does not stop the next, and gives what it had', async () => {
    const gone: Source = { path: join(folder, 'gone.log'), size: undefined };
    const cut = source(cutGzip(lines('c', 'd')));
    const { records, summary } = await events([source(lines('a')), gone, source(lines('b')), cut, source(lines('e'))]);
    expect(ids(records)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(summary.files).toBe(5);
    expect(summary.inputErrors).toEqual([
      `cannot read ${gone.path}: no such file or directory`,
      expect.stringMatching(`^${cut.path}: damaged gzip data`),
    ]);
  });

  it('gives the whole event that stands at its cut, though its line has no end', async () => {
    const { records } = await events([source(cutGzip(lines('a', 'b').slice(0, -1)))]);
    expect(ids(records)).toEqual(['a', 'b']);
  });

  it('with an error that nobody knows stops the run', async () => {
    const summary = createSummary();
    const select = () => {
      throw new TypeError('a fault of ours');
    };
    await expect(collect(readEvents({ sources: [source(lines('a'))], summary, select }))).rejects.toThrow(TypeError);
  });
});

describe('a damaged log', () => {
  it('does not lose a good line beside the damage', async () => {
    const bytes = `${lines('a')}klog line\n${lines('b')}${'\0'.repeat(5_000)}${lines('c')}${'x'.repeat(9_000)}\n${lines('d')}`;
    const { records, summary } = await events([source(bytes)], { maxRecordSize: 4_000 });
    expect(ids(records)).toEqual(['a', 'b', 'c', 'd']);
    expect([...summary.rejects.keys()].sort()).toEqual(['not-json', 'nul-hole', 'too-long']);
  });

  it('takes a longer line than is usual by default', async () => {
    const { records } = await events([
      source(`${auditLine({ auditID: 'a', requestObject: 'x'.repeat(5_000_000) })}\n`),
    ]);
    expect(ids(records)).toEqual(['a']);
  });

  it('without any event is told to be no audit log', async () => {
    const { summary } = await events([source('klog line\n{"kind":"Pod"}\n')]);
    expect(summary.inputErrors).toEqual([expect.stringContaining('is an audit event')]);
    expect((await events([source('')])).summary.inputErrors).toEqual([]);
  });
});

describe('a selection', () => {
  it('counts all events and gives those selected', async () => {
    const log = source(lines('a', 'b', 'c'));
    const { records, summary } = await events([log], { select: (event) => event.auditID !== 'b' });
    expect(ids(records)).toEqual(['a', 'c']);
    expect(summary).toMatchObject({ events: 3, selected: 2 });
  });

  it('spans the times of what it selected', async () => {
    const times = ['03', '01', '02', '09'].map((second) => `2026-02-22T10:15:${second}.000000Z`);
    const log = source(
      times
        .map((time) => `${auditLine({ requestReceivedTimestamp: time, verb: time === times[3] ? 'x' : 'get' })}\n`)
        .join(''),
    );
    const { summary } = await events([log], { select: ({ verb }) => verb === 'get' });
    expect(summary.firstTime).toBe(Date.parse(times[1] ?? '') * 1_000);
    expect(summary.lastTime).toBe(Date.parse(times[0] ?? '') * 1_000);
  });

  it('of nothing has no times', async () => {
    const { records, summary } = await events([source(lines('a'))], { select: () => false });
    expect(records).toEqual([]);
    expect(summary).toMatchObject({ selected: 0, firstTime: undefined, lastTime: undefined });
  });
});

describe('requests', () => {
  const exec = { verb: 'get', requestURI: '/exec', objectRef: { resource: 'pods', subresource: 'exec' } };
  const stage = (name: string, fields: Record<string, unknown> = {}) =>
    `${auditLine({ ...exec, stage: name, ...fields })}\n`;

  it('are counted once each, with what only came in beside them', async () => {
    const log = [
      stage('RequestReceived'),
      stage('ResponseStarted'),
      stage('ResponseComplete'),
      stage('RequestReceived', { auditID: 'b' }),
      stage('ResponseComplete', { auditID: 'b' }),
    ].join('');
    const { records, summary } = await requests([source(log)]);
    expect(records.map(({ event }) => event.stage)).toEqual(['ResponseStarted', 'ResponseComplete']);
    expect(summary).toMatchObject({ events: 5, selected: 5, requests: 2, received: 2 });
  });

  it('are brought together over the end of a file', async () => {
    const { summary } = await requests([source(stage('ResponseStarted')), source(gzipSync(stage('ResponseComplete')))]);
    expect(summary.requests).toBe(1);
  });

  it('are counted of the selected events only', async () => {
    const { summary } = await requests([source(lines('a', 'b', 'c'))], { select: ({ auditID }) => auditID === 'b' });
    expect(summary).toMatchObject({ events: 3, requests: 1 });
  });
});

describe('a scan', () => {
  const findings = async (
    sources: readonly Source[],
    ...detectors: Parameters<typeof detectorOf>[]
  ): Promise<Finding[]> => {
    const summary = createSummary();
    return collect(scan({ sources, summary, detectors: detectors.map((detector) => detectorOf(...detector)) }));
  };

  it('gives the findings in the order of the log, with their places', async () => {
    const log = source(lines('a', 'b', 'c'));
    const found = await findings([log], ['auditID != "b"']);
    expect(found.map(({ auditID }) => auditID)).toEqual(['a', 'c']);
    expect(found[1]?.source).toEqual({ path: log.path, offset: 2 * lines('a').length });
  });

  it('gives the findings of windows, those that are over and those still open', async () => {
    const burst = (second: number, count: number) =>
      Array.from(
        { length: count },
        (_, index) =>
          `${auditLine({ auditID: `${second} ${index}`, requestReceivedTimestamp: `2026-02-22T10:${String(second).padStart(2, '0')}:0${index}.000000Z` })}\n`,
      ).join('');
    const found = await findings(
      [source(burst(1, 3)), source(burst(2, 1) + burst(30, 4))],
      ['true', ['window: { by: [user.username], within: 10s, count: 3 }']],
    );
    expect(found.map(({ count }) => count)).toEqual([3, 4]);
  });

  it('gives the same ids again, compressed or not, in one file or in two', async () => {
    const once = await findings([source(lines('a', 'b'))], ['true']);
    const again = await findings([source(gzipSync(lines('a'))), source(lines('b'))], ['true']);
    expect(again.map(({ id }) => id)).toEqual(once.map(({ id }) => id));
    expect(new Set(once.map(({ id }) => id)).size).toBe(2);
  });

  it('gives the same ids again with other line ends, also where there is no audit id', async () => {
    const text = `${auditLine({ auditID: undefined })}\n`;
    const [once] = await findings([source(text)], ['true']);
    const [again] = await findings([source(text.replace('\n', '\r\n'))], ['true']);
    expect(again?.id).toBe(once?.id);
  });

  it('without detectors counts requests and finds nothing', async () => {
    const summary = createSummary();
    expect(await collect(scan({ sources: [source(lines('a'))], summary, detectors: [] }))).toEqual([]);
    expect(summary.requests).toBe(1);
  });
});

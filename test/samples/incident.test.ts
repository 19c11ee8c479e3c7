import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Expected } from '../../samples/make/expected.ts';
import { incidentFiles } from '../../samples/make/incident.ts';

const folder = new URL('../../samples/incident/', import.meta.url);
const read = (name: string): Buffer => readFileSync(new URL(name, folder));
const isCompressed = (name: string): boolean => name.endsWith('.gz');
const plain = (name: string, content: Buffer): Buffer => (isCompressed(name) ? gunzipSync(content) : content);

interface Event {
  readonly auditID: string;
  readonly stage: string;
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username?: string };
  readonly requestReceivedTimestamp: string;
}

const expected = JSON.parse(read('expected.json').toString()) as Expected;
const linesByFile = expected.files.map(({ name }) => ({
  name,
  lines: plain(name, read(name)).toString().split('\n').slice(0, -1),
}));
const events = linesByFile.flatMap(({ lines }) => lines.map((line) => JSON.parse(line) as Event));

describe('samples/incident', () => {
  const remade = incidentFiles(read('README.md').toString());

  test('holds what its script makes and nothing else', () => {
    expect(readdirSync(folder).sort()).toEqual([...remade.keys()].sort());
  });

  // Compressed bytes are zlib's business and differ between its versions; what they hold does not.
  test.each([...remade])('%s is what its script makes', (name, content) => {
    expect(plain(name, read(name)).equals(plain(name, content))).toBe(true);
  });

  test('is made the same byte for byte, compressed files too', () => {
    for (const [name, content] of incidentFiles(read('README.md').toString())) {
      expect(remade.get(name)?.equals(content), name).toBe(true);
    }
  });

  test('compressed files name neither time nor operating system', () => {
    for (const { name } of linesByFile.filter(({ name }) => isCompressed(name))) {
      const header = read(name).subarray(0, 10);
      expect([header.readUInt32LE(4), header[9]], name).toEqual([0, 255]);
    }
  });

  test('stays small', () => {
    const bytes = readdirSync(folder).reduce((sum, name) => sum + read(name).length, 0);
    expect(bytes).toBeLessThan(400_000);
  });

  test('has the lines, events, stages and requests that expected.json says', () => {
    expect(linesByFile.map(({ name, lines }) => ({ name, lines: lines.length }))).toEqual(expected.files);
    expect(events.length).toBe(expected.totals.lines);
    expect(events.length).toBe(expected.totals.events);

    const stages = Object.fromEntries(Object.keys(expected.totals.stages).map((stage) => [stage, 0]));
    for (const { stage } of events) stages[stage] = (stages[stage] ?? 0) + 1;
    expect(stages).toEqual(expected.totals.stages);

    // Not the auditID alone: the attacker pins one on several requests.
    const requests = new Set(
      events.map((event) => {
        const who = event.user.username ?? '';
        return [event.auditID, who, event.verb, event.requestURI, event.requestReceivedTimestamp].join('\0');
      }),
    );
    expect(requests.size).toBe(expected.totals.requests);
  });

  test('is written in the order of stage times, each file before its rotation', () => {
    const times = events.map((event) => (event as Event & { stageTimestamp: string }).stageTimestamp);
    expect(times).toEqual([...times].sort());
  });
});

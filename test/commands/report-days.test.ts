import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDays, type Days, type Stage } from '../report/days.ts';

let days: Days;
beforeEach(() => {
  days = createDays();
});
afterEach(() => days.remove());

const exec = {
  verb: 'get',
  requestURI: '/api/v1/namespaces/production/pods/web-0/exec?command=sh',
  objectRef: { resource: 'pods', subresource: 'exec', namespace: 'production', name: 'web-0', apiVersion: 'v1' },
  responseStatus: { code: 101 },
};
const secret = (name: string): Readonly<Record<string, unknown>> => ({
  requestURI: `/api/v1/namespaces/prod/secrets/${name}`,
  objectRef: { resource: 'secrets', namespace: 'prod', name, apiVersion: 'v1' },
});
const read = (name: string, received: string, written = received): Stage => ({
  ...{ id: name, received, written, fields: secret(name) },
});
const refused = (index: number, received: string): Stage => ({
  ...{ id: `refused-${index}`, received, written: received, stage: 'ResponseStarted' },
  fields: { user: {}, responseStatus: { code: 401 }, annotations: {} },
});

const bursts = { detector: ['failed-authentication'] };

/** `secret-read db 1 of 2 new`, one for each group of findings, in the order of the log. */
async function told(options: Readonly<Record<string, unknown>> = {}): Promise<string[]> {
  const { report } = await days.report(options);
  return report.findings
    .toSorted((a, b) => ((a.first ?? '') < (b.first ?? '') ? -1 : 1))
    .map(({ detector, object, findings, new: fresh }) => `${detector} ${object?.name} ${fresh} of ${findings} new`);
}

describe('two reports on two days of a rotated set', () => {
  it('tell each finding as new once', async () => {
    days.write(read('monday', '09:00'), read('evening', '23:58'));
    expect(await told()).toEqual(['secret-read monday 1 of 1 new', 'secret-read evening 1 of 1 new']);
    days.rotate();
    days.write(read('tuesday', '+1 09:00'));
    expect(await told()).toEqual(['secret-read tuesday 1 of 1 new']);
  });

  it('tell a request once whose other stage falls into the second', async () => {
    days.write({ id: 'shell', received: '22:00', written: '22:00:01', stage: 'ResponseStarted', fields: exec });
    expect(await told()).toEqual(['prod-exec web-0 1 of 1 new']);
    days.rotate();
    days.write({ id: 'shell', received: '22:00', written: '+1 01:30', fields: exec }, read('other', '+1 02:00'));
    const { report } = await days.report();
    expect(report.findings.map(({ detector, object }) => `${detector} ${object?.name}`)).toEqual(['secret-read other']);
    expect(report.toldBefore).toBe(1);
    expect(report.totals.newFindings).toBe(1);
  });

  it('tell a request as new that came in on the first day and was decided on the second', async () => {
    days.write(read('before', '23:00'));
    days.write({ id: 'long', received: '23:59:59.9', written: '23:59:59.9', stage: 'RequestReceived', fields: exec });
    await told();
    days.rotate();
    days.write({ id: 'long', received: '23:59:59.9', written: '+1 04:00', fields: exec });
    expect(await told()).toEqual(['prod-exec web-0 1 of 1 new']);
  });

  it('tell what was written late into the file of the first', async () => {
    days.write(read('first', '23:50'), read('last', '23:59'));
    await told();
    days.rotate();
    days.writeLate(read('late', '23:55'));
    days.write(read('next', '+1 00:01'));
    expect(await told()).toEqual(['secret-read late 1 of 1 new', 'secret-read next 1 of 1 new']);
  });

  it('tell a burst that lies on midnight, which neither holds whole', async () => {
    days.write(refused(1, '23:57'), refused(2, '23:58'), refused(3, '23:59'));
    expect(await told(bursts)).toEqual([]);
    days.rotate();
    days.write(refused(4, '+1 00:01'), refused(5, '+1 00:02'));
    expect(await told(bursts)).toEqual(['failed-authentication db 1 of 1 new']);
  });

  it('tell a burst once that goes on after midnight', async () => {
    days.write(...['23:55', '23:56', '23:57', '23:58', '23:59'].map((time, index) => refused(index, time)));
    expect(await told(bursts)).toEqual(['failed-authentication db 1 of 1 new']);
    days.rotate();
    days.write(refused(6, '+1 00:01'));
    expect(await told(bursts)).toEqual(['failed-authentication db 0 of 1 new']);
  });

  it('count each request in one of them', async () => {
    days.write(read('a', '23:50'), read('b', '23:59'));
    const first = await days.report();
    days.rotate();
    days.write(read('c', '+1 00:01'), read('d', '+1 00:02'));
    const second = await days.report();
    expect(first.report.totals.requests).toBe(2);
    expect(second.report.totals.requests).toBe(2);
    expect(second.report.window).toMatchObject({
      ...{ sinceLast: true, first: '2026-02-21T00:01:00.000000Z', last: '2026-02-21T00:02:00.000000Z' },
    });
  });

  it('are right with bounds as well, where the log is asked for by the time of writing', async () => {
    days.write(read('monday', '09:00'));
    days.write({ id: 'shell', received: '23:50', written: '23:50', stage: 'ResponseStarted', fields: exec });
    const day = (since: string, until: string) => ({ since, until });
    expect(await told(day('2026-02-20', '2026-02-20'))).toEqual([
      'secret-read monday 1 of 1 new',
      'prod-exec web-0 1 of 1 new',
    ]);
    days.rotate();
    days.write({ id: 'shell', received: '23:50', written: '+1 01:00', fields: exec });
    days.write(read('border', '23:59:59.999', '+1 00:00:00.001'));
    expect(await told(day('2026-02-21', '2026-02-21'))).toEqual(['secret-read border 1 of 1 new']);
  });

  it('tell again what was not told because the report could not be written', async () => {
    days.write(read('monday', '09:00'));
    await expect(days.report({ out: [days.folder], output: 'json' })).rejects.toThrow('it is a directory');
    expect(await told()).toEqual(['secret-read monday 1 of 1 new']);
  });

  it('say what was rotated away between them', async () => {
    days.write(read('monday', '09:00'));
    await days.report();
    days.rotate();
    days.write(read('lost', '+1 10:00'));
    days.rotate();
    days.write(read('wednesday', '+2 09:00'));
    days.forget();
    const { report } = await days.report();
    expect(report.findings.map(({ object }) => object?.name)).toEqual(['wednesday']);
    expect(report.blindSpots.map(({ kind, text }) => `${kind}: ${text.replace(days.folder, '')}`)).toContain(
      'start: /logs/audit.log begins at 2026-02-22 09:00:00Z: what was logged in the window before is not there',
    );
  });
});

describe('reports of several logs', () => {
  const early = ['20:01', '20:02', '20:03', '20:04', '20:05'].map((time, index) => refused(index, time));

  it('do not tell anew what is known of one because another ended days before, or is new', async () => {
    days.writeTo('dead', read('dead', '00:10'));
    days.writeTo('alive', ...early, read('evening', '20:20'));
    await days.report();
    days.writeTo('alive', read('tuesday', '+1 09:00'));
    days.writeTo('fresh', read('fresh', '+1 09:00'));
    expect(await told()).toEqual(['secret-read tuesday 1 of 1 new', 'secret-read fresh 1 of 1 new']);
  });

  it('say which ended before the others', async () => {
    days.writeTo('dead', read('dead', '09:00'));
    days.writeTo('alive', read('alive', '12:00'));
    const { report } = await days.report({ since: undefined, known: undefined });
    expect(report.blindSpots.map(({ kind, text }) => `${kind}: ${text.replaceAll(days.folder, '')}`)).toEqual([
      'end: nothing was logged in dead /logs/dead/audit.log after 2026-02-20 09:00:00Z',
    ]);
  });

  it('go on in the others where a part of one cannot be read', async () => {
    days.writeTo('broken', read('lost', '09:00'));
    days.writeTo('whole', read('whole', '09:00'));
    writeFileSync(join(days.folder, 'logs/broken/audit.log.1.gz'), gzipSync('x'.repeat(1_000)).subarray(0, 20));
    expect((await days.report()).exit).toBe(2);
    days.writeTo('broken', read('more', '10:00'));
    days.writeTo('whole', read('more', '10:00'));
    const { report } = await days.report();
    expect(report.totals).toMatchObject({ requests: 3, newFindings: 2 });
  });
});

describe('no hole is made in what --since last covers', () => {
  it('by a report of a window that begins later', async () => {
    days.write(read('first', '09:00'));
    await days.report();
    days.write(read('between', '12:00'), read('late', '20:00'));
    await days.report({ since: '2026-02-20T19:00:00Z' });
    expect(await told()).toEqual(['secret-read between 1 of 1 new', 'secret-read late 0 of 1 new']);
  });

  it('by events that come hours late, but they are counted', async () => {
    days.write(read('first', '09:00'), read('last', '12:00'));
    await days.report();
    days.write(read('next', '12:10'), read('stray', '10:00'));
    const { report } = await days.report();
    expect(report.findings.map(({ object }) => object?.name)).toEqual(['next']);
    expect(report.blindSpots.map(({ kind, text }) => `${kind}: ${text}`)).toContainEqual(
      expect.stringMatching(/^late: 1 event was written more than 30 minutes late, and is in no report/),
    );
  });
});

describe('a window without any event', () => {
  it.each([
    ['before the log begins', { since: '2026-02-01', until: '2026-02-02' }, 'begins at 2026-02-20 09:00:00Z'],
    ['until before it begins', { since: undefined, until: '2026-02-02' }, 'begins at 2026-02-20 09:00:00Z'],
    ['after it ended', { since: '2026-02-25', until: '2026-02-26' }, 'ends at 2026-02-20 21:00:00Z'],
  ])('%s is an error', async (_name, window, why) => {
    days.write(read('first', '09:00'), read('last', '21:00'));
    await expect(days.report(window)).rejects.toThrow(why);
  });

  it('between two events is a report of nothing', async () => {
    days.write(read('first', '09:00'), read('last', '21:00'));
    const { report } = await days.report({ since: '2026-02-20T12:00:00Z', until: '2026-02-20T13:00:00Z' });
    expect(report.totals.requests).toBe(0);
  });
});

it('a report says what it leaves out, and that nothing is left', async () => {
  days.write(read('first', '09:00'));
  const { report } = await days.report({ since: undefined, namespace: ['nowhere'], detector: ['secret-*'] });
  expect(report.window.selection).toEqual(['--namespace nowhere', '--detector secret-*']);
  expect(report.blindSpots).toContainEqual({
    kind: 'selection',
    text: 'none of the 1 event in the window is as asked for: --namespace nowhere --detector secret-*',
  });
});

describe('the exit status', () => {
  it('is 1 with --fail-on for every finding, and with --fail-on-new for new ones alone', async () => {
    days.write({ id: 'shell', received: '22:00', written: '22:00', stage: 'ResponseStarted', fields: exec });
    const all = { since: '2026-02-20', 'fail-on': 'high' };
    const fresh = { since: '2026-02-20', 'fail-on-new': 'high' };
    expect((await days.report(fresh)).exit).toBe(1);
    expect((await days.report(fresh)).exit).toBe(0);
    expect((await days.report(all)).exit).toBe(1);
    expect((await days.report({ ...all, 'fail-on': 'critical' })).exit).toBe(0);
  });
});

/** What is said where nothing was written since the last report, in a log from long ago. */
function nothingLogged(error: unknown): { readonly report: undefined } {
  expect(String(error)).toContain('nothing was logged in the window');
  return { report: undefined };
}

it('reports at any moments tell as new, together, what one look at the whole log finds, each once', async () => {
  const stage = fc.record({
    kind: fc.constantFrom('read', 'exec', 'whole'),
    gap: fc.integer({ min: 0, max: 300 }),
    takes: fc.integer({ min: 0, max: 5_000 }),
  });
  const step = fc.oneof(
    { weight: 6, arbitrary: stage },
    { weight: 1, arbitrary: fc.constant('rotate' as const) },
    { weight: 2, arbitrary: fc.constant('report' as const) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const log = createDays();
      try {
        const told: string[] = [];
        const pending: Stage[] = [];
        let clock = 0;
        let written = 0;
        const time = (seconds: number): string =>
          `${Math.floor(seconds / 3600)}:${Math.floor(seconds / 60) % 60}:${seconds % 60}`;
        const flush = (): void => {
          const due = pending
            .filter((item) => Number(item.written) <= clock)
            .sort((a, b) => Number(a.written) - Number(b.written));
          for (const item of due) {
            pending.splice(pending.indexOf(item), 1);
            log.write({ ...item, written: time(Number(item.written)) });
            written += 1;
          }
        };
        const report = async (): Promise<void> => {
          if (written === 0) return;
          const { report: made } = await log.report({ detector: ['secret-read', 'prod-exec'] }).catch(nothingLogged);
          for (const { detector, object, new: fresh } of made?.findings ?? [])
            for (let n = 0; n < (fresh ?? 0); n++) told.push(`${detector} ${object?.name}`);
        };
        for (const [index, item] of [...steps, 'report' as const].entries()) {
          if (item === 'rotate') {
            if (written > 0) log.rotate();
          } else if (item === 'report') {
            flush();
            await report();
          } else {
            clock += item.gap;
            flush();
            const name = `${item.kind}-${index}`;
            const fields = item.kind === 'read' ? secret(name) : { ...exec, objectRef: { ...exec.objectRef, name } };
            const received = time(clock);
            if (item.kind === 'exec') {
              log.write({ id: name, received, written: received, stage: 'ResponseStarted', ...(fields && { fields }) });
              written += 1;
            }
            pending.push({ id: name, received, written: String(clock + item.takes), ...(fields && { fields }) });
          }
        }
        clock += 10_000;
        flush();
        await report();
        const all = steps.flatMap((item, index) =>
          typeof item === 'string'
            ? []
            : [`${item.kind === 'read' ? 'secret-read' : 'prod-exec'} ${item.kind}-${index}`],
        );
        expect(told.sort()).toEqual(all.sort());
      } finally {
        log.remove();
      }
    }),
    { numRuns: 12 },
  );
}, 120_000);

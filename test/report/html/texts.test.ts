import { describe, expect, it } from 'vitest';
import { nameText } from '../../../src/report/actor-name.ts';
import { html } from '../../../src/report/html/template.ts';
import { createTimes, isolated, within } from '../../../src/report/html/texts.ts';
import { axisLabels } from '../../../src/report/html/timeline-axis.ts';
import type { Bucket } from '../../../src/report/model.ts';

describe('within', () => {
  it.each([
    ['', 10, ''],
    ['0123456789', 10, '0123456789'],
    ['0123456789a', 10, '012345678…'],
    ['   ', 10, '"   "'],
    ['a\nb', 10, 'a\\nb'],
    ['a\u0301'.repeat(3), 10, 'a\u0301'.repeat(3)],
    // More marks than letters: cut by length, where the columns would hold all of it.
    [`z${'\u0301'.repeat(8)}`.repeat(8), 10, `${`z${'\u0301'.repeat(8)}`.repeat(3)}z\u0301\u0301…`],
  ])('%j in %d columns', (text, columns, shown) => expect(within(text, columns)).toBe(shown));

  it('costs no more than its columns, in bytes as well', () => {
    for (const text of ['z\u0301\u0302\u0303', '漢', '"', '\u001b', '🫠', 'a'])
      expect(Buffer.byteLength(within(text.repeat(1_000_000), 100))).toBeLessThan(1_000);
  });
});

it.each([
  [{ username: '', impersonated: null }, '(nobody)'],
  [{ username: 'system:serviceaccount:a:b', impersonated: null }, 'sa:a/b'],
  [{ username: 'maria', impersonated: 'system:admin' }, 'maria as system:admin'],
])('an actor %j is %s', (name, text) => expect(nameText(name)).toBe(text));

it('keeps the parts of a name apart that are written from right to left', () => {
  const text = (text: string) => html`${isolated(text)}`.text;
  expect(text('sa:shop/deployer')).toBe('sa:shop/deployer');
  expect(text('אבג/دهو')).toBe('<bdi>אבג</bdi>/<bdi>دهو</bdi>');
});

describe('times', () => {
  const times = createTimes('Europe/Berlin');
  it('are told in the zone, and to machines as they are', () => {
    expect(times.short('2026-11-17T08:03:52.123456Z').text).toBe(
      '<time datetime="2026-11-17T08:03:52.123Z">11-17 09:03:52</time>',
    );
    expect(times.short('2026-11-17T08:03:52Z', '2026-11-16T23:00:00Z').text).toContain('>09:03:52<');
    expect(times.short('2026-11-17T08:03:52Z', '2026-11-16T22:59:59Z').text).toContain('>11-17 09:03:52<');
    expect(times.zone).toBe('Berlin');
    expect(createTimes('UTC').zone).toBe('UTC');
    expect(times.after('2026-11-17T08:03:52.9Z', '2026-11-17T08:03:52Z')).toBeUndefined();
    expect(html`${times.after('2026-11-17T08:03:53Z', '2026-11-17T08:03:52Z')}`.text).toContain('>09:03:53<');
    expect(html`${times.after(null, null)}`.text).toContain('class="none"');
    expect(times.long(null).text).toContain('class="none"');
    expect(times.long('yesterday').text).toContain('class="none"');
  });

  it.each([
    [null, null, undefined],
    ['2026-11-17T08:00:00Z', null, 'from 2026-11-17 09:00 Europe/Berlin'],
    [null, '2026-11-17T08:00:00Z', 'until 2026-11-17 09:00 Europe/Berlin'],
    ['2026-11-17T08:00:00Z', '2026-11-17T09:30:00Z', '2026-11-17 09:00 to 10:30 Europe/Berlin'],
  ])('span from %s to %s', (from, to, text) => expect(times.span(from, to)).toBe(text));
});

describe('labels of the timeline', () => {
  const none = { outcomes: {}, findings: {} } as Pick<Bucket, 'outcomes' | 'findings'>;
  const labels = (count: number, minutes: number, from: string, zone = 'UTC') => {
    const start = Date.parse(from);
    const buckets = Array.from({ length: count }, (_, index) => ({
      start: new Date(start + index * minutes * 60_000).toISOString(),
      ...none,
    }));
    return axisLabels(buckets, createTimes(zone), 1048 / count);
  };

  it('stand at full hours of the zone, few enough to be read', () => {
    const { ticks, dates } = labels(96, 15, '2026-11-17T05:00:00Z', 'Asia/Kolkata');
    expect(ticks.map(({ text }) => text)).toEqual(
      ['12', '14', '16', '18', '20', '22', '00', '02', '04', '06', '08', '10'].map((hour) => `${hour}:00`),
    );
    expect(dates.map(({ text }) => text)).toEqual(['2026-11-17', '2026-11-18']);
  });

  it('are dates alone where bars are days', () => {
    const { ticks, dates } = labels(30, 1_440, '2026-11-01T00:00:00Z');
    expect(ticks).toEqual([]);
    expect(dates.length).toBeGreaterThan(8);
    expect(dates.length).toBeLessThanOrEqual(14);
  });

  it('give up the date of a first day that is nearly over', () => {
    expect(labels(96, 15, '2026-11-17T23:45:00Z').dates).toEqual([{ index: 1, text: '2026-11-18' }]);
  });

  it('are there whatever the bars are', () => {
    for (const minutes of [1, 5, 7, 15, 60, 180, 333, 720])
      for (const count of [1, 2, 13, 96, 120]) {
        const { ticks, dates } = labels(count, minutes, '2026-11-17T05:03:00Z');
        expect(ticks.length + dates.length, `${count} of ${minutes}`).toBeGreaterThan(0);
        expect(ticks.length).toBeLessThanOrEqual(14);
      }
  });
});

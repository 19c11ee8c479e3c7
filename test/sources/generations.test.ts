import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byGeneration, liveName, looksLikeLog } from '../../src/sources/generations.ts';

/** Each list from the oldest to the live file. */
const ORDERS: readonly (readonly [name: string, files: readonly string[]])[] = [
  ['one file', ['audit.log']],
  [
    'lumberjack',
    [
      'audit-2026-02-21T23-59-59.999.log',
      'audit-2026-02-22T10-15-30.123.log',
      'audit-2026-02-22T10-15-30.124.log',
      'audit.log',
    ],
  ],
  [
    'lumberjack, compressed',
    ['audit-2026-02-21T23-59-59.999.log.gz', 'audit-2026-02-22T10-15-30.123.log.gz', 'audit.log'],
  ],
  ['lumberjack, another extension', ['audit-log-2026-02-22T10-15-30.123.json.gz', 'audit-log.json']],
  ['logrotate', ['audit.log.10.gz', 'audit.log.9.gz', 'audit.log.2.gz', 'audit.log.1', 'audit.log']],
  ['logrotate, zstd', ['audit.log.3.zst', 'audit.log.2.zst', 'audit.log.1', 'audit.log']],
  ['logrotate with dateext', ['audit.log-20261119.gz', 'audit.log-20261120.gz', 'audit.log-20261121', 'audit.log']],
  [
    'logrotate with dateext, by the hour',
    ['audit.log-2026112023.gz', 'audit.log-2026112105', 'audit.log-2026112106', 'audit.log'],
  ],
  [
    'logrotate with dateext and seconds',
    ['audit.log-20261121-1795236978.gz', 'audit.log-20261121-1795236979', 'audit.log'],
  ],
  ['logrotate with dateext of dashes', ['audit.log-2026-11-19.gz', 'audit.log-2026-11-20', 'audit.log']],
  [
    'lumberjack and logrotate',
    ['audit-2026-02-21T10-00-00.000.log.1.gz', 'audit-2026-02-22T10-00-00.000.log.1.gz', 'audit.log'],
  ],
];

const ALL = ORDERS.map(([, files]) => files).filter((files) => files.length > 1);

describe('the generations of a log', () => {
  it.each(ORDERS)('%s: have one live name and are told for logs', (_, files) => {
    for (const file of files) {
      expect(liveName(`/var/log/${file}`), file).toBe(`/var/log/${files.at(-1)}`);
      expect(looksLikeLog(`/var/log/${file}`), file).toBe(true);
    }
  });

  it.each(ORDERS)('%s: are sorted from the oldest to the live file, however they come', (_, files) => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...files], { minLength: files.length }), (shuffled) => {
        expect(shuffled.sort(byGeneration)).toEqual(files);
      }),
    );
  });

  it('of several logs stay together', () => {
    const files = ALL[0]?.flatMap((file) => [`/a/${file}`, `/b/${file}`]) ?? [];
    expect(
      files
        .reverse()
        .sort(byGeneration)
        .map((file) => file.slice(0, 2))
        .join(''),
    ).toMatch(/^(\/a)+(\/b)+$/);
  });

  it('of logs with names that begin alike stay apart', () => {
    const files = ['audit.log', 'audit.log.1', 'audit2.log', 'audit2.log.1'];
    expect(files.sort(byGeneration)).toEqual(['audit.log.1', 'audit.log', 'audit2.log.1', 'audit2.log']);
  });

  it('are sorted the same by any two: the order is total', () => {
    const file = fc.constantFrom(
      ...ALL.flat(),
      'audit.log.bak',
      'x',
      'audit2.log',
      '.log',
      '-20261121',
      'audit.json.1',
    );
    fc.assert(
      fc.property(file, file, file, (a, b, c) => {
        expect(byGeneration(a, a)).toBe(0);
        expect(byGeneration(a, b) + byGeneration(b, a)).toBe(0);
        if (byGeneration(a, b) <= 0 && byGeneration(b, c) <= 0) expect(byGeneration(a, c)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('the name of a log', () => {
  it.each([
    'audit.log',
    'kube-apiserver.log',
    'x.log.gz',
    'x.jsonl',
    'x.ndjson.gz',
    'x.jsonl.zst',
    'audit.json',
    'audit-log.json',
    'audit.log.1',
  ])('is %s', (name) => {
    expect(looksLikeLog(`/some.dir/${name}`)).toBe(true);
  });

  it.each([
    'README.md',
    'audit.txt',
    'package.json',
    'x.json',
    '.audit.log',
    '.log',
    'audit.log.bak',
    'audit.log~',
    'audit.log.gz.tmp',
    'audit',
    'log',
    'catalog',
    'audit.log.swp',
    'x.gz',
  ])('is not %s', (name) => {
    expect(looksLikeLog(`/var/log/${name}`)).toBe(false);
  });

  it.each([
    ['web-20261121-prod.log', 'web-20261121-prod.log'],
    ['node-12345678.log', 'node.log'],
    ['audit.2026.log', 'audit.2026.log'],
    ['node-1.log', 'node-1.log'],
  ])('%s keeps what only looks like a rotation', (name, live) => {
    expect(liveName(`/x/${name}`)).toBe(`/x/${live}`);
  });
});

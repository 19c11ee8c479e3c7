import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readEvents } from '../../src/scan.ts';
import { createSummary } from '../../src/summary.ts';
import { hasShared, SHARED } from './shared.ts';

/** What each sample holds, after its own description. */
const SAMPLES: readonly (readonly [path: string, events: number, rejects: Readonly<Record<string, number>>])[] = [
  ['jsonl-v1/falco-v1.jsonl', 4, {}],
  ['v1beta1/audit2rbac-demo.log', 37, {}],
  ['v1beta1/falco-v1beta1.jsonl', 9, {}],
  ['v1beta1/k8s-docs-1.8.jsonl', 2, {}],
  ['v1alpha1/k8s-docs-1.7.jsonl', 2, {}],
  ['encoder/go-encoder-edge.jsonl', 1, {}],
  ['rotation/nul-hole.log', 1, { 'nul-hole': 1 }],
  ['rotation/torn-line-glued.log', 1, { torn: 1 }],
];

describe.runIf(hasShared)('samples of every format', () => {
  test.each(SAMPLES)('%s', async (path, events, rejects) => {
    const summary = createSummary();
    const sources = [{ path: join(SHARED, 'formats', path), label: undefined, size: undefined }];
    for await (const _ of readEvents({ sources, summary }));
    const counts = Object.fromEntries([...summary.rejects].map(([reason, { count }]) => [reason, count]));
    expect({ events: summary.events, rejects: counts }).toEqual({ events, rejects });
    const rejected = [...summary.rejects.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    expect(summary.eventBytes + summary.emptyBytes + rejected).toBe(summary.bytes);
  });
});

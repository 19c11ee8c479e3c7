import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readEvents } from '../../src/scan.ts';
import { createSummary } from '../../src/summary.ts';
import { run } from '../command-line.ts';
import { hasShared, SHARED } from './shared.ts';

const LOG = join(SHARED, 'real/openshift-2500.log.gz');
const hasJq = spawnSync('jq', ['--version']).status === 0;
if (hasShared && !hasJq) process.stderr.write('\nCOMPARISON WITH jq NOT RUN: there is no jq on this machine.\n\n');

/** The same question in both languages, over all kinds of fields. */
const QUESTIONS: readonly (readonly [jsonata: string, jq: string])[] = [
  ['verb = "delete"', '.verb == "delete"'],
  [
    'objectRef.resource = "secrets" and verb in ["get", "list", "watch"]',
    '.objectRef.resource == "secrets" and (.verb | IN("get", "list", "watch"))',
  ],
  ['responseStatus.code >= 400', '(.responseStatus.code // 0) >= 400'],
  ['"system:unauthenticated" in user.groups', '(.user.groups // []) | index("system:unauthenticated") != null'],
  [
    '"master-0" in user.extra."authentication.kubernetes.io/node-name"',
    '(.user.extra["authentication.kubernetes.io/node-name"] // []) | index("master-0") != null',
  ],
  [
    '$contains(annotations."authorization.k8s.io/reason", "cluster-admin")',
    '(.annotations["authorization.k8s.io/reason"] // "") | contains("cluster-admin")',
  ],
  ['$exists(requestObject.spec)', '(.requestObject | type) == "object" and (.requestObject | has("spec"))'],
  ['$count(responseObject.status.conditions) > 1', '((.responseObject.status?.conditions? // []) | length) > 1'],
  ['$contains(userAgent, /^kube-(controller|scheduler)/)', '(.userAgent // "") | test("^kube-(controller|scheduler)")'],
  [
    'requestReceivedTimestamp >= "2025-12-09T12:56:00" and stage = "ResponseComplete"',
    '.requestReceivedTimestamp >= "2025-12-09T12:56:00" and .stage == "ResponseComplete"',
  ],
  ['$not($exists(objectRef))', '.objectRef == null'],
  [
    'sourceIPs[0] = "::1" or sourceIPs[-1] = "10.129.0.44"',
    '.sourceIPs[0] == "::1" or .sourceIPs[-1] == "10.129.0.44"',
  ],
];

describe.runIf(hasShared)('the real log of an OpenShift cluster', () => {
  test('every event arrives and every byte is accounted for', async () => {
    const summary = createSummary();
    const sources = [{ path: LOG, label: undefined, size: undefined }];
    for await (const _ of readEvents({ sources, summary }));
    const { bytes, events, eventBytes, emptyBytes, rejects, inputErrors } = summary;
    expect({ bytes, events, rejects: rejects.size, inputErrors }).toEqual({
      bytes: gunzipSync(readFileSync(LOG)).length,
      events: 2_499,
      rejects: 0,
      inputErrors: [],
    });
    expect(eventBytes + emptyBytes).toBe(bytes);
    expect(emptyBytes).toBe(1);
  });

  test.runIf(hasJq).each(QUESTIONS)('%s keeps what jq keeps', async (jsonata, jq) => {
    const log = gunzipSync(readFileSync(LOG));
    const expected = spawnSync('jq', ['-r', `select(${jq}) | .auditID`], {
      input: log,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    expect(expected.status).toBe(0);
    const ours = await run(['query', jsonata, LOG, '-o', 'jsonl']);
    const ids = ours.stdout
      .trimEnd()
      .split('\n')
      .filter(Boolean)
      .map((line) => (JSON.parse(line) as { auditID: string }).auditID);
    expect(ids).toEqual(expected.stdout.trimEnd().split('\n').filter(Boolean));
    expect(ids.length).toBeGreaterThan(0);
    expect(ours.exit).toBe(0);
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DEFAULT_LISTS } from '../../src/detect/lists.ts';
import { loadDetectors, PACK } from '../../src/detect/load.ts';
import { testDetector } from '../../src/detect/test-detector.ts';
import { decodeEvent } from '../../src/event/decode.ts';
import { globMatches } from '../../src/event/glob.ts';
import type { AuditEvent } from '../../src/event/types.ts';
import { toBoolean } from '../../src/expression/boolean.ts';
import { type CompiledExpression, compileExpression } from '../../src/expression/compile.ts';

type Tree = Record<string, unknown>;

const pack = await loadDetectors([], { lists: DEFAULT_LISTS });
const saved = readdirSync(join(PACK, 'saved')).map((name) => ({
  name,
  text: readFileSync(join(PACK, 'saved', name), 'utf8'),
}));
const named = <T extends { readonly id: string }>(items: readonly T[]): [string, T][] =>
  items.map((item) => [item.id, item]);

const decode = (event: Tree): AuditEvent | undefined => {
  const text = JSON.stringify({ apiVersion: 'audit.k8s.io/v1', ...event });
  return decodeEvent(JSON.parse(text), text);
};
const eventsOf = (detector: (typeof pack)[number]): Tree[] =>
  (detector.file.tests ?? []).flatMap(({ event, events = [] }) => (event ? [event] : events));

/** The event with every part of it, one after the other, replaced by something that nobody expects there. */
function* distorted(event: Tree): Iterable<AuditEvent> {
  for (const odd of [
    null,
    7,
    -0.5,
    '',
    'x',
    true,
    [],
    [null],
    [['x']],
    {},
    { name: { kind: [] }, path: 1, value: [3] },
  ]) {
    for (const value of replacedAnywhere(event, odd)) {
      // What is no audit event any more is counted as a reject, and no expression sees it.
      const decoded = decode(value as Tree);
      if (decoded) yield decoded;
    }
  }
}

function* replacedAnywhere(node: unknown, odd: unknown): Iterable<unknown> {
  if (typeof node !== 'object' || node === null) return;
  for (const [key, child] of Object.entries(node)) {
    const withChild = (value: unknown): unknown =>
      Array.isArray(node) ? node.with(Number(key), value) : { ...node, [key]: value };
    yield withChild(odd);
    for (const value of replacedAnywhere(child, odd)) yield withChild(value);
  }
}

async function expectNoError(expressions: readonly CompiledExpression[], events: readonly Tree[]): Promise<void> {
  for (const event of events) {
    for (const odd of distorted(event)) {
      for (const expression of expressions) {
        try {
          await expression.evaluate(odd);
        } catch (error) {
          expect.fail(`${expression.text}\nfailed (${String(error)}) on ${JSON.stringify(odd)}`);
        }
      }
    }
  }
}

describe('the detectors of the pack', () => {
  test('are all there', () => {
    expect(pack.map(({ id }) => id)).toEqual([
      'admission-webhook-change',
      'anonymous-access',
      'cluster-admin-binding',
      'failed-authentication',
      'impersonation',
      'namespace-change',
      'pod-exec',
      'privileged-pod',
      'prod-exec',
      'rbac-change',
      'secret-denied',
      'secret-read',
      'secret-read-cross-namespace',
      'secret-values-in-log',
      'secrets-list-all-namespaces',
      'tamper',
      'token-request',
      'wildcard-role',
    ]);
  });

  describe.each(named(pack))('%s', (id, detector) => {
    const { file, path, window } = detector;

    test('is named by its file, stands in the folder of a tactic and says all there is to say', () => {
      expect(basename(path)).toBe(`${id}.yaml`);
      expect([
        'credential-access',
        'defense-evasion',
        'execution',
        'impact',
        'initial-access',
        'persistence',
        'privilege-escalation',
      ]).toContain(basename(dirname(path)));
      expect(file.attack).not.toEqual([]);
      expect(file.columns ?? {}).not.toEqual({});
      expect(file.falsePositives).toBeTruthy();
      expect(file.next).toMatch(/^auditscan (query|top|show) /);
      const saved = /@([\w-]+)/.exec(file.next ?? '');
      if (saved) expect(readdirSync(join(PACK, 'saved'))).toContain(`${saved[1]}.jsonata`);
    });

    test('passes its own tests, among them some that fire and some that stay silent', async () => {
      const results = await testDetector(detector);
      expect(results.filter(({ failure }) => failure !== undefined)).toEqual([]);
      expect(file.tests?.filter(({ match }) => match).length).toBeGreaterThanOrEqual(3);
      expect(file.tests?.filter(({ match }) => !match).length).toBeGreaterThanOrEqual(3);
      expect(new Set(file.tests?.map(({ name }) => name)).size).toBe(file.tests?.length);
    });

    test('fires whatever the order of keys, and without stage, level, kind and times', async () => {
      for (const { name, event, match } of file.tests ?? []) {
        if (!event || !match || window) continue;
        const { stage: _, level: __, kind: ___, requestReceivedTimestamp: ____, ...rest } = event;
        const turned = decode(Object.fromEntries(Object.entries(rest).reverse()));
        expect(turned && toBoolean(await detector.match.evaluate(turned)), name).toBe(true);
      }
    });

    test('fails on no event, however odd', async () => {
      const expressions = [detector.match, ...detector.columns.values(), ...(window?.by ?? [])];
      await expectNoError(expressions, eventsOf(detector));
    });
  });
});

describe('the saved queries', () => {
  const byClusterAdmin: Tree = {
    verb: 'list',
    user: { username: 'maria' },
    objectRef: { resource: 'nodes' },
    annotations: {
      'authorization.k8s.io/reason':
        'RBAC: allowed by ClusterRoleBinding "ops" of ClusterRole "cluster-admin" to User "maria"',
    },
  };
  const interesting = pack
    .flatMap(({ file }) => file.tests ?? [])
    .flatMap(({ event, events = [], match }) => (match ? [event ?? events[0] ?? {}] : []))
    .concat(byClusterAdmin);

  test.each(saved)(
    '$name says in its first line what it answers, gives rows and fails on no event',
    async ({ name, text }) => {
      expect(name).toMatch(/^[a-z]+(-[a-z]+)*\.jsonata$/);
      expect(text.split('\n')[0]).toMatch(/^\/\* \S.* \*\/$/);
      const query = compileExpression(text, { lists: DEFAULT_LISTS });
      const rows: unknown[] = [];
      for (const event of interesting) {
        const decoded = decode(event);
        const row = decoded && (await query.evaluate(decoded));
        if (row !== undefined) rows.push(row);
      }
      expect(rows).not.toEqual([]);
      for (const row of rows) expect(row).toHaveProperty('who');
      await expectNoError([query], interesting);
    },
  );

  test('leave out what has only come in', async () => {
    for (const { name, text } of saved) {
      const query = compileExpression(text, { lists: DEFAULT_LISTS });
      for (const event of interesting) {
        const received = decode({ ...event, stage: 'RequestReceived' });
        expect(received && (await query.evaluate(received)), name).toBeUndefined();
      }
    }
  });

  test.each<[name: string, event: Tree, row: Tree]>([
    [
      'exec',
      {
        verb: 'get',
        requestURI: '/api/v1/namespaces/prod/pods/web-0/exec?command=sh&command=-c&command=id',
        user: { username: 'maria' },
        objectRef: { resource: 'pods', subresource: 'exec', namespace: 'prod', name: 'web-0' },
        responseStatus: { code: 101 },
        requestReceivedTimestamp: '2026-01-01T00:00:00.000000Z',
      },
      {
        time: '2026-01-01T00:00:00.000000Z',
        who: 'maria',
        how: 'exec',
        namespace: 'prod',
        name: 'web-0',
        command: 'sh -c id',
        outcome: 'allowed',
      },
    ],
    [
      'deletions',
      { verb: 'delete', user: { username: 'maria' }, objectRef: { resource: 'pods', namespace: 'a', name: 'b' } },
      { who: 'maria', verb: 'delete', resource: 'pods', namespace: 'a', name: 'b' },
    ],
    [
      'cluster-admin-bindings',
      {
        verb: 'create',
        user: { username: 'maria' },
        objectRef: { resource: 'rolebindings', namespace: 'a', name: 'b' },
        requestObject: { roleRef: { name: 'cluster-admin' }, subjects: [{ kind: 'User', name: 'eve' }] },
        responseStatus: { code: 403 },
      },
      { who: 'maria', verb: 'create', namespace: 'a', binding: 'b', subjects: ['User eve'], outcome: 'denied' },
    ],
  ])('%s', async (name, event, row) => {
    const query = compileExpression(readFileSync(join(PACK, 'saved', `${name}.jsonata`), 'utf8'), {
      lists: DEFAULT_LISTS,
    });
    const decoded = decode(event);
    // A sequence of jsonata carries hidden properties.
    expect(decoded && JSON.parse(JSON.stringify(await query.evaluate(decoded)))).toEqual(row);
  });
});

describe('the lists', () => {
  const { productionNamespaces = [], platformNamespaces = [], platformUsers = [] } = DEFAULT_LISTS;
  const matches = (text: string, patterns: readonly string[]): boolean =>
    patterns.some((pattern) => globMatches(text, pattern));

  test.each(['prod', 'production', 'payments-prod', 'prod-eu', 'shop-production-eu', 'prd', 'app-live'])(
    '%s is production',
    (namespace) => expect(matches(namespace, productionNamespaces)).toBe(true),
  );

  test.each([
    'product-catalog',
    'products',
    'reproduction',
    'preproduction',
    'nonprod',
    'staging',
    'delivery',
    'olive',
  ])('%s is not production', (namespace) => expect(matches(namespace, productionNamespaces)).toBe(false));

  test('who may create a namespace cannot name it into the usual readers by kube-', () => {
    expect(matches('kube-telemetry', platformNamespaces)).toBe(false);
    expect(matches('kube-system', platformNamespaces)).toBe(true);
  });

  test('controllers whose tokens give more than they use are no users of the platform', () => {
    for (const name of ['clusterrole-aggregation-controller', 'daemon-set-controller', 'job-controller']) {
      expect(matches(`system:serviceaccount:kube-system:${name}`, platformUsers)).toBe(false);
    }
  });
});

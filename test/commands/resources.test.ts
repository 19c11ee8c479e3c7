import { describe, expect, it } from 'vitest';
import { pluralResource } from '../../src/commands/resources.ts';

/** The resources that come with Kubernetes, with kubectl's singular and short names (kubectl api-resources). */
const KUBERNETES: readonly (readonly [plural: string, singular: string, ...short: string[]])[] = [
  ['bindings', 'binding'],
  ['componentstatuses', 'componentstatus', 'cs'],
  ['configmaps', 'configmap', 'cm'],
  ['endpoints', 'endpoints', 'ep'],
  ['events', 'event', 'ev'],
  ['limitranges', 'limitrange', 'limits'],
  ['namespaces', 'namespace', 'ns'],
  ['nodes', 'node', 'no'],
  ['persistentvolumeclaims', 'persistentvolumeclaim', 'pvc'],
  ['persistentvolumes', 'persistentvolume', 'pv'],
  ['pods', 'pod', 'po'],
  ['podtemplates', 'podtemplate'],
  ['replicationcontrollers', 'replicationcontroller', 'rc'],
  ['resourcequotas', 'resourcequota', 'quota'],
  ['secrets', 'secret'],
  ['serviceaccounts', 'serviceaccount', 'sa'],
  ['services', 'service', 'svc'],
  ['mutatingwebhookconfigurations', 'mutatingwebhookconfiguration'],
  ['validatingadmissionpolicies', 'validatingadmissionpolicy'],
  ['validatingadmissionpolicybindings', 'validatingadmissionpolicybinding'],
  ['validatingwebhookconfigurations', 'validatingwebhookconfiguration'],
  ['customresourcedefinitions', 'customresourcedefinition', 'crd', 'crds'],
  ['apiservices', 'apiservice'],
  ['controllerrevisions', 'controllerrevision'],
  ['daemonsets', 'daemonset', 'ds'],
  ['deployments', 'deployment', 'deploy'],
  ['replicasets', 'replicaset', 'rs'],
  ['statefulsets', 'statefulset', 'sts'],
  ['selfsubjectreviews', 'selfsubjectreview'],
  ['tokenreviews', 'tokenreview'],
  ['localsubjectaccessreviews', 'localsubjectaccessreview'],
  ['selfsubjectaccessreviews', 'selfsubjectaccessreview'],
  ['selfsubjectrulesreviews', 'selfsubjectrulesreview'],
  ['subjectaccessreviews', 'subjectaccessreview'],
  ['horizontalpodautoscalers', 'horizontalpodautoscaler', 'hpa'],
  ['cronjobs', 'cronjob', 'cj'],
  ['jobs', 'job'],
  ['certificatesigningrequests', 'certificatesigningrequest', 'csr'],
  ['leases', 'lease'],
  ['endpointslices', 'endpointslice'],
  ['flowschemas', 'flowschema'],
  ['prioritylevelconfigurations', 'prioritylevelconfiguration'],
  ['ingressclasses', 'ingressclass'],
  ['ingresses', 'ingress', 'ing'],
  ['networkpolicies', 'networkpolicy', 'netpol'],
  ['runtimeclasses', 'runtimeclass'],
  ['poddisruptionbudgets', 'poddisruptionbudget', 'pdb'],
  ['clusterrolebindings', 'clusterrolebinding'],
  ['clusterroles', 'clusterrole'],
  ['rolebindings', 'rolebinding'],
  ['roles', 'role'],
  ['priorityclasses', 'priorityclass', 'pc'],
  ['csidrivers', 'csidriver'],
  ['csinodes', 'csinode'],
  ['csistoragecapacities', 'csistoragecapacity'],
  ['storageclasses', 'storageclass', 'sc'],
  ['volumeattachments', 'volumeattachment'],
];
const all = KUBERNETES.flatMap(([plural, ...names]) => [plural, ...names].map((name) => [name, plural] as const));

describe('the plural of what comes with Kubernetes', () => {
  const faults = new Set(['componentstatus']);

  it.each(all.filter(([name]) => !faults.has(name)))('%s is %s', (name, plural) => {
    expect(pluralResource(name)).toBe(plural);
    expect(pluralResource(name.toUpperCase())).toBe(plural);
  });

  it.each(all.filter(([name]) => faults.has(name)))('%s is %s', (name, plural) => {
    expect(pluralResource(name)).toBe(plural);
  });

  it('stays when it is made again', () => {
    for (const [, plural] of all) expect(pluralResource(pluralResource(plural))).toBe(plural);
  });
});

describe('the plural of others', () => {
  it.each([
    ['gateway', 'gateways'],
    ['httproute', 'httproutes'],
    ['certificate', 'certificates'],
    ['clusterpolicy', 'clusterpolicies'],
    ['mesh', 'meshes'],
    ['*', '*'],
    ['cluster*', 'cluster*'],
    ['__proto__', '__proto__s'],
    ['constructor', 'constructors'],
  ])('%s is %s', (name, plural) => {
    expect(pluralResource(name)).toBe(plural);
  });

  it('a glob stays', () => {
    expect(pluralResource('pod?')).toBe('pod?');
  });
});

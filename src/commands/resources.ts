/** kubectl's short names of the resources that come with Kubernetes, and of some that are everywhere. */
const SHORT: Readonly<Record<string, string>> = {
  cm: 'configmaps',
  cj: 'cronjobs',
  cr: 'certificaterequests',
  componentstatus: 'componentstatuses',
  crd: 'customresourcedefinitions',
  crds: 'customresourcedefinitions',
  cs: 'componentstatuses',
  csr: 'certificatesigningrequests',
  deploy: 'deployments',
  ds: 'daemonsets',
  ep: 'endpoints',
  ev: 'events',
  hpa: 'horizontalpodautoscalers',
  ing: 'ingresses',
  limits: 'limitranges',
  netpol: 'networkpolicies',
  no: 'nodes',
  ns: 'namespaces',
  pc: 'priorityclasses',
  pdb: 'poddisruptionbudgets',
  po: 'pods',
  psp: 'podsecuritypolicies',
  pv: 'persistentvolumes',
  pvc: 'persistentvolumeclaims',
  quota: 'resourcequotas',
  rc: 'replicationcontrollers',
  rs: 'replicasets',
  sa: 'serviceaccounts',
  sc: 'storageclasses',
  sts: 'statefulsets',
  svc: 'services',
};

/** Plural names that end in `s` already and must not lose or gain one. */
const UNCHANGED = new Set(['endpoints', 'leases', 'ingresses', ...Object.values(SHORT)]);

/** The plural that audit events carry, of a short, singular or plural name. */
export function pluralResource(name: string): string {
  const lower = name.toLowerCase();
  const short = Object.hasOwn(SHORT, lower) ? SHORT[lower] : undefined;
  if (short) return short;
  if (UNCHANGED.has(lower) || /[*?]/.test(lower)) return lower;
  if (/(?:s|x|ch|sh)$/.test(lower)) return lower.endsWith('ss') || !lower.endsWith('s') ? `${lower}es` : lower;
  return /[^aeiou]y$/.test(lower) ? `${lower.slice(0, -1)}ies` : `${lower}s`;
}
